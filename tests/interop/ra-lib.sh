# SPDX-License-Identifier: BSD-2-Clause
# Sourced by tests/interop/ra-*.sh, inside tests/with-ra.
set -eu
LC_ALL=C.UTF-8
export LC_ALL

ra=$TAMGA_TEST_RA
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
cd "$work"
EST=$TAMGA_TEST_RA_URL/.well-known/est

die() {
	echo "FAILED: $*" >&2
	tail -n 20 "$TAMGA_TEST_RA_LOG" >&2
	exit 1
}

# same WHAT GOT WANTED
same() {
	[ "$2" = "$3" ] || die "$1: got \"$2\", wanted \"$3\""
}

# new_csr NAME SUBJECT [ALGORITHM OPTIONS...]: NAME.key, NAME.der, NAME.b64
new_csr() {
	name=$1 subject=$2
	shift 2
	[ -f "$name.key" ] || openssl genpkey -algorithm EC \
	    -pkeyopt ec_paramgen_curve:P-256 -out "$name.key" 2>/dev/null
	openssl req -new -utf8 -key "$name.key" -subj "$subject" -outform DER \
	    -out "$name.der" "$@"
	openssl base64 -in "$name.der" -out "$name.b64"
}

get() {
	curl -sS --max-time 20 --cacert "$TAMGA_TEST_RA_CA" -D headers -o body \
	    -w '%{http_code}' "$@"
}

# post PATH FILE [curl options]: prints the status; headers and body are files
post() {
	path=$1 file=$2
	shift 2
	get -H 'Content-Type: application/pkcs10' --data-binary "@$file" "$@" "$EST/$path"
}

auth="-u $TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD"

# issued NAME: body is a certs-only CMS with the certificate of NAME.key
issued() {
	base64 -d body > "$1.p7" || die "$1: the body is not base64"
	openssl pkcs7 -inform DER -in "$1.p7" -print_certs -out "$1.pem"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$1.pem" >/dev/null ||
	    die "$1: does not lead to the CA"
	same "$1: key" "$(openssl x509 -in "$1.pem" -noout -pubkey)" \
	    "$(openssl pkey -in "$1.key" -pubout)"
}

# has_header PATTERN
has_header() {
	tr -d '\r' < headers | grep -qi "^$1\$" || die "no header $1 in: $(cat headers)"
}

# says PATTERN: one line of plain text
says() {
	has_header 'Content-Type: text/plain; charset=utf-8'
	same 'lines of the reason' "$(wc -l < body)" 1
	grep -q "$1" body || die "the reason is: $(cat body)"
}
