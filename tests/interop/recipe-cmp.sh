#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/recipes/cmp.md, as it stands, beside cmp-server.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"
. "$top_srcdir/tests/interop/recipe-lib.sh"
serve_cmp
fresh_card --yubikey
cp "$work/ca.pem" "$work/secret" "$work/here"
type_page cmp "s/127\.0\.0\.1:8080/127.0.0.1:$served/"
asked ir issued ir pollReq pollReq pollReq issued "kur signed" issued "rr signed" \
	"$(grep revoked "$work/cmp/log")"
