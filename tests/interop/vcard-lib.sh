# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of the virtual card share; sourced, never run.  A test that
# sources it is run again inside with-card, as "TEST inside", with the cards
# that it names in CARDS.
set -eu

need() {
	for program in "$@"; do
		command -v "$program" >/dev/null || { echo "skipped: no $program"; exit 77; }
	done
}

# enter SCRIPT ARGUMENTS: unless we are inside, go there.
enter() {
	script=$1
	shift
	[ "${1:-}" = inside ] && return
	# shellcheck disable=SC2086
	exec "$top_srcdir/tests/with-card" $CARDS -- sh "$script" inside
}

fail() { echo "FAILED: $*" >&2; exit 1; }
step() { echo "== $*"; }

# expect PATTERN COMMAND...: succeeds, and says PATTERN (extended).
expect() {
	pattern=$1
	shift
	"$@" >said 2>&1 || { cat said >&2; fail "$*"; }
	grep -qE -- "$pattern" said || { cat said >&2; fail "no \"$pattern\" from $*"; }
}

# quiet COMMAND...: succeeds, and what it says is nobody's business.
quiet() { "$@" >said 2>&1 || { cat said >&2; fail "$*"; }; }

# refuse PATTERN COMMAND...: fails, and says PATTERN.
refuse() {
	pattern=$1
	shift
	if "$@" >said 2>&1; then cat said >&2; fail "should have failed: $*"; fi
	grep -qE -- "$pattern" said || { cat said >&2; fail "no \"$pattern\" from $*"; }
}

# same A B: two files with the same bytes.
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; }

# reader [N]: the name of that card's reader.
reader() { eval "echo \"\$TAMGA_TEST_READER${1:+_$1}\""; }

ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }

work() {
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 143' TERM INT HUP
	cd "$work"
}

# gnupg_home: a folder for GnuPG, whose sockets want a short name
gnupg_home() {
	GNUPGHOME=${TMPDIR:-/tmp}
	[ ${#GNUPGHOME} -lt 60 ] || GNUPGHOME=/tmp
	GNUPGHOME=$(mktemp -d "$GNUPGHOME/tamga-gpg.XXXXXX")
	export GNUPGHOME
}
# gnupg_ends: agent and scdaemon are told to end, and do: their sockets go with them
gnupg_ends() {
	gpgconf --kill all || :
	for _ in $(seq 200); do
		[ -n "$(find "$GNUPGHOME" -name 'S.*' -print -quit)" ] || return 0
		sleep 0.1
	done
}

module() {
	for at in "/usr/lib/$(gcc -print-multiarch 2>/dev/null)/$1" /usr/lib/*/"$1" /usr/lib/"$1"; do
		[ -f "$at" ] && { echo "$at"; return; }
	done
	return 1
}
