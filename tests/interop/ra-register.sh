#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Registers that are a table of SQLite or PostgreSQL, or answer over HTTP(S): who
# is found, who is not, and every way of not answering, which is never "nobody".
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"

server= register=
trap 'kill $server $register 2>/dev/null || :; wait; rm -rf "$work"' EXIT
conf=$TAMGA_TEST_RA_DIR/test.conf

# Numbers of people who are not: twelve digits, the last one a check digit
# (procedures of the Republic of Kazakhstan: weights 1..11, then 3..11, 1, 2).
python3 - > iins <<'PY'
found = 0
for n in range(39668524503, 39668524600):
    d = [int(c) for c in "%011d" % n]
    check = sum(x * w for x, w in zip(d, range(1, 12))) % 11
    if check == 10:
        check = sum(x * w for x, w in zip(d, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])) % 11
    if check < 10:
        print("%011d%d" % (n, check))
PY
iin() {
	sed -n "$1p" iins
}

# serve REGISTER: one more server, whose register "individuals" is that
serve() {
	[ -z "$server" ] || { kill "$server"; wait "$server" || :; }
	# the last setting is the registers that with-ra wrote
	sed '/^registers = /,$d' "$TAMGA_TEST_RA_DIR/ra.conf" > "$conf"
	printf 'registers = ( { name = "individuals"; %s } );\n' "$1" >> "$conf"
	rm -f ready
	mkfifo ready
	"$ra" serve --config "$conf" --listen 127.0.0.1:0 >ready 2>log &
	server=$!
	read -r url < ready || die "no server: $(tail -n 3 log)"
}

# refuses REGISTER WORDS: settings that cannot be
refuses() {
	sed '/^registers = /,$d' "$TAMGA_TEST_RA_DIR/ra.conf" > "$conf"
	printf 'registers = ( { name = "individuals"; %s } );\n' "$1" >> "$conf"
	! "$ra" serve --config "$conf" --listen 127.0.0.1:0 >out 2>&1 ||
		die "taken: $1"
	grep -qF -- "$2" out || die "$1: $(cat out)"
}

json() {
	python3 -c 'import json, sys
o = json.load(open("body"))
for k in sys.argv[1:]: o = o[k]
print(o)' "$@"
}

# Applications of kz-ssl, a new one for each nine look-ups and after one that
# found somebody, from ever new addresses: limits are not the matter.
look_ups=0 left=0
ask() {
	look_ups=$((look_ups + 1)) left=$((left - 1))
	from="--interface 127.0.$((look_ups / 200 + 1)).$((look_ups % 200 + 1))"
	if [ $left -lt 0 ]; then
		[ -n "${terms:-}" ] || {
			same 'profile' "$(get "$url/api/v1/profiles/kz-ssl")" 200
			terms=$(json consent hash)
		}
		same 'begin' "$(get $from -H 'Content-Type: application/json' \
		    -d "{\"profile\": \"kz-ssl\", \"terms\": \"$terms\"}" "$url/api/v1/applications")" 201
		app=$(json application) code=$(json code) left=8
	fi
	get $from -u "$app:$code" -H 'Content-Type: application/json' \
	    -d "{\"number\": \"$1\"}" "$url/api/v1/applications/$app/identify" > status
	same "identify $1" "$(cat status)" "$2"
}

# found NUMBER: and the two fields are filled in
found() {
	ask "$1" 200
	left=0
	get $from -u "$app:$code" "$url/api/v1/applications/$app/answers" > status
	same surname "$(json answers surname)" "$2"
	same given "$(json answers given)" "$3"
}

nobody() {
	ask "$1" 422
	grep -q 'not available in the' body || die "$(cat body)"
}

# later NUMBER WHY: the applicant is told to try again, the log why
later() {
	ask "$1" 503
	grep -q 'does not answer now' body || die "$(cat body)"
	! grep -qi "$2" body || die "the applicant is told why: $(cat body)"
	has_header 'Retry-After: 60'
	grep "the register individuals: " log | tail -n 1 | grep -q -- "$2" ||
		die "$1: the log says $(tail -n 2 log)"
}

# ---- tables: $1 is a program that runs SQL, $2 where the database is
tables() {
	"$1" "CREATE TABLE people (iin VARCHAR(12), last VARCHAR(80), first CHAR(4));
	    INSERT INTO people VALUES ('$(iin 1)', 'Ермекқызы', 'Әлия'),
	    ('$(iin 2)', 'Ли', NULL), ('$(iin 3)', 'A', 'B'), ('$(iin 3)', 'C', 'D'),
	    ('$(iin 4)', 'E' || chr(10) || 'F', 'G')"
	query='SELECT last AS surname, first AS given FROM people WHERE iin = $1'
	serve "kind = \"sql\"; path = \"$2\"; query = \"$query\";"
	found "$(iin 1)" 'Ермекқызы' 'Әлия'
	found "$(iin 2)" 'Ли' ''
	nobody "$(iin 9)"
	later "$(iin 3)" 'several rows'
	later "$(iin 4)" 'no line of text'
	for bad in "' OR '1'='1" "$(iin 1)' --" "'; DROP TABLE people; --" "" '%' "$(iin 1) "; do
		ask "$bad" 422
		! grep -q 'Ермекқызы' body || die "$bad finds somebody"
	done
	found "$(iin 1)" 'Ермекқызы' 'Әлия'
	serve "kind = \"sql\"; path = \"$2\"; query = \"SELECT last AS surname FROM people WHERE iin = \$1\";"
	later "$(iin 1)" 'given'
	serve "kind = \"sql\"; path = \"$2\"; query = \"SELECT 1 FROM nowhere WHERE iin = \$1\";"
	later "$(iin 1)" 'nowhere'
}

if [ -n "${TAMGA_TEST_PG_URL:-}" ]; then
	in_postgres() {
		"$TAMGA_TEST_PG_PSQL" -qX "$TAMGA_TEST_PG_URL" -c "$1"
	}
	tables in_postgres "$TAMGA_TEST_PG_URL"
	serve "kind = \"sql\"; path = \"$TAMGA_TEST_PG_URL\"; timeout_seconds = 1;
	    query = \"SELECT last AS surname, first AS given FROM people, pg_sleep(5) WHERE iin = \$1\";"
	later "$(iin 1)" 'statement timeout'
	in_postgres 'CREATE FUNCTION spoil(iin TEXT) RETURNS TEXT LANGUAGE sql AS
	    $$ DELETE FROM people WHERE people.iin = $1 RETURNING last $$'
	serve "kind = \"sql\"; path = \"$TAMGA_TEST_PG_URL\";
	    query = \"SELECT spoil(\$1) AS surname, '' AS given\";"
	later "$(iin 1)" 'read-only'
	serve "kind = \"sql\"; path = \"$TAMGA_TEST_PG_URL\"; query = \"$query\";"
	found "$(iin 1)" 'Ермекқызы' 'Әлия'
	# a server that is to end waits for no answer of theirs
	serve "kind = \"sql\"; path = \"$TAMGA_TEST_PG_URL\"; timeout_seconds = 60;
	    query = \"SELECT last AS surname, first AS given FROM people, pg_sleep(40) WHERE iin = \$1\";"
	ask "$(iin 1)" 503 &
	asks=$!
	n=0
	until [ "$("$TAMGA_TEST_PG_PSQL" -qXAt "$TAMGA_TEST_PG_URL" -c "SELECT count(*)
	    FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'")" = 1 ]; do
		n=$((n + 1))
		[ $n -lt 400 ] || die 'the register was not asked'
		sleep 0.05
	done
	begun=$(date +%s)
	kill "$server"
	wait "$server" || die "the end of the server: $(tail -n 3 log)"
	server=
	took=$(($(date +%s) - begun))
	[ $took -lt 25 ] || die "it took $took seconds to end"
	wait $asks || die 'who waited was told nothing'
	grep -q 'waits for nobody' log || die "$(tail -n 3 log)"
	serve "kind = \"sql\"; path = \"$TAMGA_TEST_PG_URL\"; query = \"$query\";"
	found "$(iin 1)" 'Ермекқызы' 'Әлия'
	"$TAMGA_TEST_PG_CTL" stop -m fast
	later "$(iin 1)" 'individuals'
	"$TAMGA_TEST_PG_CTL" start
	found "$(iin 1)" 'Ермекқызы' 'Әлия'
	kill "$server"; wait "$server" || :
	server=
	echo 'postgresql: held'
	exit 0
fi

in_sqlite() {
	python3 - "$1" <<'PY'
import sqlite3, sys
db = sqlite3.connect("people.db")
db.create_function("chr", 1, chr)
db.executescript(sys.argv[1])
PY
}
tables in_sqlite "$work/people.db"
same 'left as it was' "$(ls people.db*)" people.db
# locked by who writes, gone, not a database
python3 -c 'import sqlite3, time
db = sqlite3.connect("people.db"); db.execute("BEGIN EXCLUSIVE"); open("locked", "w").close(); time.sleep(60)' &
register=$!
until [ -e locked ]; do sleep 0.05; done
serve "kind = \"sql\"; path = \"$work/people.db\"; timeout_seconds = 1; query = \"$query\";"
later "$(iin 1)" 'locked'
kill $register
mv people.db moved.db
later "$(iin 1)" 'unable to open'
echo 'no database, but long enough to look at, 0123456789' > people.db
later "$(iin 1)" 'not a database'
mv moved.db people.db
found "$(iin 1)" 'Ермекқызы' 'Әлия'
echo 'sqlite: held'

refuses 'kind = "sql"; query = "SELECT 1 WHERE 1 = $1";' 'it needs path'
refuses 'kind = "sql"; path = "x"; query = "SELECT 1";' 'it needs query'
refuses 'kind = "sql"; path = "x"; query = "SELECT $1; DROP TABLE x";' 'it needs query'
refuses 'kind = "sql"; path = "oracle://x"; query = "SELECT $1";' 'it needs path'
refuses 'kind = "csv";' 'it needs path'
refuses 'kind = "http";' 'it needs url'
refuses 'kind = "http"; url = "http://register.example/${number}";' 'https://'
refuses 'kind = "http"; url = "http://127.0.0.1.evil.example/${number}";' 'https://'
refuses 'kind = "http"; url = "https://register.example/${number}";' 'it needs ca'
refuses 'kind = "http"; url = "http://127.0.0.1/";' '${number}'
refuses 'kind = "http"; url = "http://127.0.0.1/"; post = true; members = ["surname"];' 'a member of the answer'
refuses 'kind = "ldap"; path = "x";' '"http"'

# ---- HTTP
# register [CERTIFICATE KEY]: a server of Python's; its port is in port
register() {
	[ -z "$register" ] || kill "$register" 2>/dev/null || :
	rm -f port
	python3 "$top_srcdir/tests/interop/ra-register.py" "$work" "$@" 2>>register.log &
	register=$!
	n=0
	until [ -s port ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || die 'no register'
		sleep 0.05
	done
	port=$(cat port)
}
members='members = ["surname=name.last", "given=name.first"];'
i=1
for what in person nobody slow drip garbage html huge long redirect error denied \
    empty list typed control turned twice cut dead; do
	echo "$(iin $i) $what" >> people
	eval "$what=$(iin $i)"
	i=$((i + 1))
done
register
printf 'open sesame\n' > "$TAMGA_TEST_RA_DIR/token"
http="kind = \"http\"; timeout_seconds = 1; $members"
serve "$http url = \"http://127.0.0.1:$port/persons/\${number}\"; token_file = \"token\";"
found "$person" 'Ермекқызы' 'Әлия'
nobody "$nobody"
grep -q "^GET $person Bearer open sesame\$" asked || die "asked: $(cat asked)"
n=$(wc -l < asked)
ask '../../admin' 422
same 'and is not asked for' "$(wc -l < asked)" "$n"
later "$slow" 'second'
later "$drip" 'second'
later "$garbage" 'no JSON object'
later "$html" 'no JSON object'
later "$huge" 'longer\|large\|too'
later "$long" 'too long'
later "$redirect" 'status 302'
later "$error" 'status 500'
later "$denied" 'status 401'
later "$empty" 'none of the members'
later "$list" 'no JSON object'
later "$typed" 'no text'
later "$control" 'no line of text'
later "$turned" 'no line of text'
later "$twice" 'no JSON object'
later "$cut" '127.0.0.1'
later "$dead" '127.0.0.1'
! grep -q 'open sesame' log || die 'the token is in the log'

# A slow register holds up those who ask it, and nobody else: not even those whose
# connections came to the same threads.  It answers when it is told to.
rm -f release waits.*
echo "$(iin $i) held" >> people
held=$(iin $i)
serve "kind = \"http\"; timeout_seconds = 60; $members url = \"http://127.0.0.1:$port/persons/\${number}\";"
for n in 1 2 3; do
	left=0
	ask "$nobody" 422
	echo "$n $app $code"
done > applicants
waiting=
while read -r n app code; do
	curl -sS --max-time 120 --cacert "$TAMGA_TEST_RA_CA" -u "$app:$code" -o /dev/null \
	    -w '%{http_code}' -H 'Content-Type: application/json' \
	    -d "{\"number\": \"$held\"}" "$url/api/v1/applications/$app/identify" > "waits.$n" &
	waiting="$waiting $!"
done < applicants
left=0
n=0
until [ "$(grep -c "$held" asked)" = 2 ] && [ "$(cat waits.? | wc -c)" -gt 0 ]; do
	n=$((n + 1))
	[ $n -lt 1200 ] || die "two ask and one is sent away: $(grep -c "$held" asked), $(cat waits.?)"
	sleep 0.05
done
same 'the third is sent away at once' "$(cat waits.?)" 503
python3 "$top_srcdir/tests/interop/ra-visits.py" "$url" "$TAMGA_TEST_RA_CA" 12 > visits ||
	die "others meanwhile: $(cat visits)"
same 'others meanwhile' "$(cat visits)" '12 visits, 24 pages'
same 'and the two wait still' "$(cat waits.?)" 503
touch release
# shellcheck disable=SC2086
wait $waiting
same 'then they are told' "$(cat waits.? | fold -w 3 | sort | xargs)" '200 200 503'

# POST, and TLS that leads to the anchor, and not
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout reg.key \
    -out reg.pem -subj /CN=register -days 2 -addext subjectAltName=DNS:localhost 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key \
    -out other.pem -subj /CN=other -days 2 -addext subjectAltName=DNS:localhost 2>/dev/null
register reg.pem reg.key
: > asked
serve "$http post = true; ca = \"$work/reg.pem\"; url = \"https://localhost:$port/ask\";"
found "$person" 'Ермекқызы' 'Әлия'
nobody "$nobody"
grep -q "^POST $person -\$" asked || die "asked: $(cat asked)"
: > asked
serve "$http post = true; ca = \"$work/reg.pem\"; url = \"https://127.0.0.1:$port/ask\";"
later "$person" '127.0.0.1'
serve "$http post = true; ca = \"$work/other.pem\"; url = \"https://localhost:$port/ask\";"
later "$person" 'localhost'
serve "$http post = true; ca = \"$work/none.pem\"; url = \"https://localhost:$port/ask\";"
later "$person" 'none.pem'
same 'a stranger is asked nothing' "$(wc -l < asked)" 0
kill $register
wait $register 2>/dev/null || :
serve "$http post = true; ca = \"$work/reg.pem\"; url = \"https://localhost:$port/ask\";"
later "$person" 'localhost'
echo 'http: held'

# ---- PostgreSQL, in a run of its own
kill "$server"; wait "$server" || :
server=
rc=0
"$top_srcdir/tests/with-postgres" -- sh "$top_srcdir/tests/interop/ra-register.sh" || rc=$?
[ $rc -eq 0 ] || [ $rc -eq 77 ] || exit $rc
echo "registers: all held"
