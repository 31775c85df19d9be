#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# browser-chromium.sh over a PKCS #15 card; RSA by TLS 1.3 too, which MyEID does raw.
: "${top_srcdir:?}"	# make check-interop sets it
kind=myeid,provisioned reads=11
. "$top_srcdir/tests/interop/browser-chromium.sh"
