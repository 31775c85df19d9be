#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A server that is to end does, within seconds, whoever elsewhere hangs: a mail
# server, a gateway for text messages, registers that applicants wait for (over HTTP,
# a table of SQLite that is locked, a PostgreSQL that says nothing).  What they may
# take over is given the time to be answered; nothing is lost, nothing goes twice.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
/usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || { echo "SKIP: no python3-aiosmtpd"; exit 77; }

dir=$TAMGA_TEST_RA_DIR
conf=$dir/test.conf
apply=${top_builddir:-.}/tests/interop/ra-apply
others= server=
: > others.log
trap 'kill -9 $others $server 2>/dev/null || :; rm -rf "$work"' EXIT

# until_ WHAT COMMAND...: it comes true
until_() {
	what=$1
	shift
	n=0
	until "$@" > /dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt 1200 ] || die "$what: $(tail -n 5 served)"
		sleep 0.05
	done
}

# beside FOLDER PROGRAM [ARGUMENT]...: somebody elsewhere; its port in $port
beside() {
	mkdir -p "$1"
	/usr/bin/python3 "$top_srcdir/tests/interop/$2" "$1" 2>> others.log &
	others="$others $!"
	until_ "no $2: $(cat others.log)" test -s "$1/port"
	port=$(cat "$1/port")
}
beside mails smtp-server.py
mail=$port
beside texts sms-gateway.py
sms=$port
IIN=396685245034
mkdir register
echo "$IIN silent" > register/people
beside register ra-register.py
http=$port
mkdir mute
python3 - mute <<'PY' 2>> others.log &
import os, socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1] + "/port.new", "w").write(str(s.getsockname()[1]))
os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
kept = s.accept()
open(sys.argv[1] + "/asked", "w").close()
time.sleep(600)
PY
others="$others $!"
python3 - <<'PY' 2>> others.log &
import sqlite3, time
db = sqlite3.connect("citizens.db")
db.execute("CREATE TABLE people (fin, last, first, birth)")
db.execute("BEGIN EXCLUSIVE")
open("locked", "w").close()
time.sleep(600)
PY
others="$others $!"
until_ 'no lock' test -e locked
until_ 'no mute server' test -s mute/port
{
	sed "/^registers = /,\$d; s/^threads = .*/threads = 8;/" "$dir/ra.conf"
	cat <<-C
	rehearsal = true;
	registers = ( { name = "individuals"; kind = "http"; timeout_seconds = 60;
	  url = "http://127.0.0.1:$http/\${number}"; members = ["surname=name.last", "given=name.first"]; },
	  { name = "citizens"; kind = "sql"; timeout_seconds = 60; path = "$work/citizens.db";
	  query = "SELECT last AS surname, first AS given, birth FROM people WHERE fin = \$1"; },
	  { name = "legal-entities"; kind = "sql"; timeout_seconds = 60;
	  path = "postgresql://nobody@127.0.0.1:$(cat mute/port)/none?sslmode=disable";
	  query = "SELECT name AS organisation FROM people WHERE bin = \$1"; } );
	mail: { server = "smtp://127.0.0.1:$mail"; from = "ra@ra.example"; starttls = false;
	  timeout_seconds = 60; retry_seconds = 1; };
	sms: { url = "http://127.0.0.1:$sms/send"; timeout_seconds = 60; retry_seconds = 1; };
	C
} > "$conf"

serve() {
	rm -f ready
	mkfifo ready
	"$ra" serve --config "$conf" --listen 127.0.0.1:0 > ready 2> served &
	server=$!
	U=
	read -r U < ready || die "no server: $(cat served)"
}

# ends: told to, the server ends well, long before the minute of those who hang
ends() {
	kill $server
	: > mails/go	# who paused answers now: to a server that was told to end
	: > texts/go
	begun=$(date +%s)
	wait $server || die "the server ended with $?: $(tail -n 5 served)"
	server=
	took=$(($(date +%s) - begun))
	echo "ended within $took s"
	[ $took -lt 25 ] || die "it took $took seconds to end"
}

order() {
	"$apply" "$conf" az-esign FIN=1A2B3C4 surname=Əliyeva given=Şəfiqə birth=1990-12-31 \
	    phone=+994501234567 email=client@client.example region=Baku city=Baku carrier=usb-token
}

# states APPLICATION: of its mail and its text message
states() {
	"$ra" mail list --config "$conf" --json |
	    jq -r --arg a "$1" '[.[] | select(.application==$a) | .state] | sort | unique | join(" ")'
}

# gone TEXT MAILS: how many say the number TEXT
gone() {
	same "text messages of $1" "$(cat texts/*.json 2>/dev/null | jq -r .text | grep -c "$1")" "$2"
	same "mails of $1" "$(cat mails/*.eml 2>/dev/null | grep -c "^Subject: Order $1")" "$2"
}

# ---- all of them hang
echo slow > mails/mood
echo hang > texts/answer
serve
hung=$(order)
# begun PROFILE: an application of PROFILE, in "begun.PROFILE"
begun() {
	same "the terms of $1" "$(get "$U/api/v1/profiles/$1")" 200
	terms=$(jq -r .consent.hash body)
	same "an application for $1" "$(get -H 'Content-Type: application/json' \
	    -d "{\"profile\": \"$1\", \"terms\": \"$terms\"}" "$U/api/v1/applications")" 201
	cp body "begun.$1"
}
asks=
# looked_up PROFILE NUMBER: whose applicant waits for the register
looked_up() {
	app=$(jq -r .application "begun.$1") code=$(jq -r .code "begun.$1")
	curl -s --max-time 60 --cacert "$TAMGA_TEST_RA_CA" -o /dev/null -w '%{http_code}' \
	    -u "$app:$code" -H 'Content-Type: application/json' -d "{\"number\": \"$2\"}" \
	    "$U/api/v1/applications/$app/identify" > "identified.$1" &
	asks="$asks $!"
}
for profile in kz-ssl az-esign kz-legal; do
	begun $profile
done
looked_up kz-ssl $IIN
until_ 'the register was not asked' grep -q "$IIN" register/asked
looked_up az-esign 5ABC12D
until_ 'the locked database is not opened' sh -c "ls -l /proc/$server/fd | grep -q citizens.db"
looked_up kz-legal 120340001230
until_ 'the mute server was not asked' test -e mute/asked
until_ 'the mail server has no mail' test -e mails/thinks
until_ 'the gateway was not asked' test -e texts/hangs
ends
wait $asks || die "who waited for a register was not answered: $(cat served)"
for profile in kz-ssl az-esign kz-legal; do
	same "who waited for the register of $profile" "$(cat identified.$profile)" 503
done
same 'nothing lost' "$(states $hung)" queued
gone "$hung" 0

# ---- those who need a moment are waited for: theirs, and not again
echo pause > mails/mood
echo pause > texts/answer
rm -f mails/thinks texts/hangs mails/go texts/go
sqlite3 "$dir/store.db" "UPDATE mail SET due = 0 WHERE state = 'queued'"
serve
until_ 'the mail server has no mail' test -e mails/thinks
until_ 'the gateway was not asked' test -e texts/hangs
ends
same 'taken over' "$(states $hung)" sent
gone "$hung" 1

# ---- and by the next server nothing goes again, but for what is new; who took a
# mail and says no goodbye is not waited for
rm -f texts/answer
echo mute > mails/mood
serve
next=$(order)
until_ 'the next is not sent' sh -c "test \"\$(\"$ra\" mail list --config '$conf' --state queued --json)\" = '[]'"
ends
same 'the next' "$(states $next)" sent
gone "$next" 1
gone "$hung" 1
"$ra" audit verify --config "$conf" > /dev/null || die audit
echo 'the end of a server: all held'
