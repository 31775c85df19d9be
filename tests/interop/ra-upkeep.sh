#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The server's certificate renewed, replaced and brought from elsewhere while it
# serves; what ends soon is told by `check` and in the log.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

dir=$TAMGA_TEST_RA_DIR
port=${TAMGA_TEST_RA_URL##*:}
told=0
# shown: what the server shows new connections, shown.pem
shown() {
	openssl s_client -connect "127.0.0.1:$port" -servername localhost </dev/null 2>/dev/null |
	    openssl x509 > shown.pem
}
logged() {
	for i in $(seq 100); do
		[ "$(grep -c "$1" "$TAMGA_TEST_RA_LOG")" -lt "$2" ] || return 0
		sleep 0.1
	done
	die "the log does not say $1 $2 times"
}
reload() {
	told=$((told + 1))
	"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
	logged 'profiles anew' $told
}
field() { openssl x509 -in "$1" -noout "$2"; }

# ---- a new one of the authority's, for the same key and the same hosts
cp "$dir/server.pem" before.pem
cp "$dir/server.key" before.key
"$ra" server-cert > said
grep -q 'server.pem: a new certificate until' said || die "said: $(cat said)"
cmp -s "$dir/server.key" before.key || die "the key is another one"
reload
shown
[ "$(field shown.pem -serial)" != "$(field before.pem -serial)" ] || die 'the old one is shown'
same 'hosts' "$(openssl x509 -in shown.pem -noout -ext subjectAltName)" \
    "$(openssl x509 -in before.pem -noout -ext subjectAltName)"
openssl verify -CAfile "$TAMGA_TEST_RA_CA" -purpose sslserver -verify_hostname localhost \
    shown.pem > /dev/null || die 'it is no server of the authority'
same 'by name' "$(get "https://localhost:$port/healthz")" 200
serial=$(field shown.pem -serial | cut -d= -f2)
"$ra" audit list > log.txt
grep -q "server-certificate.*made serial $serial" log.txt || die 'it is not in the audit log'
"$ra" audit verify > /dev/null

# ---- another key and other hosts
"$ra" server-cert --new-key --host ra.example --host 127.0.0.1 --days 90 --json > said
jq -e .not_after said > /dev/null || die "said: $(cat said)"
same 'the mode of the key' "$(stat -c %a "$dir/server.key")" 600
! cmp -s "$dir/server.key" before.key || die "the key is the old one"
# nobody sees it before the server is told
shown
same 'not yet' "$(field shown.pem -serial)" "serial=$serial"
reload
shown
openssl verify -CAfile "$TAMGA_TEST_RA_CA" -verify_hostname ra.example shown.pem > /dev/null ||
    die 'another host'
same 'the key shown' "$(field shown.pem -pubkey)" "$(openssl pkey -in "$dir/server.key" -pubout)"
rc=0; "$ra" server-cert --host 'a b' 2>err || rc=$?
same 'no host' $rc 7
for wrong in '--days 0' '--days 1x' '--key x' '--certificate x --new-key'; do
	rc=0; "$ra" server-cert $wrong 2>/dev/null || rc=$?
	same "$wrong" $rc 2
done

# ---- one of another authority's, with its key and those above it
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout other.key \
    -subj '/CN=Other CA' -days 9 -out other.pem 2>/dev/null
# from NAME SUBJECT EXTENSIONS: NAME.pem, of NAME.key
from() {
	[ -f "$1.key" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
	chmod 600 "$1.key"
	openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
	printf '%s\n' "$3" > ext
	openssl x509 -req -in "$1.csr" -CA other.pem -CAkey other.key -days "${4:-9}" \
	    -extfile ext -out "$1.pem" 2>/dev/null
}
from brought '/CN=localhost' 'subjectAltName=DNS:localhost'
cat other.pem >> brought.pem
from mail '/CN=localhost' 'subjectAltName=DNS:localhost
extendedKeyUsage=emailProtection'
from nameless '/CN=localhost' 'basicConstraints=CA:FALSE'
"$ra" server-cert --certificate brought.pem --key brought.key > said
reload
openssl s_client -connect "127.0.0.1:$port" -servername localhost -CAfile other.pem \
    -verify_return_error </dev/null > talk 2>&1 || die "brought: $(tail -n 3 talk)"
same 'with those above it' "$(grep -c BEGIN "$dir/server.pem")" 2

# refused NAME WHY [KEY]: it is not taken, and nothing is changed
refused() {
	cp "$dir/server.pem" kept.pem
	rc=0
	"$ra" server-cert --certificate "$1" ${3:+--key "$3"} 2>err || rc=$?
	same "$1" $rc 7
	grep -q "$2" err || die "$1: $(cat err)"
	cmp -s "$dir/server.pem" kept.pem || die "$1: it was taken"
}
refused mail.pem 'not for TLS servers' mail.key
refused nameless.pem 'names no host' nameless.key
from swapped '/CN=localhost' 'subjectAltName=DNS:localhost'
refused swapped.pem 'of another key' brought.key
refused swapped.pem 'of another key'
openssl pkey -in brought.key -pubout -out public.pem
refused public.pem 'no certificate'
cat swapped.pem swapped.key > both.pem
refused both.pem 'private key is in it' swapped.key
cmp -s "$dir/server.key" before.key && die 'the first key is back'
same 'the key' "$(openssl pkey -in "$dir/server.key" -pubout)" "$(field brought.pem -pubkey)"

# ---- what ends soon
rc=0; "$ra" check > said || rc=$?
same 'nine days are little' $rc 0
"$ra" server-cert --host localhost --host 127.0.0.1 > /dev/null
"$ra" check > said || die "something ends: $(cat said)"
grep -q "HTTPS server's certificate" said || die "said: $(cat said)"
sed -i '1i rehearsal = true;' "$dir/ra.conf"
ahead=$((800 * 86400))
rc=0; "$ra" check --json --clock-offset $ahead > said || rc=$?
same 'in 800 days' $rc 1
same 'is due' "$(jq -r '[.[] | select(.due) | .what] | sort | join(" ")' said)" 'list server'
rc=0; "$ra" check --clock-offset $ahead > said || rc=$?
grep -q '^!.*tamga-ra server-cert' said || die "said: $(cat said)"
mkfifo ready
"$ra" serve "$dir" --listen 127.0.0.1:0 --clock-offset $ahead > ready 2> log2 &
second=$!
trap 'kill $second 2>/dev/null || :; rm -rf "$work"' EXIT
read -r url < ready || die "no second server: $(tail -n 3 log2)"
for i in $(seq 100); do
	! grep -q "warning: the HTTPS server's certificate (.*tamga-ra server-cert" log2 || break
	sleep 0.1
done
grep -q "warning: the HTTPS server's certificate (.*tamga-ra server-cert" log2 ||
    die "the log does not warn: $(cat log2)"
echo 'upkeep: all held'
