#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/procedures.md, Bulgaria, walked in a browser: registration by mail, papers, the key on a
# token, payment, the certificate from the personal profile.
. "$top_srcdir/tests/interop/walk-lib.sh"
authority
mails
officer olga
serve
walk bg
