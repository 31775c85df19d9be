# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the peer-*.sh share: servers and a client that share no line with tamga
# judge it.  Read by them, not run.

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
tamga=$top_builddir/tamga
[ -x "$tamga" ] || tamga=$top_builddir/tools/tamga/tamga
interop=$top_srcdir/tests/interop
bad=0
good=0
server=

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; bad=$((bad + 1)); }
pass() { good=$((good + 1)); }

command -v python3 >/dev/null || skip "no python3"
command -v openssl >/dev/null || skip "no openssl"
[ -x "$tamga" ] || skip "tamga is not built"

work=$(mktemp -d "${TMPDIR:-/tmp}/peer.XXXXXX") || exit 99
stop() {
	exec 8>&-
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null
	server=
}
clean() {
	stop
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
umask 077
printf '%s\n' 'correct horse' > "$work/password"
printf '%s\n' 'wrong horse' > "$work/wrong"
printf '%s\n' 'b3ar.er-token' > "$work/bearer"

# start NAME OPTION...: an other-est-server, or what peer_server names, in $work/NAME;
# sets dir and port
start() {
	stop
	dir=$work/$1
	shift
	rm -f "$work/port"
	mkfifo "$work/port" || exit 99
	${peer_python:-python3} -B "$interop/${peer_server:-other-est-server.py}" "$dir" "$@" \
		> "$work/port" 2> "$work/server.log" &
	server=$!
	port=
	read -r port < "$work/port"
	[ -n "$port" ] || { cat "$work/server.log"; exit 99; }
}

# start_line NAME OPTION...: the same from a server that is loaded once
start_line() {
	dir=$work/$1
	shift
	if [ -z "$server" ]; then
		mkfifo "$work/lines" "$work/ports" || exit 99
		${peer_python:-python3} -B "$interop/$peer_server" - < "$work/lines" > "$work/ports" 2> "$work/server.log" &
		server=$!
		exec 8> "$work/lines" 9< "$work/ports"
	fi
	echo "$dir $*" >&8
	port=
	read -r port <&9
	[ -n "$port" ] || { cat "$work/server.log"; exit 99; }
}

# report: how many, and the exit status that follows
report() {
	echo "$good right, $bad wrong"
	[ "$bad" -eq 0 ]
}
