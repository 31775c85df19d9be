#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed B: what happens to tamga while it waits for a token at a real kernel.  The token is
# pulled while the card works and begs for time, and while it says nothing; another
# tamga wants it meanwhile; the daemon comes and has one of two.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
fail() { echo "FAILED $*"; tail -n 20 /run/said* /run/pcscd.log; tamga-vcard ctl /run/1.ctl log | tail -n 30; exit 1; }
one() { tamga-vcard ctl /run/1.ctl "$@" >/run/ctl || fail "ctl $*"; }
is() { [ "$1" -eq "$2" ] || fail "status $1, not $2: $3"; }
says() { grep -q -e "$2" /run/said.$1 || fail "$1 does not say \"$2\""; }
# until_so COMMAND: many tries
until_so() {
	for n in $(seq 300); do ! eval "$1" || return 0; usleep 50000; done
	fail "never: $1"
}
logged() { tamga-vcard ctl /run/1.ctl log | grep -q "$1"; }
nobody_has_it() { ! ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/bus/usb; }
lists() { tamga list 2>/dev/null | grep -q 'CN=tamga-vcard 9A'; }
# begin NAME COMMAND...: in the background, its words in /run/said.NAME
begin() {
	name=$1
	shift
	timeout 100 "$@" >/run/said.$name 2>&1 &
	eval "$name=\$!"
}
echo 123456 >/run/pin
echo "what is signed" >/run/text
echo 010203040506070801020304050607080102030405060708 >/run/key
tamga-vcard ctl /run/2.ctl unplug >/run/ctl
until_so lists

# ---- pulled while the card makes a key and begs for time ------------------------------
one mark
begin makes tamga key generate 82 --type ec:p256 --pin-file /run/pin --admin-key-file /run/key
until_so "logged 'apdu 0047'"
until_so "logged '< 80 seq [0-9]* status 80'"

# another one meanwhile: told who has it, and what to do
timeout 100 tamga sign 9a --pin-file /run/pin -o /run/signature /run/text >/run/said.other 2>&1
is $? 3 "tamga sign beside it"
maker=$(pidof tamga | tr ' ' '\n' | head -n 1)
says other "tamga ($maker) holds"
says other "wait until it is done"
timeout 100 tamga readers --usb >/run/said.other 2>&1
says other "tamga ($maker)"

one unplug
wait $makes
is $? 3 "pulled in a time extension"
says makes "was unplugged"
nobody_has_it || fail "somebody has it open"
echo "ok pulled while it begged for time: $(tail -n 1 /run/said.makes)"
# that card is still at it: another one
tamga-vcard --yubikey --provision=ec:p256 --listen /run/card2 --control /run/card2.ctl &
until_so "[ -S /run/card2 ]"
one card /run/card2
one plug
until_so lists

# ---- pulled while it says nothing ------------------------------------------------------
one mark
one fault 6:silence
begin signs tamga sign 9a --pin-file /run/pin -o /run/signature /run/text
until_so "logged '^fault silence'"
one unplug
wait $signs
is $? 3 "pulled in a silence"
says signs "was unplugged"
nobody_has_it || fail "somebody has it open"
echo "ok pulled while it said nothing: $(tail -n 1 /run/said.signs)"
one plug
until_so lists

# ---- who holds it for a moment is waited for, not told of ----------------------------------
queued() {
	: >/run/said.holder
	sleep 1 | hub usb YubiKey hold it >/run/said.holder 2>&1 &
	holder=$!
	until grep -q held /run/said.holder; do usleep 20000; done
	timeout 100 tamga list --usb >/run/said.list 2>&1
	queued=$?
	wait $holder
	[ $queued -eq 0 ] && grep -q 'CN=tamga-vcard 9A' /run/said.list
}
until_so queued
echo "ok one after the other"

# ---- two at once: both have it in the end ------------------------------------------------
for n in 1 2 3; do
	begin first tamga sign 9a --pin-file /run/pin -o /run/signature.1 /run/text
	begin second tamga sign 9a --pin-file /run/pin -o /run/signature.2 /run/text
	for who in first second; do
		eval "wait \$$who"
		status=$?
		while [ $status -ne 0 ]; do
			is $status 3 "$who of two"
			says $who "tamga ([0-9]*) holds"
			begin $who tamga sign 9a --pin-file /run/pin -o /run/signature.1 /run/text
			eval "wait \$$who"
			status=$?
		done
	done
done
nobody_has_it || fail "somebody has it open"
echo "ok two at once"

# ---- the daemon has one of two, and the doctor tells of the other ---------------------------
tamga-vcard ctl /run/2.ctl plug >/run/ctl
pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
daemon=$!
until_so "tamga readers 2>/dev/null | grep -q 'YubiKey.* 00 00'"
timeout 100 tamga doctor >/run/said.doctor 2>&1
is $? 1 "tamga doctor"
says doctor "does not show .*Unlisted TPDU"
says doctor "tamga --reader \"usb:.*Unlisted TPDU"
! grep 'does not show .*YubiKey' /run/said.doctor || fail "the daemon shows it"
timeout 100 tamga doctor --usb >/run/said.doctor 2>&1
says doctor "held by pcscd ($daemon)"
says doctor "systemctl stop pcscd.socket"
timeout 100 tamga list --usb >/run/said.list 2>&1
says list "pcscd ($daemon) holds"
says list "systemctl stop pcscd.socket"
kill $daemon
wait $daemon
until_so lists
echo "ok beside the daemon"
GUEST

# so long that nobody waits for the key
TAMGA_TEST_GUEST_SECONDS=1200 sh "$top_srcdir/tests/with-guest" \
	--card "--yubikey --provision=ec:p256 --keygen-time=600000" --program "$top_builddir/tamga" --program "$top_builddir/tests/usb/hub" \
	yubikey,card=/run/card unlisted-tpdu -- "$dir/script" >"$dir/out" 2>&1
status=$?
cat "$dir/out"
[ $status -eq 0 ] || exit $status
[ "$(grep -c '^ok ' "$dir/out")" -eq 5 ] || { echo "bed-pulled.sh: something is missing above"; exit 1; }
