#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# OpenSC on a card with files as its issuer hands it out, at T=1 and at T=0 with
# the ATR of a real one: directories, certificates, signatures and decryption that
# openssl checks, a signature that wants its own PIN, and no way to write.
. "$top_srcdir/tests/interop/vcard-files-lib.sh"
CARDS="--card pkcs15,provisioned=rsa:2048
	--card pkcs15,t0,provisioned=rsa:2048,atr=3B7B940000806212515646696E454944"
begin "$0" "$@"

# certified KEY: cert.pem is its certificate, pub what is certified.
certified() {
	quiet pkcs15-tool --read-certificate "$1" -o cert.pem
	openssl x509 -in cert.pem -noout -pubkey >pub
}

for other in 2 ""; do
	only_not "$other"
	step "the card that is not number ${other:-1}: directories"
	expect "tamga issued card" pkcs15-tool --dump
	for word in "Read-only" "Login required" "PIN .PIN .basic" "PIN .PIN .signature" \
	    "Private RSA Key .authentication key" "nonRepudiation" "Algo_refs +: 1, 2$" \
	    "X.509 Certificate .tamga-vcard issuer" "Data object 'origin'" "Path +: 3f0050154b02"; do
		grep -qE "$word" said || { cat said; fail "no \"$word\" in the dump"; }
	done

	step "sign and decrypt with the first PIN"
	certified 45
	signs_rsa 45 123456 pub
	opens_rsa 45 123456 pub

	step "a signature that obliges, with its own PIN"
	refuse "PIN code verification failed" pkcs15-crypt --sign --sha-256 --pkcs1 -k 46 -p 123456 \
		-i hash -o sig --raw
	certified 46
	signs_rsa 46 654321 pub

	step "PINs are changed and unblocked"
	pins 01 12345678

	step "nobody writes"
	refuse "" pkcs15-init --store-data data --label x --auth-id 01 --pin 123456
	expect "6982|69 82|SW1=0x69, SW2=0x82" opensc-tool -s 00:A4:08:0C:04:50:15:50:32 \
		-s 00:20:00:01:06:31:32:33:34:35:36 -s 00:D6:00:00:01:FF
done

step "the module"
only_not 2
{ printf '\060\061\060\015\006\011\140\206\110\001\145\003\004\002\001\005\000\004\040'; cat hash; } >info
quiet pkcs11-tool --module "$opensc" --login --pin 123456 --sign -m RSA-PKCS --id 45 -i info -o sig
certified 45
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" log | grep -qE " 61[0-9A-F]{2} 0" || fail "T=0 never said 61xx"
echo "all as it should be"
