#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/procedures.md, Azerbaijan, walked with scripts switched off: an order, paid, and handed over
# at a registration centre, where the operator makes the key on the carrier; and the
# sections beside it, for entrepreneurs, legal entities and government bodies.
. "$top_srcdir/tests/interop/walk-lib.sh"
authority
mails
officer baku 'Azerpost, Baku'
officer ganja 'Azerpost, Ganja'
serve
walk az
