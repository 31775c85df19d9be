#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The tokens of the table, judged by programs of others: pcscd with libccid,
# yubico-piv-tool, OpenSC and scdaemon's own driver work with them as with real
# ones.  What passes here may judge tamga's driver.
set -u

with_usb=$top_srcdir/tests/with-usb
with_card=$top_srcdir/tests/with-card
scard=$top_builddir/tests/usb/scard
mock=$top_builddir/tests/usb/mock
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

fail() {
	echo "judged.sh: $*" >&2
	[ ! -s "$dir/log" ] || tail -n 40 "$dir/log" >&2
	exit 1
}
[ -x "$mock" ] || { echo "judged.sh: skipped: no tests/usb/mock (libumockdev-dev)"; exit 77; }
timeout 60 sh "$with_usb" --pcscd yubikey -- true || exit $?

# ---- every row ---------------------------------------------------------------------
# Short everywhere; long where the level takes it; three time extensions.
lines() {
	echo "apdu 00A404000AA0000003080000100001"
	echo "echo 1"
	echo "echo 240"
	case $1 in 0004*) printf 'echo 255\necho 256\necho 1500\n' ;; esac
	echo "apdu 00ED0300"
	echo "echo 54"	# with its two bytes of status and header: one packet exactly
}

judge() { # TOKEN FEATURES
	lines "$2" >"$dir/lines"
	# what a bed says when it fails: the token's side too
	timeout 60 sh "$with_usb" --pcscd=listed "$1" -- sh -c '
		timeout 40 "$0" "" <"$1" || {
			cat "$TAMGA_TEST_PCSCD_LOG"
			"$2" ctl "$TAMGA_TEST_USB" log
			exit 1
		}' "$scard" "$dir/lines" "$top_builddir/tamga-vcard" >"$dir/log" 2>&1 </dev/null ||
		fail "$1: see above"
	for want in '^T=' '61114F06\|^6113$' '^echo 1$' '^echo 240$' '^9000$' '^echo 54$'; do
		grep -q "$want" "$dir/log" || fail "$1: no $want"
	done
	printf '%-20s %s  %-6s' "$1" "$2" "$(sed -n 's/^\(T=[01]\) .*/\1/p' "$dir/log")"
	case $2 in 0004*) grep -q '^echo 1500$' "$dir/log" || fail "$1: no long message"
		printf '  1500 bytes' ;; esac
	echo
}

"$mock" list >"$dir/rows" || fail "no list"
[ "$(wc -l <"$dir/rows")" -ge 35 ] || fail "the list is short"
printf '%-20s %-8s  %s\n' token features "as pcscd and libccid have it"
while IFS='	' read -r name _ _ features protocols <&3; do
	judge "$name" "$features"
	# what speaks both speaks the other too
	[ "$protocols" != 3 ] || case $features in
		0001*) judge "$name,t0" "$features" ;;
	esac
done 3<"$dir/rows"
