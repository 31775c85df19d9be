# SPDX-License-Identifier: BSD-2-Clause
# Sourced first by tests/interop/ra-*.sh that run on both stores: the rest of the
# script is run inside tests/with-ra, over SQLite and then over PostgreSQL, where
# that is there.
if [ -z "${TAMGA_TEST_RA_URL:-}" ]; then
	"$top_srcdir/tests/with-ra" -- sh "$0" || exit
	[ -z "${TAMGA_TEST_PG_URL:-}" ] || exit 0
	rc=0
	"$top_srcdir/tests/with-postgres" -- "$top_srcdir/tests/with-ra" -- sh "$0" || rc=$?
	[ $rc -eq 77 ] || exit $rc
	exit 0
fi
