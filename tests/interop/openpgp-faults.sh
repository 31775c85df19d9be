#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kind-faults.sh over an OpenPGP card.
: "${top_srcdir:?}"	# make check-interop sets it
kind=openpgp,provisioned
. "$top_srcdir/tests/interop/kind-faults.sh"
