// SPDX-License-Identifier: BSD-2-Clause
// RFC 7030.

import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.TrustAnchor;
import java.util.Collection;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.est.*;
import org.bouncycastle.est.jcajce.*;
import org.bouncycastle.util.Store;

class Est {
	static KeyManager[] identity(KeyPair key, X509CertificateHolder cert) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		store.setKeyEntry("me", key.getPrivate(), new char[0],
		    new Certificate[] {
			new JcaX509CertificateConverter().getCertificate(cert) });
		KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
		factory.init(store, new char[0]);
		return factory.getKeyManagers();
	}

	static JsseESTServiceBuilder builder(String where, X509CertificateHolder ca)
	    throws Exception {
		return new JsseESTServiceBuilder(where, JcaJceUtils.getCertPathTrustManager(Collections.singleton(new TrustAnchor(
			new JcaX509CertificateConverter().getCertificate(ca), null)), null));
	}

	static X509CertificateHolder only(Store<X509CertificateHolder> store) {
		Collection<X509CertificateHolder> all = store.getMatches(null);
		Keys.expect(all.size() == 1, all.size() + " certificates");
		return all.iterator().next();
	}

	/* HOST:PORT CA USER PASSWORD SUBJECT OUT: everything but what waits */
	static void est(String[] a) throws Exception {
		X509CertificateHolder ca = Keys.readCertificate(a[1]);
		ESTService service = builder(a[0], ca).build();
		HttpAuth auth = new HttpAuth(a[2], a[3].toCharArray());
		KeyPair key = Keys.newKey(), next = Keys.newKey();

		Store<X509CertificateHolder> anchors = service.getCACerts().getCertificateStore();
		Keys.expect(only(anchors).equals(ca), "cacerts tells another CA");
		System.out.println("cacerts");

		CSRRequestResponse wants = service.getCSRAttributes();
		Keys.expect(wants.hasAttributesResponse(), "no csrattrs");
		System.out.println("csrattrs: " + wants.getAttributesResponse().getRequirements().size());

		EnrollmentResponse got = service.simpleEnroll(false, Keys.request(key, a[4]), auth);
		Keys.expect(got.isCompleted(), "not issued");
		X509CertificateHolder cert = only(got.getStore());
		Keys.isFor(cert, key, ca);
		System.out.println("simpleenroll: " + cert.getSubject());

		ESTService known = builder(a[0], ca)
		    .withKeyManagers(identity(key, cert)).build();
		got = known.simpleEnroll(true, Keys.request(next, cert.getSubject().toString()), null);
		Keys.expect(got.isCompleted(), "not renewed");
		Keys.isFor(only(got.getStore()), next, ca);
		Keys.write(a[5], only(got.getStore()));
		System.out.println("simplereenroll: " + only(got.getStore()).getSubject());

		try {
			service.simpleEnroll(false, Keys.request(key, a[4]),
			    new HttpAuth(a[2], "wrong".toCharArray()));
			Keys.expect(false, "a wrong password was taken");
		} catch (ESTException e) {
			System.out.println("refused: " + e.getStatusCode());
		}
	}

	/* HOST:PORT CA USER PASSWORD SUBJECT: the server makes the key */
	static void keygen(String[] a) throws Exception {
		X509CertificateHolder ca = Keys.readCertificate(a[1]);
		EnrollmentResponse got = builder(a[0], ca).build().simpleEnrollWithServersideCreation(
		    Keys.request(Keys.newKey(), a[4]), new HttpAuth(a[2], a[3].toCharArray()));
		Keys.expect(got.isCompleted(), "not issued");
		Keys.expect(got.getPrivateKeyInfo() != null, "no key");
		System.out.println("serverkeygen: " + only(got.getStore()).getSubject() + ", "
		    + got.getPrivateKeyInfo().getPrivateKeyAlgorithm().getAlgorithm());
	}

	/* HOST:PORT CA USER PASSWORD SUBJECT LABEL: waits for a line once it is not issued */
	static void wait(String[] a) throws Exception {
		X509CertificateHolder ca = Keys.readCertificate(a[1]);
		ESTService service = builder(a[0], ca).withLabel(a[5]).build();
		KeyPair key = Keys.newKey();
		EnrollmentResponse got = service.simpleEnroll(false, Keys.request(key, a[4]),
		    new HttpAuth(a[2], a[3].toCharArray()));

		Keys.expect(!got.isCompleted(), "issued at once");
		Keys.expect(got.getNotBefore() > System.currentTimeMillis(), "no Retry-After");
		System.out.println("waits");
		Keys.expect(System.in.read() > 0, "nobody decided");
		got = service.simpleEnroll(got);
		Keys.expect(got.isCompleted(), "not issued after the decision");
		Keys.isFor(only(got.getStore()), key, ca);
		System.out.println("issued later: " + only(got.getStore()).getSubject());
	}
}
