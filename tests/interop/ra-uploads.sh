#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Many who send files slowly at once: what the server's memory holds of it, what
# all of them may take on disk, and what who comes then is told; no room at all.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

# another server of this authority, with nowhere to put files
mkfifo ready
TMPDIR=$work/nowhere "$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2> log2 &
second=$!
trap 'kill $second 2>/dev/null; rm -rf "$work"' EXIT
read -r nowhere < ready
/usr/bin/python3 "$top_srcdir/tests/interop/ra-uploads.py" "${TAMGA_TEST_RA_URL##*:}" \
    "$TAMGA_TEST_RA_CA" "$TAMGA_TEST_RA_PID" "${nowhere##*:}" || die "see above"
kill $second
wait $second 2>/dev/null || :

# who sends a file a byte at a time is cut off, later than one who sends a form
cp -r "$TAMGA_TEST_RA_DIR" slow-ra
sed -i 's/^request_seconds = .*/request_seconds = 2; upload_seconds = 4;/' slow-ra/ra.conf
"$ra" serve "$work/slow-ra" --listen 127.0.0.1:0 > ready 2> log3 &
second=$!
read -r slow < ready
/usr/bin/python3 "$top_srcdir/tests/interop/ra-uploads.py" "${slow##*:}" \
    "$TAMGA_TEST_RA_CA" $second drip || die "slow files are waited for: $(tail -n 3 log3)"
grep -q 'no room for a file that is sent: No such file' log2 || die "log: $(cat log2)"
