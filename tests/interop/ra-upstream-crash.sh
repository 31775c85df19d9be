#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra in front of another authority, killed while an errand is under way there: at every
# sync of its store and at some of its writes, other ones in each run (TAMGA_TEST_ALL=1: all;
# TAMGA_TEST_SEED=N: the same again).  Started again it carries the errand on: one application
# here, one there, one certificate.
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"
. "$top_srcdir/tests/lib/seed.sh"
strace -o "$work/trace" true 2>/dev/null || { echo "SKIP: strace cannot trace here"; exit 77; }
from_upstream front-ra employee '/CN=Registration office/O=Front'
make_front employee
cp "$work/front-ra.key" "$work/front-ra.pem" "$front/"
printf 'upstream: { url = "%s"; certificate = "front-ra.pem"; key = "front-ra.key"; timeout_seconds = 1; retry_seconds = 1; };\n' \
    "$TAMGA_TEST_RA_EST" >> "$front/ra.conf"
serve_front
stop_front

# traced CALL N: a front that is killed at the N-th CALL
traced() {
	rm -f "$work/front.url"
	mkfifo "$work/front.url"
	strace -f -qq -o "$work/trace" -e "trace=$1" -e "inject=$1:signal=SIGKILL:when=$2" \
	    "$ra_program" serve "$front" >"$work/front.url" 2>>"$work/front.log" &
	tracer=$! front_pid=
	children="$children $tracer"
	read -r front_url <"$work/front.url" || return 1
	front_pid=$(pgrep -P "$tracer")
	children="$children $front_pid"
	[ -n "$front_url" ]
}
# over: the tracer and what it traced were waited for
over() {
	wait "$tracer" 2>/dev/null || :
	ended "$tracer"
	ended "$front_pid"
}
alive() { kill -0 "$front_pid" 2>/dev/null; }
# is_over NAME: issued, or killed on the way
is_over() {
	for try in $(seq 450); do
		alive || return 0
		[ "$(front_post "$1" 2>/dev/null)" != 200 ] || return 0
		sleep 0.2
	done
	return 1
}

all=0
for call in fdatasync pwrite64; do
	step=1 tried=0
	[ -n "${TAMGA_TEST_ALL:-}" ] || { [ $call = fdatasync ] && step=2 || step=14; }
	n=$((seed % step + 1))
	while :; do
		name=$call$n
		front_csr "$name" "/CN=$name"
		if traced $call $n; then
			front_post "$name" >/dev/null 2>&1 || :
			is_over "$name" || fail "$name: neither issued nor killed"
			if alive; then
				kill "$front_pid"
				over
				all=$((all + 1))
				break
			fi
		fi
		over
		again_front
		front_gets "$name"
		cp "$work/$name.pem" "$work/first.pem"
		front_gets "$name"
		cmp -s "$work/$name.pem" "$work/first.pem" || fail "$name: two certificates"
		[ "$(upstream_count "CN=$name")" = 1 ] ||
			fail "$name: $(upstream_count "CN=$name") applications there"
		[ "$(front list --json | jq --arg s "CN=$name" 'map(select(.subject==$s)) | length')" = 1 ] ||
			fail "$name: applications here"
		stop_front
		all=$((all + 1)) tried=$((tried + 1)) n=$((n + step))
		[ $n -lt 400 ] || fail "$call never ends"
	done
	[ $tried -gt 0 ] || fail "no errand was killed at $call"
	echo "killed at $tried of some $((n - 1)) calls of $call: $tried of $tried places survived"
done
[ "$(sqlite3 "$front/store.db" 'SELECT count(*) FROM errand')" = 0 ] || fail "errands are left"
front audit verify >/dev/null || fail "the audit log"
ok "$all errands upstream, killed and carried on: one application, one certificate each"
echo "ra-upstream-crash: all held"
