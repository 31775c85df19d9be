# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced by tests/interop/walk-*.sh: a card, an authority of its own with a
# register, officers and a mail server, and a home where Chromium trusts it.
# What is walked stands beside, in walk-NAME.js over walk.js.
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

for program in node chromium certutil jq pdftotext zbarimg curl expect; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ -d "$top_builddir/npm/node_modules/playwright-core" ] ||
	{ echo "skipped: no playwright-core; ./check installs it"; exit 77; }
/usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || { echo "skipped: no aiosmtpd"; exit 77; }

. "$top_srcdir/tests/interop/portal-lib.sh"

# walk NAME: in a home where Chromium trusts the authority as any company's
walk() {
	mkdir -p "$work/.pki/nssdb" "$work/tmp" "$top_builddir/tests/pictures/walk-$1"
	certutil -N -d "sql:$work/.pki/nssdb" --empty-password
	certutil -A -d "sql:$work/.pki/nssdb" -n ca -t CT,, -i "$work/ra/ca.pem"
	module=$top_builddir/.libs/tamga-pkcs11.so
	! ldd "$module" | grep -q 'libasan\|libtsan' || module=
	status=0
	env PKCS11_MODULE_PATH="$module" \
		TMPDIR="$work/tmp" XDG_CACHE_HOME="$work/cache" XDG_RUNTIME_DIR="$work/tmp" \
		NODE_PATH="$top_builddir/npm/node_modules" NODE_EXTRA_CA_CERTS="$work/ra/ca.pem" \
		WALK_URL="https://localhost:${url##*:}" WALK_FOLDER="$work" WALK_TAMGA="$tamga" \
		WALK_PICTURES="$top_builddir/tests/pictures/walk-$1" \
		node "$top_srcdir/tests/interop/walk-$1.js" || status=$?
	[ $status = 0 ] || { tail -n 20 "$work/ra.log"; exit $status; }
	ra audit verify >/dev/null || fail "audit"
}
