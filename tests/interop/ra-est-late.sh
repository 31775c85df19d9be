#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A certificate that has ended, at simplereenroll: refused, but for as many days as its
# profile says; it opens nothing else.
set -u
. "$top_srcdir/tests/interop/ra-own-lib.sh"

init one --default-profile employee > /dev/null || die init
sed -i 's/^validity_days = .*/validity_days = 20;/' one/profiles/employee.profile
printf 'rehearsal = true;\n' >> one/ra.conf
echo 'a password' > password
"$ra" user add anna --password-file password --dir one || die user
# after DAYS: it is so much later
after() { serve one --clock-offset $(($1 * 86400)); }
# ask PATH NAME [curl options]: the status
ask() {
	path=$1 name=$2
	shift 2
	curl -sS --max-time 20 --cacert one/ca.pem -H 'Content-Type: application/pkcs10' -o body \
	    -w '%{http_code}' --data-binary "@$name.b64" "$@" "$url/.well-known/est/$path"
}
csr() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
	    -subj /CN=Anna -outform DER 2>/dev/null | openssl base64 > "$1.b64"
}
by="--cert anna.pem --key anna.key"

after 0
csr anna
same enroll "$(ask simpleenroll anna -u 'anna:a password')" 200
base64 -d body | openssl pkcs7 -inform DER -print_certs -out anna.pem
csr next
after 22
same 'ended two days ago' "$(ask simplereenroll next $by)" 403
grep -q 'has expired' body || die "$(cat body)"
sed -i 's/^renewal: {/& grace_days = 5;/' one/profiles/employee.profile
after 22
same 'within the grace' "$(ask simplereenroll next $by)" 200
base64 -d body | openssl pkcs7 -inform DER -print_certs -out next.pem
[ "$(openssl x509 -in next.pem -noout -pubkey)" = "$(openssl pkey -in next.key -pubout)" ] ||
	die 'another key'
same 'the same request again' "$(ask simplereenroll next $by)" 200
csr other
same 'it opens nothing else' "$(ask simpleenroll other $by)" 403
after 26
csr late
same 'after the grace' "$(ask simplereenroll late $by)" 403
stop
"$ra" audit verify --dir one > /dev/null || die audit
echo 'est-late: all held'
