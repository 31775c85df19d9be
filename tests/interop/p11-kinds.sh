#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The module over cards of the other drivers: pkcs11-tool finds a key's mechanism in
# the token's list, signs with it, and openssl verifies that by the certificate; a
# wrong PIN is told, and ssh-keygen reads the keys.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card pkcs15,provisioned --card gids,provisioned=rsa:2048/ec:p256
	--card cosmo,provisioned=rsa:2048"
need openssl p11tool pcscd pkcs11-tool ssh-keygen
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
work
echo "what is signed" >data
p11 -L >slots
pkcs15=$(sed -n 's/.*token label *: \(tamga-issued.*\)/\1/p' slots)
gids=$(sed -n 's/.*token label *: \(GIDS-.*\)/\1/p' slots)
ias=$(sed -n 's/.*token label *: \(tamga-cosmo.*\)/\1/p' slots)
[ -n "$pkcs15" ] && [ -n "$gids" ] && [ -n "$ias" ] || { cat slots; fail "not all tokens"; }

# works LABEL ID MECHANISM [OPTION...]: the key signs, by its own certificate.
works() {
	token=$1 id=$2 mechanism=$3
	shift 3
	p11 --token-label "$token" -M >list
	grep -q "^  $mechanism, .*sign" list || { cat list; fail "$token does not list $mechanism"; }
	p11 --token-label "$token" --read-object --type cert --id "$id" -o der
	openssl x509 -inform DER -in der -noout -pubkey >pub
	p11 --token-label "$token" --login --pin "$PIN" --sign -m "$mechanism" --id "$id" \
		-i data -o sig "$@"
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
}

step "a PKCS #15 card of an issuer, which makes no keys"
works "$pkcs15" 45 ECDSA-SHA256 --signature-format openssl
! grep -q 'KEY-PAIR-GEN\|RSA' list || { cat list; fail "what the card does not have"; }

step "a GIDS card"
works "$gids" 00 SHA256-RSA-PKCS
works "$gids" 01 ECDSA-SHA256 --signature-format openssl
! grep -q 'ECDH\|PSS\|RSA-X-509' list || { cat list; fail "what such a card does not do"; }

step "an IAS ECC card of an issuer"
works "$ias" 45 SHA256-RSA-PKCS
! grep -q 'KEY-PAIR-GEN\|ECDSA\|PSS\|RSA-X-509' list || { cat list; fail "what the card does not have"; }

step "a key that tamga names is the key that the module has by that name"
"$top_builddir/tamga" list --json >list
for token in "$pkcs15" "$gids" "$ias"; do
	grep -o "pkcs11:[^\"]*token=$token[^\"]*id=[^\"]*type=private" list >uris || :
	[ "$(grep -c . uris)" = 2 ] || { cat list; fail "not two URIs of keys of $token"; }
	while read -r uri; do
		GNUTLS_PIN=$PIN p11tool --provider "$M" --login --list-privkeys "$uri" >said 2>&1 </dev/null ||
			{ cat said; fail "$uri"; }
		[ "$(grep -c '^Object ' said)" = 1 ] || { cat said; fail "not one key: $uri"; }
	done <uris
done

step "a wrong PIN, and the right one after it"
for token in "$pkcs15" "$gids" "$ias"; do
	refuse "CKR_PIN_INCORRECT" pkcs11-tool --module "$M" --token-label "$token" --login \
		--pin 999999 -O
	p11 --token-label "$token" -L >slots
	p11 --token-label "$token" --login --pin "$PIN" -O >list
	grep -q "Private Key Object" list || { cat list; fail "no private key: $token"; }
done

step "ssh reads the keys of all"
ssh-keygen -D "$M" >keys 2>said || { cat said; fail "ssh-keygen"; }
[ "$(grep -c '^ecdsa-sha2-nistp256 ' keys)" = 3 ] && [ "$(grep -c '^ssh-rsa ' keys)" = 3 ] ||
	{ cat keys; fail "not three keys of P-256 and three of RSA"; }
echo "the module over other cards: all held"
