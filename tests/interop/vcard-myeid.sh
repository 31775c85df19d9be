#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkcs15-init makes PKCS #15 on a bare MyEID card: officer's PIN, holder's PIN, keys made
# there, certificates; before and after the card is activated.  pkcs15-crypt and the
# module of OpenSC sign and decrypt, openssl checks.  One that was sold full is read.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card myeid --card myeid,provisioned=rsa:2048/ec:p256"
need pkcs15-init pkcs15-tool pkcs15-crypt pkcs11-tool openssl pcscd
enter "$0" "$@"
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
echo "what is signed" >data
openssl dgst -sha256 -binary data >hash
echo "a secret" >plain

reader() { eval "echo \"\$TAMGA_TEST_READER${1:+_$1}\""; }
# Every reader but one is out of OpenSC's sight.
only_not() {
	echo "app default { ignored_readers = \"$(reader "$1" | sed 's/ 00 00$//')\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
quiet() { "$@" >said 2>&1 || { cat said; fail "$*"; }; }
init() { quiet pkcs15-init "$@" --auth-id 01 --pin 123456 --so-pin 87654321; }

use_rsa() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	quiet pkcs15-crypt --sign --sha-256 --pkcs1 -k "$1" -p 123456 -i hash -o sig --raw
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	openssl pkeyutl -encrypt -pubin -inkey pub -in plain -out sealed
	quiet pkcs15-crypt --decipher --pkcs1 -k "$1" -p 123456 -i sealed -o opened --raw
	same plain opened
}
use_ec() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	quiet pkcs11-tool --module "$opensc" --login --pin 123456 --sign -m ECDSA --id "$1" \
		-i hash -o sig --signature-format openssl
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
}

only_not 2
step "a bare card gets PKCS #15 and two PINs"
expect "MyEID 4.0.1" opensc-tool -n
quiet pkcs15-init --erase-card
quiet pkcs15-init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
quiet pkcs15-init --store-pin --auth-id 01 --label PIN --pin 123456 --puk 12345678 --so-pin 87654321
quiet pkcs15-init --finalize

step "keys are made on it"
init --generate-key rsa/2048 --id 45 --label rsa --key-usage sign,decrypt
init --generate-key ec/prime256v1 --id 46 --label ec
init --generate-key ec/secp521r1 --id 47 --label p521
use_rsa 45
use_ec 46
use_ec 47

step "certificates come, are read, and go"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=brought -out cert.pem 2>/dev/null
init --store-certificate cert.pem --id 45
quiet pkcs15-tool --read-certificate 45 -o back.pem
openssl x509 -in cert.pem -outform DER -out a
openssl x509 -in back.pem -outform DER -out b
same a b
init --delete-objects cert --id 45
refuse "" pkcs15-tool --read-certificate 45

step "a key goes with its file"
init --delete-objects privkey,pubkey --id 46
refuse "" pkcs15-crypt --sign -k 46 -p 123456 -i hash -o sig --raw
use_rsa 45

step "PINs"
refuse "" pkcs15-tool --verify-pin --auth-id 01 --pin 999999
quiet pkcs15-tool --change-pin --auth-id 01 --pin 123456 --new-pin 111111
refuse "" pkcs15-tool --verify-pin --auth-id 01 --pin 123456
quiet pkcs15-tool --unblock-pin --auth-id 01 --puk 12345678 --new-pin 123456
use_rsa 45

step "the officer begins anew"
anew="-s 00:DA:01:E0:08:FF:FF:11:3F:FF:11:1F:FF"
# shellcheck disable=SC2086
expect "SW1=0x69, SW2=0x82" opensc-tool $anew
# shellcheck disable=SC2086
expect "SW1=0x90, SW2=0x00" opensc-tool -s 00:20:00:03:08:38:37:36:35:34:33:32:31 $anew
refuse "" pkcs15-tool --dump

step "the card that was sold full"
only_not ""
expect "tamga MyEID" pkcs15-tool --dump
use_rsa 45
use_ec 46
echo "all as it should be"
