#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The module's life in a process: loaded and unloaded a thousand times, left
# open, used while the process ends, and two processes on one card.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,standard,provisioned=ec:p256"
need pcscd
enter "$0" "$@"
work
drive="$top_builddir/tests/interop/p11-drive"

step "two processes, one card: each signs as if it were alone"
for ids in "9a 9a" "9a 9c" "9c 9c"; do
	# shellcheck disable=SC2086
	set -- $ids
	"$drive" "$M" sign "$1" 200 >first 2>&1 &
	first=$!
	"$drive" "$M" sign "$2" 200 >second 2>&1 || { cat second; fail "second, $ids"; }
	wait $first || { cat first; fail "first, $ids"; }
	grep -q "200 good" first && grep -q "200 good" second || fail "$ids"
done

step "four processes that come and go: each resets the card for the others"
ctl mark >/dev/null
come_and_go() {
	for _ in $(seq 25); do
		"$drive" "$M" sign "$1" 1 >"$2" 2>&1 || return 1
	done
}
others=
for n in 1a 2c 3c; do
	come_and_go "9${n#?}" "life$n" &
	others="$others $!"
done
come_and_go 9a life0 || { cat life0; fail "the first"; }
for n in $others; do
	wait "$n" || { cat life*; fail "another"; }
done
ctl log | grep -q " 00 20 00 80 8 63C" && fail "a try was lost"

step "loaded, used and unloaded"
"$drive" "$M" reload 1000 >said 2>&1 || { cat said; fail "something is left"; }
cat said

step "unloaded with a session open"
"$drive" "$M" abandon 1000 >said 2>&1 || { cat said; fail "something is left"; }
cat said

step "used after everybody else has cleaned up"
"$drive" "$M" exit >said 2>&1 || { cat said; fail "exit status $?"; }
grep -q "^over over over over over over ok and well" said || { cat said; fail "the process did not end well"; }
cat said
