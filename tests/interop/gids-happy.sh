#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# enroll-happy.sh over a GIDS card.
: "${top_srcdir:?}"	# make check-interop sets it
set -- gids,provisioned
. "$top_srcdir/tests/interop/enroll-happy.sh"
