#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run: a USB token (bed A) by itself, and through pcscd and libccid:
# commands by the same small program (tests/usb/hub.c), signatures by our module.  Everything but
# the way to the card is the same.
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}"
here=$(dirname "$0")

if [ -n "${BENCH_USB_WAY:-}" ]; then	# inside the bed
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	export XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8
	mkdir "$work/tamga"
	hub=pcsc
	if [ "$BENCH_USB_WAY" = direct ]; then
		hub=usb
		echo 'readers = { pcsc = false; usb = "always"; };' >"$work/tamga/tamga.conf"
	fi
	module=$STAGE/lib/pkcs11/tamga-pkcs11.so
	for _ in $(seq "$RUNS"); do
		"$top_builddir/tests/usb/hub" $hub "" time 200 00A4040005A000000308
	done >"$work/hub"
	median() { awk -v n="$1" '{ print $n }' "$work/hub" | sort -n | sed -n "$(((RUNS + 1) / 2))p"; }
	one=$("$B/measure" "$RUNS" "$B/module" "$module" sign 9a 1)
	many=$("$B/measure" "$RUNS" "$B/module" "$module" sign 9a 101)
	awk -v first="$(median 1)" -v each="$(median 2)" -v one="${one% *}" -v many="${many% *}" 'BEGIN {
		printf "%.1f %.3f %.1f %.3f\n", first / 1000, each / 1000, one, (many - one) / 100 }' >"$BENCH_USB_OUT"
	exit 0
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
echo
echo "a USB token (bed A) by itself, and through pcscd and libccid that run already; milliseconds"
printf '%-14s %-8s %16s %14s %14s %18s\n' token way "to the 1st answer" "each command" "1 signature" "each signature more"
for token in yubikey nitrokey-start etoken-5300; do
	for way in direct pcscd; do
		option=
		[ $way = direct ] || option=--pcscd
		status=0
		# shellcheck disable=SC2086
		BENCH_USB_WAY=$way BENCH_USB_OUT=$out/$way "$here/../with-card" --no-pcscd \
		    --card piv,provisioned=ec:p256 -- sh "$here/../with-usb" $option \
		    "$token,card=vcard" -- bash "$0" || status=$?
		[ $status -ne 77 ] || { echo "left out: this machine has no bed"; exit 0; }
		[ $status -eq 0 ] || exit $status
		# shellcheck disable=SC2046
		printf '%-14s %-8s %16s %14s %14s %18s\n' $token $way $(cat "$out/$way")
	done
	paste -d' ' "$out/direct" "$out/pcscd" | awk '{ printf "%-14s %-8s %16.2f %14.2f %14.2f %18.2f\n",
	    "", "ratio", $1 / $5, $2 / $6, $3 / $7, $4 / $8 }'
done
