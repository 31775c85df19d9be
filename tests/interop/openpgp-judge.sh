#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# p11-judge.sh over OpenPGP cards.
: "${top_srcdir:?}"	# make check-interop sets it
kind=openpgp
. "$top_srcdir/tests/interop/p11-judge.sh"
