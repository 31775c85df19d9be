#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every manual page is well-formed mdoc.
set -eu
command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
bad=$(for page in "$top_srcdir"/doc/man/*.[1-8] "$top_builddir"/doc/man3/tamga_*.3; do
	[ ! -e "$page" ] || mandoc -T lint -W warning "$page" || :
done)
printf '%s' "$bad"
test -z "$bad"
