#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each public header compiles alone, as C and as C++.
set -eu
cd "$top_srcdir"
for h in include/tamga/*.h; do
	${CC:-cc} -std=gnu11 -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only -x c "$h"
	if command -v "${CXX:-c++}" >/dev/null; then
		${CXX:-c++} -std=c++11 -Wall -Wextra -Werror -Iinclude -fsyntax-only -x c++ "$h"
	fi
done
