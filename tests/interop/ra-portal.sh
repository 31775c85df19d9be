#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The providers' three procedures walked by pages, from the first visit to the
# certificate, with nothing but a browser's requests.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

officer olga
officer astana 'Registration Authority, Astana'
officer temirtau 'Registration Authority, Temirtau'

# ---- what everybody sees, and how it is protected
page /
shows 'SSL certificate for individuals'
shows 'Obtainment of digital signature keys'
shows 'All services'
shows '<html lang="en">'
shows '<a class="skip" href="#main">'
has_header "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
has_header 'Strict-Transport-Security: max-age=31536000'
has_header 'X-Content-Type-Options: nosniff'
has_header 'Referrer-Policy: same-origin'
has_header 'Cache-Control: no-store'
has_header 'Content-Type: text/html; charset=utf-8'
has_header 'Set-Cookie: __Host-tamga=[0-9a-f]\{64\}; Path=/; Secure; HttpOnly; SameSite=Strict'
style=$(grep -o '/style/[0-9a-f]*\.css' page)
page "$style"
has_header 'Content-Type: text/css; charset=utf-8'
has_header 'Cache-Control: public, max-age=31536000, immutable'
same 'an older style' "$(see "$U/style/0000000000000000.css")" 404
page '/?lang=ru'
shows '<html lang="ru">'
page /
shows '<html lang="ru">'
page '/?lang=en'

# ---- Kazakhstan
individuals
who aliya
page /service/kz-ssl
shows 'Submit application'
page /apply/kz-ssl
shows 'Confirm'
send /apply/kz-ssl 200
shows "Access code"
page /my
kz=$(number)
shows 'NB! Remember the application number which is needed for identification of your application in the Registration Authority, and also for setting up the issued certificate.'
page /my/identity
shows 'Check IIN'
shows 'data:image/png;base64,'
send /my/identity 400 identity=396685245034 captcha=0 captcha-id=none
shows 'This is not the code'
captcha
send /my/identity 400 identity=396685245035 captcha=$sum captcha-id=$captcha_id
shows 'look for a digit that is wrong'
send /my/identity 400 identity=396685245034 captcha=$sum captcha-id=$captcha_id
shows 'This is not the code'	# it has one try
captcha
send /my/identity 400 identity=396685245044 captcha=$sum captcha-id=$captcha_id
shows 'Documentation Unit'
captcha
send /my/identity 303 identity=396685245034 captcha=$sum captcha-id=$captcha_id
goes /my/form
page /my/form
shows 'value="Ермекқызы"'
shows 'readonly'
shows 'Personal Computer'
shows 'NB! Be careful when filling in the'
hides Temirtau
# region and city in sequence, without scripts
send /my/form 200 'region=Karaganda region' domain=www.example.kz carrier=usb-token
shows Temirtau
send /my/form 400 'region=Karaganda region' 'cities-of=Karaganda region' city=Astana \
    'domain=<script>alert(1)</script>' surname=Other carrier=
shows 'Please correct this'
shows '<a href="#f-domain">'
shows '<a href="#f-city">'
shows '<a href="#f-carrier">'
hides '<script'
shows 'value="Ермекқызы"'
send /my/form 303 'region=Karaganda region' 'cities-of=Karaganda region' city=Temirtau \
    domain=www.example.kz email=aliya@example.kz carrier=usb-token
page /my/key
shows "tamga enroll --ca portal+https://localhost:${U##*:} --application $kz"
names kz DNS:www.example.kz <<-EOF
	C = KZ
	serialNumber = IIN396685245034
	GN = Әлия
	SN = Ермекқызы
	CN = www.example.kz
EOF
request kz
sed 's/www.example.kz/www.example.com/' kz.cnf > other.cnf
request other
send /my/key 400 "request=$(cat other.csr)"
shows www.example.com
send /my/key 400 'request=nonsense'
same submit "$(see -F "csrf=$(csrf)" -F request= -F file=@kz.csr "$U/my/key")" 303
page /my
shows 'Follow the progress'
! grep -qi '^Refresh:' headers || die "the page loads itself again, and nobody asked"
page '/my?follow=yes'
has_header 'Refresh: 5'
shows 'Stop following'
shows 'Deadline'
shows 'aria-current="step"'
for form in pdf html txt; do
	page /my
	shows "/my/print/$form"
	page "/my/print/$form"
	has_header "Content-Disposition: attachment; filename=\"$kz.$form\""
	cp page "printed.$form"
done
pdftotext printed.pdf - | grep -q 'Ермекқызы' || die "the PDF has no name"
grep -q "$kz" printed.txt || die "the printed application has no number"
same 'no such form' "$(see "$U/my/print/exe")" 404

# the number alone: the status, and nothing of the person
who passer
page /status
send /status 200 "number=$kz"
shows 'waits to be confirmed in the Registration Authority'
hides 'Ермекқызы'
hides example.kz
send /status 404 number=AAAA-BBBB-CCCC-DDDD
same 'not logged in' "$(see "$U/my")" 303
goes /login

# the branch of another city does not see it; the right one confirms
who astana
page '/desk?state=submitted'
hides "$kz"
same "another branch's case" "$(see "$U/desk/case/$kz")" 404
page /status	# for a form's field
same 'deciding it' "$(see --data-urlencode "csrf=$(csrf)" -d event=confirm "$U/desk/case/$kz")" 404
who temirtau
page /desk
shows "$kz"
page "/desk/case/$kz"
shows 'www.example.kz'
send "/desk/case/$kz" 400 event=confirm
shows 'Tick every document'
page "/desk/case/$kz"
send "/desk/case/$kz" 303 event=confirm doc.application=yes doc.identity-card=yes
page "/desk/case/$kz"
shows 'officer:temirtau'
who passer
page /status
send /status 200 "number=$kz"
shows 'Certificates under the application have been issued'
who aliya
page /my
shows 'Download the certificate'
send /my/certificate 200
has_header "Content-Disposition: attachment; filename=\"$kz.pem\""
holds kz

# ---- Bulgaria
who maria
page /apply/bg-csp
send /apply/bg-csp 400 fullname=
shows 'id="e-email"'
send /apply/bg-csp 200 'fullname=Мария Тестова' email=maria@example.bg
shows 'REGISTRATION NUMBER'
bg=$(number)
# its code went by mail alone
code=$(mailed_code "$bg")
hides "$code"
page /login
send /login 403 "number=$bg" code=wrong
shows 'not its code'
send /login 303 "number=$bg" "code=$code"
goes /my
page /my
shows 'Change the initial access code'
hides 'Fill in the form'
page /my/code
send /my/code 400 "old=$code" 'new=correct horse' again=other
shows 'not the same'
send /my/code 303 "old=$code" 'new=correct horse' 'again=correct horse'
page /my/form
send /my/form 303 country=BG city=София carrier=smart-card 'carrier.extra=Card reader'
page /my
shows 'not paid yet'
who olga
page "/desk?state=filled"
page "/desk/case/$bg"
shows 'Card reader'
send "/desk/case/$bg" 303 event=receive-docs
page "/desk/case/$bg"
send "/desk/case/$bg" 400 event=miss-docs
shows 'reason'
page "/desk/case/$bg"
send "/desk/case/$bg" 303 event=miss-docs 'reason=the contract <is> missing'
who maria
page /my
shows 'the contract <is> missing'
hides '<is>'
who olga
page "/desk/case/$bg"
send "/desk/case/$bg" 303 event=receive-docs
page "/desk/case/$bg"
send "/desk/case/$bg" 303 event=check-docs doc.application=yes doc.contract=yes doc.identity=yes
page "/desk/case/$bg"
send "/desk/case/$bg" 303 event=check-data
who maria
page /my
shows 'I agree with the data'
send /my 303 event=agree-data
names bg email:maria@example.bg <<-EOF
	emailAddress = maria@example.bg
	L = София
	C = BG
	CN = Мария Тестова
EOF
hand_in bg
decide "$bg" olga:confirm olga:pay
who maria
fetch bg
who anybody
page /status
send /status 404 "number=$bg"	# its profile asks for the code, too

# ---- Azerbaijan
citizens
who ulviyya
page /apply/az-esign
shows 'I accept the user rules'
shows 'CONTINUE'
send /apply/az-esign 400
shows 'Tick the box'
send /apply/az-esign 200 agree=yes
page /my/identity
shows 'Bring PIN data'
send /my/identity 303 identity=5ABC12D fetch=yes
page /my/form
shows 'FIPS 140-2'
send /my/form 400 region=Baku cities-of=Baku city=Baku 'phone=+994 12 345 67 89' \
    carrier=usb-token 'carrier.extra=Card reader'
send /my/form 303 region=Baku cities-of=Baku city=Baku 'phone=+994 12 345 67 89' \
    carrier=smart-card 'carrier.extra=Card reader'
page /my
az=$(number)
shows '30.00 AZN'	# with the reader
hides '/my/key'
names_of_citizen az
request az
who olga
page "/desk/case/$az"
send "/desk/case/$az" 303 event=pay
page "/desk/case/$az"
send "/desk/case/$az/request" 303 "request=$(cat az.csr)"
page "/desk/case/$az"
send "/desk/case/$az" 303 event=confirm doc.identity-card=yes
page "/desk/case/$az"
send "/desk/case/$az" 303 event=hand-over seen=yes
page "/desk/case/$az"
shows 'hand-over'
who ulviyya
page /my
shows 'carrier handed over'
"$ra" audit verify >/dev/null || die audit

# ---- the log says who asked for what, and nothing that opens anything, nor of whom
log=$TAMGA_TEST_RA_LOG
grep -q "$az POST /my/identity 303" "$log" || die 'the log does not say what was done'
awk 'NF == 7 && $6 ~ /^__Host-/ && length($7) > 15 { print $7 }' ./*.jar > secrets
[ "$(wc -l < secrets)" -ge 3 ] || die "the browsers have no cookies: $(cat ./*.jar)"
cat >> secrets <<-'S'
	correct horse
	maria@example
	396685245034
	Ермекқызы
	5ABC12D
	Sınaq
	12 345 67 89
	PRIVATE KEY
	CERTIFICATE REQUEST
S
while read -r secret; do
	! grep -qF -- "$secret" "$log" || die "the log has $secret"
done < secrets
! grep -Eq 'csrf|captcha|[?&=]' "$log" || die "the log has what a form or an address brought: $(grep -E 'csrf|captcha|[?&=]' "$log" | head -n 1)"
echo "portal: all held"
