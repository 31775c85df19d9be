#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: make-man3.sh SRCDIR FOLDER	the manual pages of all public headers
set -eu
src=$1 out=$2
rm -rf "$out"
mkdir -p "$out"
for path in "$src"/include/tamga/*.h; do
	header=$(basename "$path" .h)
	${AWK:-awk} -f "$src/doc/man/header2mdoc.awk" -v header="$header" "$path" \
	    >"$out/tamga_$header.3"
	grep -ohE '^tmg_[a-z0-9_]+\(' "$path" | tr -d '(' | sort -u |
	while read -r name; do
		echo ".so man3/tamga_$header.3" >"$out/$name.3"
	done
done
