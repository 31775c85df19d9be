#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# seeds/004 by the command line alone: an order without a key and without a token,
# in a file and typed at a terminal; its payment; the carrier, made with tamga at
# the registration centre and handed over; the certificate at work.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/portal-lib.sh"
for program in jq pdftotext expect; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
/usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || { echo "skipped: no aiosmtpd"; exit 77; }

authority
mails
serve
count_apps() { ra list --json | jq 'map(select(.profile == "az-esign")) | length'; }
state_of() { ra show "$1" --json | jq -r .state; }
# The applicant has neither token nor reader, and a home of his own.
office_card=$TAMGA_VCARD_SOCKET
unset TAMGA_VCARD_SOCKET
mine() { XDG_STATE_HOME=$work/state; export XDG_STATE_HOME; unset TAMGA_VCARD_SOCKET; }
theirs() {
	XDG_STATE_HOME=$work/office TAMGA_VCARD_SOCKET=$office_card
	export XDG_STATE_HOME TAMGA_VCARD_SOCKET
}
answers() { # answers FIN CARRIER [MORE]
	printf '{"FIN": "%s", "phone": "+994 12 345 67 89", "email": "ulviyya@example.az",
 "region": "Baku", "city": "Baku", "carrier": "%s"%s}' "$1" "$2" "${3:-}" >"$work/answers"
}
order="$ca --profile az-esign --answers $work/answers"

# ---- what is typed wrong is told before anything is sent, or where it can be mended ----
answers 5ABC12D usb-token
run 1 "$tamga" enroll $ca --profile az-sign --answers "$work/answers"
says 'no profile'
run 1 "$tamga" enroll $order
says 'nobody agreed to this ("I accept the user rules")'
agree=$(sed -n 's/.*--agree \([0-9a-f]*\).*/\1/p' "$work/said")
order="$order --agree $agree"
answers 5ABC12D diskette
run 2 "$tamga" enroll $order
says 'no carrier "diskette"; it has: usb-token, smart-card'
answers 5ABC12D usb-token ', "fone": "1"'
run 2 "$tamga" enroll $order
says 'does not ask for "fone"; it asks for FIN, phone, email, region, city, carrier'
answers 5ABC12D usb-token ', "carrier.extra": 1'
run 2 "$tamga" enroll $order
says '"carrier.extra" must stand in quotes'
run 2 "$tamga" enroll $order --at-office
says 'say --application NUMBER'
[ "$(count_apps)" = 0 ] || fail "an application was begun"
answers 5ABC12 usb-token
run 7 "$tamga" enroll $order
says 'look for a digit that is wrong'
n=$(sed -n 's/^Application \([0-9A-Z-]*\) is begun and waits.*/\1/p' "$work/said")
answers 7ZZZ99Z usb-token
run 7 "$tamga" enroll --resume "$n" --answers "$work/answers"
says 'There is nobody with this personal identification number in the register.'
answers 5ABC12D usb-token ', "carrier.extra": "Card reader"'
run 7 "$tamga" enroll --resume --answers "$work/answers"
says 'this cannot be ordered with the carrier chosen'
[ "$(count_apps)" = 1 ] || fail "$(count_apps) applications of one person"
ok "what is wrong is named, and mended in the same application"

# ---- ordered ---------------------------------------------------------------------------
answers 5ABC12D usb-token
run 6 "$tamga" enroll --resume --answers "$work/answers"
[ "$(state_of "$n")" = filled ] || fail "state $(state_of "$n")"
says "its key is made at the office"
ordered() { # what is told of an order that is not paid
	for line in "^application  $n" '^payment  *18.00 AZN, not paid yet' \
	    'One payment for 3 years' '^office  *Azerpost, Baku' '^bring  *ID card' '\[x\]' '\[ \]'; do
		grep -q "$line" "$work/out" || fail "does not tell $line"
	done
}
ordered
run 0 "$tamga" status "$n"
ordered
run 6 "$tamga" enroll --resume "$n"
ordered
run 6 "$tamga" enroll --resume --json
jq -e '.application.key_at == "office" and .application.office.bring == ["ID card"] and
    .error.exit == 6' "$work/out" >/dev/null || fail "the document: $(cat "$work/out")"
run 0 "$tamga" status
grep -q "^$n  *filled" "$work/out" || fail "status does not list it"
run 0 "$tamga" status --json
jq -e --arg n "$n" '.applications | length == 1 and .[0].application == $n' "$work/out" >/dev/null ||
	fail "status --json"
[ "$(count_apps) $(journals)" = "1 0" ] || fail "$(count_apps) applications, $(journals) journals"
run 0 "$tamga" application print "$n" -o "$work/order.pdf"
pdftotext "$work/order.pdf" - | grep -q "$n" || fail "the number is not printed"
until [ -e "$work/mail/1.eml" ]; do sleep 0.05; kill -0 $! 2>/dev/null || fail "no mail server"; done
/usr/bin/python3 - "$work/mail/1.eml" "$n" <<'P' || fail "the mail"
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
text = m.get_body(('plain',)).get_content()
assert m['X-To'] == 'ulviyya@example.az' and m['Subject'] == 'Order ' + sys.argv[2], m['Subject']
assert 'handed over at Azerpost, Baku, only after producing your ID card' in text, text
assert [p.get_filename() for p in m.iter_attachments()], 'the application is not with it'
P
ok "ordered without a token: number, price, how to pay, where to go and with what; mailed"

# ---- paid; nothing of it makes a key at home ---------------------------------------------
ra pay "$n" >/dev/null || fail "pay"
run 6 "$tamga" enroll --resume "$n"
grep -q '^payment  *18.00 AZN, paid$' "$work/out" || fail "that it is paid"
theirs
ctl mark
cp "$work/state/tamga/$n.code" "$work/code"
run 6 "$tamga" enroll $local $ca --application "$n" --code-file "$work/code"
[ "$(generated) $(state_of "$n")" = "0 filled" ] || fail "a key was made without --at-office"
rm -rf "$work/office"
ok "paid; whoever is not the office makes no key"

# ---- the registration centre: identity card seen, the carrier is made and handed over -----
ra act new-code "$n" >"$work/code" || fail "new-code"
run 6 "$tamga" enroll $local $ca --application "$n" --code-file "$work/code" --at-office
[ "$(generated) $(state_of "$n")" = "1 submitted" ] || fail "$(generated) keys, $(state_of "$n")"
[ ! -e "$work/office/tamga/$n.application" ] && [ ! -e "$work/office/tamga/$n.code" ] ||
	fail "the office keeps what is the applicant's"
ra approve "$n" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume "$n" --now $local --code-file "$work/code"
mine
run 7 "$tamga" status "$n"
says 'opens it no more'
run 6 "$tamga" enroll --resume "$n" --code-file "$work/code"
theirs
ra act hand-over "$n" >/dev/null || fail "hand-over"
ok "the carrier is made at the centre, one key, and handed over"

# ---- the applicant, at home with the carrier --------------------------------------------
mine
run 0 "$tamga" status "$n" --code-file "$work/code"
grep -q '^status  *carrier handed over' "$work/out" || fail "status after the hand-over"
grep -q '\[ \]' "$work/out" && fail "something is left to do"
run 0 "$tamga" status "$n"
run 0 "$tamga" enroll --resume "$n"
run 0 "$tamga" status
grep -q "^$n  *handed-over" "$work/out" || fail "status lists it as open"
TAMGA_VCARD_SOCKET=$office_card
export TAMGA_VCARD_SOCKET
run 0 "$tamga" list --no-pcsc
grep -q 'Sınaq Ülviyyə' "$work/out" || fail "list"
TAMGA_TEST_RA_CA=$work/ra/ca.pem
assert_installed 9a
three_years=$((3 * 365 * 86400))
openssl x509 -in "$work/cert.pem" -noout -checkend $((three_years - 3600)) >/dev/null &&
	! openssl x509 -in "$work/cert.pem" -noout -checkend $((three_years + 3600)) >/dev/null ||
	fail "not three years"
unset TAMGA_VCARD_SOCKET
ok "done: the carrier signs, OpenSSL believes it, for three years"

# ---- the same at a terminal: each question in its turn, a card with a reader ---------------
cat >"$work/person" <<-END
	set timeout 30
	proc answer {question text} {
		expect {
			\$question { send "\$text\r" }
			timeout { puts "NOT ASKED: \$question"; exit 99 }
			eof { puts "NOT ASKED: \$question"; exit 99 }
		}
	}
	spawn $tamga enroll $ca --profile az-esign
	answer "I accept the user rules? Type yes" yes
	expect "Bring PIN data"
	answer "Personal identification number" 5ABC12D
	expect "Surname: Sınaq"
	answer "Mobile telephone" "+994 12 345 67 89"
	answer "E-mail" ""
	expect "3) Absheron-Khizi"
	answer "Region" 1
	answer "Registration Center" Baku
	expect "Smart Card: 18.00 AZN, FIPS 140-2"
	expect "Card reader, 12.00 AZN"
	answer "Carrier of the key" 2
	answer "Order with it" 1
	expect "Smart Card: 18.00 AZN"
	expect "Card reader: 12.00 AZN"
	answer "CONFIRM? Type yes" \$argv
	expect eof
	exit [lindex [wait] 3]
END
status=0
expect "$work/person" no >"$work/said" 2>&1 || status=$?
[ "$status" != 0 ] && [ "$status" != 6 ] || fail "not confirmed: status $status"
says 'nothing was ordered; go on with tamga enroll --resume'
m=$(sed -n 's/.*application cancel \([0-9A-Z-]*\).*/\1/p' "$work/said")
[ "$(ra list --json | jq -r ".[] | select(.application == \"$m\").state")" = identified ] ||
	fail "not confirmed, yet ordered: $(ra list)"
status=0
sed -e 's/enroll .*az-esign/enroll --resume '"$m"'/' \
	-e '/I accept the user rules/,/Sınaq/d' "$work/person" >"$work/again"
expect "$work/again" yes >"$work/said" 2>&1 || status=$?
[ "$status" = 6 ] || fail "at a terminal: status $status: $(cat "$work/said")"
says '30.00 AZN, not paid yet'
ok "ordered at a terminal, a smart card with a reader"

# ---- withdrawn: over, and the same wish begins another one --------------------------------
m=$(ra list --json | jq -r '.[0].application')
run 0 "$tamga" application cancel "$m" --yes
run 7 "$tamga" enroll --resume "$m"
says 'begin another one'
ra audit verify >/dev/null || fail "audit"
ok "withdrawn"
