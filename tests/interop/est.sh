#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The EST client against tamga-ra.
set -u
if [ -z "${TAMGA_TEST_RA_EST:-}" ]; then
	if [ ! -x "$top_builddir/tools/ra/tamga-ra" ]; then
		echo "est.sh: skipped, tamga-ra is not built (--disable-ra)"
		exit 77
	fi
	exec sh "$top_srcdir/tests/with-ra" -- sh "$0"
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/est.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP
cd "$dir" || exit 1
client=$top_builddir/tests/interop/est-client

EST_URI=$TAMGA_TEST_RA_EST EST_CA=$TAMGA_TEST_RA_CA
EST_USER=$TAMGA_TEST_RA_USER EST_PASSWORD=$TAMGA_TEST_RA_PASSWORD
export EST_URI EST_CA EST_USER EST_PASSWORD

# try STATUS TEXT COMMAND...: the exit status, and a line of the output
try() {
	want=$1 text=$2
	shift 2
	out=$("$@" 2>&1)
	have=$?
	if [ $have -ne "$want" ] || ! printf '%s\n' "$out" | grep -q -- "$text"; then
		printf 'FAILED: %s\nexit %s instead of %s, wanted "%s":\n%s\n' \
		    "$*" $have "$want" "$text" "$out"
		tail -n 20 "$TAMGA_TEST_RA_LOG"
		exit 1
	fi
	printf 'ok: %s: %s\n' "$*" "$(printf '%s' "$out" | tr '\n' ' ')"
}

key() {
	openssl genpkey -algorithm "$2" -pkeyopt "$3" -out "$1.key" 2>/dev/null
	openssl req -new -key "$1.key" -utf8 -subj "/CN=$4" -outform DER -out "$1.csr"
}

same_key() {
	[ "$(openssl x509 -in "$1" -noout -pubkey)" = "$(openssl pkey -in "$2" -pubout)" ]
}

key ec EC ec_paramgen_curve:P-256 'Айгүл Серік'
key rsa RSA rsa_keygen_bits:2048 'Айгүл Серік'
key wait EC ec_paramgen_curve:P-384 'Айгүл Серік'

try 0 'certificates 1' "$client" cacerts
try 0 'bytes [1-9]' "$client" csrattrs
try 0 'certificates 1' env -u EST_CA EST_FINGERPRINT="$TAMGA_TEST_RA_FINGERPRINT" \
    "$client" cacerts
try 1 'TMG_MISMATCH.*fingerprint' env -u EST_CA \
    EST_FINGERPRINT="$(printf '%064d' 0)" "$client" cacerts

try 7 'does not accept this user name' env EST_PASSWORD=wrong "$client" enroll ec.csr x.pem
try 7 'user name and password' env -u EST_USER "$client" enroll ec.csr x.pem
try 1 'TMG_NOT_FOUND.*path label' env EST_URI="$EST_URI/nowhere" "$client" enroll ec.csr x.pem

for k in ec rsa; do
	try 0 '' "$client" enroll $k.csr $k.pem
	try 0 'OK' openssl verify -CAfile "$TAMGA_TEST_RA_CA" $k.pem
	try 0 '' same_key $k.pem $k.key
done

# An officer decides: the identical request waits, and is one application.
officer=$EST_URI/$TAMGA_TEST_RA_OFFICER
try 6 'retry [1-9]' env EST_URI="$officer" "$client" enroll wait.csr wait.pem
try 6 'retry [1-9]' env EST_URI="$officer" "$client" enroll wait.csr wait.pem
"$TAMGA_TEST_RA" list --json > list.json || exit 1
try 0 '^1$' jq '[.. | objects | select(.state? == "submitted")] | length' list.json
id=$(jq -r '[.. | objects | select(.state? == "submitted")][0].application' list.json)
try 0 '' "$TAMGA_TEST_RA" approve "$id"
try 0 '' env EST_URI="$officer" "$client" enroll wait.csr wait.pem
try 0 '' same_key wait.pem wait.key

# A renewal: the certificate authenticates, nobody types a password.
unset EST_USER EST_PASSWORD
for k in ec rsa; do
	key new-$k EC ec_paramgen_curve:P-256 'Айгүл Серік'
	try 0 '^signatures 1$' "$client" renew new-$k.csr new-$k.pem $k.key $k.pem
	try 0 '' same_key new-$k.pem new-$k.key
done
key other EC ec_paramgen_curve:P-256 'Somebody Else'
try 7 'signatures 1' "$client" renew other.csr x.pem ec.key ec.pem
echo "est.sh: every check held"
