#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keys brought to IsoApplet and MyEID cards by tamga, and by pkcs15-init: RSA, and on MyEID
# P-256, P-384, P-521.  OpenSC and tamga sign, decrypt and agree on secrets with them, by
# PSS too where the card does raw RSA; openssl judges by the key that was brought.
. "${top_srcdir:?}/tests/interop/p11-lib.sh"
need pkcs15-init pkcs15-tool pkcs15-crypt pkcs11-tool openssl pcscd
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
CARDS="--card isoapplet --card myeid"
enter "$0" "$@"
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
. "$top_srcdir/tests/interop/pkcs15-lib.sh"
echo 87654321 >officer

# ours COMMAND...: pkcs11-tool on our module and this card
ours() { p11 --token-label "$label" "$@"; }
begun() {
	ok setup --new-pin-file pin --new-puk-file puk "$@"
	ok info --json
	label=$(jq -r .label <out)
}
# key NAME KIND [OPTION]
key() {
	openssl genpkey -algorithm "$2" -out "$1.pem" ${3:+-pkeyopt "$3"} 2>/dev/null
	openssl pkey -in "$1.pem" -pubout -out "$1.pub"
}
# is_that ID NAME: the card's public half is the given key's
is_that() {
	quiet pkcs15-tool --read-public-key "$1" -o read.pub
	openssl pkey -pubin -in read.pub -outform DER -out a
	openssl pkey -pubin -in "$2.pub" -outform DER -out b
	same a b
}
# rsa ID NAME: signed and decrypted with, by both
rsa() {
	is_that "$1" "$2"
	quiet pkcs15-crypt --sign --sha-256 --pkcs1 -k "$1" -p 123456 -i hash -o sig --raw
	expect "Verified OK" openssl dgst -sha256 -verify "$2.pub" -signature sig data
	ok sign "$1" data --pin-file pin -o sig
	expect "Verified OK" openssl dgst -sha256 -verify "$2.pub" -signature sig data
	openssl pkeyutl -encrypt -pubin -inkey "$2.pub" -in data -out sealed
	ok decrypt "$1" sealed --pin-file pin -o opened
	same data opened
	quiet pkcs15-crypt --decipher --pkcs1 -k "$1" -p 123456 -i sealed -o opened --raw
	same data opened
}
# ec ID NAME
ec() {
	is_that "$1" "$2"
	quiet pkcs11-tool --module "$opensc" --login --pin 123456 --sign -m ECDSA --id "$1" \
		-i hash -o sig --signature-format openssl
	expect "Verified OK" openssl dgst -sha256 -verify "$2.pub" -signature sig data
	ok sign "$1" data --hash sha256 --pin-file pin -o sig
	expect "Verified OK" openssl dgst -sha256 -verify "$2.pub" -signature sig data
}
# agrees ID NAME CURVE: the secret with another key, by OpenSC and our module
agrees() {
	key peer EC "ec_paramgen_curve:$3"
	openssl pkey -pubin -in peer.pub -outform DER -out peer.der
	openssl pkeyutl -derive -inkey "$2.pem" -peerkey peer.pub -out wanted
	quiet pkcs11-tool --module "$opensc" --login --pin 123456 --derive -m ECDH1-DERIVE \
		--id "$1" -i peer.der -o got
	same wanted got
	ours --login --pin 123456 --derive -m ECDH1-DERIVE --id "$1" -i peer.der -o got
	same wanted got
}
# pss ID NAME: made by our module, and by OpenSC's
pss() {
	ours --login --pin 123456 --sign -m SHA256-RSA-PKCS-PSS --id "$1" -i data -o sig
	expect "Verified OK" openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify "$2.pub" \
		-signature sig data
	openssl pkeyutl -encrypt -pubin -inkey "$2.pub" -in data -out sealed \
		-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256
	ours --login --pin 123456 --decrypt -m RSA-PKCS-OAEP --hash-algorithm SHA256 \
		--mgf MGF1-SHA256 --id "$1" -i sealed -o opened
	same data opened
}

card=IsoApplet reader=$TAMGA_TEST_READER
only_not "$TAMGA_TEST_READER_2"
echo 1234567890123456 >puk
begun
step "$card: RSA"
key rsa RSA rsa_keygen_bits:2048
key small RSA rsa_keygen_bits:1024
key p256 EC ec_paramgen_curve:P-256
ok key import 45 rsa.pem --pin-file pin
rsa 45 rsa
for bad in small p256; do
	! tamga key import 46 $bad.pem --pin-file pin || fail "$bad was taken"
done
echo "no key" >none.pem
! tamga key import 46 none.pem --pin-file pin || fail "what is no key was taken"
step "$card: another one beside it, and one in its place"
key other RSA rsa_keygen_bits:2048
ok key import 46 other.pem --pin-file pin
rsa 46 other
! tamga key import 45 other.pem --pin-file pin || fail "a key was overwritten unasked"
ok key import 45 other.pem --replace --pin-file pin
rsa 45 other
quiet pkcs15-tool --dump
step "$card: it pads, so neither PSS nor OAEP is offered"
ours -M >list
! grep -q 'PSS\|OAEP\|RSA-X-509\|ECDH' list || { cat list; fail "what such a card does not do"; }
! pkcs11-tool --module "$M" --token-label "$label" --login --pin 123456 --sign \
	-m SHA256-RSA-PKCS-PSS --id 45 -i data -o sig >said 2>&1 || fail "PSS by a card that pads"

card=MyEID reader=$TAMGA_TEST_READER_2
only_not "$TAMGA_TEST_READER"
echo 12345678 >puk
begun --new-admin-key-file officer
step "$card: RSA"
ok key import 45 rsa.pem --pin-file pin
rsa 45 rsa
step "$card: curves"
id=46
for curve in P-256 P-384 P-521; do
	key $curve EC ec_paramgen_curve:$curve
	ok key import $id $curve.pem --pin-file pin
	ec $id $curve
	id=$((id + 1))
done
step "$card: secrets agreed on"
agrees 46 P-256 P-256
agrees 47 P-384 P-384
agrees 48 P-521 P-521
ok key generate 49 --type ec:p256 --pin-file pin
quiet pkcs15-tool --read-public-key 49 -o made.pub
key peer EC ec_paramgen_curve:P-256
openssl pkey -pubin -in peer.pub -outform DER -out peer.der
openssl pkeyutl -derive -inkey peer.pem -peerkey made.pub -out wanted
ours --login --pin 123456 --derive -m ECDH1-DERIVE --id 49 -i peer.der -o got
same wanted got
step "$card: raw RSA: PSS and OAEP"
pss 45 rsa
step "$card: what pkcs15-init brought"
quiet pkcs15-init --store-private-key other.pem --auth-id 01 --pin 123456 --so-pin 87654321 \
	--id 4a --key-usage sign,decrypt
rsa 4a other
pss 4a other
quiet pkcs15-init --store-private-key P-384.pem --auth-id 01 --pin 123456 --so-pin 87654321 \
	--id 4b --key-usage sign
ec 4b P-384
step "$card: what it says of them"
quiet pkcs15-tool --list-keys
grep -A8 "ID *: 45" said || cat said
step "$card: another kind of key in the place of a certificate's"
openssl req -x509 -key rsa.pem -subj /CN=Old -out old.pem -days 20 2>/dev/null
ok cert install 45 old.pem --pin-file pin
ok list
says out "45    rsa:2048"
ok key import 45 P-256.pem --pin-file pin --replace
ok list
says out "45    ec:p256"
[ "$(grep -c "of another key" out)" = 1 ] || fail "whose certificate that is"
ok list --json
says out '"other_key": true'
ec 45 P-256
step "$card: random numbers, C_GenerateRandom"
ours --generate-random 32 >random
[ "$(wc -c <random)" = 32 ] || fail "random numbers"
echo "all as it should be"
