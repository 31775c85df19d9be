#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The PIN typed on the reader's keypad, down to SCardControl: other people's
# programs on our module, our own, readers that tell nonsense, and the card's
# word on how often it was asked.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256,keypad,serial=10000001"
need pcscd pkcs11-tool p11tool openssl yubico-piv-tool
shim=$top_builddir/tests/interop/.libs/keypad-shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"; exit 77; }
enter "$0" "$@"
work
tamga=$top_builddir/tamga
publics
head -c 32 /dev/urandom >digest
TAMGA_CONF=$work/conf
TAMGA_KEYPAD_KEYS=$work/keys
TAMGA_KEYPAD_TOLD=$work/told
export TAMGA_CONF TAMGA_KEYPAD_KEYS TAMGA_KEYPAD_TOLD

# trust PATTERN: the configuration; keys WORD...: what is typed next.
trust() { echo "readers = { keypads = [ \"$1\" ]; };" >conf; }
keys() { echo "$*" >keys; : >told; ctl mark >/dev/null; }
pad() { LD_PRELOAD="$shim" "$@"; }
tool() { pad pkcs11-tool --module "$M" "$@"; }
sign() { tool --login --sign --id "$1" -m ECDSA -i digest -o sig --signature-format openssl; }
good() { expect "Verified" openssl pkeyutl -verify -pubin -inkey "pub.$1" -in digest -sigfile sig; }

# verifies N [STATUS]: a PIN went to the card so often since keys.
verifies() {
	n=$(ctl log | grep -cE "^[0-9]+ 00 20 00 80 8 ${2:-}" || :)
	[ "$n" = "$1" ] || { ctl log; fail "$n VERIFY ${2:-} and not $1"; }
}
# typed LINE...: what the keypad was told, and what came of it.
typed() {
	printf '%s\n' "$@" >wanted
	[ -n "${1:-}" ] || : >wanted
	cmp -s told wanted || { cat told; fail "the keypad: not $*"; }
}

step "nobody trusts it: it is as if it were not there"
: >conf
keys 123456
tool -L >said
! grep -q "PIN pad present" said || { cat said; fail "the flag"; }
typed

step "pkcs11-tool: no PIN given, typed once, one VERIFY"
trust 'Yubico*'
tool -L >said
grep -q "PIN pad present" said || { cat said; fail "no flag"; }
keys 123456
expect "Using signature algorithm" sign 9a </dev/null
good 9a
typed "verify 9000"
verifies 1 9000
verifies 1

step "pkcs11-tool: a key that wants it each time"
keys 123456 123456
expect "signature algorithm" sign 9c </dev/null
good 9c
typed "verify 9000" "verify 9000"
verifies 2 9000
verifies 2
# the second directly before the signature
ctl log | grep -B 1 " 00 87 " | grep -q " 00 20 00 80 8 9000" ||
	{ ctl log; fail "something between"; }

step "a PIN that the program gives is used as on any reader"
keys 999999
expect "signature algorithm" tool --login --pin "$PIN" --sign --id 9a -m ECDSA -i digest \
	-o sig --signature-format openssl
typed
verifies 1 9000

step "wrong once: one try, told as such"
keys 999999
refuse "CKR_PIN_INCORRECT" sign 9a </dev/null
typed "verify 63C2"
verifies 1
step "cancelled, nobody there, too short: no command, no try"
keys cancel
refuse "CKR_FUNCTION_CANCELED" sign 9a </dev/null
typed "verify 6401"
keys
refuse "CKR_FUNCTION_CANCELED" sign 9a </dev/null
typed "verify 6400"
keys 12345
refuse "CKR_PIN_LEN_RANGE" sign 9a </dev/null
typed "verify 6403"
verifies 0
keys 123456
expect "signature algorithm" sign 9a </dev/null
verifies 1 9000

step "p11tool"
keys 123456
expect "public key in the token... ok" pad p11tool --provider="$M" --test-sign --login \
	'pkcs11:serial=10000001;id=%9A;type=private' </dev/null
typed "verify 9000"
verifies 1

step "C_SetPIN: old, new, new again"
keys 123456 654321 654321
expect "PIN successfully changed" tool --change-pin </dev/null
typed "modify 9000"
keys 654321 111111 222222
refuse "CKR_PIN_INVALID" tool --change-pin </dev/null
typed "modify 6402"
keys 654321 123456 123456
expect "PIN successfully changed" tool --change-pin </dev/null
typed "modify 9000"
[ "$(ctl log | grep -c ' 00 24 00 80 16 9000')" = 1 ] || { ctl log; fail "not one CHANGE"; }

step "tamga says where to type"
keys 123456
expect "Enter the PIN of token .* on the keypad of Yubico YubiKey VPCD-A 00 00" \
	pad "$tamga" pin verify </dev/null
typed "verify 9000"
keys 123456
expect "on the keypad of Yubico" pad "$tamga" sign 9a digest --output sig </dev/null
typed "verify 9000"
verifies 1 9000
keys 999999
refuse "2 tries left" pad "$tamga" pin verify </dev/null
keys cancel
refuse "cancelled on the keypad of Yubico" pad "$tamga" pin verify </dev/null
keys 123456 654321 654321
expect "is changed" pad "$tamga" pin change </dev/null
keys 654321 123456 123456
expect "is changed" pad "$tamga" pin change </dev/null
typed "modify 9000"
keys 999999
echo "$PIN" >pin
expect "takes it" pad "$tamga" pin verify --pin-file pin
typed

step "in the transcript stands that it was typed, and not what"
keys 123456
echo 'readers = { keypads = [ "*" ]; }; pkcs11 = { trace = "'"$work"'/trace"; };' >conf
expect "signature algorithm" sign 9a </dev/null
grep -q "> 00200080 \[typed on the keypad\]" trace || { cat trace; fail "the transcript"; }
! grep -q 313233343536 trace || fail "the PIN"

step "readers that tell nonsense have no keypad"
trust '*'
while read -r features properties; do
	TAMGA_KEYPAD_FEATURES=$features TAMGA_KEYPAD_PROPERTIES=$properties tool -L >said
	! grep -q "PIN pad present" said || { cat said; fail "$features $properties"; }
done <<-END
	0604423300 060104
	06ff42330006 060104
	0604423300060604 060104
	060442330006120442330012 0602
	060442330006120442330012 ff
	fe00 060104
END
step "a keypad that takes no PIN of this length is told nothing"
keys 123456
TAMGA_KEYPAD_PROPERTIES=070104 refuse "CKR_FUNCTION_FAILED" sign 9a </dev/null
typed
step "half a keypad: PINs are typed, not changed"
keys 123456
TAMGA_KEYPAD_FEATURES=060442330006 expect "signature algorithm" sign 9a </dev/null
verifies 1 9000

step "the virtual card's own reader has one"
echo "readers = { pcsc = false; vcard = \"$TAMGA_TEST_VCARD\"; keypads = [ \"*\" ]; };" >conf
ctl mark >/dev/null
ctl type 123456
expect "signature algorithm" pkcs11-tool --module "$M" --login --sign --id 9a -m ECDSA \
	-i digest -o sig --signature-format openssl </dev/null
good 9a
verifies 1 9000
( sleep 0.5; ctl type 123456 ) &
expect "takes it" "$tamga" pin verify </dev/null
wait
ctl type cancel
refuse "cancelled on the keypad of vcard" "$tamga" pin verify </dev/null
ctl type nothing
refuse "nobody typed a PIN on the keypad of vcard" "$tamga" pin verify </dev/null
ctl type 123456 654321 654321
expect "is changed" "$tamga" pin change </dev/null
ctl type 654321 123456 123457
refuse "not repeated alike" "$tamga" pin change </dev/null
ctl type 654321 123456 123456
expect "is changed" "$tamga" pin change </dev/null
refuse "not keys" ctl type twelve
( sleep 0.5; ctl remove ) &
refuse "removed|gone" "$tamga" pin verify </dev/null
wait
