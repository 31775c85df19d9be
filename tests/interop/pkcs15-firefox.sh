#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# browser-firefox.sh over a PKCS #15 card.
: "${top_srcdir:?}"	# make check-interop sets it
kind=myeid,provisioned reads=11
. "$top_srcdir/tests/interop/browser-firefox.sh"
