#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What goes wrong with a card, of whatever kind another test sets: pulled out, reset,
# mute or mad at every APDU of a list, a signature, a new key and a certificate, one
# fault of nine at each, all with TAMGA_TEST_ALL=1; tamga always ends with a reason,
# never with a signal and never as if all were well, and then the card works.  And
# wrong PINs: until one try is left, that one by word alone, and the way back.
kind=${kind:-piv,provisioned}
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
each_card "$kind"
local="--pin-file pin"
. "$top_srcdir/tests/interop/kinds.sh"
tamga() { timeout 60 "$top_builddir/tamga" "$@" --no-pcsc >out 2>err; }
ok() { echo "ok: $kind: $*"; }

# ---- at every APDU ---------------------------------------------------------------------
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
faults="remove remove-after reset reset-after mute truncated garbage sw=6F00 sw=6982"
each=1
[ -z "${TAMGA_TEST_ALL:-}" ] || each=9
. "$top_srcdir/tests/lib/seed.sh"
# chosen N: the faults of that place
chosen() {
	# shellcheck disable=SC2086 # words
	printf '%s\n' $faults | awk -v at=$((seed + $1 * each)) -v each="$each" '
		{ name[NR - 1] = $0 }
		END { for (i = 0; i < each; i++) print name[(at + i) % NR] }'
}
# The card is whole again, and counts from here.
whole() {
	ctl fault none
	ctl remove
	ctl insert
	ctl mark
} >/dev/null
# suffers FAULT COMMAND...: at APDU $n
suffers() {
	fault=$1 status=0
	shift
	whole
	ctl fault "$n:$fault" >/dev/null
	tamga "$@" || status=$?
	[ "$(ctl count | grep -o '[0-9]*$')" -ge "$n" ] || return 0
	hit=yes
	[ $status -lt 100 ] || fail "$fault at APDU $n: status $status: $*"
	[ $status = 0 ] || grep -q '^tamga: ' err || fail "$fault at APDU $n: no reason: $*"
	[ $status != 0 ] || case $fault in
	remove | mute) fail "$fault at APDU $n went unnoticed: $*" ;;
	esac
}
# everywhere LEAST COMMAND...
everywhere() {
	least=$1 n=0 hit=yes
	shift
	while [ $hit = yes ]; do
		n=$((n + 1)) hit=no
		for fault in $(chosen $n); do suffers "$fault" "$@"; done
	done
	[ $n -gt "$least" ] || fail "$* has only $((n - 1)) APDUs"
	whole
	tamga "$@" || fail "and then: $*"
	ok "$1: $((n - 1)) APDUs"
}
# signs SLOT: by the certificate that is there
signs() {
	tamga sign "$1" data $local -o sig || fail "a signature"
	openssl x509 -in "$2" -noout -pubkey >pub
	openssl dgst -sha256 -verify pub -signature sig data >out || fail "another key signed"
}
place=$second
tamga cert export "$exists" -o there.pem || fail "its certificate"
everywhere 4 list
everywhere 4 sign "$exists" data $local -o sig
everywhere 4 key generate "$place" --replace --type ec:p256 $local -o new.pub
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
	-subj /CN=ca -out ca.pem 2>err
openssl x509 -new -force_pubkey new.pub -CA ca.pem -CAkey ca.key -subj /CN=new -out new.pem 2>err
everywhere 4 cert install "$place" new.pem --replace $local
signs "$place" new.pem
signs "$exists" there.pem

# ---- PINs --------------------------------------------------------------------------------
echo 999999 >bad
sign() {
	file=$1
	shift
	tamga sign "$exists" data --pin-file "$file" -o sig "$@"
}
# refused STATUS WORDS COMMAND...
refused() {
	want=$1 words=$2 status=0
	shift 2
	"$@" || status=$?
	[ "$status" = "$want" ] || fail "status $status, not $want: $*"
	grep -q -e "$words" err || fail "does not say \"$words\": $*"
}
refused 4 "2 tries left" sign bad
refused 4 "1 try left" sign bad
ctl mark >/dev/null
tamga info || fail "info"
label=$(sed -n '1s/: .*//p' out)
refused 4 "one try of the PIN of token $label is left" sign bad
refused 4 "one try of the PIN of token $label is left" sign pin
[ "$(ctl log | grep -c " 00 20 00 $verifies ")" = 0 ] || fail "the last try was used unasked"
sign pin --last-try || fail "the last try"
refused 4 "2 tries left" sign bad
sign pin || fail "the tries are not back"
refused 4 "2 tries left" sign bad
refused 4 "1 try left" sign bad
refused 5 "is locked" sign bad --last-try
refused 5 "is locked" sign pin
echo "$unblocks" >puk
tamga pin unblock --puk-file puk --new-pin-file pin || fail "unblocked"
signs "$exists" there.pem
ok "wrong PINs, a locked one, and a new one"
