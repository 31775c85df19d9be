#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed B: the enrollment on a good day and what is refused (enroll-happy.sh,
# enroll-refused.sh), whole, over usb: at a real kernel.  The authority is in the same
# machine, at its loopback.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
# busybox takes its own env and setsid for the real ones
if [ -z "${DASH:-}" ]; then
	export DASH=yes PATH=/usr/local/bin:$PATH
	exec /usr/local/bin/sh /test/script
fi
export top_srcdir=/test/src top_builddir=/test/build TAMGA_ENROLL_INSIDE=yes
mkdir -p /test/build/tools/ra
ln -s /usr/bin/tamga /usr/bin/tamga-vcard /test/build
ln -s /usr/bin/tamga-ra /test/build/tools/ra
for n in 1 2; do tamga-vcard ctl /run/$n.ctl unplug >/dev/null; done
# over N TEST: with a card and an authority of its own
over() {
	TAMGA_TEST_USB=/run/$1.ctl sh /test/src/tests/with-card --no-pcscd --card piv -- \
		sh /test/src/tests/with-ra -- sh /test/src/tests/interop/$2.sh || exit 1
	tamga-vcard ctl /run/$1.ctl unplug >/dev/null
	echo "done: $2 over $(sed -n $1p /test/tokens | cut -d ' ' -f 1) at $(cut -d ' ' -f 1 /proc/uptime) s"
}
over 1 enroll-happy
over 2 enroll-refused
GUEST

TAMGA_TEST_GUEST_SECONDS=1200 sh "$top_srcdir/tests/with-guest" \
	--program "$top_builddir/tamga" --program "$top_builddir/tools/ra/tamga-ra" \
	--file /bin/dash usr/local/bin/sh --program /usr/bin/env --program /usr/bin/setsid \
	--program /usr/bin/openssl \
	--file /etc/ssl/openssl.cnf usr/lib/ssl/openssl.cnf \
	--tree /usr/lib/locale/C.utf8 usr/lib/locale/C.utf8 \
	--tree "$top_srcdir/tests/interop" test/src/tests/interop \
	--tree "$top_srcdir/share/profiles" test/src/share/profiles \
	--file "$top_srcdir/tests/with-card" test/src/tests/with-card \
	--file "$top_srcdir/tests/with-ra" test/src/tests/with-ra \
	unlisted etoken-5300 -- "$dir/script" >"$dir/out" 2>&1
status=$?
cat "$dir/out"
[ $status -eq 0 ] || exit $status
[ "$(grep -c '^done: ' "$dir/out")" -eq 2 ] || { echo "bed-enroll.sh: something is missing above"; exit 1; }
