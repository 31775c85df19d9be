#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Mails from the outbox to a real server: what arrives, what is refused, what is
# tried again; two senders at once, one killed; the deadline of an application.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

/usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || { echo "SKIP: no python3-aiosmtpd"; exit 77; }
"$ra" mail list >/dev/null || die "mail list"
dir=$TAMGA_TEST_RA_DIR
conf=$dir/ra.conf
apply=${top_builddir:-.}/tests/interop/ra-apply
[ -x "$apply" ] || apply=$OLDPWD/tests/interop/ra-apply
post=
server=
trap 'for p in $post $server; do kill -9 $p 2>/dev/null || :; done; rm -rf "$work"' EXIT

# post_office FOLDER [OPTION...]: a mail server, its port in $port
post_office() {
	folder=$1
	shift
	mkdir -p "$folder"
	rm -f "$folder/port"
	/usr/bin/python3 "$top_srcdir/tests/interop/smtp-server.py" "$folder" "$@" 2>>smtp.log &
	post=$!
	n=0
	while [ ! -s "$folder/port" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || die "no mail server: $(cat smtp.log)"
		sleep 0.05
	done
	port=$(cat "$folder/port")
}

# configure PORT [SETTING...]
cp "$conf" plain.conf
configure() {
	{
		cat plain.conf
		echo 'rehearsal = true;'
		echo "mail: { server = \"smtp://127.0.0.1:$1\"; from = \"ra@ra.example\";"
		echo 'from_name = "Куәландырушы орталық"; timeout_seconds = 3;'
		echo "retry_seconds = ${retry:-1};"
		shift
		for s; do echo "$s;"; done
		echo '};'
	} > "$conf"
}

register() {
	"$apply" "$conf" bg-csp 'fullname=Иван Петров' "email=$1"
}

mail_state() {
	"$ra" mail list --json | jq -r --arg a "$1" '.[] | select(.application==$a) | .state'
}

# ---- nobody is configured: it waits ----
first=$(register ivan@client.example)
"$ra" mail send 2>err && die "sent without a server"
grep -q 'mail.server' err || die "no reason: $(cat err)"
same 'waits' "$(mail_state $first)" queued

# ---- STARTTLS and a login are there; the mail arrives ----
printf 'geheim\n' > password
post_office box --cert "$dir/server.pem" --key "$dir/server.key" --login ra:geheim
tls="ca = \"$dir/ca.pem\""
login="user = \"ra\"; password_file = \"$work/password\""
configure $port "$tls" "$login"
"$ra" mail send > out || die "not sent: $(cat out; "$ra" mail list)"
same 'sent' "$(mail_state $first)" sent
/usr/bin/python3 - box/1.eml "$first" > code <<'P' || die "the mail is wrong"
import email, email.policy, re, sys
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
assert m['X-From'] == 'ra@ra.example' and m['X-To'] == 'ivan@client.example', m['X-To']
assert m['X-Tls'] == 'yes' and m['X-Login'] == 'yes' and m['X-Helo'] == 'ra.example'
assert m['Subject'] == 'Your registration ' + sys.argv[2], m['Subject']
assert m['From'] == 'Куәландырушы орталық <ra@ra.example>', m['From']
assert m['Date'].datetime and re.fullmatch(r'<[0-9A-Z-]+@ra\.example>', m['Message-ID'])
text = m.get_body(('plain',)).get_content()
assert 'REGISTRATION NUMBER: ' + sys.argv[2] in text, text
print(re.search(r'access code: (\S+)', text).group(1))
P
# the code was in the mail, and is nowhere now: what is erased is overwritten,
# once what the store's own log holds has gone into it
forget() {
	sqlite3 "$dir/store.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
}
forget
code=$(cat code)
[ ${#code} = 19 ] || die "no code in the mail"
! grep -aq "$code" "$dir"/store.db* || die "the code is still in the store"

# ---- what a server says of a recipient, of a text ----
later=$(register later@client.example)
never=$(register never@client.example)
"$ra" mail send --json > out && die "refused, and all well"
same 'outcome' "$(jq -c . out)" '{"sent":0,"later":1,"parked":1}'
same '451' "$(mail_state $later)" queued
same '550' "$(mail_state $never)" parked
"$ra" mail list --state parked | grep -q 'never@client.example: .*550' ||
    die "an officer does not see why: $("$ra" mail list)"
"$ra" mail retry "$("$ra" mail list --state parked --json | jq -r '.[0].mail')" || die retry
same 'again' "$(mail_state $never)" queued
"$ra" mail retry NONE 2>/dev/null && die "retried what is not there"

# ---- wrong password, no TLS where it must be, a certificate of nobody: later ----
sqlite3 "$dir/store.db" "DELETE FROM mail"
one=$(register ok@client.example)
try() {
	sqlite3 "$dir/store.db" "UPDATE mail SET due = 0"
	"$ra" mail send >out 2>&1 && die "$1: sent"
	same "$1" "$(mail_state $one)" queued
}
printf 'wrong\n' > password
try 'wrong password'
printf 'geheim\n' > password
configure $port "$login"
try 'a certificate of nobody'
kill $post
wait $post 2>/dev/null || :
configure $port "$tls" "$login"
try 'nobody there'
post_office bare
configure $port "$tls"
try 'no STARTTLS'
same 'nothing went in clear' "$(ls bare | grep -c eml)" 0
configure $port 'starttls = false'
sqlite3 "$dir/store.db" "UPDATE mail SET due = 0"
"$ra" mail send >out || die "in clear, as configured: $(cat out)"
same 'in clear' "$(mail_state $one)" sent

# ---- a server that takes it and hangs up: the same mail again ----
# not once more by the same sender, however long that takes
retry=600
configure $port 'starttls = false'
retry=
twice=$(register twice@client.example)
echo deaf > bare/mood
"$ra" mail send >out 2>&1 && die "a mail nobody confirmed"
rm bare/mood
sqlite3 "$dir/store.db" "UPDATE mail SET due = 0 WHERE state = 'queued'"
"$ra" mail send >out || die "not sent again: $(cat out)"
same 'two letters' "$(grep -l '^X-To: twice' bare/*.eml | wc -l)" 2
same 'one Message-ID' "$(grep -h '^Message-ID' $(grep -l '^X-To: twice' bare/*.eml) | sort -u | wc -l)" 1

# ---- two senders at once: each mail once ----
n=0
while [ $n -lt 12 ]; do
	register "many$n@client.example" >/dev/null
	n=$((n + 1))
done
"$ra" mail send >out.1 &
a=$!
"$ra" mail send >out.2 || die "second sender: $(cat out.2)"
wait $a || die "first sender: $(cat out.1)"
same 'each once' "$(grep -h '^X-To: many' bare/*.eml | sort | uniq -c | awk '$1 != 1' | wc -l)" 0
same 'all' "$(grep -h '^X-To: many' bare/*.eml | wc -l)" 12

# ---- killed while the server thinks: sent when the lease is over ----
echo slow > bare/mood
killed=$(register killed@client.example)
"$ra" mail send >/dev/null 2>&1 &
a=$!
n=0
while [ "$(sqlite3 "$dir/store.db" "SELECT count(*) FROM mail WHERE tries = 1
    AND application = '$killed'")" = 0 ] && [ $n -lt 100 ]; do
	sleep 0.05
	n=$((n + 1))
done
sleep 0.3
kill -9 $a
wait $a 2>/dev/null || :
rm bare/mood
"$ra" mail send >out || die "another's mail: $(cat out)"
same 'held' "$(mail_state $killed)" queued
"$ra" mail send --clock-offset 90 >out 2>err || die "after the lease: $(cat out err)"
same 'sent after the kill' "$(mail_state $killed)" sent

# ---- a server that hangs costs its time and no more ----
echo slow > bare/mood
slow=$(register slow@client.example)
begin=$(date +%s)
"$ra" mail send >out 2>&1 && die "slow, and sent"
[ $(($(date +%s) - begin)) -lt 10 ] || die "waited too long"
same 'hangs' "$(mail_state $slow)" queued
rm bare/mood

# ---- by itself, while it serves; the Kazakh deadline ----
"$ra" mail send --clock-offset 90 >/dev/null 2>&1 || die "what was slow"
new_csr kz '/C=KZ/serialNumber=IIN396685245034/GN=Әлия/SN=Ермекқызы/CN=www.example.kz' \
    -addext subjectAltName=DNS:www.example.kz
kz=$("$apply" "$conf" kz-ssl IIN=396685245034 surname=Ермекқызы given=Әлия \
    'region=Karaganda region' city=Temirtau domain=www.example.kz \
    email=aliya@client.example @kz.der)
# serve SECONDS: a server so much later
serve() {
	mkfifo ready
	"$ra" serve "$dir" --listen 127.0.0.1:0 --clock-offset $1 >ready 2>>log &
	server=$!
	read -r url < ready || die "no server: $(tail -n 3 log)"
	rm ready
}
end() {
	kill $server
	wait $server || die "serve: exit status $?"
	server=
}
wait_for() {
	n=0
	until eval "$2"; do
		n=$((n + 1))
		[ $n -lt 200 ] || die "$1: $("$ra" mail list; tail -n 5 log)"
		sleep 0.1
	done
}
serve 0
wait_for 'sent by the server' '[ "$(mail_state $kz)" = sent ]'
end
grep -q '^X-To: aliya@client.example' bare/*.eml || die "no mail"
serve $((29 * 86400))
sleep 1
end
same 'not before its time' "$("$ra" show $kz --json | jq -r .state)" submitted
serve $((32 * 86400))
wait_for 'destroyed in time' '[ "$("$ra" show $kz --json | jq -r .state)" = destroyed ]'
end
same 'nothing left' "$(sqlite3 "$dir/store.db" "SELECT (SELECT count(*) FROM answer
    WHERE application = '$kz'), (SELECT count(*) FROM mail WHERE application = '$kz')")" '0|0'
forget
! grep -aq 'Ермекқызы' "$dir"/store.db* || die "the name is still in the store"

# ---- the same by command; and a real authority's clock is its own ----
"$ra" due --clock-offset 0 --json | jq -e '.due == 0' >/dev/null || die due
cp plain.conf "$conf"
"$ra" due --clock-offset 60 2>err && die "a clock was moved"
grep -q rehearsal err || die "why not: $(cat err)"
kill $post

# ---- staff: an officer is told of work, an operator of what ends, and of nobody's name
kill -9 $post 2>/dev/null || :
post_office staff
configure $port 'starttls = false'
for who in olga otto; do
	case $who in olga) role=officer ;; *) role=operator ;; esac
	"$ra" user add $who --role $role --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
	    --email "$who@staff.example" --language ru
done
for wrong in '--email nowhere' '--email a@b.example --language xx'; do
	rc=0; "$ra" user add oskar --role officer --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
	    $wrong 2>/dev/null || rc=$?
	same "$wrong" $rc 2
done
same 'the address' "$("$ra" user list --json | jq -r '.[] | select(.name=="olga") | .email + .language')" \
    olga@staff.exampleru
same 'waits for an officer' "$(new_csr quiet '/CN=Quiet Person'
    post employee-reviewed/simpleenroll quiet.b64 $auth)" 202
"$ra" due --clock-offset $((800 * 86400)) --json > due.json
jq -e '.staff >= 1' due.json > /dev/null || die "nobody was told: $(cat due.json)"
"$ra" mail send --clock-offset $((800 * 86400)) > out || :
/usr/bin/python3 - staff "$("$ra" list --state submitted --json |
    jq -r 'map(select(.subject=="CN=Quiet Person"))[0].application')" <<'P' || die "staff were told something else"
import email, email.policy, glob, sys
got = {}
for name in glob.glob(sys.argv[1] + '/*.eml'):
    m = email.message_from_binary_file(open(name, 'rb'), policy=email.policy.default)
    body = m.get_body().get_content()
    got.setdefault(m['X-To'], []).append(m['Subject'] + '\n' + body)
assert any(sys.argv[2] in t for t in got['olga@staff.example']), got
assert any('server-cert' in t for t in got['otto@staff.example']), got
assert not any('server-cert' in t for t in got['olga@staff.example']), got
assert not any('Quiet' in t for to in got if to.endswith('staff.example') for t in got[to]), got
P
echo "mail: all held"
