#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every test stands in a list: one that does not is run by nobody, and passes.
set -eu
cd "$top_srcdir"
lists=$(find tests doc -name '*.am')
missing=
for test in tests/interop/*.sh tests/fault/*.sh tests/bench/*.sh tests/lint/*.sh \
    tests/usb/*.sh; do
	case $test in
	*-lib.sh|*/kinds.sh|*'*'*) continue ;;	# sourced, or a folder without any
	esac
	# shellcheck disable=SC2086
	grep -qF "$test" $lists || missing="$missing $test"
done
[ -z "$missing" ] || { echo "in no list:$missing"; exit 1; }
unknown=$(grep -v '^#' tests/longest | while read -r test; do [ -f "$test" ] || echo "$test"; done)
[ -z "$unknown" ] || { echo "in tests/longest, and no test:" $unknown; exit 1; }
