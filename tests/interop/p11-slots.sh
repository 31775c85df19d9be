#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Slots over the real daemon: a card that is slow and one that is unknown beside
# a good one; cards and readers that come and go.
. "$top_srcdir/tests/interop/p11-lib.sh"
slow= unknown=
for n in 1 2 3 4 5 6 7 8; do
	[ $n -gt 4 ] || slow=$slow,fault=$n:slow=1000
	unknown=$unknown,fault=$n:sw=6A82
done
CARDS="--card piv,standard,provisioned=ec:p256 --card piv,standard$slow --card piv,standard$unknown"
need pcscd
enter "$0" "$@"
work
drive="$top_builddir/tests/interop/p11-drive"
ctl2() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" "$@"; }
ctl3() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_3" "$@"; }

step "nobody waits for a slow or unknown card"
expect "" "$drive" "$M" look
cat said
cp said first
# A machine that does other things may take its time, but not each time.
for _ in 1 2 3 4; do
	ms=$(sed -n 's/^start \([0-9]*\) ms.*/\1/p' said)
	[ "$ms" -ge 50 ] || break
	expect "" "$drive" "$M" look
done
[ "$ms" -lt 50 ] || fail "starting takes $ms ms"
good="slot [0-9]*: token ok in [0-9]{1,3} ms, again ok in [0-9]{1,2} ms, session ok"
none="slot [0-9]*: token not recognized in [0-9]{1,3} ms, again not recognized in [0-9]{1,2} ms"
late="slot [0-9]*: token not recognized in [23][0-9]{3} ms, again not recognized in [0-9]{1,2} ms, session ok, then token ok PIV"
[ "$(grep -cE "^$good" first)" = 1 ] || fail "the good card"
[ "$(grep -cE "^$none, session not" first)" = 1 ] || fail "the unknown card"
[ "$(grep -cE "^$late" first)" = 1 ] || fail "the slow card"

step "a card that is gone is noticed by what asks no card"
expect "^removed: removed after [0-9]{1,3} ms" "$drive" "$M" gone "$TAMGA_TEST_CTL"
cat said
grep -q "^exchanged: removed" said || fail "a card that was out meanwhile is taken for the one before"

step "cards come and go"
# told COUNT PATTERN: the waiting program has said so often, within five seconds.
told() {
	for _ in $(seq 100); do
		[ "$(grep -cE "^$2" events)" -ge "$1" ] && return
		sleep 0.05
	done
	cat events
	fail "nobody tells \"$2\""
}
switches() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$waiter/status"; }
ctl3 remove
"$drive" "$M" events 100 >events 2>&1 &
waiter=$!
trap 'kill "$waiter" $daemon 2>/dev/null || true; rm -rf "$work"' EXIT
daemon=
told 1 ready
sleep 0.5
before=$(switches)
sleep 1
[ $(($(switches) - before)) -le 1 ] || fail "it does not wait but looks again and again"
ctl remove
told 1 "slot [0-9]* empty"
ctl insert
told 1 "slot [0-9]* full"
ctl3 insert
told 2 "slot [0-9]* full"

step "every reader goes, and comes back"
pcscd_again() {
	"$(PATH=$PATH:/usr/sbin command -v pcscd)" --foreground -c "$TAMGA_TEST_PCSCD_CONF" \
		>pcscd.log 2>&1 &
	daemon=$!
}
kill -9 "$TAMGA_TEST_PCSCD_PID"
told 4 "slot [0-9]* empty"
pcscd_again
told 5 "slot [0-9]* full"
expect "ok in" "$drive" "$M" look

step "and again, for one that looks before and after"
# The daemon that comes back has counted as many cards as the one that went.
mkfifo line
"$drive" "$M" hold <line >held 2>&1 &
holder=$!
exec 9>line
for _ in $(seq 100); do grep -q ready held && break; sleep 0.05; done
kill -9 "$daemon"
told 7 "slot [0-9]* empty"
pcscd_again
told 8 "slot [0-9]* full"
echo >&9
wait $holder || { cat held; fail "a session over the daemon's end"; }
grep -q "token ok, session removed, the next without a login" held || { cat held; fail "held"; }
