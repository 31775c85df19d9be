#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga list: tokens by their readers, by their numbers where there are several.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd \
	--card piv,provisioned,serial=1077 --card piv,serial=1078 --card isoapplet \
	--card pkcs15,provisioned -- sh "$0" inside
world
one=$TAMGA_TEST_VCARD two=$TAMGA_TEST_VCARD_2
tamga() { "$top_builddir/tamga" "$@" --no-pcsc; }
lines() { # lines N WORD: that many lines of out hold the word
	n=$(grep -cF -e "$2" out) || :
	[ "$n" = "$1" ] || { cat out >&2; fail "$n lines hold $2, not $1"; }
}

step "one card: its reader is its name, which finds it again"
wants 0 tamga list --vcard "$one"
says out "YubiKey PIV in vcard $one"
lines 0 1077
lines 0 pkcs11:
lines 4 "CN=tamga-vcard"
reader=$(sed -n '1s/.* in //p' out)
wants 0 tamga list --vcard "$one" --vcard "$two" --token "$reader"
says out "YubiKey PIV in $reader"
lines 0 1078

step "URIs when they are asked for, each finds what it was shown for"
wants 0 tamga list --vcard "$one" --uris
lines 9 "serial=1077"
uri=$(sed -n 's/^ *\(.*id=%9A;type=cert\)$/\1/p' out)
wants 0 tamga cert show "$uri" --vcard "$one" --vcard "$two"
says out "tamga-vcard 9A"

step "two of a kind are told apart, and named by number"
wants 0 tamga list --vcard "$one" --vcard "$two"
says out "PIV-1077 (YubiKey PIV) in vcard $one"
says out "PIV-1078 (YubiKey PIV) in vcard $two"
lines 0 pkcs11:
wants 0 tamga list --vcard "$one" --vcard "$two" --token 1077
says out "PIV-1077 (YubiKey PIV)"
lines 0 1078
wants 0 tamga list --vcard "$one" --json
json '.tokens[0].serial == "1077" and (.tokens[0].keys[0].uri | test("serial=1077"))'
step "a card with nothing on it is a token, and says what it wants"
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_3"
says out "IsoApplet in vcard $TAMGA_TEST_VCARD_3"
says out "  empty: "
silent err
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_3" --json
json '.tokens[0].keys == [] and (.tokens[0].blank | test("^empty: "))'
wants 0 tamga info --vcard "$TAMGA_TEST_VCARD_3"
says err "empty: "

step "a card that fails hides no other"
# The questions of PIV and OpenPGP, SELECT, then two commands for each of ODF, TokenInfo
# and AODF, which a name takes, and for the directory of keys.
breaks() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_4" fault "$1:sw=6F00" >/dev/null; }
breaks 5
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_4" --vcard "$one"
lines 4 "CN=tamga-vcard"
says err "vcard $TAMGA_TEST_VCARD_4: "
says err "6F00"
breaks 11
wants 0 tamga list --vcard "$one" --vcard "$TAMGA_TEST_VCARD_4" --json
json '(.tokens | length) == 1 and (.skipped | length) == 1 and
	.skipped[0].reader == "vcard '"$TAMGA_TEST_VCARD_4"'" and
	.skipped[0].verdict == "TMG_E_CARD" and (.skipped[0].why | test("6F00"))'
breaks 5
wants 1 tamga list --vcard "$TAMGA_TEST_VCARD_4"
says err "6F00"
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_4"
lines 2 "CN=tamga-vcard"
echo "tokens are named by what is known of them"
