#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/recipes/own.md, as it stands: an authority made, served and asked.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/recipe-lib.sh"
for program in curl openssl; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
# What is installed elsewhere is in the build here.
cat >"$work/bin/tamga-ra" <<END
#!/bin/sh
[ "\$1" != init ] || set -- "\$@" --profiles "$top_srcdir/share/profiles"
exec "$top_builddir/tools/ra/tamga-ra" "\$@"
END
chmod +x "$work/bin/tamga-ra"
unset TAMGA_RA_CONFIG
# the page ends its server; when a test fails before that, finish does
at_end() {
	[ ! -s "$work/here/server.pid" ] || kill "$(cat "$work/here/server.pid")" 2>/dev/null || :
	finish
}
trap at_end EXIT
fresh_card --yubikey
port=$(python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])')
type_page own "s/localhost:8443/localhost:$port/;s/127\.0\.0\.1:8443/127.0.0.1:$port/"
