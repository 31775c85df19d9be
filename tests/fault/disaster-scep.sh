#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever happens to an enrollment over SCEP, wherever: disaster-lib.sh.  A key
# that signs only, so that its messages are by a key in software, which must not
# be left behind; and some by the textbook.
# shellcheck disable=SC2034,SC2154
set -u
binding=scep type=ec:p256
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/fault/disaster-ra.sh"
wish() {
	"$TAMGA_TEST_RA" challenge new employee >"$work/challenge" || fail "challenge new"
	credentials="--challenge-file $work/challenge"
	asks="--ca scep+$plain/scep --ca-file $TAMGA_TEST_RA_CA $credentials --type $type --subject CN=$1"
}
left_behind() { find "$work/state/tamga" -name '*.state'; }
serve
disasters enroll
type=rsa:2048	# which is what SCEP renews with
disasters renew
which=", by the textbook"
for disaster in killed pulled_after cut_answer full; do
	everywhere enroll $disaster
done
total
