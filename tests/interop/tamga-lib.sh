# SPDX-License-Identifier: BSD-2-Clause
# What the tests of tamga(1) share; sourced by them.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -eu
for program in openssl jq; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
fail() { echo "FAILED: $*" >&2; exit 1; }
step() { echo "== $*"; }
tamga() { "$top_builddir/tamga" "$@"; }

# A world of its own: no configuration or state of whoever runs the test.
world() {
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 143' TERM INT HUP
	cd "$work"
	XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state LC_ALL=C.UTF-8
	export XDG_CONFIG_HOME XDG_STATE_HOME LC_ALL
	unset TAMGA_VCARD_SOCKET
}

# wants CODE COMMAND...: the exit code is that; out and err are kept.
wants() {
	code=$1
	shift
	got=0
	"$@" >out 2>err || got=$?
	[ "$got" -eq "$code" ] || { cat out err >&2; fail "exit $got, not $code: $*"; }
}
says() { grep -qF -e "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }
lines() { # lines N WORD: that many lines of out hold the word
	n=$(grep -cF -e "$2" out) || :
	[ "$n" = "$1" ] || { cat out >&2; fail "$n lines hold $2, not $1"; }
}
silent() { [ ! -s "$1" ] || { cat "$1" >&2; fail "$1 should be empty"; }; }
# json FILTER: the answer is one document and the filter holds in it.
json() { jq -e "$1" out >/dev/null || { cat out >&2; fail "not so: $1"; }; }

# In a world of its own, the only card there is, without pcscd.
world_of_card() {
	world
	TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
	export TAMGA_VCARD_SOCKET
	echo "$TAMGA_TEST_PIN" >pin
	echo "what is signed" >data
}

# each_card CARD...: the script once for each of these cards; goes on inside with
# $card, where tamga() keeps out and err, and a failure shows what the card was asked.
each_card() {
	card=${EACH_CARD:-}
	if [ -z "$card" ]; then
		for card; do
			EACH_CARD=$card "$top_srcdir/tests/with-card" --no-pcscd --card "$card" -- sh "$0"
		done
		exit 0
	fi
	world_of_card
	ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
	tamga() { "$top_builddir/tamga" "$@" --no-pcsc >out 2>err; }
	fail() { echo "FAILED: $card: $*" >&2; cat out err >&2 || :; ctl log | tail -n 40 >&2; exit 1; }
}
