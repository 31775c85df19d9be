#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever happens to an enrollment over EST, wherever: disaster-lib.sh.
# shellcheck disable=SC2034
set -u
binding=est
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/fault/disaster-ra.sh"
wish() {
	credentials="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
	asks="--ca est+$tls --ca-file $TAMGA_TEST_RA_CA $credentials --subject CN=$1"
}
serve
disasters enroll renew
with_silent_card killed pulled pulled_after
total
