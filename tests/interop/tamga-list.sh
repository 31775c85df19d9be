#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga list: tokens by their readers, by their numbers where somebody asks for them.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd \
	--card piv,provisioned,serial=1077 --card piv,serial=1078 -- sh "$0" inside
world
one=$TAMGA_TEST_VCARD two=$TAMGA_TEST_VCARD_2
tamga() { "$top_builddir/tamga" "$@" --no-pcsc; }

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

step "two of a kind are told apart by their readers, none costs the other a command"
wants 0 tamga list --vcard "$one" --vcard "$two"
says out "YubiKey PIV in vcard $one"
says out "YubiKey PIV in vcard $two"
says err "tamga list --uris tells their serial numbers"
lines 0 107
lines 0 pkcs11:
wants 0 tamga list --vcard "$one" --vcard "$two" --uris
says out "PIV-1077 (YubiKey PIV) in vcard $one"
says out "PIV-1078 (YubiKey PIV) in vcard $two"
silent err
wants 0 tamga list --vcard "$one" --vcard "$two" --token 1077
says out "PIV-1077 (YubiKey PIV)"
lines 0 1078
wants 0 tamga list --vcard "$one" --json
json '.tokens[0].serial == "1077" and (.tokens[0].keys[0].uri | test("serial=1077"))'
echo "tokens are named by what is known of them"
