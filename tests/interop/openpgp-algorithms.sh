#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every kind of key on an OpenPGP card, in each slot that takes it: made there and brought
# from outside; its signatures, decryptions and secrets agreed on are judged by openssl,
# which knows the public half.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd --card openpgp -- sh "$0" inside
world_of_card
tamga() { "$top_builddir/tamga" "$@" --no-pcsc; }
echo "$TAMGA_TEST_ADMIN" >admin

said() { "$@" >out 2>err || { cat out err; fail "$*"; }; }
# signs SLOT KIND: with the key of pub
signs() {
	case $2 in
	ed25519)
		said tamga sign "$1" data --pin-file pin -o sig
		said openssl pkeyutl -verify -pubin -inkey pub -rawin -in data -sigfile sig ;;
	*)
		said tamga sign "$1" data --hash sha512 --pin-file pin -o sig
		said openssl dgst -sha512 -verify pub -signature sig data ;;
	esac
}
# genpkey KIND FILE
genpkey() {
	case $1 in
	rsa:*) said openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa:}" -out "$2" ;;
	ec:bp*) said openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:brainpoolP${1#ec:bp}r1" -out "$2" ;;
	ec:p*) said openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${1#ec:p}" -out "$2" ;;
	*) said openssl genpkey -algorithm "$1" -out "$2" ;;
	esac
	said openssl pkey -in "$2" -pubout -out "$2.pub"
}
# opens KIND: what is for the key of pub in slot dec
opens() {
	case $1 in
	rsa:*)
		said openssl pkeyutl -encrypt -pubin -inkey pub -in data -out cipher
		said tamga decrypt dec cipher --pin-file pin -o got
		cp data want ;;
	*)
		genpkey "$1" peer
		said openssl pkeyutl -derive -inkey peer -peerkey pub -out want
		said tamga decrypt dec --peer peer.pub --pin-file pin -o got ;;
	esac
	cmp -s got want || fail "$1: not what was meant for it"
}
# made SLOT KIND; brought SLOT KIND
made() { said tamga key generate "$1" --type "$2" --replace --admin-key-file admin -o pub; }
brought() {
	genpkey "$2" key
	said tamga key import "$1" key --replace --admin-key-file admin
	cp key.pub pub
}

step "signatures"
for kind in rsa:2048 rsa:3072 rsa:4096 ec:p256 ec:p384 ec:p521 ec:bp256 ec:bp384 ec:bp512 ed25519; do
	for slot in sig aut; do
		for how in made brought; do
			$how $slot $kind
			signs $slot $kind
		done
	done
	echo "ok: $kind"
done
step "decryption and agreement"
for kind in rsa:2048 rsa:3072 rsa:4096 ec:p256 ec:p384 ec:p521 ec:bp256 ec:bp384 ec:bp512 x25519; do
	for how in made brought; do
		$how dec $kind
		opens $kind
	done
	echo "ok: $kind"
done
step "what a slot does not take"
for not in "sig x25519" "aut x25519" "dec ed25519"; do
	# shellcheck disable=SC2086
	! tamga key generate ${not% *} --type ${not#* } --replace --admin-key-file admin >out 2>err ||
		fail "$not was made"
done
opens x25519
! tamga key generate sig --type ec:p999 --admin-key-file admin >out 2>err || fail "no such kind"
for kind in ec:p521 ec:bp512 x25519; do
	grep -q "$kind" err || { cat err; fail "kinds are not named"; }
done
echo "every kind, in every slot"
