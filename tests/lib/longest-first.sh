#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: longest-first.sh LIST TEST...	TESTs, first those that stand in LIST, in its order
set -eu
list=$1
shift
printf '%s\n' "$@" | awk '
	NR == FNR { first[++firsts] = $1; next }
	{ is[$1] = 1; all[++n] = $1 }
	END {
		for (i = 1; i <= firsts; i++)
			if (first[i] in is) { print first[i]; delete is[first[i]] }
		for (i = 1; i <= n; i++)
			if (all[i] in is) { print all[i]; delete is[all[i]] }
	}' "$list" - | paste -sd ' ' -
