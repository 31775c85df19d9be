#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An ACME server that answers wrongly, at every step in every way: words that name
# the cause, nothing written, and the same command finishes with one key once it
# answers as it should.  It also tells when it wishes certificates renewed.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
python3 -c 'import cryptography' 2>/dev/null ||
	{ echo "skipped: no python3 with cryptography"; exit 77; }

mkdir "$work/acme" "$work/www"
: >"$work/acme/mode"
mkfifo "$work/told"
python3 "$top_srcdir/tests/interop/bad-acme.py" "$work/acme" >"$work/told" 2>"$work/server" &
children="$children $!"
read -r port <"$work/told" || { cat "$work/server"; fail "the server does not serve"; }
wish="$local --ca acme+https://localhost:$port/directory --ca-file $work/acme/ca.pem
--subject CN=a.example --san dns:a.example --slot 9a
--ca-option webroot=$work/www --ca-option wait=1"
# patience HOW: little where the answer takes long on purpose
patience() { case $1 in slow) echo --timeout 2 ;; esac; }
asked() { grep -c "^$1\$" "$work/acme/asked"; }
traced() { grep -v '^ File\|^  File\|Error: \[Errno\|BrokenPipe\|Connection' "$work/server" | grep -c Traceback; }

# bad STEP HOW KEYS [WORDS]: what it costs until it is noticed
bad() {
	fresh_card --yubikey
	ctl mark
	: >"$work/acme/asked"
	echo "$1 $2" >"$work/acme/mode"
	status=0
	setsid -w timeout 60 "$tamga" enroll $wish $(patience "$2") >"$work/out" 2>"$work/said" || status=$?
	case $status in 1 | 2 | 6 | 7) ;; *) fail "$1 $2: status $status" ;; esac
	LC_ALL=C grep -q "$(printf '\033')" "$work/said" && fail "$1 $2: an escape code reaches the terminal"
	grep -q '^tamga: .\{15\}' "$work/said" || fail "$1 $2: no words"
	grep -q -i '<html\|Traceback' "$work/said" && fail "$1 $2: the answer itself is shown"
	[ -z "${4:-}" ] || grep -q -e "$4" "$work/said" || fail "$1 $2: does not say \"$4\""
	[ "$(generated)" = "$3" ] || fail "$1 $2: $(generated) keys"
	[ "$(written)" = 0 ] || fail "$1 $2: the certificate was written"
	[ "$(wc -l <"$work/acme/asked")" -lt 60 ] || fail "$1 $2: asked $(wc -l <"$work/acme/asked") times"
	words=$(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-100)
}
# and then the server is well again
good() {
	: >"$work/acme/mode"
	run 0 "$tamga" enroll $wish
	[ "$(generated) $(journals) $(state)" = "1 1 done" ] ||
		fail "$1: $(generated) keys, $(journals) journals, $(state)"
	[ -z "$(find "$work/www" -type f)" ] || fail "$1: a proof is left behind"
}
tries=0
for how in html type redirect cut shut 500 403 404 huge slow array null empty deep twice utf8 plain long; do
	bad directory $how 0
	tries=$((tries + 1))
done
bad directory types 0 "no ACME directory"
bad directory redirect 0 "sends us on to"
good directory
ok "a directory that is none: $tries ways, found out before there is a key"

tries=0
for step in account order authz challenge look finalize; do
	for how in 500 types plain cut redirect; do
		# nothing of a challenge's own answer is believed
		case $step/$how in challenge/types | challenge/plain | account/types) continue ;; esac
		bad $step $how 1
		tries=$((tries + 1))
	done
	good $step
done
ok "answers that are broken at every step: $tries ways, resumed with the same key"

bad nonce no-nonce 1 "gave no nonce"
bad nonce odd-nonce 1 "gave no nonce"
bad order nonces 1 "refuses every nonce"
[ "$(asked order)" -le 6 ] || fail "asked $(asked order) times"
bad account no-place 1 "names no account"
bad order no-place 1 "names no order"
bad order 429 1 "asked too often"
[ "$status" = 6 ] || fail "status $status"
bad order 403 1 "reason is \[31mred"
bad authz token 1 "these proofs only"
bad authz name 1 "cannot be read"
bad look invalid 1 'CAA record.*not \[31m here'
[ "$status" = 7 ] || fail "status $status"
bad finalize forever 1 "has not issued yet"
[ "$status" = 6 ] || fail "status $status"
good "an order that takes its time"
for step in account order; do
	fresh_card --yubikey
	echo "$step relative" >"$work/acme/mode"
	run 0 "$tamga" enroll $wish
done
ok "addresses that are relative"
ok "nonces, addresses, limits, tokens and names that are none, and waiting"

fresh_card --yubikey
echo authz mixed >"$work/acme/mode"
run 1 "$tamga" enroll $local --ca "acme+https://localhost:$port/directory" --ca-file \
	"$work/acme/ca.pem" --subject CN=a.example --san dns:a.example --san dns:b.example \
	--slot 9a --ca-option listen=127.0.0.1:0 --ca-option wait=1
says "not both at once"
ok "two proofs that one door cannot give"

for how in other-key other-names more-names no-names other-ca garbage nothing html type cut 404; do
	bad certificate $how 1
	[ "$(written)" = 0 ] || [ "$(state)" != done ] || fail "$how: installed"
done
good certificate
run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
[ -z "$(openssl x509 -in "$work/cert.pem" -noout -subject | sed 's/subject=//; s/ //g')" ] ||
	fail "its subject"
ok "certificates for others, by others, or none; one without a subject is taken"

# ---- when to renew -----------------------------------------------------------------
window() { printf '{"suggestedWindow": {"start": "%s", "end": "%s"}, "explanationURL": "https://localhost/why"}' \
	"$(date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ)" "$(date -u -d "$2" +%Y-%m-%dT%H:%M:%SZ)" >"$work/acme/window"; }
only="$local --ca-option wait=1 --ca-option webroot=$work/www"
window '+20 days' '+21 days'
: >"$work/acme/asked"
run 0 "$tamga" renew --all $local --same-key
[ "$(asked renewal) $(asked order)" = "1 0" ] || fail "asked $(asked renewal), ordered $(asked order)"
: >"$work/acme/asked"
run 0 "$tamga" watch $local --ca-option wait=1 --ca-option webroot=$work/www --dry-run --json
jq -e '.renewals == []' "$work/out" >/dev/null || fail "watch renews before its time"
window '-2 days' '-1 day'
run 0 "$tamga" watch $local --ca-option wait=1 --ca-option webroot=$work/www --dry-run --json
jq -e '.renewals | length == 1' "$work/out" >/dev/null || fail "watch does not ask the authority"
[ "$(asked renewal) $(asked order)" = "2 0" ] || fail "watch: asked $(asked renewal)"
: >"$work/acme/ordered"
run 0 "$tamga" renew --all $local --same-key
says "https://localhost/why"
grep -q '"replaces": "[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*"' "$work/acme/ordered" || {
	cat "$work/acme/ordered"; fail "it is not told what is renewed"; }
echo "order replaced" >"$work/acme/mode"
: >"$work/acme/ordered"
run 0 "$tamga" renew --all $local --same-key
[ "$(wc -l <"$work/acme/ordered")" = 2 ] || fail "replaced already: not ordered all the same"
for how in html types 500; do
	echo "renewal $how" >"$work/acme/mode"
	: >"$work/acme/asked"
	run 0 "$tamga" renew --all $local --same-key
	[ "$(asked renewal) $(asked order)" = "1 0" ] || fail "$how: ordered $(asked order)"
done

# a wish for a time when the certificate has ended is none: the usual rule holds
: >"$work/acme/mode"
mkdir -p "$work/config/tamga"
echo 'enroll = { renew-at = 1; };' >"$work/config/tamga/tamga.conf"
for row in '+20 days:+21 days:0' '+200 days:+201 days:1'; do
	window "${row%%:*}" "$(echo "$row" | cut -d: -f2)"
	: >"$work/acme/asked"
	run 0 "$tamga" renew --all $local --same-key
	[ "$(asked renewal) $(asked order)" = "1 ${row##*:}" ] || fail "$row: ordered $(asked order)"
done
rm "$work/config/tamga/tamga.conf"
ok "renewed when the authority wishes it, and by the usual rule where it cannot tell"
