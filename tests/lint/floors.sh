#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Nothing includes upward or sideways: doc/floors.
exec sh "$top_srcdir/tests/lint/check-floors.sh" "$top_srcdir"
