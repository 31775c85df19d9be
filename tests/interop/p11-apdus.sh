#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What our module costs a card, counted by the card: nothing to start, and no
# more for a signature than PIV demands.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256/rsa:2048/rsa:2048/ec:p384"
need pcscd
enter "$0" "$@"
work
expect "" "$top_builddir/tests/interop/p11-count" "$M" "$TAMGA_TEST_CTL"
cat said
