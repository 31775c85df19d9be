#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Several tamga-ra on one PostgreSQL: the same request at two of them at once is
# one application; one is killed, and the database restarted, while they issue.
[ -n "${TAMGA_TEST_PG_URL:-}" ] ||
	exec "$top_srcdir/tests/with-postgres" -- sh "$0" "$@"
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"

servers=
trap 'for s in $servers; do kill "$s" 2>/dev/null || :; done; rm -rf "$work"' EXIT
psql() {
	"$TAMGA_TEST_PG_PSQL" -qXtA "$TAMGA_TEST_PG_URL" -c "$1"
}

# serve: one more server; its URL is a line of the file urls
echo "$TAMGA_TEST_RA_URL" > urls
serve() {
	rm -f ready
	mkfifo ready
	"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >ready 2>>log &
	server=$!
	servers="$servers $server"
	read -r url < ready || die "no server: $(tail -n 3 log)"
	echo "$url" >> urls
}

# ask NAME URL AS: one request of curl's configuration; the answer is in out.AS
ask() {
	cat <<-CURL
		next
		url = "$2/.well-known/est/simpleenroll"
		cacert = "$TAMGA_TEST_RA_CA"
		user = "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD"
		header = "Content-Type: application/pkcs10"
		data-binary = "@$1.b64"
		output = "out.$3"
		write-out = "$1 %{http_code}\n"
		max-time = 20
		silent
	CURL
}

# together FILE: all that it asks, eight at once; codes has a line for each
together() {
	sed -i 1d "$1"
	curl -Z --parallel-max 8 -K "$1" > codes 2>/dev/null || :
}

# once HOW MANY: issued, each once, and the log says so
once() {
	same certificates "$(psql "SELECT count(*), count(DISTINCT serial),
	    count(DISTINCT application), count(der) FROM certificate
	    WHERE application <> ''")" "$1|$1|$1|$1"
	same 'issued once each' "$(psql "SELECT count(*), count(DISTINCT application)
	    FROM audit WHERE event = 'issue'")" "$1|$1"
	"$ra" audit verify || die 'the audit log'
}

# issued_more N: waits until there are so many more than before
issued_more() {
	n=0
	until [ "$(psql 'SELECT count(*) FROM certificate')" -ge $((before + $1)) ]; do
		n=$((n + 1))
		[ $n -lt 500 ] || die 'nothing is issued'
		sleep 0.02
	done
}

# ---- two: every request at both of them at once
serve
for i in 1 2 3 4 5 6 7 8 9 10; do
	new_csr two$i "/CN=Two $i"
	for at in 1 2; do
		ask two$i "$(sed -n ${at}p urls)" two$i.$at
	done >> both
done
together both
same 'both answer' "$(grep -c ' 200$' codes)" 20
for i in 1 2 3 4 5 6 7 8 9 10; do
	cmp -s out.two$i.1 out.two$i.2 || die "two$i: two certificates"
	cp out.two$i.1 body
	issued two$i
done
once 10
echo "two servers, each request at both: 10 certificates"

# ---- four: one is killed while they issue
serve; killed=$server
serve
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do
	new_csr four$i "/CN=Four $i"
	ask four$i "$(sed -n $((i % 4 + 1))p urls)" four$i >> four
done
before=$(psql 'SELECT count(*) FROM certificate')
together four &
# once a few are issued, and no later than all are
issued_more 4
kill -9 $killed
wait $! || :
wait $killed 2>/dev/null || :
! grep -vE ' (200|000)$' codes || die "another answer than a certificate or none"
grep -v "$(sed -n 3p urls)" urls > left
same 'servers left' "$(wc -l < left)" 3
grep ' 000$' codes | while read -r name code; do
	url=$(sed -n 2p left)
	ask "$name" "$url" "$name"
done > again
lost=$(grep -c '^next' again) || :
if [ "$lost" -gt 0 ]; then
	together again
	same 'asked again elsewhere' "$(grep -c ' 200$' codes)" "$lost"
fi
echo "four servers, one killed: $lost of 24 asked again elsewhere"
# What it left half done is finished by any of them, when the applicant asks.
once 34

# ---- three: the database stops while they issue, and comes back
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	new_csr three$i "/CN=Three $i"
	ask three$i "$(sed -n $((i % 3 + 1))p left)" three$i >> three
done
before=$(psql 'SELECT count(*) FROM certificate')
together three &
issued_more 3
"$TAMGA_TEST_PG_CTL" stop -m immediate
wait $! || :
! grep -vE ' (200|503)$' codes || die "another answer than a certificate or 503"
early=$(grep -c ' 200$' codes) || :
new_csr away '/CN=Away'
for EST in $(sed 's,$,/.well-known/est,' left); do
	same 'no database' "$(post simpleenroll away.b64 $auth)" 503
	says 'store cannot be reached'
	has_header 'Retry-After: [0-9]*'
	same 'nor a pulse of it' "$(get "$EST/cacerts")" 200
done
"$TAMGA_TEST_PG_CTL" start
for EST in $(sed 's,$,/.well-known/est,' left); do
	same 'back' "$(post simpleenroll away.b64 $auth)" 200
	issued away
done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	same "three$i" "$(post simpleenroll three$i.b64 $auth)" 200
	issued three$i
	! grep -q "^three$i 200\$" codes || cmp -s body out.three$i ||
		die "three$i: acknowledged as another certificate"
done
once 53
echo "three servers, the database crashed: $early of 18 were issued before"
! grep -l "$TAMGA_TEST_RA_PASSWORD" log "$TAMGA_TEST_RA_LOG" || die 'a password in a log'
for s in $servers; do
	[ "$s" = "$killed" ] || kill "$s"
done
for s in $servers; do
	[ "$s" = "$killed" ] || wait "$s" || die "SIGTERM: exit status $?"
done
servers=
echo "processes: all held"
