#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The same as manual.sh where the authority speaks CMP: five commands.  Run by
# enroll.sh.
#
#	CMP  host:port of the server, without TLS   SECRET  of the reference "bench"
set -eu
do_() { "$@"; }
pin=$TAMGA_TEST_PIN
export PKCS11_MODULE_PATH="$MODULE"
rm -f chain.pem cert.der

# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $BORN --keypairgen --key-type EC:secp256r1 --id "$ID" --label bench
do_ openssl cmp -config '' -server "$CMP" -path .well-known/cmp -cmd ir -ref bench -secret "pass:$SECRET" \
	-trusted "$TAMGA_TEST_RA_CA" -engine pkcs11 -keyform engine -subject "/CN=Manual" -implicit_confirm \
	-newkey "pkcs11:id=%$ID;type=private?pin-value=$pin" -certout chain.pem
do_ openssl x509 -in chain.pem -outform DER -out cert.der
# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $WRITES --write-object cert.der --type cert --id "$ID" --label bench
do_ openssl verify -CAfile "$TAMGA_TEST_RA_CA" chain.pem
