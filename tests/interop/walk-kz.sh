#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# seeds/001, walked by keyboard alone: an SSL certificate for an individual,
# confirmed in the Registration Authority of the city chosen.
. "$top_srcdir/tests/interop/walk-lib.sh"
authority
mails
officer temirtau 'Registration Authority, Temirtau'
serve
walk kz
