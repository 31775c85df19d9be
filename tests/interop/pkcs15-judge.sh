#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# p11-judge.sh over MyEID cards.
: "${top_srcdir:?}"	# make check-interop sets it
kind=myeid
. "$top_srcdir/tests/interop/p11-judge.sh"
