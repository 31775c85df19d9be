#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# enroll-happy.sh over a PKCS #15 card, MyEID.
: "${top_srcdir:?}"	# make check-interop sets it
set -- myeid,provisioned
. "$top_srcdir/tests/interop/enroll-happy.sh"
