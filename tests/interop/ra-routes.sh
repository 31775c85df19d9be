#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every route asked for in every role: ra-routes.txt says what each gets, and
# that it has a row for each route the program says itself that there is.  Every
# answer has the headers that protect it, every cookie its attributes.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

# staff NAME ROLE [BRANCH]: an account that a certificate of its own opens
staff() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	    -keyout "$1.key" -out "$1.cert" -subj "/CN=$1" 2>/dev/null
	"$ra" user add "$1" --role "$2" --certificate "$1.cert" --branch "${3:-}" ||
	    die "account $1"
}
staff officer officer
staff elsewhere officer 'Registration Authority, Astana'
staff operator operator

"$top_builddir/tests/interop/ra-routes" > routes
/usr/bin/python3 "$top_srcdir/tests/interop/ra-routes.py" \
    "https://localhost:${TAMGA_TEST_RA_URL##*:}" "$TAMGA_TEST_RA_CA" routes \
    "$top_srcdir/tests/interop/ra-routes.txt" || die "see above"

# Without TLS: what needs none, and nothing else.
sed 's/{}/x/g; s/{\*}/x/' routes | while read -r method path; do
	case $path in
	/crl|/ca.cer|/healthz) want=200 ;;
	*) want=404 ;;
	esac
	got=$(curl -sS --max-time 20 -X "$method" -D headers -o body -w '%{http_code}' \
	    "$TAMGA_TEST_RA_HTTP$path")
	same "without TLS: $method $path" "$got" $want
	grep -qi '^strict-transport' headers && die "$path: HSTS without TLS"
	grep -qi '^set-cookie' headers && die "$path: a cookie without TLS"
	:
done
"$ra" audit verify >/dev/null || die audit
