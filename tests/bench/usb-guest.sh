#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run: as usb.sh, at a real kernel (bed B, an emulated processor).  Rounds by
# turns in one machine: by itself, through pcscd and libccid, and the device alone.
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(dirname "$0")
echo "rounds=$((RUNS < 15 ? RUNS : 15))" >"$work/script"
cat >>"$work/script" <<'GUEST'
export TAMGA_TEST_PIN=123456 XDG_CONFIG_HOME=/run/conf
mkdir -p /run/conf/tamga
select=00A4040005A000000308
sign() { module /usr/lib/tamga-pkcs11.so sign 9a 26; }
echo 'readers = { pcsc = false; usb = "always"; };' >/run/alone.conf
fail() { echo "bench: $*"; exit 1; }
start_pcscd() {
	pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
	daemon=$!
	for n in $(seq 500); do
		! scard "$1" </dev/null >/run/said 2>&1 || return 0
		usleep 20000
	done
	fail "no daemon"
}
for n in 1 2 3; do tamga-vcard ctl /run/$n.ctl unplug >/dev/null; done
measure() { # N TOKEN READER INTERFACE
	tamga-vcard ctl /run/$1.ctl plug >/dev/null
	until hub usb "$3" time 1 $select >/run/said 2>&1; do usleep 20000; done
	for at in /sys/bus/usb/devices/*:*; do
		[ "$(cat $at/bInterfaceClass)" != 0b ] || at_device=${at%:*}
	done
	node=/dev/bus/usb/$(printf %03d/%03d $(cat $at_device/busnum) $(cat $at_device/devnum))
	for round in $(seq $rounds); do
		cp /run/alone.conf /run/conf/tamga/tamga.conf
		echo "$2 direct $(hub usb "$3" time 50 $select) $(sign)"
		[ -z "$4" ] || echo "$2 device - $(usb-floor $node $4 02 82 50 $select) -"
		rm /run/conf/tamga/tamga.conf
		start_pcscd "$3"
		echo "$2 pcscd $(hub pcsc "$3" time 50 $select) $(sign)"
		kill $daemon
		wait $daemon || :
	done
	tamga-vcard ctl /run/$1.ctl unplug >/dev/null
}
measure 1 yubikey YubiKey 2
measure 2 rutoken-ecp Rutoken 0
measure 3 etoken-5300 eToken ""
GUEST
set -- --program "$top_builddir/tests/usb/hub" --program "$B/module" --program "$B/usb-floor" \
	--file "$STAGE/lib/pkcs11/tamga-pkcs11.so" usr/lib/tamga-pkcs11.so
status=0
TAMGA_TEST_GUEST_SECONDS=900 sh "$here/../with-guest" "$@" --card "--yubikey --provision=ec:p256" \
	yubikey,card=/run/card rutoken-ecp,card=/run/card etoken-5300,card=/run/card -- "$work/script" >"$work/out" || status=$?
[ $status -ne 77 ] || { echo "left out: this machine has no bed B"; exit 0; }
[ $status -eq 0 ] || { cat "$work/out"; exit $status; }

echo
echo "the same at a real kernel (bed B, an emulated processor), by turns; least and median, milliseconds"
printf '%-14s %-18s %17s %17s %17s %13s\n' "" "" direct pcscd "device alone" ratio
column() { # TOKEN WAY COLUMN
	awk -v t="$1" -v w="$2" -v n="$3" '$1 == t && $2 == w && $n != "-" { print $n }' "$work/out" | sort -n |
		awk '{ v[NR] = $1 } END { if (NR == 0) print "- -"; else printf "%.3f %.3f\n", v[1] / 1000, v[int((NR + 1) / 2)] / 1000 }'
}
for token in yubikey rutoken-ecp etoken-5300; do
	for what in "to the 1st answer:3" "each command:4" "each signature:5"; do
		n=${what#*:}
		# shellcheck disable=SC2046
		set -- $(column $token direct $n) $(column $token pcscd $n) $(column $token device $n)
		printf '%-14s %-18s %8s %8s %8s %8s %8s %8s ' $token "${what%:*}" "$@"
		echo "$@" | awk '{ printf "%6.2f %6.2f\n", $1 / $3, $2 / $4 }'
	done
done
