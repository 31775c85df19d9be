#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What fails too often and what is done too often, counted by two processes on
# one store, SQLite and PostgreSQL; and who is not shut out by it.
. "$top_srcdir/tests/interop/ra-both.sh"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >ready 2>log2 &
second=$!
trap 'kill $second 2>/dev/null || :; rm -rf "$work"' EXIT
read -r url < ready || die "no second server: $(tail -n 3 log2)"
one=$U two=https://localhost:${url##*:}

# at N: the N-th try goes to the one or the other
at() {
	if [ $(($1 % 2)) -eq 0 ]; then U=$one; else U=$two; fi
}

# login NUMBER CODE WANT [curl options]: from the page, at $U
login() {
	as=$1 with=$2 want=$3
	shift 3
	same 'GET /login' "$(see "$@" "$U/login")" 200
	same "login as $as" "$(see "$@" --data-urlencode "csrf=$(csrf)" \
	    --data-urlencode "number=$as" --data-urlencode "code=$with" "$U/login")" "$want"
}

# ---- an applicant at home, whose browser came in once
who home
U=$one
page /apply/kz-ssl
send /apply/kz-ssl 200
page /my
mine=$(number)
code=$("$ra" act new-code "$mine")
login "$mine" "$code" 303
grep -q __Host-known home.jar || die "the browser is not known now"

# ---- somebody guesses from one address, at both servers in turn
for i in 1 2 3 4 5; do
	who mallory
	at $i
	login "$mine" "WRONG-$i" 403 --interface 127.0.0.3
done
for U in "$one" "$two"; do
	who another
	login "$mine" "$code" 429 --interface 127.0.0.3
	has_header 'Retry-After: [1-9][0-9]*'
	same 'by the API' "$(get --interface 127.0.0.3 -u "$mine:$code" \
	    "$TAMGA_TEST_RA_URL/api/v1/applications/$mine")" 429
	has_header 'Retry-After: [1-9][0-9]*'
	who home
	login "$mine" "$code" 303 --interface 127.0.0.3
done
who abroad
login "$mine" "$code" 303 --interface 127.0.0.4

# ---- and then from everywhere
n=0
while [ "$(get --interface "127.0.1.$n" -u "$mine:WRONG-$n" \
    "$TAMGA_TEST_RA_URL/api/v1/applications/$mine")" = 401 ]; do
	n=$((n + 1))
	[ $n -lt 40 ] || die 'guessing does not end'
done
same 'guesses of strangers, with the five' $((n + 5)) 20
for U in "$one" "$two"; do
	who stranger
	login "$mine" "$code" 429 --interface 127.0.2.1
	who home
	login "$mine" "$code" 303 --interface 127.0.2.1
	who abroad
	login "$mine" "$code" 303 --interface 127.0.0.4
	# without any cookie, from where he was before
	same 'a known address' "$(get --interface 127.0.0.4 -u "$mine:$code" \
	    "$U/api/v1/applications/$mine")" 200
done

# ---- numbers that are none, from one address: sixty, at both
for U in "$one" "$two"; do
	curl -sS --cacert "$TAMGA_TEST_RA_CA" --interface 127.0.0.5 -o /dev/null \
	    -w '%{http_code}\n' "$U/api/v1/applications/AAAA-AAAA-AAAA-[1001-1030]"
done > codes
same 'searches' "$(sort codes | uniq -c | tr -s ' ')" ' 60 401'
U=$one
same 'one more' "$(get --interface 127.0.0.5 "$two/api/v1/applications/$mine")" 429
has_header 'Retry-After: [1-9][0-9]*'
same 'on a page' "$(who x; see --interface 127.0.0.5 "$U/status" >/dev/null
    see --interface 127.0.0.5 -d "csrf=$(csrf)&number=$mine" "$U/status")" 429
# one's own number may be asked for as often as one likes
curl -sS --cacert "$TAMGA_TEST_RA_CA" --interface 127.0.0.6 -o /dev/null \
    -w '%{http_code}\n' "$U/api/v1/applications/$mine?[1-70]" > codes
same 'a number that is there' "$(sort codes | uniq -c | tr -s ' ')" ' 70 200'

# ---- mails to one address, whoever asks for them
for i in 1 2 3 4 5 6 7 8 9 10 11; do
	at $i
	get --interface "127.0.3.$i" -H 'Content-Type: application/json' \
	    -d '{"profile": "bg-csp", "answers": {"fullname": "Ivan Ivanov",
	    "email": "ivan@example.org"}}' "$U/api/v1/applications"
	echo
done > codes
same 'registrations' "$(uniq -c codes | tr -s ' ' | tr '\n' ,)" ' 10 201, 1 429,'
has_header 'Retry-After: [1-9][0-9]*'
same 'of somebody else' "$(get --interface 127.0.3.11 -H 'Content-Type: application/json' \
    -d '{"profile": "bg-csp", "answers": {"fullname": "Anna Ivanova",
    "email": "anna@example.org"}}' "$U/api/v1/applications")" 201

# ---- pictures
who home
i=0
while [ "$(see --interface "127.0.4.$i" "$one/my/identity")" = 200 ]; do
	i=$((i + 1))
	[ $i -lt 40 ] || die 'pictures without end'
done
same 'pictures for one application' $i 20
has_header 'Retry-After: [1-9][0-9]*'

kill $second
wait $second || die "SIGTERM: exit status $?"
trap 'rm -rf "$work"' EXIT
! grep -l "$code" log2 "$TAMGA_TEST_RA_LOG" || die 'a code in a log'
echo "limits: all held"
