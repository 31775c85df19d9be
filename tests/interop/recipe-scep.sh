#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/recipes/scep.md, as it stands, beside tamga-ra.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/recipe-lib.sh"
{ cat "$TAMGA_TEST_RA_DIR/ra.conf"; echo 'scep: { key = "scep.key"; };'; } \
	>"$TAMGA_TEST_RA_DIR/scep.conf"
mkfifo "$work/url"
"$TAMGA_TEST_RA" serve --config "$TAMGA_TEST_RA_DIR/scep.conf" --listen 127.0.0.1:0 \
	>"$work/url" 2>"$work/scep.log" &
children="$children $!"
{ read -r _ && read -r server; } <"$work/url"
[ -n "$server" ] || fail "no SCEP server: $(cat "$work/scep.log")"
fresh_card --yubikey
cp "$TAMGA_TEST_RA_CA" "$work/here/ca.pem"
"$TAMGA_TEST_RA" challenge new employee >"$work/here/challenge" || fail "no challenge"
type_page scep "s/127\.0\.0\.1:8080/${server#http://}/"
