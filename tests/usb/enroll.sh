#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The whole enrollment on a good day (enroll-happy.sh) without a daemon: the card is in a
# USB token (bed A), at each level of exchange.  The counts are the same as ever.
: "${top_srcdir:?}"	# make check-interop sets it
set -u

for token in unlisted etoken-5300 rutoken-ecp; do
	TAMGA_ENROLL_INSIDE=yes "$top_srcdir/tests/with-card" --no-pcscd --card piv -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$top_srcdir/tests/with-usb" "$token" -- \
		sh "$top_srcdir/tests/interop/enroll-happy.sh"
	result=$?
	[ $result -eq 0 ] || { echo "enroll.sh: $token: $result"; exit $result; }
	echo "ok: $token"
done
