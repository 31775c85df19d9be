#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The card's own socket: turns, changes, faults, hostile clients, kill -9.
. "$top_srcdir/tests/interop/vcard-lib.sh"
need python3
work
python3 "$top_srcdir/tests/interop/vcard-protocol.py" "$top_builddir/tamga-vcard" "$work"
