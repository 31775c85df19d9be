#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# No PIN, management key or password in a trace, the journal, the authority's
# log and store, or the core of a program that holds one.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/fault/fault-lib.sh"

hex() { od -An -v -tx1 | tr -d ' \n'; }
# absent SECRET FILE...: not as text, not in hexadecimal
absent() {
	text=$1 code=$(printf %s "$1" | hex)
	shift
	for file in "$@"; do
		[ -s "$file" ] || fail "$file is empty: nothing was looked at"
		! grep -qaF -e "$text" "$file" || fail "a secret in $file"
		! tr -d ' :\n' <"$file" | grep -qaiF -e "$code" ||
			fail "a secret in hexadecimal in $file"
	done
}

fresh_card --yubikey
run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Secret" --trace "$work/trace"
cp "$TAMGA_TEST_RA_LOG" "$work/log"
for secret in "$TAMGA_TEST_PIN" "$TAMGA_TEST_PUK" "$TAMGA_TEST_RA_PASSWORD"; do
	absent "$secret" "$work/trace" "$work"/state/tamga/*.json
done
absent "$TAMGA_TEST_RA_PASSWORD" "$work/log" "$TAMGA_TEST_RA_DIR/store.db"
absent "$TAMGA_TEST_ADMIN" "$work/trace" "$work"/state/tamga/*.json
ok "traces, journal, log and store"

# dumps COMMAND...: whether it leaves a core when it aborts while it waits
dumps() {
	mkdir "$work/core"
	(cd "$work/core" && ulimit -c unlimited && exec "$@") >/dev/null 2>&1 &
	waiting=$!
	sleep 0.5
	kill -ABRT $waiting || fail "$1 did not wait"
	wait $waiting 2>/dev/null
	found=$(ls "$work/core")
	rm -rf "$work/core"
	[ -n "$found" ]
}
if ! dumps sleep 20; then
	ok "cores are not written to folders here: not looked for"
	exit 0
fi
# The other end stays silent, so the program waits for its PIN.
mkfifo "$work/silent"
exec 5<>"$work/silent"
! dumps "$tamga" sign 9a --no-pcsc --pin-file "$work/silent" "$work/pin" ||
	fail "a program that waits for a PIN leaves a core"
ok "no core"
