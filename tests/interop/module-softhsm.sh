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
unset TAMGA_VCARD_SOCKET
mkdir "$work/tokens"
echo "directories.tokendir = $work/tokens" >"$work/softhsm.conf"
SOFTHSM2_CONF=$work/softhsm.conf
export SOFTHSM2_CONF
token() { softhsm2-util --init-token --free --label "$1" --so-pin 12345678 --pin 1234 >/dev/null; }
token alpha
printf '1234\n' >"$work/pin"
printf '12345678\n' >"$work/so"
at="--token module:$lib"
with="$at --pin-file $work/pin"
echo text >"$work/text"

# ---- keys are born and used ---------------------------------------------------------
for row in 01:ec:p256 02:rsa:2048 03:ed25519 04:ec:p384; do
	run 0 "$tamga" key generate ${row%%:*} $with --type "${row#*:}" -o "$work/${row%%:*}.pub"
	grep -q "id=%${row%%:*};type=private" "$work/out" || fail "the URI has not the id"
done
run 0 "$tamga" list $at
for row in 01:ec:p256 02:rsa:2048 03:ed25519 04:ec:p384; do
	grep -q "^  ${row%%:*}  *${row#*:}," "$work/out" || fail "list: ${row#*:}"
done
for row in 01:sha256 02:sha256 02:sha512 04:sha384; do
	run 0 "$tamga" sign $with ${row%:*} "$work/text" -o "$work/sig" --hash ${row#*:}
	openssl dgst -${row#*:} -verify "$work/${row%:*}.pub" -signature "$work/sig" \
		"$work/text" >/dev/null || fail "signature of $row"
done
run 0 "$tamga" sign $with 02 "$work/text" -o "$work/sig" --pss --hash sha256
openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify "$work/02.pub" -signature "$work/sig" \
	"$work/text" >/dev/null || fail "PSS"
run 0 "$tamga" sign $with 03 "$work/text" -o "$work/sig"
openssl pkeyutl -verify -rawin -pubin -inkey "$work/03.pub" -sigfile "$work/sig" \
	-in "$work/text" >/dev/null || fail "signature of ed25519"
for padding in pkcs1: oaep:sha1 oaep:sha256; do
	hash=${padding#*:}
	openssl pkeyutl -encrypt -pubin -inkey "$work/02.pub" -in "$work/text" \
		-pkeyopt rsa_padding_mode:${padding%:*} \
		${hash:+-pkeyopt rsa_oaep_md:$hash -pkeyopt rsa_mgf1_md:$hash} \
		-out "$work/cipher" || fail "encrypt"
	run 0 "$tamga" decrypt $with 02 "$work/cipher" ${hash:+--oaep --hash $hash} -o "$work/plain"
	cmp -s "$work/plain" "$work/text" || fail "decrypt $padding"
done
pkcs11-tool --module "$lib" -l --pin 1234 -O 2>/dev/null | grep -q 'ID: *04' ||
	fail "OpenSC does not see the key"
run 1 "$tamga" key generate 01 $with
run 0 "$tamga" key delete 04 $with --yes
run 0 "$tamga" list $at
grep -q '^  04' "$work/out" && fail "the deleted key is there"
ok "keys are born, told of, used and deleted"

# ---- imported --------------------------------------------------------------------------
for row in 04:ec:ec_paramgen_curve:P-256 05:rsa:rsa_keygen_bits:2048; do
	kinds=${row#*:}
	openssl genpkey -algorithm ${kinds%%:*} -pkeyopt "${kinds#*:}" -out "$work/key.pem" 2>/dev/null
	run 0 "$tamga" key import ${row%%:*} "$work/key.pem" $with
	run 0 "$tamga" sign $with ${row%%:*} "$work/text" -o "$work/sig"
	openssl dgst -sha256 -prverify "$work/key.pem" -signature "$work/sig" "$work/text" \
		>/dev/null || fail "signature of the imported ${row%%:*}"
done
ok "keys are imported"

# ---- enrolled ---------------------------------------------------------------------------
enroll() { run "$1" "$tamga" enroll $official $with --slot "$2" --subject CN=$3 --type ec:p256 ${4:-}; }
enroll 0 07 module
run 0 "$tamga" cert export $with 07 -o "$work/07.pem"
openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/07.pem" >/dev/null || fail "chain"
run 0 "$tamga" sign $with 07 "$work/text" -o "$work/sig"
openssl x509 -in "$work/07.pem" -noout -pubkey >"$work/07.pub"
openssl dgst -sha256 -verify "$work/07.pub" -signature "$work/sig" "$work/text" >/dev/null ||
	fail "the key of the certificate does not sign"
pkcs11-tool --module "$lib" -O --type cert >"$work/objects" 2>/dev/null
grep -q 'ID: *07' "$work/objects" || fail "OpenSC does not see the certificate"
[ "$(grep -c 'Certificate Object' "$work/objects")" = 1 ] || fail "not one certificate"
enroll 0 07 module
says "Already enrolled"
enroll 1 07 other
says 'holds'
enroll 0 07 other --replace
[ "$(pkcs11-tool --module "$lib" -O --type cert 2>/dev/null | grep -c 'Certificate Object')" = 1 ] ||
	fail "replaced, and not one certificate"
[ "$(pkcs11-tool --module "$lib" -l --pin 1234 -O --type privkey 2>/dev/null |
	grep -c 'ID: *07')" = 1 ] || fail "replaced, and not one key"
# from a journal the right token is found again
"$tamga" enroll --list --json >"$work/list"
grep -q 'module-path=' "$work/state/tamga"/*.json || fail "the journal does not tell the module"
run 0 "$tamga" cert delete $with 07 --yes
run 1 "$tamga" cert export $with 07 -o "$work/07.pem"
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
