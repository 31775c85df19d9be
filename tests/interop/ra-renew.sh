#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Renewal with a client certificate, revocation, the revocation list.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

new_csr a '/C=KZ/CN=Айгүл' -addext 'subjectAltName=email:a@example.kz'
same enroll "$(post simpleenroll a.b64 $auth)" 200
issued a
show_a='--cert a.pem --key a.key'

# a new key, the same names
new_csr n '/C=KZ/CN=Айгүл' -addext 'subjectAltName=email:a@example.kz'
same renew "$(post simplereenroll n.b64 $show_a)" 200
issued n
cp body n.first
same 'renew again' "$(post employee/simplereenroll n.b64 $show_a)" 200
cmp -s body n.first || die "a renewal asked for twice gave two certificates"
same 'renews' "$("$ra" list --json | jq -r 'map(select(.renews!=""))[0].renews')" \
    "$(openssl x509 -in a.pem -noout -serial | cut -d= -f2)"

# the same key, even by the very same request (RSA and Ed25519 repeat theirs)
same 'same key' "$(post simplereenroll a.b64 $show_a)" 200
cp a.key a2.key
issued a2
! cmp -s a.pem a2.pem || die "the old certificate came back"

# refused
new_csr s '/C=KZ/CN=Other' -addext 'subjectAltName=email:a@example.kz'
same subject "$(post simplereenroll s.b64 $show_a)" 400; says 'keeps the subject'
new_csr t '/C=KZ/CN=Айгүл' -addext 'subjectAltName=email:b@example.kz'
same SAN "$(post simplereenroll t.b64 $show_a)" 400; says 'alternative names'
new_csr u '/C=KZ/CN=Айгүл'
same 'SAN dropped' "$(post simplereenroll u.b64 $show_a)" 400
same 'no certificate' "$(post simplereenroll n.b64 $auth)" 403; says 'client certificate'
same 'other profile' "$(post device/simplereenroll n.b64 $show_a)" 403; says 'profile'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key \
    -out f.pem -subj '/C=KZ/CN=Айгүл' -utf8 -days 2 2>/dev/null
same foreign "$(post simplereenroll n.b64 --cert f.pem --key f.key)" 403
says 'not issued here'
# another CA of the same name
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout e.key \
    -out e.pem -subj '/CN=tamga test authority' -days 2 2>/dev/null
openssl req -new -key f.key -subj '/CN=x' |
    openssl x509 -req -CA e.pem -CAkey e.key -CAcreateserial -days 2 -out g.pem 2>/dev/null
same 'false CA' "$(post simplereenroll n.b64 --cert g.pem --key f.key)" 403
says 'not issued here'
# the server's own certificate authorises nothing
same "server's" "$(post simplereenroll n.b64 --cert "$TAMGA_TEST_RA_DIR/server.pem" \
    --key "$TAMGA_TEST_RA_DIR/server.key")" 403

# another's key is not mine to renew with
new_csr b '/CN=B'
same enroll "$(post simpleenroll b.b64 $auth)" 200
issued b
cp b.key v.key
new_csr v '/C=KZ/CN=Айгүл' -addext 'subjectAltName=email:a@example.kz'
same "another's key" "$(post simplereenroll v.b64 $show_a)" 403; says 'make a new key'

# a device's key must change, and only in the last 30 days
new_csr d '/CN=d' -addext 'subjectAltName=DNS:d.example'
same device "$(post device/simpleenroll d.b64 $auth)" 200
issued d
new_csr d2 '/CN=d' -addext 'subjectAltName=DNS:d.example'
same 'too early' "$(post device/simplereenroll d2.b64 --cert d.pem --key d.key)" 403
says 'last 30 days'

# a current certificate also opens simpleenroll
new_csr c '/CN=C'
same 'by certificate' "$(post simpleenroll c.b64 $show_a)" 200
issued c
same owner "$("$ra" list --json | jq -r 'map(select(.subject=="CN=C"))[0].owner')" test

# revoked: at the door, in the list, for openssl
crl() {
	same issuer "$(get "$TAMGA_TEST_RA_URL/ca.cer")" 200
	openssl x509 -in "$TAMGA_TEST_RA_CA" -outform DER | cmp - body || die "ca.cer"
	same crl "$(get "$TAMGA_TEST_RA_URL/crl")" 200
	has_header 'Content-Type: application/pkix-crl'
	openssl crl -inform DER -in body -CAfile "$TAMGA_TEST_RA_CA" -out crl.pem 2>verify
	grep -q 'verify OK' verify || die "the list's signature: $(cat verify)"
}
crl
openssl crl -in crl.pem -noout -crlnumber > number1
openssl verify -crl_check -CAfile "$TAMGA_TEST_RA_CA" -CRLfile crl.pem a.pem >/dev/null ||
    die "a was revoked too early"
serial=$(openssl x509 -in a.pem -noout -serial | cut -d= -f2)
"$ra" revoke "$serial" --reason keyCompromise | grep -q "$serial" || die revoke
crl
openssl crl -in crl.pem -noout -crlnumber > number2
! cmp -s number1 number2 || die "the list kept its number"
openssl crl -in crl.pem -noout -text | grep -A 4 "$serial" | grep -q 'Key Compromise' ||
    die "no reason in the list"
! openssl verify -crl_check -CAfile "$TAMGA_TEST_RA_CA" -CRLfile crl.pem a.pem \
    >/dev/null 2>&1 || die "openssl takes a revoked certificate"
openssl verify -crl_check -CAfile "$TAMGA_TEST_RA_CA" -CRLfile crl.pem n.pem >/dev/null ||
    die "the renewed one was revoked too"
new_csr w '/C=KZ/CN=Айгүл' -addext 'subjectAltName=email:a@example.kz'
same 'revoked client' "$(post simplereenroll w.b64 $show_a)" 403; says 'revoked'
same 'revoked client' "$(post simpleenroll w.b64 $show_a)" 403
same 'revoked, asked again' "$(post simpleenroll a.b64 $auth)" 403; says 'revoked'
rc=0; "$ra" revoke "$serial" 2>/dev/null || rc=$?
same 'twice' $rc 7
rc=0; "$ra" revoke "$serial" --reason certificateHold 2>/dev/null || rc=$?
same 'no such reason' $rc 2
"$ra" crl --out crl2.pem
cmp -s crl.pem crl2.pem || die "command and server give two lists"
crl; openssl crl -in crl.pem -noout -crlnumber | cmp -s - number2 || die "a list for nothing"
"$ra" audit verify >/dev/null || die audit
echo "renew: all held"
