#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pulled-lib.sh over a GIDS card with two keys and certificates.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--no-pcscd --card gids,provisioned" ra=yes
own=02 theirs=00 others=2
. "$top_srcdir/tests/fault/pulled-lib.sh"
cp "$TAMGA_TEST_STATE" begun

sampled 5
life gids begun ec:p256
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and nothing was lost"
