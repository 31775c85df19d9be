#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run: a USB token (bed A) by itself, and through pcscd and libccid:
# commands by the same small program (tests/usb/hub.c), signatures by our module.  Everything but
# the way to the card is the same.  "cold" is a daemon that is started for the first answer, as
# systemd does it; "device" what the token takes by itself, by the kernel's bare calls.
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
	select=00A4040005A000000308
	median() { awk -v n="$1" '{ print $n }' "$work/hub" | sort -n | sed -n "$(((RUNS + 1) / 2))p"; }
	if [ "$BENCH_USB_WAY" = device ]; then
		for _ in $(seq "$RUNS"); do
			"$B/usb-floor" /dev/bus/usb/001/002 "$BENCH_USB_INTERFACE" 02 82 200 $select
		done >"$work/hub"
		echo "- $(awk -v us="$(median 1)" 'BEGIN { printf "%.3f", us / 1000 }') - -" >"$BENCH_USB_OUT"
		exit 0
	fi
	if [ "$BENCH_USB_WAY" = cold ]; then
		: >"$work/reader.conf"
		start=${EPOCHREALTIME/[.,]/}
		pcscd --foreground -c "$work/reader.conf" >/dev/null 2>&1 &
		# who asks too early is told that there is no reader, and asks again
		until "$top_builddir/tests/usb/hub" pcsc "" time 1 $select >/dev/null 2>&1; do :; done
		echo $((${EPOCHREALTIME/[.,]/} - start)) >>"$BENCH_USB_OUT"
		kill $! 2>/dev/null || :
		wait $! || :
		exit 0
	fi
	module=$STAGE/lib/pkcs11/tamga-pkcs11.so
	for _ in $(seq "$RUNS"); do
		"$top_builddir/tests/usb/hub" $hub "" time 200 $select
	done >"$work/hub"
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
	ways="direct pcscd cold device"
	[ $token != etoken-5300 ] || ways="direct pcscd cold"	# blocks have numbers
	export BENCH_USB_INTERFACE=0
	[ $token != yubikey ] || BENCH_USB_INTERFACE=2
	for way in $ways; do
		option=
		[ $way = direct ] || option=--pcscd
		status=0
		rm -f "$out/$way"
		# a daemon of a new machine each time: one that is killed leaves the token claimed
		rounds=1
		[ $way != cold ] || rounds=$RUNS
		for _ in $(seq $rounds); do
		# shellcheck disable=SC2086
		BENCH_USB_WAY=$way BENCH_USB_OUT=$out/$way "$here/../with-card" --no-pcscd \
		    --card piv,provisioned=ec:p256 -- sh "$here/../with-usb" $option \
		    "$token,card=vcard" -- bash "$0" || status=$?
		done
		[ $status -ne 77 ] || { echo "left out: this machine has no bed"; exit 0; }
		[ $status -eq 0 ] || exit $status
		if [ $way = cold ]; then
			us=$(sort -n "$out/cold" | sed -n "$(((RUNS + 1) / 2))p")
			echo "$(awk -v us="$us" 'BEGIN { printf "%.1f", us / 1000 }') - - -" >"$out/cold"
		fi
		# shellcheck disable=SC2046
		printf '%-14s %-8s %16s %14s %14s %18s\n' $token $way $(cat "$out/$way")
	done
	paste -d' ' "$out/direct" "$out/pcscd" | awk '{ printf "%-14s %-8s %16.2f %14.2f %14.2f %18.2f\n",
	    "", "ratio", $1 / $5, $2 / $6, $3 / $7, $4 / $8 }'
done
