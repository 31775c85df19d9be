#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/guide/operator.md, as it stands.
[ -n "${TAMGA_TEST_PG_URL:-}" ] || exec "$top_srcdir/tests/with-postgres" -- sh "$0"
. "$top_srcdir/tests/interop/client-lib.sh"
need openssl curl jq python3 pcscd
enter "$0" "$@"
here
# What is installed elsewhere is in the build here.
cat >"$work/bin/tamga-ra" <<END
#!/bin/sh
[ "\$1" != init ] || set -- "\$@" --profiles "$top_srcdir/share/profiles"
exec "$top_builddir/tools/ra/tamga-ra" "\$@"
END
chmod +x "$work/bin/tamga-ra"
printf '%s' "$PIN" >pin
EXAMPLES=$top_srcdir/doc/examples DATABASE=$TAMGA_TEST_PG_URL
export EXAMPLES DATABASE
unset TAMGA_RA_CONFIG
guide operator
