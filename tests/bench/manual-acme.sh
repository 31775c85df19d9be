#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The same as manual.sh where the authority speaks ACME: five commands, the name
# proven by lego's own responder.  Run by enroll.sh.
#
#	ACME  address of the directory   DOOR  host:port that answers
#	ANCHOR  what its TLS leads to
set -eu
do_() { "$@"; }
pin=$TAMGA_TEST_PIN
export PKCS11_MODULE_PATH="$MODULE" LEGO_CA_CERTIFICATES="$ANCHOR"
rm -rf csr.pem cert.der lego

# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $BORN --keypairgen --key-type EC:secp256r1 --id "$ID" --label bench
do_ openssl req -new -engine pkcs11 -keyform engine -subj "/CN=bench.example.kz" \
	-addext subjectAltName=DNS:bench.example.kz \
	-key "pkcs11:id=%$ID;type=private?pin-value=$pin" -out csr.pem
do_ lego --server "$ACME" --accept-tos --email bench@example.kz --csr csr.pem --http --http.port "$DOOR" \
	--path lego run
do_ openssl x509 -in lego/certificates/bench.example.kz.crt -outform DER -out cert.der
# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $WRITES --write-object cert.der --type cert --id "$ID" --label bench
