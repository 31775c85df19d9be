#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A foreign PKCS #11 module as a source of tokens, SoftHSM: keys of every kind are
# born, sign, decrypt; one is enrolled with tamga-ra from the key to the installed
# certificate; PINs; several tokens; and tamga's own module never comes back.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
lib=
for at in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
	[ ! -f "$at" ] || lib=$at
done
[ -n "$lib" ] || { echo "skipped: softhsm2 is not installed"; exit 77; }
. "$top_srcdir/tests/interop/module-lib.sh"
mkdir "$work/tokens"
echo "directories.tokendir = $work/tokens" >"$work/softhsm.conf"
SOFTHSM2_CONF=$work/softhsm.conf
export SOFTHSM2_CONF
token() { softhsm2-util --init-token --free --label "$1" --so-pin 12345678 --pin 1234 >/dev/null; }
token alpha
named "$lib"

# ---- keys are born and used ---------------------------------------------------------
born 01:ec:p256 02:rsa:2048 03:ed25519 04:ec:p384
signs 01:sha256 02:sha256 02:sha512 02:sha256:pss 04:sha384
run 0 "$tamga" sign $with 03 "$work/text" -o "$work/sig"
openssl pkeyutl -verify -rawin -pubin -inkey "$work/03.pub" -sigfile "$work/sig" \
	-in "$work/text" >/dev/null || fail "signature of ed25519"
agrees 01 P-256
agrees 04 P-384
decrypts 02 pkcs1 oaep:sha1 oaep:sha256
pkcs11-tool --module "$lib" -l --pin 1234 -O 2>/dev/null | grep -q 'ID: *04' ||
	fail "OpenSC does not see the key"
run 1 "$tamga" key generate 01 $with
run 0 "$tamga" key delete 04 $with --yes
run 0 "$tamga" list $at
grep -q '^  04' "$work/out" && fail "the deleted key is there"
ok "keys are born, told of, used and deleted"

imported 04:ec:ec_paramgen_curve:P-256 05:rsa:rsa_keygen_bits:2048
ok "keys are imported"

enrolled 07
replaced 07
emptied 07
ok "enrolled, replaced, seen by others"

# ---- PINs ------------------------------------------------------------------------------
printf '9999\n' >"$work/bad"
run 4 "$tamga" sign $at --pin-file "$work/bad" 01 "$work/text" -o "$work/sig"
says 'the PIN of token alpha is wrong'
run 0 "$tamga" pin verify $with
printf '4321\n' >"$work/new"
run 0 "$tamga" pin change $with --new-pin-file "$work/new"
run 4 "$tamga" pin verify $with
run 0 "$tamga" pin unblock $at --puk-file "$work/so" --new-pin-file "$work/pin"
run 0 "$tamga" pin verify $with
run 4 "$tamga" pin unblock $at --puk-file "$work/bad" --new-pin-file "$work/pin"
ok "PINs are verified, changed and unblocked"

# ---- several tokens, and names -------------------------------------------------------------
token beta
run 3 "$tamga" info $at
says 'alpha, beta\|beta, alpha'
run 0 "$tamga" info --token "pkcs11:token=beta?module-path=$lib"
grep -q '^beta' "$work/out" || fail "not the one that was named"
run 0 "$tamga" sign --pin-file "$work/pin" "pkcs11:token=alpha;id=%01?module-path=$lib" \
	"$work/text" -o "$work/sig"
run 3 "$tamga" list --token "module:$work/none.so"
says 'install the module'
ok "several tokens of one module"

# ---- back to the beginning -------------------------------------------------------------------
beta="--token pkcs11:token=beta?module-path=$lib"
run 0 "$tamga" key generate 01 $beta --type ec:p256 --pin-file "$work/pin" -o "$work/beta.pub"
run 4 "$tamga" reset $beta --destroy beta --puk-file "$work/bad" --new-pin-file "$work/new"
run 0 "$tamga" list $beta
grep -q '^  01 ' "$work/out" || fail "lost by who does not know the PUK: $(cat "$work/out")"
run 0 "$tamga" reset $beta --destroy beta --puk-file "$work/so" --new-pin-file "$work/new"
run 0 "$tamga" list $beta
! grep -q '^  01 ' "$work/out" || fail "not empty after a reset"
run 4 "$tamga" pin verify $beta --pin-file "$work/pin"
run 0 "$tamga" pin verify $beta --pin-file "$work/new"
ok "a token is reset, and has the PIN that was said"

# ---- what is no module ------------------------------------------------------------------------
run 1 "$tamga" list --token "module:$work/text"
says 'no PKCS #11 module'
ours=$top_builddir/.libs/tamga-pkcs11.so
cp "$ours" "$work/innocent.so"
for at in "$ours" "$work/innocent.so"; do
	run 3 "$tamga" list --token "module:$at"
	says "tamga's own module"
done
ldd "$ours" | grep -q p11-kit && fail "our module could load others"
mkdir -p "$work/config/tamga"
echo "token = \"module:$lib\";" >"$work/config/tamga/tamga.conf"
pkcs11-tool --module "$ours" -L >"$work/slots" 2>&1
grep -q alpha "$work/slots" && fail "our module shows another's token"
run 0 "$tamga" info --token "pkcs11:token=alpha?module-path=$lib"
ok "never shown again"
