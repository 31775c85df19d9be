#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pulled-lib.sh over a GIDS card with two keys and certificates.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
for program in openssl jq; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
if [ "${1:-}" != inside ]; then
	exec "$top_srcdir/tests/with-card" --no-pcscd --card gids,provisioned -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
fi
own=02 theirs=00 others=2
. "$top_srcdir/tests/fault/pulled-lib.sh"
cp "$TAMGA_TEST_STATE" begun

sampled 5
life gids begun ec:p256
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and nothing was lost"
