#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The programs that judge a store, over a PostgreSQL of their own.
[ -n "${TAMGA_TEST_PG_URL:-}" ] ||
	exec "${top_srcdir:-.}/tests/with-postgres" -- sh "$0" "$@"
for test in store turn life desk confirm crl case gate mail payment scep postgres; do
	"${top_builddir:-.}/tests/unit/test-ra-$test" || exit 1
done
