#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# EST serverkeygen (RFC 7030 4.4), as curl, python and openssl see it: the key
# fits its certificate, goes out once and stays nowhere.
[ -n "${TAMGA_TEST_RA_URL:-}" ] ||
    exec sh "$top_srcdir/tests/with-ra" --set 'server_keys = true;' -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

split() {
	/usr/bin/python3 - "$1" headers body <<'P' || die "the answer is no multipart: $(head -c 300 body)"
import base64, email, sys
name, heads, body = sys.argv[1:]
kind = [l for l in open(heads) if l.lower().startswith('content-type:')][-1]
m = email.message_from_bytes(kind.encode() + b'\r\n' + open(body, 'rb').read())
assert m.get_content_type() == 'multipart/mixed', m.get_content_type()
key, cert = m.get_payload()
assert key.get_content_type() == 'application/pkcs8', key.get_content_type()
assert cert.get_content_type() == 'application/pkcs7-mime', cert.get_content_type()
assert cert.get_param('smime-type') == 'certs-only'
open(name + '.key.der', 'wb').write(base64.b64decode(key.get_payload(), validate=False))
open(name + '.p7', 'wb').write(base64.b64decode(cert.get_payload(), validate=False))
P
	openssl pkey -inform DER -in "$1.key.der" -out "$1.made.pem" || die "$1: no PKCS#8"
	openssl pkcs7 -inform DER -in "$1.p7" -print_certs -out "$1.pem"
}

# ---- a key of the kind that was asked for -------------------------------------------
for kind in EC:prime256v1 RSA:2048; do
	case $kind in
	EC:*) args="-newkey ec -pkeyopt ec_paramgen_curve:${kind#*:}" ;;
	RSA:*) args="-newkey rsa:${kind#*:}" ;;
	esac
	openssl req -new -utf8 $args -nodes -keyout asked.key -subj '/CN=Әсел/C=KZ' \
	    -addext 'subjectAltName=email:asel@example.kz' -outform DER -out asked.der 2>/dev/null
	openssl base64 -in asked.der -out asked.b64
	got=$(post serverkeygen asked.b64 $auth)
	[ "$got" = 200 ] || die "$kind: $got: $(cat body)"
	grep -qi '^content-type: multipart/mixed' headers || die "$(cat headers)"
	split made
	openssl x509 -in made.pem -noout -pubkey > cert.pub
	openssl pkey -in made.made.pem -pubout > key.pub
	openssl pkey -in asked.key -pubout > asked.pub
	cmp -s cert.pub key.pub || die "$kind: the key is not the certificate's"
	! cmp -s cert.pub asked.pub || die "$kind: the client's own key was certified"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" made.pem >/dev/null || die "$kind: the chain"
	openssl x509 -in made.pem -noout -ext subjectAltName | grep -q asel@example.kz ||
	    die "$kind: the names are lost"
	/usr/bin/python3 - made.key.der "$TAMGA_TEST_RA_DIR" <<'P' || die "$kind: the key is still there"
import base64, os, sys
key = open(sys.argv[1], 'rb').read()
secret = key[36:60] if len(key) < 200 else key[-48:]	# of EC, the end is public
parts = (secret, base64.b64encode(key)[50:78])
for folder, _, names in os.walk(sys.argv[2]):
    for n in names:
        path = os.path.join(folder, n)
        if os.path.isfile(path):
            data = open(path, 'rb').read()
            assert not any(p in data for p in parts), path
P
done
same 'asked again' "$(post serverkeygen asked.b64 $auth)" 200
split again
! cmp -s made.key.der again.key.der || die "the same key went out twice"

# ---- refused ---------------------------------------------------------------------------
same 'where no profile allows it' "$(post device/serverkeygen asked.b64 $auth)" 404
grep -q 'made by those who use them' body || die "$(cat body)"
same 'nobody' "$(post serverkeygen asked.b64)" 401
printf 'AAAA\n' > bad.b64
same 'no request' "$(post serverkeygen bad.b64 $auth)" 400
cat > caps.conf <<'C'
oid_section = oids
[oids]
smimeCaps = 1.2.840.113549.1.9.16.2.37
[req]
prompt = no
distinguished_name = dn
attributes = more
[dn]
CN = x
[more]
smimeCaps = some key
C
openssl req -new -config caps.conf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout caps.key -outform DER -out caps.der 2>/dev/null
openssl base64 -in caps.der -out caps.b64
same 'encrypted' "$(post serverkeygen caps.b64 $auth)" 400
grep -q 'not encrypted for the client' body || die "$(cat body)"

# ---- a profile that could not keep its word is none --------------------------------------
mkdir bad
cp "$top_srcdir"/share/profiles/employee.profile bad
sed -i 's/^approval = "automatic"/approval = "officer"/' bad/employee.profile
echo 'server_keys = true;' >> bad/employee.profile
"$ra" init bad/ra --profiles bad --default-profile employee 2>err && die "taken"
grep -q 'server_keys is for approval' err || die "$(cat err)"
echo "est keygen: all held"
