#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An application that was begun at the portal, its request handed in by CMP or by SCEP: the
# same application, the same life; a certificate when the officer approved, and nothing for
# who has another key, another name or another application's secret.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"
apply=${top_builddir:-.}/tests/interop/ra-apply
conf=$TAMGA_TEST_RA_DIR/ra.conf
printf '%s\n' 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; root = true; };' \
    'scep: { key = "scep.key"; };' >> "$conf"
serve doors "$TAMGA_TEST_RA_DIR"

# begun: an application whose form is filled in, its number
begun() {
	"$apply" "$conf" kz-ssl IIN=396685245034 surname=Ермекқызы given=Әлия \
	    'region=Karaganda region' city=Temirtau "domain=$1" email=aliya@client.example ||
	    die "no application for $1"
}
state() { "$ra" show "$1" --json | jq -r .state; }
subject() { echo "/C=KZ/serialNumber=IIN396685245034/GN=Әлия/SN=Ермекқызы/CN=$1"; }
applications() { "$ra" list --json | jq length; }
key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
}
is_for() {
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$1" > /dev/null || die "$1: does not lead to the CA"
	same "$1: key" "$(openssl x509 -in "$1" -noout -pubkey)" "$(openssl pkey -in "$2" -pubout)"
	openssl x509 -in "$1" -noout -ext subjectAltName | grep -q "DNS:$3\$" || die "$1: not for $3"
}
# decided NUMBER: an officer has looked at it
decided() {
	"$ra" approve "$1" > approved 2>&1 || die "approve $1: $(cat approved) in $(state "$1")"
}

# ---- CMP ------------------------------------------------------------------------
# cmp_client REFERENCE SECRET KEY DOMAIN [ARGUMENT...]
cmp_client() {
	ref=$1 with=$2 new=$3 domain=$4
	shift 4
	openssl cmp -config "" -server "${http#http://}" -path .well-known/cmp \
	    -trusted "$TAMGA_TEST_RA_CA" -cmd ir -ref "$ref" -secret "pass:$with" \
	    -newkey "$new.key" -subject "$(subject "$domain")" -sans "$domain" -total_timeout 60 \
	    -unprotected_errors "$@" > said 2>&1
}
number=$(begun cmp.example.kz)
other=$(begun other.example.kz)
secret=$("$ra" secret add portal-1 --application "$number") || die 'no secret'
! "$ra" secret add portal-2 --application AAAA-AAAA-AAAA-AAAA 2> said || die 'for no application'
grep -q 'no application' said || die "$(cat said)"
! "$ra" secret add portal-2 --application "$other" --owner asel 2> said || die 'for two'
"$ra" secret list | grep -q "^portal-1 .*$number .*kz-ssl" || die "$("$ra" secret list)"
before=$(applications)
key cmp
# what was agreed to at the portal is what is asked for
! cmp_client portal-1 "$secret" cmp elsewhere.example.kz -certout none.crt || die 'another domain'
grep -q badCertTemplate said || die "another domain: $(cat said)"
same 'nothing was handed in' "$(state "$number")" filled
# another profile's path, another's secret
! cmp_client portal-1 "$secret" cmp cmp.example.kz -path .well-known/cmp/p/employee ||
    die 'another profile'
! cmp_client portal-1 wrong cmp cmp.example.kz || die 'a wrong secret'
# handed in, and nobody decided yet; who has a second may need another one
for try in $(seq 60); do
	! cmp_client portal-1 "$secret" cmp cmp.example.kz -certout cmp.crt -total_timeout 1 ||
		die 'nobody decided'
	[ "$(state "$number")" = filled ] || break
done
same 'handed in by CMP' "$(state "$number")" submitted
same 'its own application' "$(applications)" "$before"
# with another key it is another request, and that is not looked at
key thief
! cmp_client portal-1 "$secret" thief cmp.example.kz -certout thief.crt -total_timeout 5 ||
	die 'another key'
decided "$number"
cmp_client portal-1 "$secret" cmp cmp.example.kz -certout cmp.crt || die "CMP: $(cat said)"
is_for cmp.crt cmp.key cmp.example.kz
! cmp_client portal-1 "$secret" thief cmp.example.kz -certout thief.crt -total_timeout 5 ||
	die 'another key, later'
same 'one life' "$("$ra" audit list --json | jq -r --arg id "$number" \
    '[.[] | select(.application == $id and .event == "issue")] | length')" 1
"$ra" audit list --json | jq -r --arg id "$number" '.[] | select(.application == $id) | .actor' |
    grep -q '^applicant' || die 'the applicant did not hand it in'

# ---- SCEP: the number and the access code are the challenge -----------------------
number=$(begun scep.example.kz)
code=$("$ra" act new-code "$number") || die 'no access code'
before=$(applications)
mkdir peer
cat > ask.py <<'PY'
import importlib.util, os, sys, urllib.request
spec = importlib.util.spec_from_file_location('peer', sys.argv[1])
peer = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(peer)
_, _, url, name, wrapper = sys.argv
body = urllib.request.urlopen(url + '?operation=GetCACert').read()
pem = peer.run('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', data=body).decode()
open('server.pem', 'w').write(pem[pem.index('-----BEGIN'):pem.index('-----END')] + '-----END CERTIFICATE-----\n')
request = open(name + '.der', 'rb').read()
message = peer.Message(peer.PKCS_REQ, name, wrapper + '.key', wrapper + '.pem',
                       peer.envelope(request, 'server.pem'))
question = urllib.request.Request(url + '?operation=PKIOperation', data=message.der(),
                                  headers={'Content-Type': 'application/x-pki-message'})
reply = peer.Reply(urllib.request.urlopen(question).read(), 'server.pem', message)
print(reply.outcome, reply.why or '')
if reply.outcome == 'success':
    reply.certificate(wrapper + '.key', wrapper + '.pem', name + '.crt')
PY
cd peer
openssl req -x509 -newkey rsa:2048 -nodes -keyout wrap.key -out wrap.pem -days 2 -subj /CN=x 2>/dev/null
# request NAME DOMAIN CHALLENGE
request() {
	[ -f "$1.key" ] || key "$1"
	printf '%s\n' '[req]' prompt=no utf8=yes string_mask=utf8only distinguished_name=dn \
	    attributes=attr req_extensions=ext '[dn]' C=KZ serialNumber=IIN396685245034 GN=Әлия \
	    SN=Ермекқызы "CN=$2" '[ext]' "subjectAltName=DNS:$2" '[attr]' "challengePassword=$3" > req.cnf
	openssl req -new -config req.cnf -key "$1.key" -outform DER -out "$1.der" || die "request $1"
}
ask() { python3 -B ../ask.py "$top_srcdir/tests/interop/scep-peer.py" "$http/scep" "$1" wrap; }
request scep scep.example.kz "$number:AAAA-AAAA"
case $(ask scep) in badRequest*) ;; *) die 'a wrong code' ;; esac
request scep scep.example.kz "$other:$code"
case $(ask scep) in badRequest*) ;; *) die 'the code of another' ;; esac
request scep scep.example.kz "$number:$code"
same 'handed in by SCEP' "$(ask scep)" 'pending '
same 'its state' "$(state "$number")" submitted
same 'its own application' "$(applications)" "$before"
decided "$number"
same 'issued by SCEP' "$(ask scep)" 'success '
is_for scep.crt scep.key scep.example.kz
same 'once' "$("$ra" audit list --json | jq -r --arg id "$number" \
    '[.[] | select(.application == $id and .event == "issue")] | length')" 1
cd ..
"$ra" audit verify > /dev/null || die 'audit verify'
echo 'doors: all held'
