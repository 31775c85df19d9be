// SPDX-License-Identifier: BSD-2-Clause

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Date;

import org.bouncycastle.asn1.cmp.*;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.cmp.*;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/* One transaction of RFC 4210, over HTTP as RFC 6712 has it. */
class CmpTalk {
	final String url;
	final X509CertificateHolder ca;
	final CmpParty me;
	byte[] transaction = Keys.bytes(16), nonce = Keys.bytes(16), theirs;

	CmpTalk(String url, X509CertificateHolder ca, CmpParty me) {
		this.url = url;
		this.ca = ca;
		this.me = me;
	}
	PKIBody ask(PKIBody body, int answer) throws Exception {
		ProtectedPKIMessageBuilder b = new ProtectedPKIMessageBuilder(me.name(),
		    new GeneralName(ca.getSubject()));
		nonce = Keys.bytes(16);
		b.setMessageTime(new Date()).setTransactionID(transaction).setSenderNonce(nonce)
		    .setBody(body);
		if (me.id() != null)
			b.setSenderKID(me.id());
		if (theirs != null)
			b.setRecipNonce(theirs);
		return check(send(me.protect(b).toASN1Structure().getEncoded("DER")), answer);
	}

	byte[] send(byte[] message) throws Exception {
		HttpResponse<byte[]> got = HttpClient.newHttpClient().send(HttpRequest.newBuilder(
		    URI.create(url)).header("Content-Type", "application/pkixcmp")
		    .POST(HttpRequest.BodyPublishers.ofByteArray(message)).build(),
		    HttpResponse.BodyHandlers.ofByteArray());
		Keys.expect(got.statusCode() == 200, "status " + got.statusCode());
		Keys.expect(got.headers().firstValue("Content-Type").get().equals("application/pkixcmp"),
		    "content type");
		return got.body();
	}

	PKIBody check(byte[] message, int answer) throws Exception {
		ProtectedPKIMessage m = new ProtectedPKIMessage(new GeneralPKIMessage(message));
		PKIHeader head = m.getHeader();

		Keys.expect(me.believes(m), "the answer's protection");
		Keys.expect(Arrays.equals(head.getTransactionID().getOctets(), transaction),
		    "another transaction");
		Keys.expect(Arrays.equals(head.getRecipNonce().getOctets(), nonce), "another nonce");
		theirs = head.getSenderNonce().getOctets();
		if (m.getBody().getType() == PKIBody.TYPE_ERROR) {
			PKIStatusInfo why = ErrorMsgContent.getInstance(m.getBody().getContent())
			    .getPKIStatusInfo();
			throw new IllegalStateException("error: " + why.getStatusString()
			    .getStringAtUTF8(0).getString());
		}
		Keys.expect(m.getBody().getType() == answer, "answer " + m.getBody().getType());
		return m.getBody();
	}

	X509CertificateHolder enrolled(PKIBody body, int answer, KeyPair key) throws Exception {
		CertRepMessage rep = CertRepMessage.getInstance(ask(body, answer).getContent());
		CertResponse r = rep.getResponse()[0];
		Keys.expect(r.getStatus().getStatus().intValue() == PKIStatus.GRANTED, "status "
		    + r.getStatus().getStatus());
		X509CertificateHolder cert = new X509CertificateHolder(r.getCertifiedKeyPair()
		    .getCertOrEncCert().getCertificate().getX509v3PKCert());
		Keys.isFor(cert, key, ca);
		confirm(cert, r);
		return cert;
	}

	/* RFC 4210 5.3.18 */
	void confirm(X509CertificateHolder cert, CertResponse r) throws Exception {
		CertificateConfirmationContent c = new CertificateConfirmationContentBuilder()
		    .addAcceptedCertificate(cert, r.getCertReqId().getValue())
		    .build(new JcaDigestCalculatorProviderBuilder().build());
		ask(new PKIBody(PKIBody.TYPE_CERT_CONFIRM, c.toASN1Structure()),
		    PKIBody.TYPE_CONFIRM);
	}
}
