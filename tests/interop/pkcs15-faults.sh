#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kind-faults.sh over a PKCS #15 card, MyEID.
: "${top_srcdir:?}"	# make check-interop sets it
kind=myeid,provisioned
. "$top_srcdir/tests/interop/kind-faults.sh"
