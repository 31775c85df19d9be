#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# browser-chromium.sh over a GIDS card.  It pads RSA itself, which TLS 1.3 does not take: P-256.
: "${top_srcdir:?}"	# make check-interop sets it
kind=gids,provisioned reads=11 type=ec:p256
. "$top_srcdir/tests/interop/browser-chromium.sh"
