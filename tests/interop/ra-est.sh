#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# EST as curl and openssl see it: RFC 7030, RFC 8951.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

# cacerts: certs-only, one line of base64, HTTP/1.1, with and without label
for label in '' employee/ device/; do
	same cacerts "$(get "$EST/${label}cacerts")" 200
	head -n 1 headers | grep -q '^HTTP/1.1 200' || die "not HTTP/1.1"
	has_header 'Content-Type: application/pkcs7-mime; smime-type=certs-only'
	has_header 'Content-Transfer-Encoding: base64'
	has_header 'X-Content-Type-Options: nosniff'
	same 'base64 lines' "$(wc -l < body)" 1
	base64 -d body | openssl pkcs7 -inform DER -print_certs -out ca.pem
	same 'CA fingerprint' "$(openssl x509 -in ca.pem -outform DER |
	    sha256sum | cut -d' ' -f1)" "$TAMGA_TEST_RA_FINGERPRINT"
done
same 'HEAD' "$(get -I "$EST/cacerts")" 200
same 'ca.pem' "$(get "$TAMGA_TEST_RA_URL/ca.pem")" 200
cmp -s body "$TAMGA_TEST_RA_CA" || die "ca.pem differs"
same 'healthz' "$(get "$TAMGA_TEST_RA_URL/healthz")" 200

# csrattrs: the extensions of the profile
same csrattrs "$(get "$EST/csrattrs")" 200
has_header 'Content-Type: application/csrattrs'
base64 -d body | openssl asn1parse -inform DER > attrs
grep -q 'Extension Request' attrs && grep -q 'X509v3 Key Usage' attrs &&
    grep -q '030206C0' attrs || die "csrattrs are: $(cat attrs)"

# a Kazakh name passes untouched, as UTF8String
kz='/C=KZ/O=ТОО «Тамға»/CN=Әсел Құдайбергенова/serialNumber=IIN900101400123'
new_csr kz "$kz" -addext 'subjectAltName=email:asel@example.kz'
same enroll "$(post simpleenroll kz.b64 $auth)" 200
has_header 'Content-Type: application/pkcs7-mime; smime-type=certs-only'
same 'base64 lines' "$(wc -l < body)" 1
issued kz
cp body first
openssl x509 -in kz.pem -noout -subject -nameopt utf8,sep_comma_plus > subject
grep -q 'CN=Әсел Құдайбергенова' subject || die "$(cat subject)"
openssl asn1parse -in kz.pem | grep -c UTF8STRING | grep -qx 3 || die "not UTF8String"
openssl x509 -in kz.pem -noout -text > text
for want in 'Digital Signature, Non Repudiation' 'email:asel@example.kz' \
    'TLS Web Client Authentication, E-mail Protection' 'CA:FALSE'; do
	grep -q "$want" text || die "the certificate lacks $want"
done
! grep -q 'CRL Distribution' text || die "an unreachable CRL URL"
! grep -q 'CA:TRUE' text || die "a CA was made"

# azerbaijani and bulgarian
new_csr az '/C=AZ/CN=Əli Məmmədov/GN=Əli/SN=Məmmədov'
same enroll "$(post simpleenroll az.b64 $auth)" 200
issued az
new_csr bg '/C=BG/CN=Георги Щърбев/organizationIdentifier=VATBG-123456789'
same enroll "$(post employee/simpleenroll bg.b64 $auth)" 200
issued bg

# the same request again, however it is written: the same bytes
for form in wrapped oneline bare tabs; do
	case $form in
	wrapped) cp kz.b64 again ;;
	oneline) openssl base64 -A -in kz.der > again; echo >> again ;;
	bare) openssl base64 -A -in kz.der > again ;;
	tabs) sed 's/$/\r/; s/./&\t/20' kz.b64 > again ;;
	esac
	same "again, $form" "$(post simpleenroll again $auth)" 200
	cmp -s body first || die "another certificate for the same request ($form)"
done
same 'applications' "$("$ra" list --json | jq 'map(select(.owner=="test")) | length')" 3

# many at once: one application still
new_csr race '/CN=Race'
for i in 1 2 3 4 5 6 7 8; do
	curl -sS --max-time 20 --cacert "$TAMGA_TEST_RA_CA" $auth \
	    -H 'Content-Type: application/pkcs10' --data-binary @race.b64 \
	    -o "race.$i" "$EST/simpleenroll" &
	pids="${pids:-} $!"
done
wait $pids
for i in 2 3 4 5 6 7 8; do cmp -s race.1 race.$i || die "a race gave two answers"; done
cp race.1 body
issued race
same 'race' "$("$ra" list --json | jq 'map(select(.subject=="CN=Race")) | length')" 1

# key types
for type in P-384 rsa ed25519; do
	case $type in
	P-384) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out $type.key ;;
	rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $type.key 2>/dev/null ;;
	ed25519) openssl genpkey -algorithm ED25519 -out $type.key ;;
	esac
	new_csr $type "/CN=Key $type"
	same "$type" "$(post simpleenroll $type.b64 $auth)" 200
	issued $type
done

# a device wants a name; gets the profile's usages, not what it asked for
new_csr dev '/CN=dev' -addext 'subjectAltName=DNS:dev.example,IP:192.0.2.1' \
    -addext 'keyUsage=keyCertSign' -addext 'basicConstraints=CA:TRUE'
same device "$(post device/simpleenroll dev.b64 $auth)" 200
issued dev
openssl x509 -in dev.pem -noout -text > text
grep -q 'DNS:dev.example, IP Address:192.0.2.1' text || die "no SAN"
! grep -q 'Certificate Sign\|CA:TRUE' text || die "the request chose its usage"

# what is refused, and how
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak.key 2>/dev/null
new_csr weak '/CN=Weak'
same weak "$(post simpleenroll weak.b64 $auth)" 400; says 'rsa:2048'
new_csr nocn '/O=Nobody'
same 'no CN' "$(post simpleenroll nocn.b64 $auth)" 400; says 'wants CN'
new_csr attr '/CN=x/street=Main'
same 'attribute' "$(post simpleenroll attr.b64 $auth)" 400; says 'street'
new_csr nosan '/CN=dev2'
same 'SAN missing' "$(post device/simpleenroll nosan.b64 $auth)" 400; says 'dns'
new_csr san '/CN=x' -addext 'subjectAltName=DNS:a.example'
same 'SAN kind' "$(post simpleenroll san.b64 $auth)" 400; says 'dns'
new_csr bidi "/CN=$(printf 'a\342\200\256b')"
same 'bidi' "$(post simpleenroll bidi.b64 $auth)" 400; says 'cannot be shown'
same 'used key' "$(cp kz.key reuse.key; new_csr reuse '/CN=Somebody else'
    post simpleenroll reuse.b64 $auth)" 403; says 'make a new key'

# no proof of possession: the last byte of the signature is another
new_csr pop '/CN=Pop'
python3 - pop.der <<-'PY'
	import sys
	d = bytearray(open(sys.argv[1], 'rb').read()); d[-1] ^= 1
	open(sys.argv[1], 'wb').write(d)
	PY
openssl base64 -in pop.der -out pop.b64
same 'pop' "$(post simpleenroll pop.b64 $auth)" 400; says 'proof'

echo 'not base64!' > junk
same junk "$(post simpleenroll junk $auth)" 400; says 'not base64'
echo 'MAUCAwEAAQ==' > notcsr
same 'not a CSR' "$(post simpleenroll notcsr $auth)" 400; says 'not a certification request'
{ cat kz.der; printf x; } | openssl base64 > tail
same 'bytes after' "$(post simpleenroll tail $auth)" 400
openssl req -inform DER -in kz.der -out pem
same PEM "$(post simpleenroll pem $auth)" 400; says 'PEM'
: > empty
same empty "$(post simpleenroll empty $auth)" 400; says 'empty'
same 'content type' "$(get $auth -H 'Content-Type: text/plain' \
    --data-binary @kz.b64 "$EST/simpleenroll")" 415; says 'application/pkcs10'
same 'method' "$(get "$EST/simpleenroll")" 405
has_header 'Allow: POST'
same 'method' "$(get -X DELETE "$EST/cacerts")" 405
same 'label' "$(post nosuch/simpleenroll kz.b64 $auth)" 404; says 'nosuch'
same 'label' "$(get "$EST/nosuch/cacerts")" 404
same 'path' "$(get "$TAMGA_TEST_RA_URL/nothing")" 404
same 'path' "$(get --path-as-is "$EST/../est/a/b/cacerts")" 404

# who is there
same 'nobody' "$(post simpleenroll az.b64)" 401
says 'name an account'
same 'a client that takes no words' "$(post simpleenroll az.b64 -H Accept:)" 401
[ ! -s body ] || die "a challenge with a body: $(cat body)"
has_header 'WWW-Authenticate: Basic .*'
same 'stranger' "$(post simpleenroll az.b64 -u nobody:12345678)" 401; says 'not its password'
same 'scheme' "$(post simpleenroll az.b64 -H 'Authorization: Bearer x')" 401
head -c 12 /dev/urandom | base64 > pw
"$ra" user add boss --role officer --password-file pw
same 'officer' "$(post simpleenroll az.b64 -u "boss:$(cat pw)")" 403; says 'applicant'
"$ra" user add other --password-file pw
same 'other' "$(post simpleenroll kz.b64 -u "other:$(cat pw)")" 403
says 'make a new key'

# guessing ends soon, for that account only
for i in 1 2 3 4 5; do
	same guess "$(post simpleenroll kz.b64 -u test:wrong$i)" 401
done
same locked "$(post simpleenroll kz.b64 -u test:wrong6)" 429
has_header 'Retry-After: [1-9][0-9]*'
same 'locked even with the right one' "$(post simpleenroll kz.b64 $auth)" 429
same 'others are not' "$(post simpleenroll kz.b64 -u "other:$(cat pw)")" 403
! grep -q "$TAMGA_TEST_RA_PASSWORD\|$(cat pw)" "$TAMGA_TEST_RA_LOG" ||
    die "a password is in the log"
"$ra" audit verify >/dev/null || die "audit"
echo "est: all held"
