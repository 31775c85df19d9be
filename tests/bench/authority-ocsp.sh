#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Answers of the responder per second on loopback, over one connection and over
# eight: the same one for everybody (GET, as caches ask), and one signed for each
# who asks with a nonce (POST), beside a bare signature (P-256).
#
#	top_srcdir=. tests/bench/authority-ocsp.sh [COUNT]
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"
count=${1:-4000}

echo 'ocsp: { key = "ocsp.key"; };' >> "$TAMGA_RA_CONFIG"
mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2> log &
server=$!
trap 'kill $server 2>/dev/null || :; rm -rf "$work"' EXIT
{ read -r _ && read -r url; } < ready || die "no server: $(cat log)"
new_csr one /CN=one
same enroll "$(post simpleenroll one.b64 $auth)" 200
issued one
for kind in no_nonce nonce; do
	openssl ocsp -issuer "$TAMGA_TEST_RA_CA" -cert one.pem -$kind -reqout $kind > /dev/null 2>&1
done
path=$(base64 -w0 no_nonce | sed 's/+/%2B/g; s|/|%2F|g; s/=/%3D/g')
curl -sS -o warm "$url/ocsp/$path"

# batch WHAT CLIENTS CURL-LINES: each client over one connection
batch() {
	yes "next
url = \"$3\"
$4
output = \"/dev/null\"
write-out = \"%{http_code} %{content_type}\n\"
silent" | head -n $((count / $2 * $(printf 'next\nurl\n%s\no\nw\ns\n' "$4" | wc -l))) |
	    sed 1d > part
	start=$(date +%s%N) clients=
	for k in $(seq "$2"); do
		curl -sS -K part > "codes.$k" &
		clients="$clients $!"
	done
	wait $clients
	us=$((($(date +%s%N) - start) / 1000))
	same "all $1" "$(cat codes.* | grep -c '^200 application/ocsp-response')" $((count / $2 * $2))
	rm -f codes.*
	echo "$1 $2 $us"
}

ask='header = "Content-Type: application/ocsp-request"
data-binary = "@nonce"'
{
	batch 'the same' 1 "$url/ocsp/$path" 'get'
	batch 'the same' 8 "$url/ocsp/$path" 'get'
	batch 'with a nonce' 1 "$url/ocsp" "$ask"
	batch 'with a nonce' 8 "$url/ocsp" "$ask"
} > batches
openssl speed -seconds 1 ecdsap256 2>/dev/null | awk '/nistp256/ { print $(NF - 1) }' > speed
read -r signs < speed
awk -v count="$count" -v s="$signs" '
	BEGIN { printf "alone, on one processor: %d signatures a second\n", s }
	{ us = $NF; at = $(NF - 1); $NF = $(NF - 1) = ""
	    n = count * 1e6 / us
	    printf "%s, %d at once: %.0f a second, %.2f of a signature each\n", $0, at, n, s / n }
	' batches | sed 's/ *,/,/'
