#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A store moves from SQLite to PostgreSQL and back while nothing is lost; what is
# damaged or not empty is refused; the exported audit log is judged by others.
if [ -z "${TAMGA_TEST_RA_URL:-}" ]; then
	[ -n "${TAMGA_TEST_PG_URL:-}" ] ||
		exec "$top_srcdir/tests/with-postgres" -- sh "$0" "$@"
	# the authority starts in SQLite
	TAMGA_TEST_MOVE_TO=$TAMGA_TEST_PG_URL
	unset TAMGA_TEST_PG_URL
	export TAMGA_TEST_MOVE_TO
	exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
fi
. "$top_srcdir/tests/interop/ra-lib.sh"
conf=$TAMGA_TEST_RA_DIR/ra.conf
cp "$conf" conf.before

# refused STATUS WORDS COMMAND...
refused() {
	status=$1 words=$2
	shift 2
	got=0
	"$@" > said 2>&1 || got=$?
	same "$*" "$got" "$status"
	grep -q "$words" said || die "$*: $(cat said)"
}

# use STORE: what the commands, and servers started from now on, work on
use() {
	sed "s,^store = .*,store = \"$1\";," conf.before > "$conf"
}

rows() {
	sed -e 1d -e '$d' "$1" | grep -v '"event":"restore"' | sort
}

for i in 1 2 3; do
	new_csr a$i "/CN=Әсел $i"
	same a$i "$(post simpleenroll a$i.b64 $auth)" 200
	cp body out.a$i
	issued a$i
done
"$ra" revoke "$("$ra" list --json | jq -r '.[] |
    select(.subject | endswith(" 3")).application')" --reason superseded >/dev/null
"$ra" crl --out crl.before
new_csr wait '/CN=Waiting'
same waiting "$(post "$TAMGA_TEST_RA_OFFICER/simpleenroll" wait.b64 $auth)" 202

# ---- while it issues: one moment, whole
(while [ ! -e stop ]; do
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout /dev/null -subj "/CN=Busy $(date +%s%N)" -outform DER \
	    2>/dev/null | openssl base64 > busy.b64
	curl -sS --cacert "$TAMGA_TEST_RA_CA" $auth -o /dev/null \
	    -H 'Content-Type: application/pkcs10' --data-binary @busy.b64 \
	    "$EST/simpleenroll" || :
done) &
busy=$!
applications() {
	"$ra" list | wc -l
}
for i in 1 2 3; do
	before=$(applications) n=0
	until [ "$(applications)" -gt "$before" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || die 'nothing is issued meanwhile'
		sleep 0.02
	done
	"$ra" backup moment$i > /dev/null || die "backup $i"
done
: > stop
wait $busy
mkdir copy
sed 's,^store = .*,store = "copy.db";,' conf.before > copy/ra.conf
for i in 1 2 3; do
	rm -f copy/copy.db*
	"$ra" restore moment$i --config copy/ra.conf > /dev/null || die "restore $i"
done

# ---- to PostgreSQL and back
"$ra" backup lite.jsonl > said
grep -q "$(tail -n 1 lite.jsonl | jq -r .end.sha256)" said || die "backup: $(cat said)"
same 'its mode' "$(stat -c %a lite.jsonl)" 600
same 'the hash is of the lines before' \
    "$(sed '$d' lite.jsonl | sha256sum | cut -d' ' -f1)" \
    "$(tail -n 1 lite.jsonl | jq -r .end.sha256)"
head=$("$ra" audit verify --json | jq -r .head)
use "$TAMGA_TEST_MOVE_TO"
refused 1 'no store in this database' "$ra" list
"$ra" restore lite.jsonl || die 'into PostgreSQL'
"$ra" audit verify --head "$head" || die 'the log in PostgreSQL'
"$ra" backup pg.jsonl > /dev/null
rows lite.jsonl > lite.rows
rows pg.jsonl > pg.rows
cmp lite.rows pg.rows || die 'other rows in PostgreSQL'

# the applicants find their certificates there, and an officer goes on
rm -f ready
mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2> log &
server=$!
trap '[ -z "$server" ] || kill "$server" || :; rm -rf "$work"' EXIT
read -r url < ready || die "no server: $(cat log)"
old=$EST EST=$url/.well-known/est
same 'revoked there, too' "$(post simpleenroll a3.b64 $auth)" 403
for i in 1 2; do
	same a$i "$(post simpleenroll a$i.b64 $auth)" 200
	cmp -s body out.a$i || die "a$i: another certificate"
done
"$ra" approve "$("$ra" list --json | jq -r '.[] | select(.subject=="CN=Waiting").application')" >/dev/null
same 'decided there' "$(post "$TAMGA_TEST_RA_OFFICER/simpleenroll" wait.b64 $auth)" 200
"$ra" crl --out crl.there
cmp -s crl.before crl.there || die 'another revocation list'
kill $server
wait $server || die "SIGTERM: $?"
server=
EST=$old

"$ra" backup pg2.jsonl > /dev/null
head=$("$ra" audit verify --json | jq -r .head)
use back.db
"$ra" restore pg2.jsonl --json | jq -e '.rows > 20' > /dev/null || die 'back into SQLite'
"$ra" audit verify --head "$head" || die 'the log back in SQLite'
same 'mode of the store' "$(stat -c %a "$TAMGA_TEST_RA_DIR/back.db")" 600
"$ra" backup back.jsonl > /dev/null
rows pg2.jsonl > pg.rows
rows back.jsonl > back.rows
cmp pg.rows back.rows || die 'other rows back in SQLite'
same 'restores noted' "$("$ra" audit list --json |
    jq '[.[] | select(.event=="restore")] | length')" 2

# ---- what is refused
refused 7 'not empty' "$ra" restore lite.jsonl
"$ra" backup again.jsonl > /dev/null
cmp -s again.jsonl back.jsonl || die 'a refused restore changed the store'
use fresh.db
sed '$d' lite.jsonl > cut
refused 7 'ends too early' "$ra" restore cut
sed '5d' lite.jsonl > gap
refused 7 'not what was written' "$ra" restore gap
sed '0,/superseded/s//keyCompromise/' lite.jsonl > changed
! cmp -s lite.jsonl changed || die 'nothing was changed'
refused 7 'not what was written' "$ra" restore changed
{ cat lite.jsonl; echo '{}'; } > more
refused 7 'something follows' "$ra" restore more
sed 's/"role":/"rolle":/' lite.jsonl > other
refused 1 'release' "$ra" restore other
echo '{"format":"other"}' > foreign
refused 7 'no backup' "$ra" restore foreign
# a forged log with a good last line: the chain tells
sed -e '$d' -e 's/"event":"submit"/"event":"withdraw"/' lite.jsonl > forged
{ cat forged
  printf '{"end":{"rows":%d,"sha256":"%s"}}\n' $(($(wc -l < forged) - 1)) \
    "$(sha256sum < forged | cut -d' ' -f1)"; } > forged.jsonl
refused 7 'changed after it was written' "$ra" restore forged.jsonl
# and after all of these it is still empty
"$ra" restore lite.jsonl > /dev/null || die 'something was left'

# ---- the audit log, judged by another program
"$ra" audit export > log.jsonl
python3 "$top_srcdir/doc/examples/audit-verify.py" < log.jsonl > judged || die "$(cat judged)"
same 'both judges' "$(sed 's/.* head //' judged)" \
    "$("$ra" audit verify --json | jq -r .head)"
sed '3s/"actor":"/&x/' log.jsonl | python3 "$top_srcdir/doc/examples/audit-verify.py" 2>said &&
	die 'a changed entry passed'
grep -q 'entry 3 was changed' said || die "$(cat said)"
sed 3d log.jsonl | python3 "$top_srcdir/doc/examples/audit-verify.py" 2>said &&
	die 'a missing entry passed'
grep -q 'entry 3 is missing' said || die "$(cat said)"
sed '$d' log.jsonl | python3 "$top_srcdir/doc/examples/audit-verify.py" \
    "$(tail -n 1 log.jsonl | jq -r .hash)" 2>said && die 'a cut log passed'
echo "backup: all held"
