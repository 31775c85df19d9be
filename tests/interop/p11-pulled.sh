#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The card is pulled at every APDU of a session that logs in, lists, signs and
# writes: the module says so, and the next session with the card goes on.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256 --no-pcscd"
enter "$0" "$@"
work
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
export TAMGA_VCARD_SOCKET
expect "pulled at (1[5-9]|[2-9][0-9]) commands" "$top_builddir/tests/interop/p11-drive" "$M" \
	survive "$TAMGA_TEST_CTL"
cat said
