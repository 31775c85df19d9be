#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keys in a folder, of every kind: made, imported, signed, decrypted and agreed
# with; openssl is the judge.  No card, no authority.
# shellcheck disable=SC2086
set -eu
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
tamga=$top_builddir/.libs/tamga
[ -x "$tamga" ] || tamga=$top_builddir/tamga
[ -x "$tamga" ] || { echo "skipped: $tamga is not built"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/filekeys.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8
export LD_LIBRARY_PATH HOME XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL
unset TAMGA_VCARD_SOCKET TAMGA_CONF
cd "$work"
mkdir -m 700 keys
printf 'sw0rdfish\n' >pin
echo text >text
# the old algorithms iterate less, and what is tested is the keys
with="--token file+legacy:$work/keys --pin-file pin"
fail() {
	echo "FAILED: $*"
	cat said 2>/dev/null
	exit 1
}
ok() { echo "ok: $*"; }
tamga() { timeout 60 "$tamga" "$@" >out 2>said; }
"$tamga" --version | grep -qw file || tamga list --token "file:$work/keys" ||
	{ echo "skipped: built without keys in folders"; exit 77; }

# used PLACE ALGORITHM OPTION: a key of openssl's, imported
used() {
	openssl genpkey -algorithm "$2" -pkeyopt "$3" -out "$1.pem" 2>/dev/null
	openssl pkey -in "$1.pem" -pubout -out "$1.pub"
	tamga key import "$1" "$1.pem" $with || fail "import of $2 $3"
	tamga sign $with "$1" text -o sig --hash sha256 || fail "signature with $2 $3"
	openssl dgst -sha256 -verify "$1.pub" -signature sig text >/dev/null ||
		fail "the signature of the imported $2 $3"
	ok "imported and signed with: $2 $3"
}
# agreed PLACE: the same secret as openssl's
agreed() {
	openssl pkey -in "$1.pub" -pubin -outform DER >/dev/null || fail "public half"
	openssl genpkey -paramfile params -out peer.pem
	openssl pkey -in peer.pem -pubout -out peer.pub
	openssl pkeyutl -derive -inkey peer.pem -peerkey "$1.pub" -out theirs
	tamga decrypt "$1" $with --peer peer.pub -o ours || fail "agreement with $1"
	cmp -s ours theirs || fail "another secret"
}

used 1 rsa rsa_keygen_bits:2048
for padding in pkcs1 oaep; do
	openssl pkeyutl -encrypt -pubin -inkey 1.pub -in text -out cipher \
		-pkeyopt rsa_padding_mode:$padding
	option=
	[ $padding = pkcs1 ] || option="--oaep --hash sha1"
	tamga decrypt 1 $with cipher $option -o plain || fail "decryption, $padding"
	cmp -s plain text || fail "another text, $padding"
done
ok "decrypted: PKCS #1 v1.5, OAEP"
used 2 ec ec_paramgen_curve:P-384
openssl genpkey -genparam -algorithm ec -pkeyopt ec_paramgen_curve:P-384 -out params 2>/dev/null
agreed 2
ok "agreed on a secret with an imported key"
tamga key generate 3 $with --type ec:p256 -o 3.pub || fail "a key made"
openssl genpkey -genparam -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out params 2>/dev/null
agreed 3
ok "agreed on a secret with a key made here"
tamga key generate 4 $with --type ed25519 -o 4.pub || fail "Ed25519"
tamga sign $with 4 text -o sig || fail "signature, Ed25519"
openssl pkeyutl -verify -rawin -pubin -inkey 4.pub -sigfile sig -in text >/dev/null ||
	fail "the signature of Ed25519"
ok "Ed25519"
echo '-----BEGIN PRIVATE KEY-----' >none.pem
tamga key import 4 none.pem $with && fail "no key was imported"
printf '9wrong9\n' >pin
grep -q 'BEGIN PRIVATE KEY' keys/*.pem && fail "a key is not under the password that was given"
tamga sign $with 1 text -o sig && fail "a wrong password signed"
grep -q password said || fail "nothing is said of the password"
ok "no key, a wrong password"
