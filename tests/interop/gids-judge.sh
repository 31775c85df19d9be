#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# p11-judge.sh over GIDS cards.
: "${top_srcdir:?}"	# make check-interop sets it
kind=gids
. "$top_srcdir/tests/interop/p11-judge.sh"
