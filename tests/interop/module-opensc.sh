#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A foreign PKCS #11 module as a source of tokens, OpenSC's: keys are made on a MyEID
# card that pkcs15-init began, and those of a PIV card are used.
# shellcheck disable=SC2086
set -u
lib=
for found in /usr/lib/*/opensc-pkcs11.so; do
	[ ! -f "$found" ] || lib=$found
done
[ -n "$lib" ] || { echo "skipped: opensc-pkcs11 is not installed"; exit 77; }
for program in pcscd pkcs15-init; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
if [ -z "${TAMGA_ENROLL_INSIDE:-}" ]; then
	TAMGA_ENROLL_INSIDE=yes
	export TAMGA_ENROLL_INSIDE
	exec "$top_srcdir/tests/with-card" --card piv,provisioned --card myeid -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$0"
fi
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/module-lib.sh"

# The module sees all readers but this one.
blind_to() {
	echo "app default { ignored_readers = \"${1% 00 00}\"; }" >"$work/opensc.conf"
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
named "$lib"

# ---- a card that OpenSC makes ready and writes to ----------------------------------------------
blind_to "$TAMGA_TEST_READER"
init() { pkcs15-init "$@" >"$work/out" 2>"$work/said" || fail "pkcs15-init $*"; }
init --erase-card
run 3 "$tamga" list $at
says 'has no token that can be used'
init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
init --store-pin --auth-id 01 --label User --pin 123456 --puk 12345678 --so-pin 87654321
init --finalize
printf '123456\n' >"$work/pin"
born 01:ec:p256 02:rsa:2048
signs 01:sha256 02:sha256 02:sha512
decrypts 02 pkcs1
enrolled 03
enroll 1 03 other --destroy
says 'holds a key, and its module keeps no two in one slot'
signs 03:sha256
emptied 03
run 0 "$tamga" key delete 03 $with --yes
enroll 0 03 other
ok "keys are born, sign, decrypt, are enrolled and deleted through OpenSC"

# ---- a PIV card: what it holds is used --------------------------------------------------------
blind_to "$TAMGA_TEST_READER_2"
printf '%s\n' "$TAMGA_TEST_PIN" >"$work/pin"
for id in 01 02; do
	run 0 "$tamga" cert export $with $id -o "$work/$id.pem"
	openssl x509 -in "$work/$id.pem" -noout -pubkey >"$work/$id.pub"
done
run 0 "$tamga" info $at
grep -q '^02 .*ec:p256' "$work/out" || fail "the key of 9C is not told of"
signs 01:sha256 02:sha256 02:sha256
ok "the keys of a PIV card sign, the one too that wants its PIN each time"
