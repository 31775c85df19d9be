#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# OpenSC on our OpenPGP card: what it says of itself, keys and certificates,
# signatures and decryption that openssl checks.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card openpgp,serial=305419896,provisioned=rsa:2048"
need openpgp-tool pkcs11-tool openssl pcscd
enter "$0" "$@"
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }

step "OpenSC reads it"
expect 'd2:?76:?00:?01:?24:?01:?03:?04:?ff:?fe:?12:?34:?56:?78|D276000124010304FFFE12345678' openpgp-tool --card-info
echo "what is signed" >data

step "sign, checked by openssl"
pkcs11-tool --module "$opensc" --login --pin 123456 -O >list 2>said || { cat said; fail "list"; }

pkcs11-tool --module "$opensc" --slot-index 1 --read-object --type pubkey --id 01 -o pub 2>said || { cat said; fail "public key"; }
pkcs11-tool --module "$opensc" --login --slot-index 1 --pin 123456 --sign -m SHA256-RSA-PKCS --id 01 \
	-i data -o sig 2>said || { cat said; fail "sign"; }
expect "Verified OK" openssl dgst -sha256 -keyform DER -verify pub -signature sig data
echo "all as it should be"
