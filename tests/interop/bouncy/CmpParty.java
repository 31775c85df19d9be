// SPDX-License-Identifier: BSD-2-Clause

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.cmp.*;
import org.bouncycastle.cert.crmf.PKMACBuilder;
import org.bouncycastle.cert.crmf.jcajce.JcePKMACValuesCalculator;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/* Who one is in CMP, and how what is sent and what comes is protected. */
interface CmpParty {
	GeneralName name();
	byte[] id();
	ProtectedPKIMessage protect(ProtectedPKIMessageBuilder b) throws Exception;
	boolean believes(ProtectedPKIMessage m) throws Exception;
}

class CmpSecret implements CmpParty {
	final String reference, secret;

	CmpSecret(String reference, String secret) {
		this.reference = reference;
		this.secret = secret;
	}
	public GeneralName name() {
		return new GeneralName(new X500Name("CN=" + reference));
	}
	public byte[] id() {
		return reference.getBytes(StandardCharsets.UTF_8);
	}
	PKMACBuilder macs() throws Exception {
		return new PKMACBuilder(new JcePKMACValuesCalculator());
	}
	public ProtectedPKIMessage protect(ProtectedPKIMessageBuilder b) throws Exception {
		return b.build(macs().build(secret.toCharArray()));
	}
	public boolean believes(ProtectedPKIMessage m) throws Exception {
		return m.hasPasswordBasedMacProtection() && m.verify(macs(), secret.toCharArray());
	}
}

class CmpCertificate implements CmpParty {
	final KeyPair key;
	final X509CertificateHolder cert, ca;

	CmpCertificate(KeyPair key, X509CertificateHolder cert, X509CertificateHolder ca) {
		this.key = key;
		this.cert = cert;
		this.ca = ca;
	}
	public GeneralName name() {
		return new GeneralName(cert.getSubject());
	}
	public byte[] id() {
		Extension ski = cert.getExtension(Extension.subjectKeyIdentifier);
		return ski == null ? null :
		    ASN1OctetString.getInstance(ski.getParsedValue()).getOctets();
	}
	public ProtectedPKIMessage protect(ProtectedPKIMessageBuilder b) throws Exception {
		return b.addCMPCertificate(cert).build(Keys.signer(key));
	}
	public boolean believes(ProtectedPKIMessage m) throws Exception {
		X509CertificateHolder who = m.getCertificates()[0];
		return who.isSignatureValid(new JcaContentVerifierProviderBuilder().build(ca))
		    && m.verify(new JcaContentVerifierProviderBuilder().build(who));
	}
}
