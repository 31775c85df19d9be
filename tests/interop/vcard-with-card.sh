#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# with-card itself: status, standard input, signals, several cards, itself
# inside itself, and nothing left behind.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS=
need opensc-tool pcscd
TAMGA_VCARD=$top_builddir/tamga-vcard
export TAMGA_VCARD
work
TMPDIR=$work
export TMPDIR
with=$top_srcdir/tests/with-card
nothing_left() {
	left=$(ls -d "$work"/tamga-card.* 2>/dev/null || true)
	[ -z "$left" ] || fail "left behind: $left"
}
status_of() { status=0; "$@" || status=$?; }

step "can this machine do it?"
status_of "$with" -- true
[ $status -ne 77 ] || exit 77
[ $status -eq 0 ] || fail "true gave $status"
nothing_left

step "status, standard input, arguments"
status_of "$with" -- sh -c 'exit 5'
[ $status -eq 5 ] || fail "status $status"
[ "$(echo hello | "$with" -- cat)" = hello ] || fail "standard input"
[ "$("$with" --no-pcscd -- printf '%s|' 'a b' '*' --card)" = 'a b|*|--card|' ] || fail "arguments"
nothing_left

step "wrong usage"
for wrong in "--bad" "--card piv,bad" "--card nothing" "--app nothing" "--app" "--card"; do
	# shellcheck disable=SC2086
	status_of "$with" $wrong -- true 2>/dev/null
	[ $status -eq 2 ] || fail "\"$wrong\" gave $status"
done
status_of "$with" 2>/dev/null
[ $status -eq 2 ] || fail "no command gave $status"
nothing_left

step "three cards, three readers"
# shellcheck disable=SC2016
"$with" --card piv,serial=1 --card piv,standard,t0 --card "piv,reader=My Reader" -- sh -c '
	[ "$(opensc-tool -l | grep -c " Yes ")" = 3 ] && [ "$TAMGA_TEST_CARDS" = 3 ] &&
	[ "$TAMGA_TEST_READER_3" = "My Reader 00 00" ] && [ -S "$TAMGA_TEST_CTL_2" ] &&
	[ "$(echo "$TAMGA_TEST_READERS" | wc -l)" = 3 ]' || fail "three cards"

step "inside itself: the inner readers only"
# shellcheck disable=SC2016
"$with" --card piv -- "$with" --card "piv,reader=Inner" -- sh -c '
	opensc-tool -l | grep " Yes " | grep -q "Inner 00 00" &&
	[ "$(opensc-tool -l | grep -c " Yes ")" = 1 ]' || fail "inside itself"
nothing_left

step "a signal reaches the command, and nothing stays"
"$with" -- sh -c 'trap "exit 9" TERM; touch "$TMPDIR/up"; while :; do sleep 0.1; done' &
pid=$!
tries=0
until [ -e up ]; do
	tries=$((tries + 1))
	[ $tries -lt 500 ] || fail "the command does not start"
	sleep 0.02
done
kill -TERM $pid
status_of wait $pid
[ $status -eq 9 ] || fail "status after a signal: $status"
nothing_left
echo "all as it should be"
