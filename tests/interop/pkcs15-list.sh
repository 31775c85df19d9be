#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga list: a card with nothing on it, and one that fails.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd \
	--card piv,provisioned --card isoapplet --card pkcs15,provisioned -- sh "$0" inside
world
one=$TAMGA_TEST_VCARD
tamga() { "$top_builddir/tamga" "$@" --no-pcsc; }

step "a card with nothing on it is a token, and says what it wants"
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_2"
says out "IsoApplet in vcard $TAMGA_TEST_VCARD_2"
says out "  empty: "
silent err
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_2" --json
json '.tokens[0].keys == [] and (.tokens[0].blank | test("^empty: "))'
wants 0 tamga info --vcard "$TAMGA_TEST_VCARD_2"
says err "empty: "

step "a card that fails hides no other"
# The questions of PIV, OpenPGP and GIDS, SELECT, then two commands for each of ODF, TokenInfo
# and AODF, which a name takes, and for the directory of keys.
breaks() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_3" fault "$1:sw=6F00" >/dev/null; }
breaks 6
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_3" --vcard "$one"
lines 4 "CN=tamga-vcard"
says err "vcard $TAMGA_TEST_VCARD_3: "
says err "6F00"
breaks 12
wants 0 tamga list --vcard "$one" --vcard "$TAMGA_TEST_VCARD_3" --json
json '(.tokens | length) == 1 and (.skipped | length) == 1 and
	.skipped[0].reader == "vcard '"$TAMGA_TEST_VCARD_3"'" and
	.skipped[0].verdict == "TMG_E_CARD" and (.skipped[0].why | test("6F00"))'
breaks 6
wants 1 tamga list --vcard "$TAMGA_TEST_VCARD_3"
says err "6F00"
wants 0 tamga list --vcard "$TAMGA_TEST_VCARD_3"
lines 2 "CN=tamga-vcard"
echo "all as it should be"
