#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The card is pulled out, reset, mute or mad at every single APDU of a key
# generation, a certificate write and a signature: the driver always ends with
# a reason, never with a signal and never as if all were well.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -eu
if [ "${1:-}" != inside ]; then
	exec "$top_srcdir/tests/with-card" --no-pcscd --card piv,short -- \
		sh "$0" inside
fi
driver=$top_builddir/tests/interop/piv-driver
reader=unix:$TAMGA_TEST_VCARD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP

ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@" >/dev/null; }
# The card is whole again, and counts from here.
fresh() {
	ctl fault none
	ctl remove
	ctl insert
	ctl mark
}
fail() { echo "FAILED: $*" >&2; cat "$work/said" >&2; exit 1; }

printf '0\202\004\320' >"$work/cert"
head -c 1232 /dev/zero >>"$work/cert"
"$driver" "$reader" generate 9a ec:p256 >"$work/spki"
"$driver" "$reader" install 9a "$work/cert"

# A key that was made although the card was pulled out is lost; make it anew.
faults() {
	least=$1
	shift
	n=1
	while :; do
		hit=no
		for fault in remove reset remove-after reset-after mute truncated \
			garbage sw=6F00 sw=6982; do
			fresh
			ctl fault "$n:$fault"
			status=0
			timeout 60 "$driver" "$reader" "$@" >"$work/out" 2>"$work/said" ||
				status=$?
			count=$("$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" count)
			if [ "${count##* }" -lt "$n" ] && [ $status = 0 ]; then
				continue	# the operation was shorter
			fi
			hit=yes
			[ $status -lt 2 ] || fail "$1: $fault at $n: status $status"
			[ $status = 0 ] || grep -q '^piv-driver: ' "$work/said" ||
				fail "$1: $fault at $n: no reason given"
			if [ $status = 0 ]; then
				case $fault in
				*-after | sw=6982 | sw=6F00 | garbage | truncated) ;;
				*) fail "$1: $fault at $n went unnoticed" ;;
				esac
			fi
		done
		[ $hit = yes ] || break
		n=$((n + 1))
	done
	echo "$1: $((n - 1)) APDUs, nine faults at each"
	[ $n -gt "$least" ] || fail "$1 has only $((n - 1)) APDUs"
	fresh
}

faults 4 generate 9a ec:p256
faults 3 sign 9a ec:p256 "$work/cert"
faults 8 install 9a "$work/cert"
faults 2 cert 9a

# and the card still works
"$driver" "$reader" generate 9a ec:p256 >"$work/spki"
"$driver" "$reader" sign 9a ec:p256 "$work/cert" >"$work/sig"
openssl pkey -pubin -inform DER -in "$work/spki" -out "$work/pub"
openssl dgst -sha256 -verify "$work/pub" -signature "$work/sig" "$work/cert"
