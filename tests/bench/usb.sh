#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run: a USB token by itself, and through pcscd and libccid: commands by the
# same small program (tests/usb/hub.c), signatures by our module.  Everything but the way to the
# card is the same.  Bed A (umockdev): a bed for each way, and short rounds in them by turns, so
# that what else the machine does hits all ways alike.  "device" is what the token takes by
# itself, by the kernel's bare calls.  Bed B, a real kernel: tests/bench/usb-guest.sh.
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}"
here=$(dirname "$0")
select=00A4040005A000000308

round_device() { echo "- $("$B/usb-floor" /dev/bus/usb/001/002 "$BENCH_USB_INTERFACE" 02 82 50 $select) -"; }
round_way() { # direct|pcscd: to the first answer, each command, each signature; microseconds
	hub=pcsc
	[ "$1" = pcscd ] || hub=usb
	echo "$("$top_builddir/tests/usb/hub" $hub "" time 50 $select)" \
		"$("$B/module" "$STAGE/lib/pkcs11/tamga-pkcs11.so" sign 9a 26)"
}

if [ -n "${BENCH_USB_WAY:-}" ]; then	# inside a bed: a round for each line
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	export XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8
	mkdir "$work/tamga"
	[ "$BENCH_USB_WAY" = pcscd ] || echo 'readers = { pcsc = false; usb = "always"; };' >"$work/tamga/tamga.conf"
	case $BENCH_USB_WAY in
	device) round=round_device ;;
	*) round="round_way $BENCH_USB_WAY" ;;
	esac
	echo ready >"$BENCH_USB_OUT"
	while read -r _; do $round >"$BENCH_USB_OUT" || echo "- - -" >"$BENCH_USB_OUT"; done <"$BENCH_USB_IN"
	exit 0
fi
if [ -n "${BENCH_USB_COLD:-}" ]; then	# inside a bed, a daemon that is started for it
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	: >"$work/reader.conf"
	start=${EPOCHREALTIME/[.,]/}
	pcscd --foreground -c "$work/reader.conf" >/dev/null 2>&1 &
	# who asks too early is told that there is no reader, and asks again
	until "$top_builddir/tests/usb/hub" pcsc "" time 1 $select >/dev/null 2>&1; do :; done
	echo $((${EPOCHREALTIME/[.,]/} - start)) >>"$BENCH_USB_COLD"
	kill $! 2>/dev/null || :
	wait $! || :
	exit 0
fi

out=$(mktemp -d)
pids=
finish() {
	exec 5>&- 6>&- 7>&-
	for pid in $pids; do wait "$pid" || :; done
	rm -rf "$out"
}
trap finish EXIT

bed() { # OPTION: this program in a bed of its own
	# shellcheck disable=SC2086
	"$here/../with-card" --no-pcscd --card piv,provisioned=ec:p256 -- sh "$here/../with-usb" $1 \
	    "$token,card=vcard" -- bash "$0"
}
begin() { # WAY FD
	mkfifo "$out/$1.in" "$out/$1.out"
	option=
	[ "$1" != pcscd ] || option=--pcscd
	(
		exec 5>&- 6>&- 7>&-
		BENCH_USB_WAY=$1 BENCH_USB_IN=$out/$1.in BENCH_USB_OUT=$out/$1.out bed "$option" ||
			echo "left out" >"$out/$1.out"
	) &
	pids="$pids $!"
	read -r word <"$out/$1.out"
	[ "$word" = ready ] || { echo "left out: this machine has no bed"; exit 0; }
	eval "exec $2>\"\$out/\$1.in\""
}
take() { # WAY FD
	echo go >&"$2"
	cat "$out/$1.out" >>"$out/$1"
}
# least and median of a column, milliseconds
column() {
	awk -v n="$2" '$n != "-" { print $n }' "$out/$1" | sort -n | awk '{ v[NR] = $1 }
		END { if (NR == 0) print "- -"; else printf "%.3f %.3f\n", v[1] / 1000, v[int((NR + 1) / 2)] / 1000 }'
}
# WHAT COLUMN
row() {
	# shellcheck disable=SC2046
	set -- "$1" $(column direct "$2") $(column pcscd "$2") $(column device "$2")
	printf '%-14s %-18s %8s %8s %8s %8s %8s %8s ' "$token" "$1" "$2" "$3" "$4" "$5" "$6" "$7"
	echo "$2 $3 $4 $5" | awk '{ printf "%6.2f %6.2f\n", $1 / $3, $2 / $4 }'
}

rounds=$((RUNS * 2))
echo
echo "a USB token by itself, and through pcscd and libccid that run already: $rounds rounds by turns"
echo "(bed A); least and median of each, milliseconds, and their ratios"
printf '%-14s %-18s %17s %17s %17s %13s\n' "" "" direct pcscd "device alone" ratio
for token in yubikey nitrokey-start etoken-5300; do
	export BENCH_USB_INTERFACE=0
	[ $token != yubikey ] || BENCH_USB_INTERFACE=2
	rm -f "$out"/*
	pids=
	begin direct 5
	begin pcscd 6
	[ $token = etoken-5300 ] || begin device 7	# blocks have numbers
	: >"$out/device"
	for _ in $(seq $rounds); do
		take direct 5
		take pcscd 6
		[ $token = etoken-5300 ] || take device 7
	done
	exec 5>&- 6>&- 7>&-
	for pid in $pids; do wait "$pid" || :; done
	pids=
	row "to the 1st answer" 1
	row "each command" 2
	row "each signature" 3
done

token=yubikey
for _ in $(seq "$RUNS"); do
	# a daemon of a new machine each time: one that is killed leaves the token claimed
	BENCH_USB_COLD=$out/cold bed ""
done
sort -n "$out/cold" | awk '{ v[NR] = $1 }
	END { printf "a daemon that is started for the 1st answer: %.1f, median %.1f\n", v[1] / 1000, v[int((NR + 1) / 2)] / 1000 }'
