#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The card at pcscd: insertion, removal and faults are seen; it joins a pcscd
# that was started anew; killed and started again it is the same card.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card piv,serial=99"
need opensc-tool yubico-piv-tool openssl pcscd
enter "$0" "$@"
work

is_in() { opensc-tool -l 2>/dev/null | grep -F "$TAMGA_TEST_READER" | grep -q " Yes "; }
is_out() { opensc-tool -l 2>/dev/null | grep -F "$TAMGA_TEST_READER" | grep -q " No "; }
soon() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 250 ] || fail "not within five seconds: $*"
		sleep 0.02
	done
}

step "removed and inserted"
is_in || fail "no card at the start"
ctl remove
soon is_out
ctl insert
soon is_in
expect "Serial Number:[[:space:]]*99" yubico-piv-tool -a status

step "a key, and faults while it is used"
yubico-piv-tool -a generate -s 9a -A ECCP256 -o pub
echo data >data
sign() {
	timeout 20 yubico-piv-tool -a verify-pin -P 123456 --sign -s 9a -A ECCP256 -i data -o sig >said 2>&1
}
verify() { openssl dgst -sha256 -verify pub -signature sig data >said 2>&1; }
sign && verify || { cat said; fail "no signature at all"; }
ctl mark
sign
apdus=$(ctl count)
[ "$apdus" -ge 3 ] || fail "a signature in $apdus APDUs"
for what in remove reset sw=6F00 garbage truncated mute remove-after reset-after; do
	n=1
	while [ $n -le "$apdus" ]; do
		rm -f sig
		ctl fault "$n:$what"
		if sign && verify; then :; fi	# the tool may shrug some of them off
		ctl fault none
		ctl insert
		soon is_in
		sign && verify || { cat said; fail "no signature after $what at APDU $n"; }
		n=$((n + 1))
	done
done
expect "PIN tries left:[[:space:]]*3" yubico-piv-tool -a status

step "a new pcscd"
kill "$TAMGA_TEST_PCSCD_PID"
# ended, though its parent may not have heard of it: only then is vpcd's port free
gone() { ! grep -q '^State:[[:space:]]*[^Z]' "/proc/$TAMGA_TEST_PCSCD_PID/status" 2>/dev/null; }
soon gone
rm -f /run/pcscd/*
PATH=$PATH:/usr/sbin pcscd --foreground -c "$TAMGA_TEST_PCSCD_CONF" >pcscd.log 2>&1 &
daemon=$!
trap 'kill $daemon || :; rm -rf "$work"' EXIT
soon is_in
sign && verify || { cat said; fail "no signature with the new pcscd"; }

step "the card's process is killed; another takes its state up"
yubico-piv-tool -a set-chuid >/dev/null
yubico-piv-tool -a status >before
kill -9 "$TAMGA_TEST_VCARD_PID"
soon is_out
port=$(sed -n 's/^CHANNELID 0x//p' "$TAMGA_TEST_PCSCD_CONF")
"$TAMGA_VCARD" --yubikey --vpcd 127.0.0.1:$((0x$port)) --state "$TAMGA_TEST_STATE" &
card=$!
trap 'kill $daemon $card || :; rm -rf "$work"' EXIT
soon is_in
yubico-piv-tool -a status >after
same before after
sign && verify || { cat said; fail "another key after the restart"; }
echo "all as it should be"
