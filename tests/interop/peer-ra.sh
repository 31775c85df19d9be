#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tamga-ra judged by an EST client that was written from the RFCs alone, by
# curl, openssl(1) and gnutls-cli, and by 200 enrollments side by side.
set -u
. "${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/interop/peer-lib.sh"

if [ -z "${TAMGA_TEST_RA_URL:-}" ]; then
	sh "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
	exit
fi

python3 "$interop/other-est-client.py" --load 200 && pass || fail "the other client"

if command -v curl >/dev/null; then
	openssl req -new -newkey rsa:2048 -nodes -keyout "$work/key" -subj "/CN=Curl" \
	    -outform DER 2>/dev/null | openssl base64 > "$work/csr"
	for more in --http1.1 "--tls-max 1.2" "--tlsv1.3" "-H Expect:100-continue" \
	    "-H Transfer-Encoding:chunked"; do
		# shellcheck disable=SC2086
		curl -sS --fail --cacert "$TAMGA_TEST_RA_CA" $more \
		    -u "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD" \
		    -H 'Content-Type: application/pkcs10' --data-binary "@$work/csr" \
		    "$TAMGA_TEST_RA_URL/.well-known/est/simpleenroll" |
		    openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs |
		    openssl verify -CAfile "$TAMGA_TEST_RA_CA" >/dev/null && pass ||
			fail "curl $more"
	done
fi

if command -v gnutls-cli >/dev/null; then
	port=${TAMGA_TEST_RA_URL##*:}
	printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
	    gnutls-cli --x509cafile "$TAMGA_TEST_RA_CA" -p "$port" localhost > "$work/gnutls" 2>&1
	grep -q '^HTTP/1.1 200' "$work/gnutls" && pass || fail "gnutls-cli"
	# A connection that asks for another handshake may end; it gets none.
	echo x | gnutls-cli --rehandshake --priority NORMAL:-VERS-ALL:+VERS-TLS1.2 \
	    --x509cafile "$TAMGA_TEST_RA_CA" -p "$port" localhost > "$work/gnutls" 2>&1
	grep -q 'ReHandshake was completed' "$work/gnutls" &&
		fail "gnutls-cli: renegotiated" || pass
fi

# Every command tells its options.
for command in init serve user list show approve reject revoke crl audit; do
	"$TAMGA_TEST_RA" $command --help > "$work/help" 2>&1 &&
	    grep -q "^usage: tamga-ra $command" "$work/help" &&
	    grep -q -e '--' "$work/help" && pass || fail "$command --help"
done

report
