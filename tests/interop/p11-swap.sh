#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Cards that are called alike, down to the serial number: in two readers, and one in
# the other's place in the middle of a session (p11-swap.py).
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,serial=77,provisioned --card piv,serial=77,provisioned"
need python3 openssl pcscd
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
work
PORT=$(printf %d "$(sed -n 's/^CHANNELID //p' "$TAMGA_TEST_PCSCD_CONF" | head -n 1)")
TAMGA=$top_builddir/tamga
export PORT TAMGA
python3 -B "$top_srcdir/tests/interop/p11-swap.py" "$M" "$TAMGA_TEST_CTL" "$TAMGA_TEST_CTL_2"
