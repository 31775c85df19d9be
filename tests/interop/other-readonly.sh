#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A card that somebody else issued: T=0, the global PIN is the one people know,
# certificates packed and plain, a retired key without its certificate, and a
# management key that nobody here has.  And a card that takes its time.
. "${top_srcdir:?}/tests/interop/other-lib.sh"
world
echo 87654321 >pin
echo 11223344 >newpin
echo 12345678 >puk
echo 99999999 >bad
echo "what is signed" >data

step "what the issuer put there"
card readonly
wants 0 tamga info --json
json '.pin.tries_left == 3 and .serial != null and .management_key.factory == false'
json '[.slots[].slot] == ["9a", "9c", "9d", "9e", "82", "83", "95"]'
wants 0 tamga list --json
json '[.. | .subject? // empty] | length >= 6'

step "every key that has a certificate"
for slot in 9a 9c 9d 9e 82 83; do
	wants 0 tamga cert export $slot -o cert.pem
	openssl x509 -in cert.pem -noout -pubkey -out $slot.pub
	openssl x509 -in cert.pem -noout -subject | grep -qi "holder $slot" || fail "certificate of $slot"
	mark
	good_signature $slot sha256
	echo "   $(count) APDUs: a signature with $slot"
	! apdus | grep -q "^00..0080" || { apdus; fail "PIV's own PIN was touched"; }
done
for slot in 9d 82; do
	openssl pkeyutl -encrypt -pubin -inkey $slot.pub -in data -out c
	wants 0 tamga decrypt $slot c --pin-file pin
	cmp -s data out || fail "decryption with $slot"
done
wants 1 tamga cert export 95

step "the PIN of the whole card"
wants 4 tamga pin verify --pin-file bad
says err "2 tries left"
wants 0 tamga pin change --pin-file pin --new-pin-file newpin
wants 0 tamga pin verify --pin-file newpin
mark
wants 1 tamga pin unblock --puk-file puk --new-pin-file pin
says err "belongs to the whole card"
! apdus | grep -q "^002c" || fail "the PUK was sent in vain"

step "nothing is written"
wants 1 tamga key generate 9a --replace --pin-file newpin
wants 1 tamga cert install 9a cert.pem --replace --pin-file newpin
echo 010203040506070801020304050607080102030405060708 >wrong
wants 4 tamga key generate 9a --replace --pin-file newpin --admin-key-file wrong
mark
wants 0 tamga sign 9a data --pin-file newpin -o sig
openssl dgst -sha256 -verify 9a.pub -signature sig data >/dev/null || fail "the key of 9a"

step "another PIN policy: PIV's own PIN first, where both are good"
echo 24681357 >own
card readonly --policy 6010
wants 0 tamga pin verify --pin-file own
wants 4 tamga pin verify --pin-file pin

step "a slow card: 40 ms a command, 3 s a key"
echo 123456 >pin
card slow
wants 0 tamga key generate 9c --type ec:p384 --pin-file pin -o 9c.pub
wants 0 tamga sign 9c data --public 9c.pub --hash sha384 --pin-file pin -o sig
openssl dgst -sha384 -verify 9c.pub -signature sig data >/dev/null || fail "the slow card"

step "a standard card keeps its management key, and no file says otherwise"
echo 135790 >newpin
echo 24680135 >newpuk
card standard
wants 0 tamga setup --pin-file pin --puk-file puk --new-pin-file newpin --new-puk-file newpuk \
	--admin-key-out saved --json
json '.pin == "changed" and .puk == "changed" and .management_key == "unsupported"'
[ ! -e saved ] || fail "a key that no card has was kept"
wants 0 tamga pin verify --pin-file newpin
wants 1 tamga pin change --pin-file newpin --new-pin-file data
says err "6 to 8"

step "extended length: what a signature and a list cost"
# doc/performance.md: 4 commands and 6.  Over that: the question how many tries are left,
# so that the last one is not spent unasked; which PIN it is, on a card without
# extensions; the card's name, and the facts that a list shows of each key.
four=9a=p256,9c=rsa2048,9d=rsa2048,9e=p256
card applet --provision $four --announce-extended --metadata --version 5.3.0
wants 0 tamga sign 9a data --pin-file pin -o sig
at_most 5 "a signature, cold, an applet with metadata"
mark
wants 0 tamga sign 9a data --pin-file pin --last-try -o sig
at_most 4 "the same, told not to ask for the tries left"
mark
wants 0 tamga list --json
# four of them ask for other applications and come back
at_most 18 "a list of 4 certificates, the same"
card standard --extended --announce-extended --provision $four
wants 0 tamga sign 9a data --pin-file pin -o sig
at_most 7 "a signature, cold, no extensions, type from the certificate"
mark
wants 0 tamga list --json
at_most 13 "a list of 4 certificates, the same"
echo "all of it held"
