// SPDX-License-Identifier: BSD-2-Clause
// Keys, certificates, and what is believed of them.

import java.io.FileReader;
import java.io.FileWriter;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

class Keys {
	static X509CertificateHolder readCertificate(String path) throws Exception {
		try (PEMParser in = new PEMParser(new FileReader(path))) {
			return (X509CertificateHolder) in.readObject();
		}
	}

	static void write(String path, Object what) throws Exception {
		try (JcaPEMWriter out = new JcaPEMWriter(new FileWriter(path))) {
			out.writeObject(what);
		}
	}

	static KeyPair newKey() throws Exception {
		KeyPairGenerator maker = KeyPairGenerator.getInstance("EC");
		maker.initialize(new ECGenParameterSpec("secp256r1"));
		return maker.generateKeyPair();
	}

	static byte[] bytes(int n) {
		byte[] b = new byte[n];
		new SecureRandom().nextBytes(b);
		return b;
	}

	static ContentSigner signer(KeyPair key) throws Exception {
		return new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
	}

	static PKCS10CertificationRequest request(KeyPair key, String subject) throws Exception {
		return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), key.getPublic())
		    .build(signer(key));
	}

	static void expect(boolean held, String what) {
		if (!held)
			throw new IllegalStateException(what);
	}

	static void isFor(X509CertificateHolder cert, KeyPair key, X509CertificateHolder ca)
	    throws Exception {
		expect(Arrays.equals(cert.getSubjectPublicKeyInfo().getEncoded(),
		    key.getPublic().getEncoded()), "the certificate is for another key");
		expect(cert.isSignatureValid(new JcaContentVerifierProviderBuilder().build(ca)),
		    "the certificate is not the CA's");
	}
}
