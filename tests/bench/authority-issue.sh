#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Enrollments per second (EST, P-256, HTTP Basic) of a fresh tamga-ra on
# loopback, issued at once and taken in for an officer, beside what signing,
# verifying and a durable write cost alone: by the clock, with clients and
# servers on the same processors, and by the processor time of the servers
# alone, which other programs that run beside disturb less.  With --postgresql N
# the store is in PostgreSQL, whose own time is not counted, and N servers share it.
#
#	top_srcdir=. tests/bench/authority-issue.sh [--postgresql N] [COUNT]
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
trap 'for s in $more; do kill "$s" 2>/dev/null || :; done; rm -rf "$work"' EXIT
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

# Microseconds of processor time so far: of all servers, and of all clients,
# which only this shell itself is told, so that goes into $client
spent() {
	for s in $TAMGA_TEST_RA_PID $more; do
		cat /proc/$s/task/*/schedstat
	done | awk '{ ns += $1 } END { printf "%d\n", ns / 1000 }'
}
spent_by_clients() {
	times > spent
	client=$(awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, "m")
	    us += (t[1] * 60 + t[2]) * 1e6 } printf "%d", us }' spent)
}

# batch WHAT STATUS CLIENTS FROM: a share of the requests from there on, each
# client over one connection
batch() {
	awk -v from=$4 -v n=$share 'BEGIN { RS = "next\n"; ORS = "next\n" }
	    NR > from && NR <= from + n' requests | sed '$d' > part
	[ "$2" = 200 ] || sed -i "s,est/simpleenroll,est/$TAMGA_TEST_RA_OFFICER/simpleenroll," part
	for k in $(seq "$3"); do
		awk -v k="$k" -v of="$3" 'BEGIN { RS = "next\n"; ORS = "next\n" }
		    NR % of == k % of' part | sed '$d' > "part.$k"
	done
	spent=$(spent)
	spent_by_clients
	before=$client
	start=$(date +%s%N)
	clients=
	for k in $(seq "$3"); do
		curl -sS -K "part.$k" > "codes.$k" &
		clients="$clients $!"
	done
	wait $clients
	us=$((($(date +%s%N) - start) / 1000))
	spent_by_clients
	client=$((client - before))
	same "all $1" "$(cat codes.? | grep -c "^$2")" $share
	rm -f codes.?
	echo "$1 $3 $(($(spent) - spent)) $client $us"
}

share=$((count / 3))
{
	batch issued 200 1 0
	batch issued 200 8 $share
	batch 'taken in' 202 8 $((2 * share))
} > batches
"$ra" audit verify > verified || die "$(cat verified)"
openssl speed -seconds 1 ecdsap256 2>/dev/null |
    awk '/nistp256/ { print $(NF - 1), $NF }' > speed
python3 - "$TAMGA_TEST_RA_DIR" > durable <<-'PY'
	import os, sys, time
	f = os.open(sys.argv[1] + "/sync", os.O_CREAT | os.O_WRONLY, 0o600)
	t = time.time(); c = time.process_time(); n = 0
	while time.time() - t < 1:
	    os.write(f, b"x" * 4096); os.fdatasync(f); n += 1
	print(n, (time.process_time() - c) / n)
	PY
read -r signs verifies < speed
read -r durable busy < durable
awk -v share=$share -v s="$signs" -v v="$verifies" -v d="$durable" -v busy="$busy" -v w="$where" -v n="$servers" '
	BEGIN { bare = 1 / s + 1 / v + 1 / d; cpu = (1 / s + 1 / v + busy) * 1e6
	    printf "%s, %d servers; alone: %d signatures, %d verifications, %d durable writes of 4 KiB a second: %.0f of each in turn, %.0f us of processor time\n", w, n, s, v, d, 1 / bare, cpu }
	{ us = $NF; client = $(NF - 1); server = $(NF - 2); at = $(NF - 3)
	    $NF = $(NF - 1) = $(NF - 2) = $(NF - 3) = ""
	    printf "%s, %d at once: %.0f a second, %.2f of that; each %.0f us of the servers, %.2f of that, and %.0f of the clients\n",
		$0, at, share * 1e6 / us, share * 1e6 / us * bare, server / share, cpu / (server / share), client / share }
	' batches | sed 's/ *,/,/'
ps -o rss= -p "$TAMGA_TEST_RA_PID" | awk '{ print "server memory: " $1 " KiB" }'
