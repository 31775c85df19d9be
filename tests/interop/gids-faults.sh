#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kind-faults.sh over a GIDS card.
: "${top_srcdir:?}"	# make check-interop sets it
kind=gids,provisioned
. "$top_srcdir/tests/interop/kind-faults.sh"
