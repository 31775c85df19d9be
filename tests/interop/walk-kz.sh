#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/procedures.md, Kazakhstan, walked by keyboard alone: an SSL certificate for an individual,
# confirmed in the Registration Authority of the city chosen; and the sections beside it.
. "$top_srcdir/tests/interop/walk-lib.sh"
authority
mails
officer temirtau 'Registration Authority, Temirtau'
serve
walk kz
