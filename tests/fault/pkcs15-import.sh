#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A PKCS #15 card is pulled out before and after APDUs of `tamga key import`, into an
# empty slot and in the place of another key: it can be read at once, and the same command
# again ends with one key there, the one that was brought.  The same in a directory so
# full that one command does not carry a new row and what is behind it.
# TAMGA_TEST_ALL=1: at every APDU, instead of at some that a seed chooses.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--no-pcscd --card isoapplet --card myeid"
own=45 theirs=none others=0
. "$top_srcdir/tests/fault/pulled-lib.sh"
cp "$TAMGA_TEST_STATE" isoapplet.new
cp "$TAMGA_TEST_STATE_2" myeid.new
echo 87654321 >officer

# key NAME KIND OPTION
key() {
	openssl genpkey -algorithm "$2" -out "$1.pem" -pkeyopt "$3" 2>err &&
		openssl pkey -in "$1.pem" -pubout -out "$1.pub" || fail "a key"
}
key one RSA rsa_keygen_bits:2048
key two RSA rsa_keygen_bits:2048
key curve EC ec_paramgen_curve:P-256
key third EC ec_paramgen_curve:P-256

is_readable() { tamga list --json || wrong "it cannot be read"; }
bring() { tamga key import "$own" "$new.pem" --pin-file pin $replace; }
# Its public half must not be taken for that of the key that is brought then.
bring_two() { tamga key import "$own" two.pem --pin-file pin --replace; }
again() { tamga key import "$own" "$new.pem" --pin-file pin --replace; }
# The key that was brought, both halves of it, and no other.
is_that() {
	is_readable || return
	has_keys $((others + 1)) || wrong "not one key more"
	tamga sign "$own" pin --pin-file pin -o sig || { wrong "no signature"; return; }
	openssl dgst -sha256 -verify "$new.pub" -signature sig pin >err 2>&1 || wrong "another key signs"
	tamga csr "$own" --subject CN=Holder --pin-file pin -o csr || { wrong "no request"; return; }
	openssl req -in csr -noout -pubkey 2>err | cmp -s - "$new.pub" || wrong "another public half"
}

# brought APP NEW OTHER PUK SETUP...: NEW into an empty slot, then OTHER in its place
brought() {
	app=$1 new=$2 other=$3
	echo "$4" >puk
	shift 4
	card_like "$app.new"
	quiet tamga setup --new-pin-file pin --new-puk-file puk "$@"
	cp state "$app.begun"
	replace=
	pull_everywhere "$new" "$app.begun" bring again is_that 10
	card_like "$app.begun"
	bring || fail "imported on $app"
	cp state "$app.full"
	new=$other replace=--replace
	pull_everywhere "$new in its place" "$app.full" bring again is_that 10
}
# crowded APP NEW OTHER: the first of so many keys, each by the other; after brought()
crowded() {
	app=$1 others=6
	card_like "$app.full"
	for slot in 46 47 48 49 4a 4b; do
		quiet tamga key import $slot third.pem --pin-file pin
	done
	quiet tamga key import "$own" "$2.pem" --pin-file pin --replace
	cp state "$app.crowded"
	new=$3
	pull_everywhere "$3 in its place, before many" "$app.crowded" bring again is_that 10
	card_like "$app.crowded"
	bring || fail "imported on $app"
	cp state "$app.crowded"
	new=$2
	pull_everywhere "two, and then $2, in its place, before many" "$app.crowded" bring_two \
		again is_that 10
}
sampled 4
brought isoapplet one two 1234567890123456
brought myeid one curve 12345678 --new-admin-key-file officer
crowded myeid one curve
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and the key that was brought is there"
