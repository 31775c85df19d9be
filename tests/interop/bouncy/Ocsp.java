// SPDX-License-Identifier: BSD-2-Clause
// RFC 6960.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.*;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

class Ocsp {
	/* URL CA CERTIFICATE */
	static void ocsp(String[] a) throws Exception {
		X509CertificateHolder ca = Keys.readCertificate(a[1]), cert = Keys.readCertificate(a[2]);
		DEROctetString nonce = new DEROctetString(Keys.bytes(16));
		OCSPReq req = new OCSPReqBuilder().addRequest(new CertificateID(
		    new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
		    ca, cert.getSerialNumber())).setRequestExtensions(new Extensions(new Extension(
			OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false,
			new DEROctetString(nonce)))).build();
		HttpResponse<byte[]> got = HttpClient.newHttpClient().send(HttpRequest.newBuilder(
		    URI.create(a[0])).header("Content-Type", "application/ocsp-request")
		    .POST(HttpRequest.BodyPublishers.ofByteArray(req.getEncoded())).build(),
		    HttpResponse.BodyHandlers.ofByteArray());
		OCSPResp resp = new OCSPResp(got.body());
		Keys.expect(resp.getStatus() == OCSPResp.SUCCESSFUL, "status " + resp.getStatus());
		BasicOCSPResp basic = (BasicOCSPResp) resp.getResponseObject();
		X509CertificateHolder who = basic.getCerts()[0];
		Keys.expect(who.isSignatureValid(new JcaContentVerifierProviderBuilder().build(ca)),
		    "the responder is not the CA's");
		Keys.expect(basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(who)),
		    "the answer's signature");
		Keys.expect(basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce) != null
		    && basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce).getParsedValue()
			.equals(nonce), "the nonce");
		CertificateStatus status = basic.getResponses()[0].getCertStatus();
		System.out.println("ocsp: " + (status == CertificateStatus.GOOD ? "good"
		    : status instanceof RevokedStatus ? "revoked, reason "
			+ ((RevokedStatus) status).getRevocationReason() : "unknown"));
	}
}
