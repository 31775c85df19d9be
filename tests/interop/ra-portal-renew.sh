#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A certificate renewed by pages: by number alone an officer looks again; for the
# same key, signed with the certificate, or shown to the server, nobody has to.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

officer olga
officer omar
names_of_employee anna Anna Notary

# renew STATUS [curl's arguments]: from the certificate of the first application
renew() {
	wanted=$1
	shift
	page /login
	send /login 303 "number=$first" 'code=correct horse'
	page /my/renew
	same "renewal ($*)" "$(see -F "csrf=$(csrf)" "$@" "$U/my/renew")" "$wanted"
}

who anna
employee 'Anna Example' Notary anna@example.com usb-token
first=$number
hand_in anna
decide "$first" olga:confirm omar:release
# a code of her own choice, given out at the counter
code=$("$ra" act new-code "$first")
who anna
own_code "$first" "$code"
fetch anna

# ---- not yet: the profile says the last thirty days
page /my
hides '/my/renew'
same 'too early' "$(see "$U/my/renew")" 409
shows 'can be renewed in its last 30 days'
sed -i '/^renewal/,/^};/{s/approval = .*/approval = "automatic";/;s/window_days = .*/window_days = 0;/;s/same_key = .*/same_key = true;/;}' \
    "$TAMGA_TEST_RA_DIR/profiles/employee-four-eyes.profile"
kill -HUP "$TAMGA_TEST_RA_PID"
for i in 1 2 3 4 5 6 7 8 9 10; do
	page /my
	! grep -q /my/renew page || break
	sleep 0.2
done
shows 'Renew the certificate'
page /my/renew
shows 'A new key pair is recommended'
shows "tamga renew --all --ca est+https://localhost:${U##*:}"
send /my/renew 400 request=nonsense

# ---- other names
cp anna.cnf other.cnf
sed -i 's/Anna/Ann/' other.cnf
request other
renew 400 -F "request=<other.csr"

# ---- by number and code alone: two officers look again
cp anna.cnf plain.cnf
request plain
renew 303 -F "request=<plain.csr"
goes /my
page /my
second=$(number)
[ "$second" != "$first" ] || die 'no new number'
shows 'waits for an officer'
shows 'Anna Example'
hides '/my/certificate'
# what was begun is found again, not begun twice
renew 303 -F "request=<plain.csr"
page /my
same 'the same renewal' "$(number)" "$second"
# the same code opens it
page /login
send /login 303 "number=$second" 'code=correct horse'
decide "$second" olga:confirm omar:release
who anna
fetch plain

# ---- the same key: its own signature speaks for it
openssl req -new -key anna.key.pem -config anna.cnf -out again.csr
cp anna.key.pem again.key.pem
renew 303 -F "request=<again.csr"
page /my
[ "$(number)" != "$first" ] || die 'no new number'
fetch again

# ---- a new key, signed with the certificate
cp anna.cnf new.cnf
request new
openssl req -in new.csr -outform DER -out new.der
openssl cms -sign -binary -nodetach -in new.der -outform DER -out new.p7m \
    -signer anna.pem -inkey anna.key.pem
renew 303 -F request= -F file=@new.p7m
fetch new
openssl req -x509 -key other.key.pem -subj /CN=x -out x.pem 2>/dev/null
openssl cms -sign -binary -nodetach -in new.der -outform DER -out evil.p7m \
    -signer x.pem -inkey other.key.pem
renew 400 -F request= -F file=@evil.p7m
shows 'must be signed with the certificate that it renews'

# ---- a new key, the certificate shown to the server
cp anna.cnf shown.cnf
request shown
cp anna.pem anna.cert
cp anna.key.pem anna.key
renew 303 -F "request=<shown.csr"
fetch shown
rm anna.cert anna.key

# ---- a suspended or revoked one is not renewed
page /login
send /login 303 "number=$first" 'code=correct horse'
page /my
send /my 303 event=suspend
page /my
hides '/my/renew'
same suspended "$(see "$U/my/renew")" 409

# ---- by the application interface
page /my
send /my 303 event=resume
cp anna.cnf rest.cnf
request rest
openssl req -in rest.csr -outform DER -out rest.der
printf '{"request":"%s"}' "$(base64 -w0 rest.der)" > rest.json
api=$U/api/v1/applications/$first
same 'actions' "$(get -u "$first:correct horse" "$api")" 200
grep -q '"renew"' body || die "no renew in: $(cat body)"
same 'renewed' "$(get -u "$first:correct horse" -H 'Content-Type: application/json' --data-binary @rest.json "$api/renew")" 200
grep -q '"submitted"' body || die "not submitted: $(cat body)"
same 'wrong code' "$(get -u "$first:wrong horse" -H 'Content-Type: application/json' --data-binary @rest.json "$api/renew")" 401
"$ra" audit verify >/dev/null || die audit
echo "portal, renewal: all held"
