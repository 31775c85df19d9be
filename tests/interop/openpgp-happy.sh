#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# enroll-happy.sh over an OpenPGP card.
: "${top_srcdir:?}"	# make check-interop sets it
set -- openpgp
. "$top_srcdir/tests/interop/enroll-happy.sh"
