#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The same as manual.sh where the authority speaks SCEP: six commands.  No client
# that people have takes a key on a token: this one makes an RSA key in a file,
# which is then written to the token and should be destroyed.  Run by enroll.sh.
#
#	SCEP  address of the server   SIGNER  SHA-256 of its certificate
#	CHALLENGE  a word that opens one request
set -eu
do_() { "$@"; }
rm -f key.pem key.der chain.pem cert.der csr.pem self.pem

do_ scepclient -server-url "$SCEP" -ca-fingerprint "$SIGNER" -private-key key.pem -certificate chain.pem \
	-challenge "$CHALLENGE" -cn Manual
do_ openssl rsa -in key.pem -outform DER -out key.der
do_ openssl x509 -in chain.pem -outform DER -out cert.der
# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $WRITES --write-object key.der --type privkey --id "$ID" --label bench
# shellcheck disable=SC2086
do_ pkcs11-tool --module "$MODULE" $WRITES --write-object cert.der --type cert --id "$ID" --label bench
do_ openssl verify -CAfile "$TAMGA_TEST_RA_CA" chain.pem
