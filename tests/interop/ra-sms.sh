#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Text messages from the outbox: to a gateway over HTTP and HTTPS, to a program; what
# is refused, what is tried again; a gateway and a program that hang keep nobody
# waiting; a server starts the program though it may start none itself.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

dir=$TAMGA_TEST_RA_DIR
conf=$dir/ra.conf
apply=${top_builddir:-.}/tests/interop/ra-apply
gateway=
server=
trap 'for p in $gateway $server; do kill -9 $p 2>/dev/null || :; done; rm -rf "$work"' EXIT

# ended PID: a server of ours is no more; its number may be somebody else's soon
ended() {
	wait "$1" 2>/dev/null || :
	kept=
	for p in $server; do [ "$p" = "$1" ] || kept="$kept $p"; done
	server=$kept
}

# until WHAT COMMAND...: it comes true
until_() {
	what=$1
	shift
	for i in $(seq 1200); do
		"$@" > /dev/null 2>&1 && return
		sleep 0.05
	done
	die "$what"
}

# gate FOLDER [OPTION...]: a gateway, its port in $port
gate() {
	folder=$1
	shift
	[ -z "$gateway" ] || { kill $gateway; wait $gateway; } 2>/dev/null || :
	mkdir -p "$folder"
	/usr/bin/python3 "$top_srcdir/tests/interop/sms-gateway.py" "$folder" "$@" 2>> gateway.log &
	gateway=$!
	until_ "no gateway: $(cat gateway.log)" test -s "$folder/port"
	port=$(cat "$folder/port")
}

cp "$conf" plain.conf
# configure SETTING...: of the group sms; who answers late has $patience seconds
configure() {
	{
		cat plain.conf
		echo 'rehearsal = true;'
		echo "sms: { timeout_seconds = ${patience:-25}; retry_seconds = 1;"
		for s; do echo "$s;"; done
		echo '};'
	} > "$conf"
}

order() {
	"$apply" "$conf" az-esign FIN=1A2B3C4 surname=Əliyeva given=Şəfiqə birth=1990-12-31 \
	    "phone=${1:-+994 (50) 123-45-67}" email=${2:-} region=Baku city=Baku carrier=usb-token
}

state() {
	"$ra" mail list --json | jq -r --arg a "$1" '.[] | select(.application==$a and .channel=="sms") | .state'
}

now_due() {
	sqlite3 "$dir/store.db" "UPDATE mail SET due = 0 WHERE state = 'queued'"
}

# ---- settings that cannot be: named with their lines
refused_conf() {
	wanted=$1
	shift
	configure "$@"
	rc=0; "$ra" mail list > /dev/null 2> err || rc=$?
	same "$wanted" $rc 7
	grep -Eq "ra.conf:[0-9]+: .*$wanted" err || die "$wanted: $(cat err)"
}
refused_conf 'over https:// alone' 'url = "http://gateway.example/send"'
refused_conf 'sms.ca' 'url = "https://gateway.example/send"'
refused_conf 'either sms.command or sms.url' 'command = "/bin/true"' 'url = "http://127.0.0.1/"'
refused_conf 'whole path' 'command = "true"'
refused_conf 'a field and its value' 'url = "http://127.0.0.1/"' 'fields = ["to"]'

# ---- nothing takes them: none is written
cp plain.conf "$conf"
same 'none is written' "$(state "$(order)")" ''

# ---- as a form, over HTTP in this machine; as JSON, over HTTPS, by a bearer's token
gate box
configure "url = \"http://127.0.0.1:$port/send\""
first=$(order)
same 'it waits' "$(state $first)" queued
"$ra" mail send > out || die "not sent: $(cat out) $("$ra" mail list)"
same 'sent' "$(state $first)" sent
jq -e --arg n "$first" '.to == "+994501234567" and (.text | contains($n) and contains("Azerpost, Baku")) and
    .path == "/send" and .kind == "application/x-www-form-urlencoded" and (.id | length > 10)' box/1.json > /dev/null ||
    die "the message: $(cat box/1.json)"
same 'the number is not in the store any more' "$("$ra" mail list --json | jq -r '.[0].to')" ''
printf 'open sesame\n' > token
gate tls --tls "$dir/server.pem" "$dir/server.key" --token 'open sesame'
configure "url = \"https://localhost:$port/\"" "ca = \"$dir/ca.pem\"" "token_file = \"$work/token\"" \
    'json = true' 'fields = ["phone=${to}", "message=${text}", "from=NCSC"]'
second=$(order)
"$ra" mail send > out || die "not sent: $(cat out) $("$ra" mail list)"
jq -e '.phone == "+994501234567" and .from == "NCSC" and .kind == "application/json"' tls/1.json > /dev/null ||
    die "as JSON: $(cat tls/1.json)"
printf 'closed\n' > token
third=$(order)
"$ra" mail send > out && die 'sent with a wrong token'
same 'a wrong token' "$(state $third)" queued
configure "url = \"https://localhost:$port/\"" "ca = \"$TAMGA_TEST_RA_DIR/server.pem\""
now_due
"$ra" mail send > out 2>&1 && die 'sent to nobody we know'
same 'a gateway of nobody' "$(state $third)" queued

# ---- what the gateway says
gate box2
configure "url = \"http://127.0.0.1:$port/send\""
for row in 500:queued 503:queued 404:queued 429:queued 302:queued 400:parked; do
	echo "${row%:*}" > box2/answer
	now_due
	"$ra" mail send > out && die "${row%:*}: sent"
	same "${row%:*}" "$(state $third)" "${row#*:}"
done
"$ra" mail list --state parked | grep -q 'status 400' || die "why: $("$ra" mail list)"
"$ra" check > said || :
grep -q 'text messages that were refused' said || die "check does not tell: $(cat said)"
rm box2/answer
"$ra" mail retry --all
"$ra" mail send > out || die "again: $(cat out)"
same 'taken at last' "$(state $third)" sent
same 'once' "$(ls box2/*.json | wc -l)" 1

# ---- one that hangs keeps neither mails nor pages
/usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || { echo "SKIP: no python3-aiosmtpd"; exit 77; }
mkdir -p mails
/usr/bin/python3 "$top_srcdir/tests/interop/smtp-server.py" mails 2>> smtp.log &
server=$!
until_ "no mail server" test -s mails/port
echo hang > box2/answer
configure "url = \"http://127.0.0.1:$port/send\""
echo "mail: { server = \"smtp://127.0.0.1:$(cat mails/port)\"; from = \"ra@ra.example\"; starttls = false; };" >> "$conf"
# serve: a server of this store, confined as always; its address in $U
serve() {
	mkfifo ready$1
	"$ra" serve --config "$conf" --listen 127.0.0.1:0 > ready$1 2> served$1 &
	server="$server $!"
	last=$!
	U=
	{ read -r U && read -r plain; } < ready$1
	[ -n "$U" ] || die "no server: $(cat served$1)"
}
slow=$(order '+994501112233' client@client.example)
serve 1
until_ 'the gateway was not asked' test -e box2/hangs
until_ 'the mail waits for the gateway' test -s mails/1.eml
same 'a page' "$(curl -sS --max-time 15 --cacert "$dir/ca.pem" -o /dev/null -w '%{http_code}' "https://localhost:${U##*:}/")" 200
same 'it is on its way' "$(state $slow)" queued
# ... and keeps the server from ending for its timeout at the most
kill $last
until_ 'the server waits for the gateway for good' sh -c "! kill -0 $last"
ended $last

# ---- a program: the number as a word of its own, the text as its input
cat > program <<-'P'
	#!/bin/sh
	# what is sent is kept beside; asked for, it fails
	cd "${0%/*}" || exit 1
	read -r answer < answer
	case $answer in
	hang) echo $$ > hangs; sleep 60 ;;
	0) { printf '%s\n' "$@"; cat; echo; env; } > taken.part; mv taken.part taken; exit 0 ;;
	*) echo "no: $answer" >&2; echo more >&2; exit "$answer" ;;
	esac
P
chmod +x program
echo 0 > answer
sqlite3 "$dir/store.db" 'DELETE FROM mail'
configure "command = \"$work/program\"" 'arguments = ["--to", "${to}", "a b; $(id)"]'
one=$(order)
"$ra" mail send > out || die "the program: $(cat out) $("$ra" mail list)"
same 'its words' "$(sed -n 1,3p taken)" "$(printf '%s\n' --to +994501234567 'a b; $(id)')"
grep -q "$one" taken || die "the text: $(cat taken)"
! grep -q TAMGA taken || die "the environment is passed on: $(cat taken)"
two=$(order)
for row in 1:queued 75:queued 127:queued 65:parked; do
	echo "${row%:*}" > answer
	now_due
	"$ra" mail send > out && die "status ${row%:*}: sent"
	same "status ${row%:*}" "$(state $two)" "${row#*:}"
done
"$ra" mail list --state parked | grep -q 'status 65): no: 65$' || die "why: $("$ra" mail list)"

# ---- by a server that may start nothing: the one that was there before does
rm -f taken
echo 0 > answer
patience=3	# one is to hang
configure "command = \"$work/program\"" 'arguments = ["--to", "${to}", "a b; $(id)"]'
serve 2
"$ra" mail retry --all
until_ 'no program ran' test -e taken
until_ 'sent' sh -c "[ \"\$('$ra' mail list --state queued --json)\" = '[]' ]"
same 'no new rights, no keys' "$(tr '\0' '\n' < /proc/$last/status | sed -n 's/^Seccomp:\t//p')" 2
courier=$(cat /proc/$last/task/$last/children | tr -d ' ')
[ -n "$courier" ] || die 'there is no courier'
for fd in /proc/$courier/fd/*; do
	case $(readlink $fd) in
	*"$dir"*|anon_inode*) die "the courier holds $(readlink $fd)" ;;
	esac
done
echo hang > answer
hung=$(order)
until_ 'it does not hang' test -s hangs
first=$(cat hangs)
until_ 'it was not ended in its time' sh -c "! kill -0 $first"
same 'tried again' "$(state $hung)" queued
# ... and ends with the server, whatever the program does
until_ 'it does not hang again' sh -c "test -s hangs && [ \"\$(cat hangs)\" != $first ]"
hangs=$(cat hangs)
kill $last
until_ 'the server' sh -c "! kill -0 $last"
ended $last
until_ 'the courier' sh -c "! kill -0 $courier"
until_ 'the program' sh -c "! kill -0 $hangs"

"$ra" audit verify > /dev/null || die audit
echo 'text messages: all held'
