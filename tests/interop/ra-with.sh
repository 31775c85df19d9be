#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# with-ra itself: exit status, options, nothing left behind.
set -u
with=$top_srcdir/tests/with-ra
fail() { echo "FAILED: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
TMPDIR=$work
export TMPDIR

"$with" -- sh -c 'exit 42'
[ $? = 42 ] || fail "the exit status is not COMMAND's"
"$with" 2>/dev/null
[ $? = 2 ] || fail "no COMMAND"
"$with" --approve perhaps true 2>/dev/null
[ $? = 2 ] || fail "--approve perhaps"
"$with" --profile nosuch true 2>/dev/null
[ $? = 99 ] || fail "--profile nosuch"

# every variable of tests/README.md is set, and true
"$with" --profile device-tls --approve officer -- sh -euc '
	echo "$TAMGA_TEST_RA_PID $TAMGA_TEST_RA_DIR" > "$TMPDIR/seen"
	curl -sS --cacert "$TAMGA_TEST_RA_CA" "$TAMGA_TEST_RA_URL/healthz" >/dev/null
	curl -sS --cacert "$TAMGA_TEST_RA_CA" "https://${TAMGA_TEST_RA_EST#est+https://}/healthz" >/dev/null
	curl -sS "$TAMGA_TEST_RA_HTTP/healthz" >/dev/null
	[ "$TAMGA_TEST_RA_PASSWORD" = "$(cat "$TAMGA_TEST_RA_PASSWORD_FILE")" ]
	[ "$TAMGA_TEST_RA_USER" = test ]
	[ "$(openssl x509 -in "$TAMGA_TEST_RA_CA" -outform DER | sha256sum | cut -c 1-64)" = \
	    "$TAMGA_TEST_RA_FINGERPRINT" ]
	[ -f "$TAMGA_TEST_RA_DIR/profiles/$TAMGA_TEST_RA_OFFICER.profile" ]
	grep -q serving "$TAMGA_TEST_RA_LOG"
	[ "$("$TAMGA_TEST_RA" list --json)" = "[]" ]
	cd "$TMPDIR"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k \
	    -subj /CN=d -addext subjectAltName=DNS:d.example -outform DER -out r 2>/dev/null
	openssl base64 -in r -out r.b64
	[ "$(curl -sS --cacert "$TAMGA_TEST_RA_CA" -u "test:$TAMGA_TEST_RA_PASSWORD" \
	    -H "Content-Type: application/pkcs10" --data-binary @r.b64 -o o \
	    -w "%{http_code}" "$TAMGA_TEST_RA_URL/.well-known/est/simpleenroll")" = 202 ]
' || fail "what COMMAND finds is not what tests/README.md says"

read -r pid dir < "$work/seen"
! kill -0 "$pid" 2>/dev/null || fail "the server was left running"
[ ! -e "$dir" ] || fail "$dir was left behind"

# ended from outside: it takes its server along
"$with" -- sh -c 'echo "$TAMGA_TEST_RA_PID" > "$TMPDIR/pid";
	until [ -e "$TMPDIR/told" ]; do sleep 0.1; done' &
outer=$!
for i in $(seq 600); do [ -s "$work/pid" ] && break; sleep 0.1; done
kill "$outer"
: > "$work/told"
wait "$outer"
[ $? = 143 ] || fail "the exit status of an ended with-ra"
! kill -0 "$(cat "$work/pid")" 2>/dev/null || fail "the server outlived with-ra"
ls -d "$work"/with-ra.* 2>/dev/null && fail "a folder was left behind"
echo "with: all held"
