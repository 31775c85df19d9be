// SPDX-License-Identifier: BSD-2-Clause
// RFC 9483.

import java.math.BigInteger;
import java.security.KeyPair;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cmp.*;
import org.bouncycastle.asn1.crmf.CRMFObjectIdentifiers;
import org.bouncycastle.asn1.crmf.CertId;
import org.bouncycastle.asn1.crmf.CertReqMessages;
import org.bouncycastle.asn1.crmf.CertTemplateBuilder;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.cmp.*;
import org.bouncycastle.cert.crmf.Control;
import org.bouncycastle.cert.crmf.jcajce.JcaCertificateRequestMessageBuilder;

class Cmp {
	/* id-it-caCerts, RFC 9480 2.14 */
	static final ASN1ObjectIdentifier CA_CERTS =
	    new ASN1ObjectIdentifier("1.3.6.1.5.5.7.4.17");

	static PKIBody crmf(int type, KeyPair key, X500Name subject, X509CertificateHolder old)
	    throws Exception {
		JcaCertificateRequestMessageBuilder b = new JcaCertificateRequestMessageBuilder(
		    BigInteger.ZERO);
		b.setPublicKey(key.getPublic()).setSubject(subject)
		    .setProofOfPossessionSigningKeySigner(Keys.signer(key));
		if (old != null)
			b.addControl(new OldCertId(old));
		return new PKIBody(type, new CertReqMessages(
		    b.build().toASN1Structure()));
	}

	/* oldCertId: RFC 4211 6.5 */
	static class OldCertId implements Control {
		final X509CertificateHolder old;

		OldCertId(X509CertificateHolder old) {
			this.old = old;
		}
		public ASN1ObjectIdentifier getType() {
			return CRMFObjectIdentifiers.id_regCtrl.branch("5");
		}
		public ASN1Encodable getValue() {
			return new CertId(new GeneralName(old.getIssuer()),
			    old.getSerialNumber());
		}
	}

	/* URL CA REFERENCE SECRET SUBJECT OUT */
	static void cmp(String[] a) throws Exception {
		X509CertificateHolder ca = Keys.readCertificate(a[1]);
		KeyPair key = Keys.newKey(), next = Keys.newKey();
		X509CertificateHolder cert = new CmpTalk(a[0], ca, new CmpSecret(a[2], a[3])).enrolled(
		    crmf(PKIBody.TYPE_INIT_REQ, key, new X500Name(a[4]), null),
		    PKIBody.TYPE_INIT_REP, key);
		System.out.println("ir: " + cert.getSubject());

		CmpParty me = new CmpCertificate(key, cert, ca);
		X509CertificateHolder renewed = new CmpTalk(a[0], ca, me).enrolled(
		    crmf(PKIBody.TYPE_KEY_UPDATE_REQ, next, cert.getSubject(), cert),
		    PKIBody.TYPE_KEY_UPDATE_REP, next);
		System.out.println("kur: " + renewed.getSubject());
		Keys.write(a[5], renewed);

		PKIBody general = new CmpTalk(a[0], ca, me).ask(new PKIBody(PKIBody.TYPE_GEN_MSG,
		    new GenMsgContent(new InfoTypeAndValue(CA_CERTS))),
		    PKIBody.TYPE_GEN_REP);
		InfoTypeAndValue[] told = GenRepContent.getInstance(general.getContent())
		    .toInfoTypeAndValueArray();
		Keys.expect(told[0].getInfoType().equals(CA_CERTS), "genm");
		System.out.println("genm: caCerts");

		CmpParty now = new CmpCertificate(next, renewed, ca);
		ExtensionsGenerator why = new ExtensionsGenerator();
		why.addExtension(Extension.reasonCode, false,
		    CRLReason.lookup(CRLReason.superseded));
		PKIBody revoked = new CmpTalk(a[0], ca, now).ask(new PKIBody(
		    PKIBody.TYPE_REVOCATION_REQ, new RevReqContent(new RevDetails(
			new CertTemplateBuilder().setIssuer(renewed.getIssuer()).setSerialNumber(
			    new ASN1Integer(renewed.getSerialNumber()))
			    .build(), why.generate()))), PKIBody.TYPE_REVOCATION_REP);
		Keys.expect(RevRepContent.getInstance(revoked.getContent()).getStatus()[0].getStatus()
		    .intValue() == PKIStatus.GRANTED, "rr");
		System.out.println("rr: " + renewed.getSubject());

		try {
			new CmpTalk(a[0], ca, new CmpSecret(a[2], "wrong")).enrolled(
			    crmf(PKIBody.TYPE_INIT_REQ, key, new X500Name(a[4]), null),
			    PKIBody.TYPE_INIT_REP, key);
			Keys.expect(false, "a wrong secret was taken");
		} catch (RuntimeException | CMPException e) {
			System.out.println("refused");
		}
	}

	/* URL CA REFERENCE SECRET SUBJECT: a PKCS #10 request inside CMP */
	static void p10cr(String[] a) throws Exception {
		X509CertificateHolder ca = Keys.readCertificate(a[1]);
		KeyPair key = Keys.newKey();
		X509CertificateHolder cert = new CmpTalk(a[0], ca, new CmpSecret(a[2], a[3])).enrolled(
		    new PKIBody(PKIBody.TYPE_P10_CERT_REQ, Keys.request(key, a[4]).toASN1Structure()),
		    PKIBody.TYPE_CERT_REP, key);
		System.out.println("p10cr: " + cert.getSubject());
	}
}
