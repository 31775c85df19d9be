#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever happens to an enrollment over CMP, wherever: disaster-lib.sh.
# shellcheck disable=SC2034,SC2154
set -u
binding=cmp
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/fault/disaster-ra.sh"
wish() {
	"$TAMGA_TEST_RA" secret add "$1" --config "$TAMGA_TEST_RA_DIR/doors.conf" >"$work/secret" || fail "secret add $1"
	credentials="--user $1 --password-file $work/secret"
	asks="--ca cmp+$plain --ca-file $TAMGA_TEST_RA_CA $credentials --subject CN=$1"
}
serve
disasters enroll renew
total
