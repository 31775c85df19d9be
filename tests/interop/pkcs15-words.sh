#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What tamga says of PIN and PUK on PKCS #15 cards: a card that is somebody's is not set
# up again; the last try names the PIN and the token; a locked PIN is told what helps, where
# something does; a PUK that the card has and tells of nowhere unblocks; a security officer's
# PIN is never called a management key.  A card is called what it is.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
each_card myeid,provisioned isoapplet,provisioned=rsa:2048/ec:p256 pkcs15,provisioned myeid
says() { grep -q -e "$2" "$1" || fail "$1 does not say: $2"; }
never() { ! grep -q -e "$2" "$1" || fail "$1 says: $2"; }
refused() { # STATUS COMMAND...
	want=$1 status=0
	shift
	tamga "$@" </dev/null || status=$?
	[ "$status" = "$want" ] || fail "status $status, not $want: $*"
}
echo 999999 >bad
echo "$TAMGA_TEST_PUK" >puk
echo 111111 >new

if [ "$card" = myeid ]; then
	echo 87654321 >officer
	echo 11223344 >other
	refused 1 setup --new-pin-file pin --new-puk-file puk
	says err "security officer's PIN"
	never err "management key"
	tamga setup --new-pin-file pin --new-puk-file puk --new-admin-key-file officer || fail "begun"
	tamga info || fail "info"
	says out "security officer's PIN"
	label=$(sed -n '1s/: .*//p' out)
	tamga pin change --admin-key --admin-key-file officer --new-admin-key-file other ||
		fail "another officer's PIN"
	says out "The security officer's PIN of token $label is changed"
	refused 4 pin change --admin-key --admin-key-file officer --new-admin-key-file other
	says err "security officer's PIN of token $label is wrong"
	refused 1 reset --destroy "$label"
	says err "security officer's PIN"
	never err "management key"
	tamga reset --destroy "$label" --admin-key-file other || fail "blank again"
	echo "ok: $card: the officer's PIN"
	exit 0
fi

tamga info --json || fail "info"
case $card in
isoapplet*)
	says out '"model": "IsoApplet"'
	refused 1 sign 46 data --pin-file pin -o sig
	says err "signs by SHA-1 alone" ;;
myeid*) says out '"model": "MyEID"' ;;
*) says out '"model": "PKCS #15"' ;;
esac
tamga info || fail "info"
label=$(sed -n '1s/: .*//p' out)
ctl mark >/dev/null
refused 1 setup
says err "token $label is set up already, and nothing was changed"
says err "tamga pin change"
case $card in
myeid*) says err "tamga reset" ;;
*) never err "tamga reset" ;;
esac
[ "$(ctl log | grep -c ' 00 2[04C] 00 [0-9A-F]* [1-9]')" = 0 ] || fail "a PIN was sent"
tamga setup --pin-file pin --new-pin-file new || fail "another PIN by setup"
says out "PIN changed"
tamga pin change --pin-file new --new-pin-file pin || fail "and back"
says out "The PIN of token $label is changed"

slot=45
for tries in "2 tries" "1 try"; do
	refused 4 sign $slot data --pin-file bad -o sig
	says err "$tries left"
done
refused 4 sign $slot data --pin-file pin -o sig
says err "one try of the PIN of token $label is left"
refused 5 sign $slot data --pin-file bad --last-try -o sig
case $card in
pkcs15*)
	says err "only who issued the card can help"
	never err "PUK"
	for command in "pin verify --pin-file pin" "pin change --pin-file pin --new-pin-file new"; do
		# shellcheck disable=SC2086 # words
		refused 5 $command
		says err "only who issued the card can help"
	done
	refused 1 doctor
	says out "only who issued the card can help"
	never out "unblock it with the PUK"
	refused 1 pin unblock --puk-file puk --new-pin-file new
	says err "tells of no PUK" ;;
*)
	says err "unblock it with the PUK"
	tamga pin unblock --puk-file puk --new-pin-file pin || fail "by the PUK that nothing tells of"
	tamga sign $slot data --pin-file pin -o sig || fail "and then a signature" ;;
esac
echo "ok: $card"
