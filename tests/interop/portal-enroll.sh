#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# portal+https:// from the first visit to the proof of installation: a way that
# begins with the terms, one that begins with a mailed code, one of an account.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
for program in jq pdftotext pdftoppm zbarimg; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

# ---- an authority with a register of its own -----------------------------------
"$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$top_srcdir/share/profiles" \
	--default-profile employee --name "portal test" >/dev/null || fail "init"
printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' >"$work/ra/people.csv"
echo 'registers = ({ name = "individuals"; kind = "csv"; path = "people.csv"; });' \
	>>"$work/ra/ra.conf"
ra user add anna --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" || fail "account"
serve_ra
api=$url/api/v1
curl() { command curl -sS --max-time 20 --cacert "$work/ra/ca.pem" "$@"; }
count_apps() { ra list --json | jq length; }
# the number of the application that was begun last
number() { ra list --json | jq -r '.[0].application'; }
state_of() { ra show "$1" --json | jq -r .state; }

# ---- Kazakh: terms, form, key, officer, certificate ----------------------------
cat >"$work/answers" <<'A'
{"IIN": "396685245034", "email": "", "region": "Almaty", "city": "Almaty",
 "domain": "www.example.kz"}
A
kz="$local $ca --profile kz-ssl --answers $work/answers"
run 1 "$tamga" enroll $kz
says "nobody agreed"
[ "$(count_apps)" = 0 ] || fail "begun without consent"
hash=$(curl "$api/profiles/kz-ssl" | jq -r .consent.hash)
grep -q -- "--agree $hash" "$work/said" || fail "does not say what to agree to"
run 2 "$tamga" enroll $kz --agree "$hash" --dry-run
[ "$(count_apps)" = 0 ] || fail "a dry run began one"
ctl mark
run 6 "$tamga" enroll $kz --agree "$hash"
n=$(number)
[ "$(count_apps) $(generated) $(verified) $(signatures)" = "1 1 1 1" ] ||
	fail "$(count_apps) applications, $(generated) keys, $(verified) logins, $(signatures) signatures"
[ "$(state_of "$n")" = submitted ] || fail "state $(state_of "$n")"
grep -q "$n" "$work/said" || fail "the number is not shown"
says "Application $n: The application is submitted and waits to be confirmed"
says "until 20.*: NB! Upon submitting"
[ "$(stat -c %a "$work/state/tamga/$n.code")" = 600 ] || fail "the code's mode"
run 6 "$tamga" enroll $kz --agree "$hash"
[ "$(count_apps) $(generated)" = "1 1" ] || fail "asked again: another one"
run 6 "$tamga" enroll --resume --now $local
run 0 "$tamga" status "$n"
grep -q 'waits to be confirmed' "$work/out" && grep -q '^deadline' "$work/out" &&
	grep -q '\[x\]' "$work/out" || fail "status"
grep -q '^state  *submitted' "$work/out" || fail "the journal is not told beside it"
run 0 "$tamga" status "$n" $ca --json
jq -e '.enrollments | length == 1 and .[0].state == "submitted"' "$work/out" >/dev/null ||
	fail "the journal is not in the document"
# ---- saved and printed, in several formats ----
for form in pdf html txt; do
	run 0 "$tamga" application print "$n" -o "$work/application.$form"
	grep -q "$n is in $work/application.$form" "$work/out" || fail "does not say where"
done
pdftotext -layout "$work/application.pdf" "$work/application.pdf.txt"
pdftoppm -r 100 -png "$work/application.pdf" "$work/page"
zbarimg -q --raw "$work"/page*.png >"$work/qr" || fail "no QR code on the paper"
grep -q "$n" "$work/qr" || fail "the QR code says $(cat "$work/qr")"
for form in pdf.txt html txt; do
	for word in "$n" Ермекқызы www.example.kz; do
		grep -q "$word" "$work/application.$form" || fail "$form does not say $word"
	done
done
run 0 "$tamga" application print "$n"
cmp -s "$work/out" "$work/application.txt" || fail "what is shown is not what is saved"
run 0 "$tamga" application print "$n" --form html -o "$work/paper"
cmp -s "$work/paper" "$work/application.html" || fail "--form"
lower=$(printf '%s' "$n" | tr A-Z a-z)
run 0 "$tamga" application print "$lower" --json -o "$work/paper.PDF"
[ "$(jq -r '.application + " " + .form' "$work/out")" = "$n pdf" ] || fail "--json"
run 2 "$tamga" application print "$n" -o "$work/application.doc"
says "ends in none of .pdf, .html and .txt"
run 2 "$tamga" application print "$n" --form doc
says "pdf, html or txt"
run 1 "$tamga" application print "$n" --document nothing
says "status 404"
run 2 "$tamga" application print "$n" --document '../x'
run 2 "$tamga" application print 1234
says "four groups of four"
mv "$work/state/tamga/$n.code" "$work/kept"
run 7 "$tamga" application print "$n" -o "$work/stolen.txt"
[ ! -e "$work/stolen.txt" ] || fail "printed for who has no code"
ok "the application in three formats, its number in letters and as a QR code"

run 0 "$tamga" status "$n" $ca --json
jq -e '.application | keys == ["application", "status"]' "$work/out" >/dev/null ||
	fail "status without the code"
mv "$work/kept" "$work/state/tamga/$n.code"
[ "$(curl "$api/applications/$n" | jq -r 'keys | join(" ")')" = "application status" ] ||
	fail "the number alone shows more than the status"
ra approve "$n" >/dev/null || fail "approve"
ctl mark
run 0 "$tamga" enroll --resume --now $local
[ "$(verified) $(signatures)" = "1 1" ] || fail "$(verified) logins, $(signatures) signatures"
[ "$(state_of "$n")" = installed ] || fail "state $(state_of "$n")"
run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
openssl x509 -in "$work/cert.pem" -noout -subject -ext subjectAltName -nameopt utf8 \
	>"$work/names"
grep -q 'DNS:www.example.kz' "$work/names" && grep -q 'Ермекқызы' "$work/names" &&
	grep -q IIN396685245034 "$work/names" || fail "the certificate"
run 0 "$tamga" enroll --list
ok "Kazakh: one application, one key, two signatures in all, proven"

run 0 "$tamga" revoke --no-pcsc 9a --reason keyCompromise
[ "$(state_of "$n")" = revoked ] || fail "state $(state_of "$n")"
run 7 "$tamga" revoke --no-pcsc 9a
says "revoked already"
ok "revoked by its application's code"

# ---- Bulgarian: mailed code, papers, data agreed to, payment -------------------
echo '{"fullname": "Мария Тестова", "email": "maria@example.bg", "country": "BG"}' \
	>"$work/answers"
bg="$local $ca --answers $work/answers --slot 9c"
run 6 "$tamga" enroll $bg --profile bg-csp
says "comes by mail"
b=$(ra list --json | jq -r 'map(select(.profile=="bg-csp"))[0].application')
ra act new-code "$b" >"$work/code" || fail "new-code"
mine="$bg --application $b"
run 6 "$tamga" enroll $mine --code-file "$work/code"
[ "$(state_of "$b")" = filled ] || fail "state $(state_of "$b")"
cmp -s "$work/code" "$work/state/tamga/$b.code" && fail "the code was not changed"
# The papers, with the number in them; sent by post.
run 0 "$tamga" application print "$b" $ca --document contract -o "$work/contract.txt"
grep -q "$b" "$work/contract.txt" || fail "no number in the contract"
for step in receive-docs check-docs check-data; do
	ra act $step "$b" >/dev/null || fail "$step"
done
run 1 "$tamga" enroll $mine
says "Мария Тестова"
hash=$(sed -n 's/.*--agree \([0-9a-f]*\).*/\1/p' "$work/said")
run 6 "$tamga" enroll $mine --agree "$hash"
[ "$(state_of "$b")" = submitted ] || fail "state $(state_of "$b")"
ra approve "$b" >/dev/null 2>&1
run 0 "$tamga" status "$b"
grep -q '^payment  *30.00 [A-Z]*, not paid yet$' "$work/out" || fail "what it costs: $(cat "$work/out")"
ra pay "$b" >/dev/null || fail "pay"
run 0 "$tamga" status "$b"
grep -q '^payment  *30.00 [A-Z]*, paid$' "$work/out" || fail "that it is paid: $(cat "$work/out")"
run 0 "$tamga" enroll $mine --now
[ "$(state_of "$b")" = installed ] || fail "state $(state_of "$b")"
ok "Bulgarian: code changed, data agreed to, paid, proven"

run 0 "$tamga" application suspend "$b"
[ "$(state_of "$b")" = suspended ] || fail "state $(state_of "$b")"
run 0 "$tamga" application resume "$b"
[ "$(state_of "$b")" = installed ] || fail "state $(state_of "$b")"
run 7 "$tamga" application cancel "$b" --yes
says "is not possible now"
ok "suspended and in force again; what is issued is not withdrawn"

# The token is lost, on another computer: number and code are enough.
cp "$work/state/tamga/$b.code" "$work/code"
mv "$work/state" "$work/here"
echo wrong >"$work/not"
run 7 "$tamga" revoke "$b" $ca --code-file "$work/not"
run 7 "$tamga" revoke "$b" $ca
says "--code-file FILE gives the access code"
[ "$(state_of "$b")" = installed ] || fail "revoked without the code"
run 0 "$tamga" revoke "$b" $ca --code-file "$work/code" --reason keyCompromise
[ "$(state_of "$b")" = revoked ] || fail "state $(state_of "$b")"
rm -rf "$work/state"
mv "$work/here" "$work/state"
ok "revoked by number and code, without the token"

# ---- an account's: the request comes first -------------------------------------
run 0 "$tamga" enroll $local $ca --profile employee --slot 9d --subject 'CN=Anna' \
	--user anna --password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
[ "$(ra list --json | jq 'map(select(.profile=="employee")) | length')" = 1 ] || fail "applications"
ok "employee: issued at once"

# ---- refusals ------------------------------------------------------------------
echo wrong >"$work/code"
run 7 "$tamga" enroll $local $ca --application "$n" --code-file "$work/code" --slot 9e
says "access code"
run 2 "$tamga" enroll $local $ca --application nonsense --code-file "$work/code"
run 1 "$tamga" enroll $local $ca --profile nothing
says "no profile"
ra audit verify >/dev/null || fail "audit"
ok "refused in the portal's words"
