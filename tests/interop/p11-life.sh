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
