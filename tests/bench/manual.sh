#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What people type today to get a certificate for a key on a token, by EST:
# ten commands (the lines that begin with "do_").  Run by enroll.sh.
#
#	MODULE  the PKCS#11 module   BORN  options that let pkcs11-tool make a key
#	WRITES  options that let it write   ID  CKA_ID, two digits
set -eu
do_() { "$@"; }
pin=$TAMGA_TEST_PIN
export PKCS11_MODULE_PATH="$MODULE"
est=$TAMGA_TEST_RA_URL/.well-known/est
rm -f csr.der csr.b64 cacerts.p7 body.b64 body.p7 chain.pem cert.der pub.der

# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $BORN --keypairgen --key-type EC:secp256r1 --id "$ID" --label bench
do_ openssl req -new -engine pkcs11 -keyform engine -utf8 -subj "/CN=Manual" \
	-key "pkcs11:id=%$ID;type=private?pin-value=$pin" -outform DER -out csr.der
do_ openssl base64 -in csr.der -out csr.b64
do_ curl -sS -f --cacert "$TAMGA_TEST_RA_CA" -o cacerts.p7 "$est/cacerts"
do_ curl -sS -f --cacert "$TAMGA_TEST_RA_CA" -u "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD" \
	-H 'Content-Type: application/pkcs10' --data-binary @csr.b64 -o body.b64 "$est/simpleenroll"
do_ openssl base64 -d -in body.b64 -out body.p7
do_ openssl pkcs7 -inform DER -in body.p7 -print_certs -out chain.pem
do_ openssl x509 -in chain.pem -outform DER -out cert.der
# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $WRITES --write-object cert.der --type cert --id "$ID" --label bench
do_ openssl verify -CAfile "$TAMGA_TEST_RA_CA" chain.pem
