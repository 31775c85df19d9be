#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# At the counter: an officer enters an application for who shows his identity
# card, personalises the carrier with tamga as the page says, and hands it over.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

citizens
officer olga 'Azerpost, Baku'
officer omar 'Azerpost, Ganja'

# ---- nobody but officers
who ulviyya
page /
same 'an applicant' "$(see "$U/desk/new")" 403
same 'entering' "$(see --data-urlencode "csrf=$(csrf)" -d seen=yes -d agree=yes "$U/desk/new/az-esign")" 403

# ---- entered on showing the identity card only
who olga
page /desk
shows 'Enter an application'
page /desk/new
shows 'Ordering electronic signature certificates for citizens'
page /desk/new/az-esign
shows 'I accept the user rules'
shows 'showed his identity card'
send /desk/new/az-esign 400 agree=yes
shows 'tick that you saw it'
send /desk/new/az-esign 400 seen=yes
shows 'accepts the terms'
send /desk/new/az-esign 200 seen=yes agree=yes
number=$(number)
code=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){3}' page | sed -n 2p)
[ -n "$code" ] || die 'no code'
shows 'shown this once'
same 'no such service' "$(see "$U/desk/new/employee")" 404
page "/desk/case/$number"
shows 'identity-seen'
shows 'officer:olga'
hides "$code"
shows 'Azerpost, Baku'
who omar
same "another branch's" "$(see "$U/desk/case/$number/identity")" 404

# ---- the register, the form
who olga
page "/desk/case/$number/identity"
send "/desk/case/$number/identity" 400 identity=5ABC12
send "/desk/case/$number/identity" 400 identity=9ZZZ99Z
shows 'nobody with this personal identification number'
send "/desk/case/$number/identity" 303 identity=5ABC12D
goes "/desk/case/$number/data"
page "/desk/case/$number/data"
shows 'value="Ülviyyə"'
shows 'Fill in the form'
send "/desk/case/$number/data" 400 region=Baku cities-of=Baku city=Baku phone=x carrier=usb-token
shows 'value="Ülviyyə"'
send "/desk/case/$number/data" 303 region=Baku cities-of=Baku city=Baku 'phone=+994 12 345 67 89' \
    carrier=usb-token surname=Evil
same 'again a register' "$(see "$U/desk/case/$number/identity")" 409
page "/desk/case/$number"
shows 'Sınaq'
hides Evil
shows '18.00 AZN'
send "/desk/case/$number" 303 event=pay

# ---- the carrier: exactly the command of the page
page "/desk/case/$number"
shows "tamga enroll --ca portal+https://localhost:${U##*:} --application $number --code-file FILE --at-office"
shows 'Follow the progress'
page "/desk/case/$number?follow=yes"
has_header 'Refresh: 5'
page "/desk/case/$number"
hides 'value="hand-over"'
send "/desk/case/$number" 400 event=hand-over seen=yes
names_of_citizen az
request az
# what the command sends, with the code that the operator was given
openssl req -in az.csr -outform DER -out az.der
printf '{"request":"%s"}' "$(base64 -w0 az.der)" > az.json
api=$U/api/v1/applications/$number
same 'by a guess' "$(get -u "$number:AAAA-BBBB-CCCC-DDDD" -H 'Content-Type: application/json' --data-binary @az.json "$api/request")" 401
same 'the request' "$(get -u "$number:$code" -H 'Content-Type: application/json' --data-binary @az.json "$api/request")" 200
page "/desk/case/$number"
send "/desk/case/$number" 303 event=confirm doc.identity-card=yes
same 'the certificate' "$(get -u "$number:$code" "$api/certificate")" 200
cp body az.pem
same 'valid for three years' "$(openssl x509 -in az.pem -noout -checkend $((1094 * 86400)) >/dev/null && echo yes)" yes

# ---- handed over, on showing the card
page "/desk/case/$number"
send "/desk/case/$number" 400 event=hand-over
shows 'tick that you saw it'
page "/desk/case/$number"
send "/desk/case/$number" 303 event=hand-over seen=yes
page "/desk/case/$number"
shows 'identity card seen'
hides 'value="hand-over"'

# ---- a new code at the counter, for who lost his
send "/desk/case/$number/code" 400
shows 'tick that you saw the identity card'
page "/desk/case/$number"
send "/desk/case/$number/code" 200 seen=yes
new=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){3}' page | sed -n 2p)
who ulviyya
page /login
send /login 403 "number=$number" "code=$code"
page /login
send /login 303 "number=$number" "code=$new"
page /my
shows 'carrier handed over'
shows 'Revoke the certificate'

# ---- one that begins with a registration: the code goes by mail alone
who olga
page /desk/new/bg-csp
send /desk/new/bg-csp 400 seen=yes fullname=
send /desk/new/bg-csp 200 seen=yes 'fullname=Maria Example' email=maria@example.bg
shows 'was mailed'
same 'no code on the page' "$(grep -coE 'number code' page)" 0
"$ra" audit verify >/dev/null || die audit
echo "portal, counter: all held"
