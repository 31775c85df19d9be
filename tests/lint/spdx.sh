#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every source names its licence at the top (line 1, or 2 after a #!).
set -eu
cd "$top_srcdir"
find include src drivers pkcs11 tools tests doc -type f \
    \( -name '*.[ch]' -o -name '*.am' -o -name '*.sh' -o -name '*.in' \) |
while read -r f; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || echo "$f: no SPDX line"
done > "$top_builddir/spdx.out"
cat "$top_builddir/spdx.out"
test ! -s "$top_builddir/spdx.out"
rm -f "$top_builddir/spdx.out"
