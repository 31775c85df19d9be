#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A card with files as its issuer hands it out, which another hand made: listed and
# signed with in exactly as many commands as doc/design/pkcs15.md says, with
# extended and with short answers; openssl checks the signatures.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
each_card pkcs15,provisioned pkcs15,provisioned=rsa:2048 pkcs15,provisioned=rsa:2048,short
count() { # WHAT EXACTLY
	[ "$(ctl count)" = "$2" ] || fail "$1: $(ctl count) commands, not $2"
	echo "ok: $card: $1: $2"
}
echo 654321 >pin2

# S the questions of PIV, OpenPGP and GIDS, and SELECT: 4.  D five directories and R what
# they take: 2 each; C two certificates: 2 each, more with short answers.
case $card in
*short) list=20 sign=22 ;;
*) list=16 sign=20 ;;
esac
ctl mark >/dev/null
tamga list || fail "list"
grep -q "CN=tamga-vcard AUT" out && grep -q "^  46 " out || fail "what is listed"
count "list" "$list"
tamga info || fail "info"
grep -q "driver pkcs15" out || fail "info"

for slot in 45 46; do
	tamga cert export "$slot" -o pem || fail "certificate $slot"
	openssl x509 -in pem -noout -pubkey >pub
	[ "$slot" = 45 ] || cp pin2 pin
	ctl mark >/dev/null
	tamga sign "$slot" data --pin-file pin -o sig || fail "signature $slot"
	[ "$slot" = 46 ] || count "cold signature" "$sign"
	openssl dgst -sha256 -verify pub -signature sig data >out 2>err ||
		fail "the signature of $slot"
done
# Who asks for what such a card cannot is asked for no PIN.
for command in "cert install 45 pem --replace" "cert delete 45 --yes" "key generate 45 --replace"; do
	code=0
	# shellcheck disable=SC2086 # words
	tamga $command || code=$?
	[ "$code" = 1 ] && grep -q "does not write to cards of this kind" err || fail "$command: $code"
done

echo 111111 >pin
code=0
tamga sign 45 data --pin-file pin -o sig || code=$?
[ "$code" != 0 ] && grep -q "2 tries left" err || fail "a wrong PIN: $code"
