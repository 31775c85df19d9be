# SPDX-License-Identifier: BSD-2-Clause
# Sourced by tests/interop/ra-*.sh after ra-lib.sh: more processes on the store.
pids=
stop() {
	for pid in $pids; do
		{ kill "$pid" && wait "$pid"; } 2>/dev/null || :
	done
	pids=
	rm -rf "$work"
}
trap stop EXIT

# serve NAME ARGUMENTS...: one more; $tls and $http are where, for callers to keep
serve() {
	served=$1
	shift
	mkfifo "ready-$served"
	"$ra" serve "$@" --listen 127.0.0.1:0 > "ready-$served" 2> "log-$served" &
	pids="$pids $!"
	{ read -r tls && read -r http; } < "ready-$served" ||
	    die "no server: $(tail -n 3 "log-$served")"
}
