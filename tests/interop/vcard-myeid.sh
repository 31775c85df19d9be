#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkcs15-init makes PKCS #15 on a bare MyEID card: officer's PIN, holder's PIN, keys made
# there, certificates; before and after the card is activated.  pkcs15-crypt and the
# module of OpenSC sign and decrypt, openssl checks.  One that was sold full is read.
. "$top_srcdir/tests/interop/vcard-files-lib.sh"
CARDS="--card myeid --card myeid,provisioned=rsa:2048/ec:p256"
begin "$0" "$@"
init() { quiet pkcs15-init "$@" --auth-id 01 --pin 123456 --so-pin 87654321; }
ec() { use_ec "$1" ECDSA hash sha256; }

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
ec 46
ec 47

step "certificates come, are read, and go"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=brought -out cert.pem 2>/dev/null
init --store-certificate cert.pem --id 45
comes_back 45
init --delete-objects cert --id 45
refuse "" pkcs15-tool --read-certificate 45

step "a key goes with its file"
init --delete-objects privkey,pubkey --id 46
refuse "" pkcs15-crypt --sign -k 46 -p 123456 -i hash -o sig --raw
use_rsa 45

step "PINs"
pins 01 12345678
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
ec 46
echo "all as it should be"
