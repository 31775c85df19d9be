#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A weak key is refused at every door, in words, and leaves nothing behind: one that
# is too short, one of the Infineon kind (ROCA), one that others have; by EST, by CMP,
# by SCEP, by the application interface, on the applicant's page and at the desk.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"
apply=${top_builddir:-.}/tests/interop/ra-apply
conf=$TAMGA_TEST_RA_DIR/ra.conf
printf '%s\n' 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; root = true; };' \
    'scep: { key = "scep.key"; };' 'weak_keys = [ "weak.keys" ];' >> "$conf"

# ---- three of them, and one that is good
openssl genrsa -out small.key 1024 2>/dev/null
for name in known good; do
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $name.key 2>/dev/null
done
"$ra" weak-keys add known.key > /dev/null || die 'weak-keys add'
/usr/bin/python3 - > roca.conf <<'PY'
# p = k * M + (65537^a mod M), M the product of the first 126 primes
import random
primes, n = [], 2
while len(primes) < 126:
    if all(n % q for q in primes):
        primes.append(n)
    n += 1
M = 1
for q in primes:
    M *= q
r = random.Random(1)


def prime():
    while True:
        k = r.randrange((3 << 1022) // M + 1, (1 << 1024) // M)
        p = k * M + pow(65537, r.randrange(M), M)
        if p >> 1023 == 1 and (p - 1) % 65537 and all(pow(b, p - 1, p) == 1 for b in (2, 3, 5, 7)):
            return p


p, q = prime(), prime()
d = pow(65537, -1, (p - 1) * (q - 1))
print('asn1=SEQUENCE:rsa\n[rsa]\nv=INTEGER:0')
for name, value in (('n', p * q), ('e', 65537), ('d', d), ('p', p), ('q', q), ('dp', d % (p - 1)),
                    ('dq', d % (q - 1)), ('qi', pow(q, -1, p))):
    print('%s=INTEGER:0x%x' % (name, value))
PY
openssl asn1parse -genconf roca.conf -noout -out roca.der
openssl pkey -inform DER -in roca.der -out roca.key || die 'no ROCA key'

serve doors "$TAMGA_TEST_RA_DIR"
U=https://localhost:${tls##*:} EST=https://localhost:${tls##*:}/.well-known/est
citizens
officer olga 'Azerpost, Baku'
number=$("$apply" "$conf" kz-ssl IIN=396685245034 surname=Ермекқызы given=Әлия \
    'region=Karaganda region' city=Temirtau domain=www.example.kz email=aliya@client.example) || die begun
code=$("$ra" act new-code "$number") || die 'no access code'
secret=$("$ra" secret add portal --application "$number") || die 'no secret'
counter=$("$apply" "$conf" az-esign FIN=5ABC12D surname=Sınaq given=Ülviyyə birth=1990-12-31 \
    'phone=+994 12 345 67 89' email= region=Baku city=Baku carrier=usb-token) || die counter
"$ra" pay "$counter" > /dev/null || die pay
before=$("$ra" list --json | jq length)
state() { "$ra" show "$1" --json | jq -r .state; }
was=$(state "$counter")

openssl req -x509 -newkey rsa:2048 -nodes -keyout wrap.key -out wrap.pem -days 2 -subj /CN=x 2>/dev/null
# asks_scep NAME: the outcome, with SCEP's own words
cat > ask.py <<'PY'
import importlib.util, sys, urllib.request
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('peer', sys.argv[1])
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)
_, _, url, name = sys.argv
body = urllib.request.urlopen(url + '?operation=GetCACert').read()
pem = peer.run('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', data=body).decode()
open('server.pem', 'w').write(pem[pem.index('-----BEGIN'):pem.index('-----END')] + '-----END CERTIFICATE-----\n')
message = peer.Message(peer.PKCS_REQ, name, 'wrap.key', 'wrap.pem',
                       peer.envelope(open(name + '.der', 'rb').read(), 'server.pem'))
question = urllib.request.Request(url + '?operation=PKIOperation', data=message.der(),
                                  headers={'Content-Type': 'application/x-pki-message'})
reply = peer.Reply(urllib.request.urlopen(question).read(), 'server.pem', message)
print(reply.outcome, reply.why or '')
PY
asks_scep() { python3 -B ask.py "$top_srcdir/tests/interop/scep-peer.py" "$http/scep" "$1"; }

# request_of NAME: NAME.csr and NAME.der for the application, its code as the challenge
request_of() {
	printf '%s\n' '[req]' prompt=no utf8=yes string_mask=utf8only distinguished_name=dn \
	    attributes=attr req_extensions=ext '[dn]' C=KZ serialNumber=IIN396685245034 GN=Әлия \
	    SN=Ермекқызы CN=www.example.kz '[ext]' subjectAltName=DNS:www.example.kz '[attr]' \
	    "challengePassword=$number:$code" > req.cnf
	openssl req -new -config req.cnf -key "$1.key" -out "$1.csr" || die "request $1"
	openssl req -in "$1.csr" -outform DER -out "$1.der"
}

who aliya
page /login
send /login 303 "number=$number" "code=$code"
for row in small:1024 roca:roca known:known-key; do
	name=${row%:*} word=${row#*:}
	new_csr $name /CN=$name
	same "EST, $name" "$(post employee/simpleenroll $name.b64 $auth)" 400
	grep -q "$word" body || die "EST, $name: $(cat body)"
	request_of $name
	! openssl cmp -config "" -server "${http#http://}" -path .well-known/cmp -trusted "$TAMGA_TEST_RA_CA" \
	    -cmd ir -ref portal -secret "pass:$secret" -newkey $name.key -total_timeout 60 -unprotected_errors \
	    -subject '/C=KZ/serialNumber=IIN396685245034/GN=Әлия/SN=Ермекқызы/CN=www.example.kz' \
	    -sans www.example.kz -certout $name.crt > said 2>&1 || die "CMP, $name: issued"
	grep -q "$word" said || die "CMP, $name: $(cat said)"
	case $(asks_scep $name) in badRequest*|badAlg*) ;; *) die "SCEP, $name: $(asks_scep $name)" ;; esac
	printf '{"request":"%s"}' "$(base64 -w0 $name.der)" > body.json
	same "the interface, $name" "$(get -u "$number:$code" -H 'Content-Type: application/json' \
	    --data-binary @body.json "$U/api/v1/applications/$number/request")" 409
	grep -q "$word" body || die "the interface, $name: $(cat body)"
	who aliya
	page /my/key
	send /my/key 400 "request=$(cat $name.csr)"
	shows "$word"
	same "the application after $name" "$(state "$number")" filled
	names_of_citizen az
	openssl req -new -utf8 -key $name.key -out az.csr -config az.cnf
	who olga
	page "/desk/case/$counter"
	send "/desk/case/$counter/request" 400 "request=$(cat az.csr)"
	same "the case after $name" "$(state "$counter")" "$was"
done
same 'nothing is left behind' "$("$ra" list --json | jq length)" "$before"

# it was the key, each time
new_csr good /CN=good
same 'EST, good' "$(post employee/simpleenroll good.b64 $auth)" 200
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out good.key 2>/dev/null
request_of good
printf '{"request":"%s"}' "$(base64 -w0 good.der)" > body.json
same 'the interface, good' "$(get -u "$number:$code" -H 'Content-Type: application/json' \
    --data-binary @body.json "$U/api/v1/applications/$number/request")" 200
"$ra" audit verify > /dev/null || die 'audit verify'
echo 'weak keys, at every door: all held'
