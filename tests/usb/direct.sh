#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga without a daemon, over each USB token of the table (bed A): it lists them
# and signs with a card in them; whatever a token does wrong ends soon, in an answer
# or in words, and leaves nothing claimed.
#
# TAMGA_PROGRAM is another tamga than the one that was built, as ./check's under ASan.
# Faults that cost the whole time-out of a command are tried with one token, unless
# TAMGA_TEST_ALL=1.
set -u

with_usb=$top_srcdir/tests/with-usb
with_card=$top_srcdir/tests/with-card
tamga=${TAMGA_PROGRAM:-$top_builddir/tamga}
vcard=$top_builddir/tamga-vcard
mock=$top_builddir/tests/usb/mock
SECONDS_EACH=60		# far more than any time that is promised

fail() {
	echo "direct.sh: ${DIRECT_STAGE:-}: $*" >&2
	[ ! -s "$dir/log" ] || tail -n 30 "$dir/log" >&2
	[ -z "${TAMGA_TEST_USB:-}" ] || ctl log | tail -n 30 >&2
	exit 1
}
ctl() { "$vcard" ctl "$TAMGA_TEST_USB" "$@"; }
run() { # COMMAND...: its output in $dir/log, its status in $status
	timeout $SECONDS_EACH "$tamga" "$@" >"$dir/log" 2>&1 </dev/null
	status=$?
	[ $status -ne 124 ] || fail "tamga $* does not end"
	[ $status -lt 124 ] || fail "tamga $* ended by itself ($status)"
	! grep -q 'runtime error:\|AddressSanitizer' "$dir/log" || fail "tamga $*"
}
is_released() {
	[ "$(ctl status | sed -n 's/^holder //p')" = nobody ] || fail "the interface is still claimed"
}

# ---- inside the bed ------------------------------------------------------------------------
# A card with keys: listed, and a signature that OpenSSL believes.
signs() {
	echo 123456 >"$dir/pin"
	echo "what is signed" >"$dir/text"
	run list
	[ $status -eq 0 ] && grep -q 'CN=tamga-vcard 9A' "$dir/log" || fail "no list"
	run sign 9a --pin-file "$dir/pin" -o "$dir/signature" "$dir/text"
	[ $status -eq 0 ] || fail "no signature"
	run cert export 9a -o "$dir/cert.pem"
	openssl x509 -in "$dir/cert.pem" -pubkey -noout >"$dir/key.pem" &&
	openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/signature" "$dir/text" >/dev/null ||
		fail "the signature is wrong"
	is_released
}

# The same as through pcscd: what is said of the token but for its reader.
same() {
	run list --json
	[ $status -eq 0 ] || fail "no list"
	sed 's/"reader": *"[^"]*"/"reader": ""/; s/in [^"]* 00 00/in/' "$dir/log" >"$SAME_AS"
}

# A reader behind each of two interfaces; the model has one card, which both reach.
twice() {
	run list
	[ $status -eq 0 ] && ! grep -q 'holds' "$dir/log" || fail "one of two"
	[ "$(grep -c 'PIV.* in usb:1-1' "$dir/log")" -eq 2 ] || fail "not two"
	is_released
}

# Faults from FILE, a line each: "yes" where tamga has to recover, the fault.
faulty() {
	while read -r recovers fault <&3; do
		ctl mark >/dev/null
		ctl fault "$fault" >/dev/null || fail "no fault $fault"
		run list
		ctl log | grep -q '^fault ' || fail "$fault did not happen"
		[ "$recovers" != yes ] || [ $status -eq 0 ] || fail "$fault: it is not recovered from"
		is_released
		said=$(grep -v '^ ' "$dir/log" | tail -n 1)
		ctl fault none >/dev/null
		run list
		[ $status -eq 0 ] && grep -q 'CN=tamga-vcard 9A' "$dir/log" || fail "$fault: it does not go on after it"
		printf '%-14s %-18s %s\n' "$TOKEN" "$fault" "$said"
	done 3<"$FAULTS"
}

# Descriptors that lie; no card is asked for, no program may end by itself.
lies() {
	run readers
	# 3: what libusb itself refuses is no reader, and then there is none
	[ $status -eq 0 ] || [ $status -eq 3 ] || fail "tamga readers: $status"
	printf '%-16s %s\n' "$TOKEN" "$(tail -n 1 "$dir/log" | sed 's/   */  /g')"
	run list
	is_released
}

if [ -n "${DIRECT_STAGE:-}" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 143' TERM INT HUP
	$DIRECT_STAGE
	exit 0
fi

# ---- the beds --------------------------------------------------------------------------------
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP
timeout 60 sh "$with_usb" yubikey -- "$tamga" readers >"$dir/log" 2>&1
result=$?
[ $result -ne 77 ] || { cat "$dir/log"; exit 77; }
grep -q YubiKey "$dir/log" || {
	echo "direct.sh: skipped: this tamga has no USB readers"
	exit 77
}
[ -x "$mock" ] || { echo "direct.sh: skipped: no tests/usb/mock (libumockdev-dev)"; exit 77; }

in_bed() { # STAGE CARD TOKEN [OPTION OF with-usb]
	DIRECT_STAGE=$1 TOKEN=$3 timeout 600 sh "$with_card" --no-pcscd --card "$2" -- \
		sh "$with_usb" ${4:-} "$3,card=vcard" -- sh "$0" >"$dir/log" 2>&1 </dev/null
	result=$?
	[ $result -ne 77 ] || { cat "$dir/log"; exit 77; }
	[ $result -eq 0 ] || { tail -n 40 "$dir/log"; exit 1; }
}

# ---- every row: signs
"$mock" list >"$dir/rows" || fail "no list"
while IFS='	' read -r name _ _ features protocols <&3; do
	[ "$name" != rutoken-magistra ] || continue	# ICCD B: said to be for the daemon
	piv=piv,provisioned=ec:p256
	[ "$protocols" != 1 ] || piv=$piv,t0
	in_bed signs $piv "$name"
	echo "signs  $name"
	[ "$protocols" != 3 ] || case $features in
		0001*) in_bed signs piv,provisioned=ec:p256,t0 "$name"; echo "signs  $name, T=0" ;;
	esac
done 3<"$dir/rows"

# ---- two readers in one device: both are there, and neither is held by the other
in_bed twice piv gempc-pinpad,lie=twice
echo "twice  gempc-pinpad"

# ---- the same things are said of a token directly and through pcscd
for token in yubikey gnuk etoken-5110 rutoken-ecp; do
	state=$dir/$token.state
	for way in direct pcscd; do
		option=
		[ $way = direct ] || option=--pcscd
		SAME_AS=$dir/$way.json
		export SAME_AS
		in_bed same "piv,provisioned=ec:p256,serial=7,state=$state" $token $option
	done
	cmp "$dir/direct.json" "$dir/pcscd.json" || { diff "$dir/direct.json" "$dir/pcscd.json"; fail "$token"; }
	echo "same   $token"
done

# ---- faults, at three levels.  "yes": ISO/IEC 7816-3 or CCID has a way to go on.
FAULTS=$dir/faults
export FAULTS
cat >"$dir/frames" <<'END'
yes 1:extend:3
yes 4:extend:3
yes 4:stale
yes 6:stale:3
no 1:type
no 5:type:129
no 1:status
no 4:status
no 4:failed:0
no 4:failed:0xfb
no 4:failed:0xfe
no 4:failed:0xf4
no 4:failed:0xe0
no 4:length-huge
no 4:split
no 1:oversized
no 4:oversized:60000
no 1:garbage
no 4:garbage:200
no 4:empty
no 4:stall-in
no 4:stall-out
no 4:chain
END
cat >"$dir/some" <<'END'
no 1:seq
no 4:slot
no 4:length-long
no 4:cut
END
cat >"$dir/slow" <<'END'
no 3:seq:7
no 1:slot
no 2:length-long
no 4:length-small
no 1:cut:3
no 4:cut:0
END
cat >"$dir/blocks" <<'END'
yes 2:t1-check
yes 3:t1-check
yes 3:t1-sequence
yes 3:t1-length
yes 3:t1-short
yes 3:t1-wtx:1
yes 3:t1-wtx:5
yes 3:t1-ifs:60
yes 4:t1-r:1
yes 3:t1-nad
no 1:t1-ifs:0
no 3:t1-ifs:255
no 3:t1-wtx-empty
no 3:t1-abort
no 3:t1-mute
no 3:t1-ask-resynch
no 3:t1-pcb:0xff
no 3:t1-pcb:0x9f
no 3:t1-r
no 3:t1-no-resynch
no 3:t1-more
END
if [ -n "${TAMGA_TEST_ALL:-}" ]; then
	cat "$dir/some" "$dir/slow" >>"$dir/frames"
	: >"$dir/some"
fi
cat "$dir/frames" "$dir/some" >"$FAULTS"
in_bed faulty piv,provisioned=ec:p256 yubikey
cat "$dir/log"
grep -v chain "$dir/frames" >"$FAULTS"
in_bed faulty piv,provisioned=ec:p256 rutoken-ecp
cat "$dir/log"
cat "$dir/blocks" "$dir/frames" | grep -v chain >"$FAULTS"
in_bed faulty piv,provisioned=ec:p256 etoken-5300
cat "$dir/log"

# ---- descriptors and ATRs that lie
for lie in truncated class-after no-class class-long class-short class-zero message-zero message-nine message-huge \
    levels-all levels-none slots-many no-voltage no-protocol ifsd-zero no-endpoints no-in packet-zero \
    endpoint-count total-long length-zero; do
	in_bed lies piv yubikey,lie=$lie
	cat "$dir/log"
done
for atr in 3B 3BFF 00 FFFFFFFFFF 3BF51100008131 3B8F 3BFD1300008131FE158073C021C057597562694B657940FF; do
	for token in yubikey etoken-5300; do
		in_bed lies piv $token,atr=$atr
	done
	echo "ATR    $atr"
done
