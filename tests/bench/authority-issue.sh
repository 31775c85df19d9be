#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Enrollments per second (EST, P-256, HTTP Basic) of a fresh tamga-ra on
# loopback, issued at once and taken in for an officer, beside what no authority
# can do without: one signature, one verification of the request, one durable
# commit (bare.c).  Both in turn in each of ROUNDS, so that both see the same disk
# and the same neighbours; what is printed are medians of the rounds.
#
# By the clock, with clients and servers on the same processors: so many a second
# beside one bare series after the other, by one thread.  Eight clients at once may
# be quicker than that.  By processor time of the servers, which the disk changes
# little.  With --postgresql N the store is in PostgreSQL, whose own time is not
# counted, and N servers share it.
#
#	top_srcdir=. tests/bench/authority-issue.sh [--postgresql N] [COUNT [ROUNDS]]
#
# On the disk, whatever there is in memory: what is durable is what is measured.
TMPDIR=${TMPDIR:-/tmp}
export TMPDIR
if [ "${1:-}" = --postgresql ] && [ -z "${TAMGA_TEST_PG_URL:-}" ]; then
	exec "$top_srcdir/tests/with-postgres" -- sh "$0" "$@"
fi
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/bench/authority-lib.sh"
servers=1 where=SQLite store=sqlite
if [ "${1:-}" = --postgresql ]; then
	servers=$2 where=PostgreSQL store=$TAMGA_TEST_PG_ADMIN
	shift 2
fi
count=${1:-400} rounds=${2:-5}
tool bare libcrypto sqlite3 libpq
tool load libssl libcrypto
tool requests libcrypto

# The servers beside the first one.
pids=$TAMGA_TEST_RA_PID hosts=${TAMGA_TEST_RA_URL#https://} more=
trap 'for s in $more; do kill "$s" 2>/dev/null || :; done; rm -rf "$work"' EXIT
for k in $(seq 2 "$servers"); do
	mkfifo "ready.$k"
	"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > "ready.$k" 2>> log &
	more="$more $!" pids="$pids $!"
	read -r url < "ready.$k" || die "no server: $(cat log)"
	hosts=$hosts,${url#https://}
done
./requests . $((count + 1)) || die 'no requests'
for host in $(echo "$hosts" | tr , ' '); do
	EST=https://$host/.well-known/est
	same warm "$(post simpleenroll 0.b64 $auth)" 200
done

# batch WHAT STATUS CLIENTS PATH: the next share of the requests, and the bare
# series before it
next=1
batch() {
	bare=$(./bare 0.3 0.der "$store" "$TAMGA_TEST_RA_DIR") || die 'no bare cost'
	seq -f %g.b64 "$next" $((next + share - 1)) > files
	next=$((next + share))
	before=$(spent $pids)
	took=$(./load -a "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD" -c "$TAMGA_TEST_RA_CA" \
	    -p "$4" "$hosts" "$3" application/pkcs10 "$2" < files) || die "$1"
	echo "$(($(spent $pids) - before)) $took $bare $1, $3 at once"
}

share=$((count / rounds / 3))
est=/.well-known/est
for round in $(seq "$rounds"); do
	batch 'issued' 200 1 $est/simpleenroll
	batch 'issued' 200 8 $est/simpleenroll
	batch 'taken in' 202 8 "$est/$TAMGA_TEST_RA_OFFICER/simpleenroll"
done > batches
"$ra" audit verify > verified || die "$(cat verified)"
echo "$where, servers: $servers; $rounds rounds of $share; load $(cut -d" " -f1 /proc/loadavg)"
python3 - batches <<-'PY'
	import statistics, sys
	rows = [line.split(None, 15) for line in open(sys.argv[1])]
	def median(of):
	    return statistics.median(of)
	def columns(row):
	    server, n, us, client, count, *rest = (float(x) for x in row[:15])
	    return server / n, us / n, client / n, *rest
	def told(name, at):
	    us, cpu = (median(columns(r)[3 + 2 * at + k] for r in rows) for k in (0, 1))
	    return f"{name} {us:.0f} us ({cpu:.0f} of a processor)"
	print("alone: " + ", ".join(told(name, at) for at, name in enumerate((
	    "a signature", "a request's verification", "a commit",
	    "the verification's arithmetic", "a durable write of 4 KiB"))))
	print(f"{'':24} {'a second':>8} {'clock':>6} {'least':>6} {'us of the servers':>18} {'cpu':>6} {'least':>6} {'us of the clients':>18}")
	for what in dict.fromkeys(r[15].strip() for r in rows):
	    mine = [columns(r) for r in rows if r[15].strip() == what]
	    def ratio(own, first, check):
	        return median((m[3 + first] + m[3 + check + first] + m[7 + first]) / m[own] for m in mine)
	    print(f"{what:24} {1e6 / median(m[1] for m in mine):8.0f} {ratio(1, 0, 2):6.2f} {ratio(1, 0, 6):6.2f}"
	          f" {median(m[0] for m in mine):18.0f} {ratio(0, 1, 2):6.2f} {ratio(0, 1, 6):6.2f} {median(m[2] for m in mine):18.0f}")
	print("clock, cpu: of one bare series; least: with the verification's arithmetic alone in it")
	PY
ps -o rss= -p "$TAMGA_TEST_RA_PID" | awk '{ print "server memory: " $1 " KiB" }'
