#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# IAS ECC cards as their issuers hand them out, in the forms of Gemalto (multiapp) and of
# Oberthur (cosmo), at T=1 and T=0: listed, signed with by both of their ways, decrypted
# with; a PIN wrong, changed, unblocked; and nothing is written, which is said before a
# PIN is asked for.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
each_card multiapp,provisioned=rsa:2048 cosmo,provisioned=rsa:2048 \
	multiapp,t0,provisioned=rsa:2048 cosmo,t0,provisioned=rsa:2048
says() { grep -q -e "$2" "$1" || fail "$1 does not say: $2"; }
# asked WORDS: so many commands of that kind, of late
asked() { ctl log | grep -c " $1 "; }
echo 654321 >pin2

ctl mark >/dev/null
tamga list || fail "list"
says out "CN=tamga-vcard AUT"
says out "^  46 "
tamga info || fail "info"
says out "driver pkcs15"
tamga info --json || fail "info"
[ "$(jq -r .model out)" = "IAS ECC" ] || fail "what it is taken for"
label=$(jq -r .label out)

for slot in 45 46; do
	tamga cert export "$slot" -o "pem$slot" || fail "certificate $slot"
	openssl x509 -in "pem$slot" -noout -pubkey >"pub$slot"
done
# What authenticates: INTERNAL AUTHENTICATE.  What obliges: PSO: HASH and the signature, and
# the PIN of it for each.
for hash in sha256 sha512; do
	tamga sign 45 data --pin-file pin --hash $hash -o sig || fail "$hash by 45"
	openssl dgst -$hash -verify pub45 -signature sig data >out || fail "$hash by 45"
	tamga sign 46 data --pin-file pin2 --hash $hash -o sig || fail "$hash by 46"
	openssl dgst -$hash -verify pub46 -signature sig data >out || fail "$hash by 46"
done
[ "$(asked "00 88 00 00")" = 2 ] && [ "$(asked "00 2A 90 A0")" = 2 ] &&
	[ "$(asked "00 2A 9E 9A")" = 2 ] || fail "how it signed"
openssl pkeyutl -encrypt -pubin -inkey pub45 -in data -out sealed
tamga decrypt 45 sealed --pin-file pin -o opened || fail "decryption"
cmp -s data opened || fail "what was decrypted"

# Nobody writes, and nobody is asked for a PIN to be told so.
cp pem45 before
for command in "key generate 45 --replace" "key import 45 some.pem --replace" \
    "key delete 45 --yes" "cert install 45 pem45 --replace" "cert delete 45 --yes"; do
	openssl genpkey -algorithm RSA -out some.pem 2>err
	ctl mark >/dev/null
	code=0
	# shellcheck disable=SC2086 # words
	tamga $command || code=$?
	[ "$code" = 1 ] && grep -q "does not write to cards of this kind" err || fail "$command: $code"
	[ "$(asked "00 20 00 8[0-9A-F]")" = 0 ] && [ "$(asked "00 D6")" = 0 ] || fail "$command was tried"
done
for slot in "" "--slot 45 --replace"; do
	ctl mark >/dev/null
	code=0
	# shellcheck disable=SC2086 # words
	tamga enroll --ca est+https://localhost:1 --ca-file pem45 --user a --password-file pin \
		--pin-file pin --subject CN=x $slot || code=$?
	[ "$code" = 1 ] && grep -q "cannot make keys" err || fail "enroll $slot: $code"
	[ "$(asked "00 20 00 8[0-9A-F]")" = 0 ] || fail "enroll $slot: a PIN was sent"
done
for command in setup "reset --destroy $label"; do
	code=0
	# shellcheck disable=SC2086 # words
	tamga $command </dev/null || code=$?
	cat err
	[ "$code" = 1 ] || fail "$command: $code"
	says err "^tamga: "
done
tamga cert export 45 -o after && cmp -s before after || fail "something changed"

# PINs are the holder's.
echo 111111 >bad
code=0
tamga sign 45 data --pin-file bad -o sig || code=$?
[ "$code" = 4 ] || fail "a wrong PIN: $code"
says err "2 tries left"
tamga pin change --pin-file pin --new-pin-file bad || fail "PIN changed"
tamga sign 45 data --pin-file bad -o sig || fail "the new PIN"
echo "all as it should be: $card"
