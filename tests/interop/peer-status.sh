#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What tamga-ra says of certificates, judged by readers that were written from
# the RFCs alone: its OCSP answers (peer-ocsp.py: RFC 6960, 5019, 9654) and its
# revocation lists (peer-crl.py: RFC 5280 5), and by openssl verify.
set -u
. "${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/interop/peer-lib.sh"

if [ -z "${TAMGA_TEST_RA_URL:-}" ]; then
	sh "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
	exit
fi
python3 -c 'import cryptography' 2>/dev/null || skip "no python3 with cryptography"
ra=$TAMGA_TEST_RA

responder=
clean() {
	[ -z "$responder" ] || { kill "$responder" && wait "$responder"; } 2>/dev/null || :
	stop
	rm -rf "$work"
}
cd "$work" || exit 99

printf '%s\n' 'ocsp: { key = "ocsp.key"; };' >> "$TAMGA_RA_CONFIG"
mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2> served &
responder=$!
{ read -r _ && read -r http; } < ready || { cat served; exit 99; }

# enroll NAME: NAME.pem, and its application's number in $NAME
enroll() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
	    -subj "/CN=$1" -outform DER 2>/dev/null | openssl base64 > csr
	curl -sS --fail --cacert "$TAMGA_TEST_RA_CA" -u "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD" \
	    -H 'Content-Type: application/pkcs10' --data-binary @csr \
	    "$TAMGA_TEST_RA_URL/.well-known/est/simpleenroll" | openssl base64 -d -A |
	    openssl pkcs7 -inform DER -print_certs -out "$1.pem" || exit 99
	eval "$1=$("$ra" list --json | python3 -c 'import json,sys
print([a["application"] for a in json.load(sys.stdin) if sys.argv[1] in a["subject"]][0])' "$1")"
}
for name in live held gone; do enroll $name; done


# list WORDS...: the next revocation list says exactly that, and openssl the same
list() {
	for _ in $(seq 80); do
		curl -sS --fail -D headers -o list.crl "$http/crl" &&
		    python3 -B "$interop/peer-crl.py" "$TAMGA_TEST_RA_CA" list.crl headers "$@" \
			> said 2>&1 && { pass; return; }
		grep -q '^waits' said || break
		sleep 0.1
	done
	fail "list $*: $(cat said)"
}
# verify NAME STATUS WORDS: openssl verify with the list
verify() {
	openssl crl -inform DER -in list.crl -out list.pem 2>/dev/null
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" -CRLfile list.pem -crl_check "$1.pem" > said 2>&1
	[ $? -eq "$2" ] && grep -q "$3" said && pass || fail "openssl verify $1: $(cat said)"
}
list
verify held 0 OK
"$ra" act suspend "$held" --reason lost > /dev/null || fail suspend
list held.pem=certificateHold
verify held 2 'certificate revoked'
"$ra" act resume "$held" > /dev/null || fail resume
list
verify held 0 OK
"$ra" revoke "$gone" --reason keyCompromise > /dev/null || fail revoke
list gone.pem=keyCompromise
verify gone 2 'certificate revoked'
verify live 0 OK
"$ra" revoke "$held" > /dev/null || fail revoke
list gone.pem=keyCompromise held.pem=

python3 -B "$interop/peer-ocsp.py" "$http/ocsp" "$TAMGA_TEST_RA_CA" live.pem gone.pem &&
    pass || fail "peer-ocsp.py"

report
