#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A management key is kept behind the PIN, on a new card and in place of
# another, and the card pulled out before and after every APDU of it: the PIN
# or the key from before always opens the card, and doing it again, twice,
# leaves one kept key where yubico-piv-tool and ykman look for it.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
if [ "${1:-}" != inside ]; then
	exec "$top_srcdir/tests/with-card" --no-pcscd -- sh "$0" inside
fi
driver=$top_builddir/tests/interop/piv-driver
[ -x "$driver" ] || { echo "skipped: $driver is not built"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/protect.XXXXXX") || exit 1
card=
finish() {
	[ -z "$card" ] || { kill "$card"; wait "$card"; } 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
mkfifo "$work/ready"

fail() { echo "FAILED: $*"; cat "$work/said"; exit 1; }
ctl() { "$TAMGA_VCARD" ctl "$work/ctl" "$@"; }
driver() { timeout 60 "$driver" "unix:$work/card" "$@" >"$work/out" 2>"$work/said"; }
# card_like STATE: the same card again, in the state it was in then
card_like() {
	[ -z "$card" ] || { kill "$card"; wait "$card"; } 2>/dev/null
	rm -f "$work/card" "$work/ctl" "$work/state"
	[ ! -e "$1" ] || cp "$1" "$work/state"
	"$TAMGA_VCARD" --yubikey --listen "$work/card" --control "$work/ctl" \
		--state "$work/state" --ready-fd 3 3>"$work/ready" >/dev/null 2>&1 &
	card=$!
	read -r _ <"$work/ready"
}
# 88 { 89 KEY } and nothing else, as ykman 4 and libykpiv 2.2 write it
as_others_read_it() {
	driver kept 9b || fail "$where: the PIN does not show the kept key"
	[ "$(head -c 4 "$work/out" | od -An -v -tx1 | tr -d ' ')" = 881a8918 ] &&
		[ "$(wc -c <"$work/out")" = 28 ] || fail "$where: not what others read"
}

pull_everywhere() { # WHAT STATE FAULT LEAST
	n=0 pulled=0
	while :; do
		n=$((n + 1))
		where="$1, $3 at APDU $n"
		card_like "$2"
		ctl mark >/dev/null
		ctl fault "$n:$3" >/dev/null
		driver protect 9b && [ "$(ctl count | grep -o '[0-9]*$')" -lt "$n" ] && break
		pulled=$((pulled + 1))
		ctl fault none >/dev/null
		ctl insert >/dev/null
		driver open-anyhow 9b || fail "$where: nothing opens it"
		for again in once twice; do
			driver protect 9b || fail "$where: not $again again"
			driver opens 9b || fail "$where: the PIN does not open it, $again"
		done
		as_others_read_it
	done
	[ $pulled -ge "$4" ] || fail "$1: only $pulled APDUs"
	echo "ok: $1, $3 at each of $pulled APDUs"
}

card_like nothing
driver protect 9b || fail "no key can be kept"
driver opens 9b || fail "the PIN does not open it"
kill "$card"
wait "$card"
card=
cp "$work/state" "$work/kept"
for fault in remove remove-after; do
	pull_everywhere "a new card" nothing $fault 9
	pull_everywhere "a card that keeps a key" "$work/kept" $fault 14
done
