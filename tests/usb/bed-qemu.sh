#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed C: QEMU's CCID reader, which nobody here wrote, with tamga-vcard as the card
# in it; TPDU level, T=0.  tamga by itself lists and signs; what it says and is answered is what
# is said through pcscd and libccid of the same reader.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
fail() { echo "FAILED $*"; cat /run/said; tail -n 20 /run/pcscd.log; exit 1; }
echo 123456 >/run/pin
echo "what is signed" >/run/text
. /test/both.sh
tamga list >/run/said 2>&1 && grep "CN=tamga-vcard 9A" /run/said || fail "tamga list"
tamga sign 9a --pin-file /run/pin -o /run/signature /run/text >/run/said 2>&1 &&
	tamga cert export 9a -o /run/cert.pem || fail "tamga sign"
echo "signature $(base64 -w 0 /run/signature)"
cat /run/cert.pem
both_bytes direct qemu QEMU
both_tamga direct qemu QEMU
pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
until [ -S /run/pcscd/pcscd.comm ]; do usleep 20000; done
scard "" <<END || fail "pcscd"
apdu 00A404000AA000000308000010000100
apdu 00200080083132333435360000
apdu 0020008008313233343536FFFF
apdu 00CB3FFF055C035FC102
time 20 00A404000AA000000308000010000100
END
both_bytes pcscd qemu Gem
both_tamga pcscd qemu Gem
both_same
GUEST

TAMGA_GUEST=$dir/script
export TAMGA_GUEST
timeout 400 sh "$top_srcdir/tests/with-card" --no-pcscd --card piv,t0,provisioned=rsa:2048 -- sh -c '
	exec sh "$top_srcdir/tests/with-guest" --passthru "$TAMGA_TEST_VCARD" --program "$top_builddir/tamga" \
		--program "$top_builddir/tests/usb/hub" --file "$top_srcdir/tests/usb/both.sh" test/both.sh -- "$TAMGA_GUEST"' >"$dir/out" 2>&1
status=$?
cat "$dir/out"
[ $status -eq 0 ] || exit $status
grep -q '^T=0 3B' "$dir/out" && grep -q '^61' "$dir/out" && grep -q '^9000$' "$dir/out" ||
	{ echo "bed-qemu.sh: something is missing above"; exit 1; }
echo "what is signed" >"$dir/text"
sed -n 's/^signature //p' "$dir/out" | base64 -d >"$dir/signature"
sed -n '/BEGIN CERT/,/END CERT/p' "$dir/out" | openssl x509 -pubkey -noout >"$dir/key.pem" &&
	openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/signature" "$dir/text" ||
	{ echo "bed-qemu.sh: the signature is wrong"; exit 1; }
