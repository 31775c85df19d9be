#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A virtual GIDS card, which another hand made: listed, signed with, a key made on
# it and its certificate installed and deleted; openssl checks.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
each_card gids,provisioned gids,provisioned,short
ok() { echo "ok: $card: $*"; }

tamga list || fail "list"
tamga info || fail "info"
grep -q "driver gids" out || fail "info"
ok "listed"

# signs SLOT: openssl takes the signature by the certificate that is there.
signs() {
	tamga cert export "$1" -o pem || fail "certificate $1"
	openssl x509 -in pem -noout -pubkey >pub
	tamga sign "$1" data --pin-file pin -o sig || fail "signature $1"
	openssl dgst -sha256 -verify pub -signature sig data >out 2>err ||
		fail "the signature of $1"
	ok "signed with $1"
}
signs 00
signs 01

# The public half is the card's; a certificate of it comes from elsewhere.
makes() { # SLOT TYPE
	tamga key generate "$1" --type "$2" --pin-file pin -o new.pub || fail "a key in $1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
		-subj /CN=ca -out ca.pem 2>err
	openssl x509 -new -force_pubkey new.pub -CA ca.pem -CAkey ca.key -subj "/CN=$1" \
		-out new.pem 2>err || fail "a certificate for $1"
	tamga cert install "$1" new.pem --pin-file pin || fail "the certificate of $1"
	signs "$1"
}
makes 02 ec:p256
makes 03 rsa:2048
openssl pkeyutl -encrypt -pubin -inkey pub -in data -out sealed
tamga decrypt 03 sealed --pin-file pin -o opened || fail "decryption"
cmp -s data opened || fail "another text was decrypted"
ok "decrypted with 03"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out own.pem 2>err
openssl req -x509 -new -key own.pem -subj /CN=own -out own.crt
tamga key import 04 own.pem --pin-file pin || fail "a key imported"
tamga cert install 04 own.crt --pin-file pin || fail "the certificate of an imported key"
signs 04
tamga cert delete 02 --pin-file pin --yes || fail "a certificate deleted"
tamga key delete 02 --pin-file pin --yes || fail "a key deleted"
! tamga sign 02 data --pin-file pin -o sig || fail "a key that is no more signed"
signs 03
signs 00

echo 111111 >pin
! tamga sign 00 data --pin-file pin -o sig || fail "a wrong PIN signed"
grep -q "left" err || fail "a wrong PIN tells no tries"
ok "a wrong PIN"
