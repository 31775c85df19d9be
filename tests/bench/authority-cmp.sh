#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Answers of the CMP server per second on loopback, over one connection and over
# eight: a question (genm) by MAC and one by signature, and certificates issued
# (ir by MAC, implicitly confirmed), beside what each costs at least in
# signatures and verifications (P-256).
#
#	top_srcdir=. tests/bench/authority-cmp.sh [COUNT]
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"
count=${1:-240}

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

# batch WHAT CLIENTS FILES: each over one connection; FILES may say %d
batch() {
	for k in $(seq 0 $(($2 - 1))); do
		i=$k
		while [ $i -lt $share ]; do
			# shellcheck disable=SC2059
			printf "next\nurl = \"$url/.well-known/cmp\"\nsilent\noutput = \"out.$k\"\n\
header = \"Content-Type: application/pkixcmp\"\ndata-binary = \"@$3\"\n\
write-out = \"%%{http_code} %%{content_type}\\\\n\"\n" $((from + i))
			i=$((i + $2))
		done | sed 1d > "part.$k"
	done
	start=$(date +%s%N) clients=
	for k in $(seq 0 $(($2 - 1))); do
		curl -sS -K "part.$k" > "codes.$k" &
		clients="$clients $!"
	done
	wait $clients
	us=$((($(date +%s%N) - start) / 1000))
	same "all $1" "$(cat codes.* | grep -c '^200 application/pkixcmp')" $share
	rm -f codes.* part.*
	echo "$share $4 $1 $2 $us"
}
{
	share=$((count * 2)) from=0
	batch 'question by MAC' 1 mac 0
	batch 'question by MAC' 8 mac 0
	batch 'question by signature' 1 sign 2
	batch 'question by signature' 8 sign 2
	share=$((count / 2))
	batch 'certificate' 1 ir.%d 2
	from=$share
	batch 'certificate' 8 ir.%d 2
} > batches
same 'certificates' "$("$ra" list --state issued | grep -c CN=b)" $((count / 2 * 2))
openssl speed -seconds 1 ecdsap256 2>/dev/null | awk '/nistp256/ { print $(NF - 1) }' > speed
read -r signs < speed
awk -v s="$signs" '
	BEGIN { printf "alone, on one processor: %d signatures a second\n", s }
	{ us = $NF; at = $(NF - 1); n = $1 * 1e6 / us; $1 = $2 = $NF = $(NF - 1) = ""
	    sub(/^ +/, "")
	    printf "%s, %d at once: %.0f a second, the time of %.0f signatures each\n", $0, at, n, s / n }
	' batches | sed 's/ *,/,/'
