#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A foreign PKCS #11 module as a source of tokens, a TPM 2.0: tpm2-pkcs11 over swtpm.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
lib=
for found in /usr/lib/*/libtpm2_pkcs11.so.1; do
	[ ! -f "$found" ] || lib=$found
done
[ -n "$lib" ] || { echo "skipped: libtpm2-pkcs11-1 is not installed"; exit 77; }
command -v swtpm >/dev/null || { echo "skipped: swtpm is not installed"; exit 77; }
. "$top_srcdir/tests/interop/module-lib.sh"

# ---- a TPM of our own -------------------------------------------------------------------
mkdir "$work/tpm" "$work/store"
start_tpm() {
	swtpm socket --tpm2 --tpmstate "dir=$work/tpm" --flags not-need-init,startup-clear \
		--server "type=unixio,path=$work/tpm.sock" \
		--ctrl "type=unixio,path=$work/tpm.sock.ctrl" >"$work/tpm.log" 2>&1 &
	tpm=$!
	children="$children $tpm"
	for _ in $(seq 100); do
		pkcs11-tool --module "$lib" -L >"$work/slots" 2>&1 && return
		kill -0 "$tpm" 2>/dev/null || break
		sleep 0.1
	done
	cat "$work/slots" "$work/tpm.log"
	fail "the TPM does not answer"
}
TPM2_PKCS11_TCTI="swtpm:path=$work/tpm.sock"
TPM2_PKCS11_STORE=$work/store TPM2_PKCS11_LOG_LEVEL=0 TSS2_LOG=all+none
export TPM2_PKCS11_STORE TPM2_PKCS11_TCTI TPM2_PKCS11_LOG_LEVEL TSS2_LOG
start_tpm
pkcs11-tool --module "$lib" --init-token --slot-index 0 --so-pin 12345678 --label tpm >/dev/null 2>&1 &&
pkcs11-tool --module "$lib" --init-pin --token-label tpm --login --login-type so \
	--so-pin 12345678 --pin 1234 >/dev/null 2>&1 || fail "no token"
named "$lib"

# ---- keys ---------------------------------------------------------------------------------
born 01:ec:p256 02:rsa:2048 04:ec:p384
signs 01:sha256 02:sha256 02:sha512 02:sha256:pss 04:sha384
decrypts 02 pkcs1 oaep:sha256
ok "keys are born in the TPM, sign and decrypt"

enrolled 07
replaced 07
emptied 07
ok "enrolled, replaced, seen by others"
openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out "$work/key.pem" 2>/dev/null
run 1 "$tamga" key import 05 "$work/key.pem" $with
says 'the token imports no keys'
run 0 "$tamga" key delete 04 $with --yes
run 0 "$tamga" list $at
grep -q '^  04' "$work/out" && fail "the deleted key is there"
run 0 "$tamga" info $at

# ---- the TPM goes and comes back ---------------------------------------------------------------
kill "$tpm"
wait "$tpm" 2>/dev/null
ended "$tpm"
run 1 "$tamga" list $at
says "libtpm2_pkcs11.so[.0-9]* does not start (C_Initialize"
start_tpm
run 0 "$tamga" sign $with 01 "$work/text" -o "$work/sig"
signs 01:sha256 02:sha256
ok "the keys outlive the TPM's process"

# ---- PINs: a TPM takes so few wrong ones that the last of these locks it ----------------------
printf '9999\n' >"$work/bad"
run 0 "$tamga" pin verify $with
printf '4321\n' >"$work/new"
run 0 "$tamga" pin change $with --new-pin-file "$work/new"
run 0 "$tamga" pin verify $at --pin-file "$work/new"
run 0 "$tamga" pin unblock $at --puk-file "$work/so" --new-pin-file "$work/pin"
run 0 "$tamga" pin verify $with
run 4 "$tamga" pin unblock $at --puk-file "$work/bad" --new-pin-file "$work/pin"
says 'the SO PIN of token tpm is wrong'
for _ in 1 2 3 4; do
	"$tamga" sign $at --pin-file "$work/bad" 01 "$work/text" -o "$work/sig" \
		>"$work/out" 2>"$work/said"
	status=$?
	[ $status = 4 ] || break
	says 'the PIN of token tpm is wrong'
done
[ $status = 5 ] || fail "the TPM never locks"
says 'is locked; the TPM opens it again after some time'
ok "PINs are verified, changed, unblocked and locked"
