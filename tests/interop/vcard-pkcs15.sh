#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# OpenSC on a card with files as its issuer hands it out, at T=1 and at T=0 with
# the ATR of a real one: directories, certificates, signatures and decryption that
# openssl checks, a signature that wants its own PIN, and no way to write.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card pkcs15,provisioned=rsa:2048
	--card pkcs15,t0,provisioned=rsa:2048,atr=3B7B940000806212515646696E454944"
need pkcs15-tool pkcs15-crypt pkcs15-init pkcs11-tool opensc-tool openssl pcscd
enter "$0" "$@"
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
echo "what is signed" >data
openssl dgst -sha256 -binary data >hash
echo "a secret" >plain

reader() { eval "echo \"\$TAMGA_TEST_READER${1:+_$1}\""; }
# Every reader but one is out of OpenSC's sight.
only() {
	echo "app default { ignored_readers = \"$(reader "$1" | sed 's/ 00 00$//')\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
# verify KEY: sig is one over data by the key of that certificate.
verify() {
	pkcs15-tool --read-certificate "$1" -o cert.pem >said 2>&1 || { cat said; fail "certificate $1"; }
	openssl x509 -in cert.pem -noout -pubkey >pub
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
}

for other in 2 ""; do
	only "$other"
	step "the card that is not number ${other:-1}: directories"
	expect "tamga issued card" pkcs15-tool --dump
	for word in "Read-only" "Login required" "PIN .PIN .basic" "PIN .PIN .signature" \
	    "Private RSA Key .authentication key" "nonRepudiation" "Algo_refs +: 1, 2$" \
	    "X.509 Certificate .tamga-vcard issuer" "Data object 'origin'" "Path +: 3f0050154b02"; do
		grep -qE "$word" said || { cat said; fail "no \"$word\" in the dump"; }
	done

	step "sign and decrypt with the first PIN"
	pkcs15-crypt --sign --sha-256 --pkcs1 -k 45 -p 123456 -i hash -o sig --raw >said 2>&1 ||
		{ cat said; fail "sign"; }
	verify 45
	openssl pkeyutl -encrypt -pubin -inkey pub -in plain -out sealed
	pkcs15-crypt --decipher --pkcs1 -k 45 -p 123456 -i sealed -o opened --raw >said 2>&1 ||
		{ cat said; fail "decrypt"; }
	same plain opened

	step "a signature that obliges, with its own PIN"
	refuse "PIN code verification failed" pkcs15-crypt --sign --sha-256 --pkcs1 -k 46 -p 123456 \
		-i hash -o sig --raw
	pkcs15-crypt --sign --sha-256 --pkcs1 -k 46 -p 654321 -i hash -o sig --raw >said 2>&1 ||
		{ cat said; fail "sign"; }
	verify 46

	step "PINs are changed and unblocked"
	expect "" pkcs15-tool --change-pin --auth-id 01 --pin 123456 --new-pin 111111
	refuse "" pkcs15-tool --verify-pin --auth-id 01 --pin 123456
	expect "" pkcs15-tool --verify-pin --auth-id 01 --pin 111111
	expect "" pkcs15-tool --unblock-pin --auth-id 01 --puk 12345678 --new-pin 123456
	expect "" pkcs15-tool --verify-pin --auth-id 01 --pin 123456

	step "nobody writes"
	refuse "" pkcs15-init --store-data data --label x --auth-id 01 --pin 123456
	expect "6982|69 82|SW1=0x69, SW2=0x82" opensc-tool -s 00:A4:08:0C:04:50:15:50:32 \
		-s 00:20:00:01:06:31:32:33:34:35:36 -s 00:D6:00:00:01:FF
done

step "the module"
only 2
{ printf '\060\061\060\015\006\011\140\206\110\001\145\003\004\002\001\005\000\004\040'; cat hash; } >info
pkcs11-tool --module "$opensc" --login --pin 123456 --sign -m RSA-PKCS --id 45 \
	-i info -o sig >said 2>&1 || { cat said; fail "sign"; }
verify 45
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" log | grep -qE " 61[0-9A-F]{2} 0" || fail "T=0 never said 61xx"
echo "all as it should be"
