#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# PINs typed on the keys of readers that have them (bed A): by tamga itself, and through
# pcscd and libccid, which tell the reader the same.  The card has the last word on how
# often it was asked.
set -u

with_usb=$top_srcdir/tests/with-usb
with_card=$top_srcdir/tests/with-card
tamga=${TAMGA_PROGRAM:-$top_builddir/tamga}
vcard=$top_builddir/tamga-vcard

fail() {
	echo "keypad.sh: ${KEYPAD_WAY:-} $*" >&2
	[ ! -s "$dir/log" ] || tail -n 20 "$dir/log" >&2
	[ -z "${TAMGA_TEST_USB:-}" ] || ctl log | tail -n 30 >&2
	exit 1
}
ctl() { "$vcard" ctl "$TAMGA_TEST_USB" "$@"; }
run() { # STATUS COMMAND...: what tamga says, in $dir/log
	want=$1
	shift
	status=0
	timeout 100 "$tamga" "$@" >"$dir/log" 2>&1 </dev/null || status=$?
	[ $status -eq "$want" ] || fail "status $status, not $want: tamga $*"
}
says() { grep -q -e "$1" "$dir/log" || fail "does not say \"$1\""; }
trust() { echo "readers = { usb = \"$USB\"; keypads = [ \"$1\" ]; };" >"$TAMGA_CONF"; }
# keys WORD...: what is typed next, when it is asked for
keys() {
	ctl mark >/dev/null
	"$vcard" ctl "$TAMGA_TEST_CTL" mark >/dev/null
	[ $# -eq 0 ] || ctl type "$@" >/dev/null
}
# told LINE...: what the reader was told and showed
told() {
	ctl log | grep -e '^keypad' -e '^screen' >"$dir/told"
	[ $# -eq 0 ] || printf '%s\n' "$@" >"$dir/wanted"
	[ $# -ne 0 ] || : >"$dir/wanted"
	cmp -s "$dir/told" "$dir/wanted" || { cat "$dir/told"; fail "the reader was told that, not $*"; }
}
# asked [STATUS]...: how the card answered each VERIFY and CHANGE that carried a PIN
asked() {
	got=$("$vcard" ctl "$TAMGA_TEST_CTL" log | awk '$3 ~ /^2[04]$/ && $6 > 0 { printf "%s ", $7 }')
	[ "$got" = "${*:+$* }" ] || { "$vcard" ctl "$TAMGA_TEST_CTL" log; fail "the card said $got, not $*"; }
}
verify="keypad verify, 6 to 8 keys, 00200080"
modify="keypad modify, 6 to 8 keys, 00240080"

# ---- inside the bed ------------------------------------------------------------------------
typed() {
	trust 'nobody*'
	keys 123456
	status=0
	timeout 100 "$tamga" pin verify >"$dir/log" 2>&1 </dev/null || status=$?
	[ $status -ne 0 ] || fail "a PIN from nowhere"
	told
	asked

	trust "*$NAME*"
	keys
	(sleep 0.3; ctl type 123456 >/dev/null) &
	run 0 pin verify
	wait $!
	says "Enter the PIN of token PIV-[0-9]* on the keypad of .*$NAME"
	[ -z "$SCREEN" ] && told "$verify" || told "$verify" "screen 0409: PIN"
	asked 9000
	keys 123456
	run 0 sign 9a --output "$dir/signature" "$dir/text"
	openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/signature" "$dir/text" >/dev/null ||
		fail "the signature is wrong"
	asked 9000

	# wrong: a try; anything else a person does: none
	keys 999999
	run 4 pin verify
	says "2 tries left"
	asked 63C2
	keys nothing
	run 1 pin verify
	says "nobody typed a PIN on the keypad of .*$NAME.* in time; no try was lost"
	keys cancel
	run 1 pin verify
	says "cancelled on the keypad of .*$NAME"
	asked
	keys 12345
	run 1 pin verify
	says "too short or too long; no try was lost"
	asked
	keys 123456
	run 0 pin verify
	asked 9000

	# the old one, the new one, the new one again
	keys 123456 654321 654321
	run 0 pin change
	[ -z "$SCREEN" ] && told "$modify" ||
		told "$modify" "screen 0409: PIN, new PIN, new PIN again"
	asked 9000
	keys 654321 123456 123457
	run 1 pin change
	says "not repeated alike on the keypad of .*$NAME.*nothing was changed"
	asked
	keys 999999 123456 123456
	run 4 pin change
	says "2 tries left"
	keys 654321 cancel
	run 1 pin change
	says "cancelled on the keypad"
	keys 654321 123456 123456
	run 0 pin change
	asked 9000

	# what the program gives is not typed
	echo 123456 >"$dir/pin"
	keys 999999
	run 0 pin verify --pin-file "$dir/pin"
	told
	asked 9000
}

# The card goes, the reader goes while a person is at it.
left() {
	trust '*'
	for what in remove unplug; do
		keys
		(until ctl log | grep -q '^keypad'; do sleep 0.05; done; ctl $what >/dev/null) &
		run 3 pin verify
		wait $!
		case $what in
		remove) says 'no card in it; put it in again\|was taken out; insert it again' ;;
		unplug) says 'unplugged; plug it in again' ;;
		esac
		says 'before the PIN is typed again see how many tries are left: tamga info'
		case $what in remove) ctl insert ;; unplug) ctl plug ;; esac >/dev/null
		until "$tamga" list 2>/dev/null | grep -q 'CN=tamga-vcard 9A'; do sleep 0.05; done
	done
}

# Half a keypad: PINs are typed on it, and changed as on any reader.
half() {
	trust '*'
	keys 123456
	run 0 pin verify
	keys 123456 654321 654321
	status=0
	timeout 100 "$tamga" pin change >"$dir/log" 2>&1 </dev/null || status=$?
	[ $status -ne 0 ] || fail "changed on a keypad that cannot"
	told
}

if [ -n "${KEYPAD_STAGE:-}" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 143' TERM INT HUP
	TAMGA_CONF=$dir/conf XDG_CONFIG_HOME=$dir XDG_STATE_HOME=$dir/state
	export TAMGA_CONF XDG_CONFIG_HOME XDG_STATE_HOME
	echo "what is signed" >"$dir/text"
	trust nobody
	"$tamga" cert export 9a -o "$dir/cert.pem" && openssl x509 -in "$dir/cert.pem" -pubkey -noout >"$dir/key.pem" ||
		fail "no certificate"
	$KEYPAD_STAGE
	exit 0
fi

# ---- the beds --------------------------------------------------------------------------------
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP
timeout 60 sh "$with_usb" jcr-770 -- "$tamga" readers >"$dir/log" 2>&1
result=$?
[ $result -ne 77 ] || { cat "$dir/log"; exit 77; }
grep -q JCR-770 "$dir/log" || { echo "keypad.sh: skipped: this tamga has no USB readers"; exit 77; }

in_bed() { # STAGE CARD TOKEN NAME SCREEN [OPTION OF with-usb]
	USB=always
	[ -z "${6:-}" ] || USB=never
	export USB
	KEYPAD_STAGE=$1 NAME=$4 SCREEN=$5 KEYPAD_WAY="$1 $3 ${6:-}" timeout 600 \
		sh "$with_card" --no-pcscd --card "$2" -- \
		sh "$with_usb" ${6:-} "$3,card=vcard" -- sh "$0" >"$dir/log" 2>&1 </dev/null
	result=$?
	[ $result -ne 77 ] || { cat "$dir/log"; exit 77; }
	[ $result -eq 0 ] || { tail -n 60 "$dir/log"; exit 1; }
	echo "ok  $1 $3 ${6:+through pcscd and libccid}"
}
piv=piv,provisioned=ec:p256
for way in '' --pcscd=listed; do
	in_bed typed $piv jcr-770 JCR-770 screen $way
	in_bed typed $piv xi-sign 'XI-SIGN' screen $way
	in_bed typed $piv,t0 gempc-pinpad GemPCPinpad '' $way
	# blocks: the reader makes the one with the PIN in it
	in_bed typed $piv gempc-pinpad GemPCPinpad '' $way
done
in_bed left $piv jcr-770 JCR-770 screen
in_bed left $piv jcr-770 JCR-770 screen --pcscd=listed
in_bed left $piv gempc-pinpad GemPCPinpad ''
in_bed half $piv yubikey,keypad=1 YubiKey ''
