# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced by tests of tamga-ra that make their own authorities, without with-ra: a
# folder, one server at a time, its log.
LC_ALL=C.UTF-8
export LC_ALL
ra=$top_builddir/tools/ra/tamga-ra
tamga=$top_builddir/tamga
[ -x "$ra" ] || { echo "SKIP: no tamga-ra is built"; exit 77; }
work=$(mktemp -d)
started=	# what stop() ends
stop() {
	for pid in $started; do
		{ kill "$pid" && wait "$pid"; } 2>/dev/null || :
	done
	started=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
cd "$work" || exit 1

die() {
	echo "FAILED: $*" >&2
	for told in body log; do
		[ ! -f "$told" ] || tail -n 20 "$told" >&2
	done
	exit 1
}

# same WHAT GOT WANTED
same() {
	[ "$2" = "$3" ] || die "$1: got \"$2\", wanted \"$3\""
}

# init NAME [OPTIONS]: an authority
init() {
	"$ra" init "$@" --profiles "$top_srcdir/share/profiles" --name 'Example CA'
}

# serve NAME [OPTIONS]: instead of what was served before; $url is where, and $plain
# where it listens without TLS, if it does
serve() {
	stop
	rm -f ready
	mkfifo ready
	"$ra" serve "$@" --listen 127.0.0.1:0 > ready 2>> log &
	started=$!
	if grep -q '^listen_http' "$1/ra.conf"; then
		{ read -r url && read -r plain; } < ready
	else
		read -r url < ready
	fi || die "no server"
}
