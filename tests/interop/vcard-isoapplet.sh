#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkcs15-init makes PKCS #15 on a bare card with IsoApplet: PIN, keys made there and
# brought, certificates; pkcs15-crypt and the module of OpenSC sign and decrypt with
# them, openssl checks.  A card that was sold full is read and added to.
. "$top_srcdir/tests/interop/vcard-files-lib.sh"
CARDS="--card isoapplet --card isoapplet,short,provisioned=rsa:2048/ec:p256"
begin "$0" "$@"
puk=1234567890123456
# The card hashes by SHA-1, which is all that its interface knows.
ec() { use_ec "$1" ECDSA-SHA1 data sha1; }

only_not 2
step "a bare card gets PKCS #15 and a PIN"
quiet pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk $puk --label test
expect "ID +: ff" pkcs15-tool --list-pins
refuse "" pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk $puk --label again

step "keys are made on it"
quiet pkcs15-init --generate-key rsa/2048 --auth-id ff --so-pin 123456 --pin 123456 --id 45 \
	--label rsa --key-usage sign,decrypt
quiet pkcs15-init --generate-key ec/prime256v1 --auth-id ff --so-pin 123456 --pin 123456 --id 46 --label ec
quiet pkcs15-init --generate-key ec/secp384r1 --auth-id ff --so-pin 123456 --pin 123456 --id 47 --label p384
refuse "" pkcs15-init --generate-key ec/secp256k1 --auth-id ff --so-pin 123456 --pin 123456 --id 48
use_rsa 45
ec 46
ec 47

step "keys are brought"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out own.pem 2>/dev/null
quiet pkcs15-init --store-private-key own.pem --auth-id ff --so-pin 123456 --pin 123456 --id 49 \
	--key-usage sign,decrypt
use_rsa 49
openssl pkey -in own.pem -pubout -out own.pub
quiet openssl dgst -sha256 -sign own.pem -out sig data
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data

step "certificates come, are read, and go"
openssl req -x509 -key own.pem -subj /CN=brought -out cert.pem
quiet pkcs15-init --store-certificate cert.pem --auth-id ff --so-pin 123456 --pin 123456 --id 49
comes_back 49
quiet pkcs15-init --delete-objects cert --id 49 --auth-id ff --so-pin 123456 --pin 123456
refuse "" pkcs15-tool --read-certificate 49

step "PINs"
pins ff $puk
use_rsa 45

step "the card that was sold full"
only_not ""
expect "tamga IsoApplet" pkcs15-tool --dump
use_rsa 45
ec 46
quiet pkcs15-init --generate-key ec/prime256v1 --auth-id 01 --pin 123456 --so-pin 123456 --id 50 --label more
ec 50
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" log | awk '$8 > 256 { bad = 1 } END { exit bad || NR < 20 }' ||
	fail "a short card sent more than 256 bytes"
echo "all as it should be"
