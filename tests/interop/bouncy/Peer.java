// SPDX-License-Identifier: BSD-2-Clause
// Clients of the Bouncy Castle library, for ra-bouncy.sh.
//
// usage: java -cp JARS Peer WHAT ARGUMENT...
// Says what it got, a line each; whatever it does not believe is an exception.

import java.security.Security;
import java.util.Arrays;

import org.bouncycastle.jce.provider.BouncyCastleProvider;

class Peer {
	public static void main(String[] words) throws Exception {
		String[] a = Arrays.copyOfRange(words, 1, words.length);

		Security.addProvider(new BouncyCastleProvider());
		switch (words[0]) {
		case "est": Est.est(a); break;
		case "keygen": Est.keygen(a); break;
		case "wait": Est.wait(a); break;
		case "cmp": Cmp.cmp(a); break;
		case "p10cr": Cmp.p10cr(a); break;
		case "ocsp": Ocsp.ocsp(a); break;
		default: throw new IllegalArgumentException(words[0]);
		}
	}
}
