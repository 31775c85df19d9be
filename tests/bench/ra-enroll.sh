#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# By hand: enrollments per second (EST, P-256, HTTP Basic) of a fresh tamga-ra
# on loopback, beside what signing, verifying and a durable write cost alone.
# With --postgresql N the store is in PostgreSQL, and N servers share it.
#
#	top_srcdir=. tests/bench/ra-enroll.sh [--postgresql N] [COUNT]
#
# On the disk, whatever there is in memory: what is durable is what is measured.
TMPDIR=${TMPDIR:-/tmp}
export TMPDIR
if [ "${1:-}" = --postgresql ] && [ -z "${TAMGA_TEST_PG_URL:-}" ]; then
	exec "$top_srcdir/tests/with-postgres" -- sh "$0" "$@"
fi
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"
servers=1 where=SQLite
if [ "${1:-}" = --postgresql ]; then
	servers=$2 where=PostgreSQL
	shift 2
fi
count=${1:-400}

# The servers beside the first one; a line of urls each.
more=
trap 'for s in $more; do kill "$s" 2>/dev/null; done; rm -rf "$work"' EXIT
echo "$TAMGA_TEST_RA_URL" > urls
while [ "$(wc -l < urls)" -lt "$servers" ]; do
	rm -f ready
	mkfifo ready
	"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2>> log &
	more="$more $!"
	read -r url < ready || die "no server: $(cat log)"
	echo "$url" >> urls
done

i=0
while [ $i -lt "$count" ]; do
	new_csr b$i "/CN=Bench $i"
	cat >> requests <<-CURL
		next
		url = "$(sed -n $((i % servers + 1))p urls)/.well-known/est/simpleenroll"
		cacert = "$TAMGA_TEST_RA_CA"
		user = "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD"
		header = "Content-Type: application/pkcs10"
		data-binary = "@b$i.b64"
		output = "out.$i"
		write-out = "%{http_code}\n"
		silent
	CURL
	i=$((i + 1))
done
sed -i 1d requests
new_csr warm '/CN=Warm'
for EST in $(sed 's,$,/.well-known/est,' urls); do
	same warm "$(post simpleenroll warm.b64 $auth)" 200
done

for at_once in 1 8; do
	half=$((count / 2))
	from=$(( (at_once == 1) ? 0 : half ))
	awk -v from=$from -v n=$half 'BEGIN { RS = "next\n"; ORS = "next\n" }
	    NR > from && NR <= from + n' requests | sed '$d' > part
	start=$(date +%s%N)
	curl -sS -Z --parallel-max $at_once -K part > codes 2>/dev/null
	ms=$((($(date +%s%N) - start) / 1000000))
	same 'all issued' "$(grep -c '^200' codes)" $half
	echo "$where, servers $servers, $at_once at once: $half enrollments in $ms ms, $((half * 1000 / ms)) a second"
done
"$ra" audit verify
openssl speed -seconds 1 ecdsap256 2>/dev/null | awk '/nistp256/ {
	print "one core alone: " $(NF - 1) " signatures, " $NF " verifications a second" }'
python3 - "$TAMGA_TEST_RA_DIR" <<-'PY'
	import os, sys, time
	f = os.open(sys.argv[1] + "/sync", os.O_CREAT | os.O_WRONLY, 0o600)
	t = time.time(); n = 0
	while time.time() - t < 1:
	    os.write(f, b"x" * 4096); os.fdatasync(f); n += 1
	print("4 KiB durable writes alone:", n, "a second")
	PY
ps -o rss= -p "$TAMGA_TEST_RA_PID" | awk '{ print "server memory: " $1 " KiB" }'
