#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A certificate's life by pages: two officers issue it; it is suspended, resumed
# and revoked by whose it is and by an officer, and the revocation list follows
# at once.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

# listed: how the certificate stands on the list, as OpenSSL reads it
listed() {
	curl -sS --max-time 20 --cacert "$TAMGA_TEST_RA_CA" -o crl.der "$U/crl"
	openssl crl -inform DER -in crl.der -CAfile "$TAMGA_TEST_RA_CA" -noout 2>&1 |
	    grep -q 'verify OK' || die 'the list is not the authority'"'"'s'
	openssl crl -inform DER -in crl.der -noout -text |
	    sed -n "/Serial Number: $serial\$/,/Serial Number: \|Signature Alg/p" |
	    sed -n '/Reason Code/{n;s/^ *//p;}'
}

officer olga
officer omar
officer ovidiu 'Elsewhere'

# ---- four eyes
who anna
page /
shows 'Services of the house'
employee 'Anna Example' Notary anna@example.com usb-token
hides '/my/revoke'
hides 'value="suspend"'
names_of_employee anna Anna Notary
hand_in anna

who olga
page "/desk/case/$number"
hides 'value="release"'
send "/desk/case/$number" 303 event=confirm
page "/desk/case/$number"
shows 'officer:olga'
shows 'You confirmed this application: a second officer releases it.'
hides 'value="release"'
# and who sends it all the same is refused in words
send "/desk/case/$number" 403 event=release
shows 'officer:olga confirmed it; somebody else releases it'
same 'nothing was issued' "$("$ra" show "$number" 2>&1 | grep -c BEGIN.CERT)" 0
who omar
page "/desk/case/$number"
shows 'value="release"'
send "/desk/case/$number" 303 event=release
page "/desk/case/$number"
shows 'in force'

# ---- what is open to whose it is
who anna
page /my
shows 'Suspend the certificate'
shows 'Revoke the certificate'
hides 'Resume the certificate'
hides 'Cancel the application'
fetch anna
serial=$(openssl x509 -in anna.pem -noout -serial | cut -d= -f2)
# a token's certificate is valid for two years in this profile
days=$((($(date -d "$(openssl x509 -in anna.pem -noout -enddate | cut -d= -f2)" +%s) - $(date +%s)) / 86400))
[ "$days" -ge 728 ] && [ "$days" -le 730 ] || die "valid for $days days"
same 'before' "$(listed)" ''

page /my
send /my 303 event=suspend
page /my
shows 'certificate suspended'
shows 'Resume the certificate'
hides 'Suspend the certificate'
same 'on hold' "$(listed)" 'Certificate Hold'
same 'downloaded while suspended' "$(see --data-urlencode "csrf=$(csrf)" "$U/my/certificate")" 404
page /my
send /my 303 event=resume
same 'resumed' "$(listed)" ''
page /my
send /my 400 event=resume
page /my
send /my 400 event=revoke
shows 'There is no such action'

# ---- an officer, who says why
who ovidiu
same 'a case of no branch' "$(see "$U/desk/case/$number/revoke")" 404
who olga
page "/desk/case/$number"
send "/desk/case/$number" 400 event=suspend
shows 'told a reason'
page "/desk/case/$number"
send "/desk/case/$number" 303 event=suspend 'reason=the token was <found>'
same 'on hold again' "$(listed)" 'Certificate Hold'
who anna
page /my
shows 'the token was <found>'
hides '<found>'

# ---- for good
page /my/revoke
shows 'the key or its carrier is lost'
send /my/revoke 400 sure=yes
shows 'Choose a reason'
send /my/revoke 400 why=keyCompromise
shows 'Tick the box'
send /my/revoke 400 why=certificateHold sure=yes
send /my/revoke 303 why=keyCompromise sure=yes
goes /my
same revoked "$(listed)" 'Key Compromise'
page /my
shows 'certificate revoked'
hides '/my/revoke'
hides 'Resume the certificate'
same 'once more' "$(see "$U/my/revoke")" 409
who olga
page "/desk/case/$number"
hides '/revoke'
shows 'reason keyCompromise'
same 'by an officer' "$(see "$U/desk/case/$number/revoke")" 409

# ---- an officer revokes another one
who boris
employee 'Boris Example' Clerk boris@example.com file:p12
names_of_employee boris Boris Clerk
hand_in boris
decide "$number" olga:confirm omar:release
page "/desk/case/$number/revoke"
send "/desk/case/$number/revoke" 303 why=privilegeWithdrawn sure=yes
goes "/desk/case/$number"
page "/desk/case/$number"
shows 'reason privilegeWithdrawn'
serial=$(sed -n 's|.*<dt>Serial number</dt><dd>\([0-9A-F]*\)</dd>.*|\1|p' page)
same 'revoked by an officer' "$(listed)" 'Privilege Withdrawn'
"$ra" audit verify >/dev/null || die audit
echo "portal, after issue: all held"
