#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/recipes/est.md, as it stands, beside tamga-ra.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/recipe-lib.sh"
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }
fresh_card --yubikey
cp "$TAMGA_TEST_RA_CA" "$work/here/ca.pem"
cp "$TAMGA_TEST_RA_PASSWORD_FILE" "$work/here/password"
"$TAMGA_TEST_RA" user add asel --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" || fail "account"
type_page est "s/localhost:8443/${TAMGA_TEST_RA_EST#est+https://}/"
