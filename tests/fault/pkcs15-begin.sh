#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A blank PKCS #15 card is pulled out before and after every APDU of `tamga setup`, and of
# the command that makes it blank again: the next set-up finishes, and keys are made.
# TAMGA_TEST_ALL=1: at every APDU, instead of at every third from one on that a seed
# chooses.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--no-pcscd --card isoapplet --card myeid"
own=45 theirs=none others=0
. "$top_srcdir/tests/fault/pulled-lib.sh"
cp "$TAMGA_TEST_STATE" isoapplet.new
cp "$TAMGA_TEST_STATE_2" myeid.new
echo 87654321 >officer
echo 999999 >other

setup() { tamga setup --new-pin-file pin --new-puk-file puk $so; }
erase() { tamga list && tamga info --json && tamga reset --destroy "$(jq -r .label out)" --admin-key-file officer; }
# Begun, whole: PIN, PUK, and a key can be made.
is_begun() {
	tamga pin verify --pin-file pin || { wrong "not the PIN"; return; }
	tamga pin unblock --puk-file puk --new-pin-file pin || { wrong "not the PUK"; return; }
	tamga key generate "$own" --type rsa:2048 --pin-file pin || { wrong "no key"; return; }
	tamga sign "$own" pin --pin-file pin -o sig || wrong "no signature"
}
# What was begun wholly says so; else it goes on.
set_up() {
	tamga list || return
	! grep -q 'tamga setup makes them' out || setup
}
again() {
	tamga list || return
	grep -q 'tamga setup makes them' out || erase || return
	setup
}

# A blank card has nothing to be read.
is_readable() { :; }

# another STATE N: cut at that APDU, then begun with another PIN: told so, and not lost
another() {
	card_like "$1"
	ctl fault "$2:remove-after" >/dev/null
	! setup || fail "it was not cut"
	ctl fault none >/dev/null
	ctl insert >/dev/null
	! tamga setup --new-pin-file other --new-puk-file puk $so || fail "another PIN was taken"
	grep -q "another PIN" err || fail "that it has another PIN is not told"
	setup || fail "the first PIN does not finish it"
	is_begun
}
# last STATE INS: at is the last command of that kind in a set-up
last() {
	card_like "$1"
	ctl mark >/dev/null
	setup || fail "set up"
	at=$(ctl log | awk -v ins="$2" '$3 == ins { n = $1 } END { print n }')
}

sampled 3
echo 1234567890123456 >puk
app=isoapplet so=
pull_everywhere "the set-up" isoapplet.new setup set_up is_begun 15
last isoapplet.new 24
another isoapplet.new "$at"
# The PUK of an attempt that was cut short stays, and that is told.
card_like isoapplet.new
ctl fault "$((at - 1)):remove-after" >/dev/null
! setup || fail "it was not cut"
ctl fault none >/dev/null
ctl insert >/dev/null
echo 9999999999999999 >puk
! setup || fail "another PUK was taken"
grep -q "another PUK" err || fail "that it has another PUK is not told"
setup || fail "it is not finished"
echo 1234567890123456 >puk
is_begun
echo 12345678 >puk
app=myeid so="--new-admin-key-file officer"
pull_everywhere "the set-up" myeid.new setup set_up is_begun 15
last myeid.new 44
another myeid.new "$at"
card_like myeid.new
setup || fail "set up"
cp state myeid.full
pull_everywhere "its end" myeid.full erase again is_begun 10
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and the next set-up finished"
