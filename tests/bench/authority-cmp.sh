#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Answers of the CMP server per second on loopback, over one connection and over
# eight: a question (genm) by MAC and one by signature, and certificates issued
# (ir by MAC, implicitly confirmed), beside what is done alone in the same run
# (bare.c): a signature and the arithmetic of a verification; for a certificate a
# signature, a verification of a request and two durable commits.
#
#	top_srcdir=. tests/bench/authority-cmp.sh [COUNT]
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/bench/authority-lib.sh"
count=${1:-240}
tool load libssl libcrypto
tool bare libcrypto sqlite3 libpq

echo 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; };' >> "$TAMGA_RA_CONFIG"
mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2> log &
server=$!
trap 'kill $server 2>/dev/null || :; rm -rf "$work"' EXIT
{ read -r _ && read -r url; } < ready || die "no server: $(cat log)"
secret=$("$ra" secret add bench --uses 30000)
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out one.key 2>/dev/null

# ask KIND FILE ARGUMENTS...: openssl's message, as it would be sent; nobody is
# there to answer it
ask() {
	kind=$1 file=$2
	shift 2
	openssl cmp -config '' -server 127.0.0.1:1 -cmd "$kind" -reqout "$file" \
	    -recipient '/CN=tamga test authority' -total_timeout 1 "$@" > /dev/null 2>&1 || :
	[ -s "$file" ] || die "no $kind"
}
openssl cmp -config '' -server "${url#http://}" -path .well-known/cmp -trusted "$TAMGA_TEST_RA_CA" \
    -cmd ir -ref bench -secret "pass:$secret" -newkey one.key -subject /CN=one -certout one.pem \
    -implicit_confirm > said 2>&1 || die "$(cat said)"
ask genm mac -ref bench -secret "pass:$secret" -mac hmacWithSHA256
ask genm sign -cert one.pem -key one.key
i=0
while [ $i -lt "$count" ]; do
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k 2>/dev/null
	ask ir "ir.$i" -ref bench -secret "pass:$secret" -newkey k -subject "/CN=b$i" \
	    -certout x -implicit_confirm
	i=$((i + 1))
done

new_csr bare /CN=bare

# batch WHAT CLIENTS FILES: each over one connection; FILES may say %d
batch() {
	case $1 in *certificate) store=sqlite ;; *) store=none ;; esac
	alone=$(./bare 0.3 bare.der $store "$TAMGA_TEST_RA_DIR") || die 'no bare cost'
	# shellcheck disable=SC2059
	for i in $(seq "$from" $((from + share - 1))); do
		printf "$3\n" "$i"
	done > files
	before=$(spent $server)
	took=$(./load -p /.well-known/cmp "${url#http://}" "$2" application/pkixcmp 200 < files) || die "$1"
	echo "$(($(spent $server) - before)) $took $alone $1, $2 at once"
}
{
	share=$((count * 4)) from=0
	batch 'a question by MAC' 1 mac
	batch 'a question by MAC' 8 mac
	batch 'a question by signature' 1 sign
	batch 'a question by signature' 8 sign
	share=$((count / 2))
	batch 'a certificate' 1 ir.%d
	from=$share
	batch 'a certificate' 8 ir.%d
} > batches
same 'certificates' "$("$ra" list --state issued | grep -c CN=b)" $((count / 2 * 2))
# A certificate is two commits here: the application, the transaction.
awk '{ n = $2; issue = /certificate/
    printf "%s", $16; for (i = 17; i <= NF; i++) printf " %s", $i
    cpu = $7 + (issue ? $9 + 2 * $11 : $13); clock = $6 + (issue ? $8 + 2 * $10 : $12)
    printf ": %.0f a second, %.0f us of the server; alone %.0f us (%.0f of a processor): by the clock %.2f, by processor time %.2f\n",
        n * 1e6 / $3, $1 / n, clock, cpu, clock / ($3 / n), cpu / ($1 / n) }' batches
