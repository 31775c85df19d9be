#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The CMP server of tamga-ra judged by openssl cmp: every command, by secret and
# by signature, confirmed and not, polled while an officer decides, at two
# processes on one store; and what is refused.
. "$top_srcdir/tests/interop/ra-both.sh"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"

# server NAME: another process on the store; $NAME is HOST:PORT without TLS, and
# $NAME_tls with it
server() {
	serve "$1" "$TAMGA_TEST_RA_DIR"
	eval "$1=\${http#http://}; $1_tls=\${tls#https://}"
}

printf '%s\n' 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; root = true; };' \
    >> "$TAMGA_RA_CONFIG"
server one
server two
at=$one
CA=$TAMGA_TEST_RA_CA
key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
}
# cmp ARGUMENTS...: openssl's client; "said" is what it says
cmp_client() {
	openssl cmp -config "" -server "$at" -path .well-known/cmp -trusted "$CA" -total_timeout 60 \
	    "$@" > said 2>&1
}
does() {
	cmp_client "$@" || die "openssl cmp $*: $(cat said)"
}
# refuses FAILURE ARGUMENTS...
refuses() {
	failure=$1
	shift
	! cmp_client "$@" || die "openssl cmp $*: was not refused"
	grep -q "PKIFailureInfo: $failure" said || die "openssl cmp $*: wanted $failure: $(cat said)"
}
# new_secret REFERENCE [options]: $secret
new_secret() {
	secret=pass:$("$ra" secret add "$@") || die "secret add $*"
}
# is_for NAME: NAME.crt is the certificate of NAME.key
is_for() {
	openssl verify -CAfile "$CA" "$1.crt" > /dev/null || die "$1: does not lead to the CA"
	same "$1: key" "$(openssl x509 -in "$1.crt" -noout -pubkey)" \
	    "$(openssl pkey -in "$1.key" -pubout)"
}
certificates() {
	"$ra" list --json | python3 -c 'import json,sys
print(sum(1 for a in json.load(sys.stdin) if a["state"] in ("issued", "revoked")))'
}
state_of() {
	"$ra" list --json | python3 -c 'import json,sys
print([a["state"] for a in json.load(sys.stdin) if sys.argv[1] == a["subject"]][0])' "$1"
}
number_of() {
	"$ra" list --json | python3 -c 'import json,sys
print([a["application"] for a in json.load(sys.stdin) if sys.argv[1] == a["subject"]][0])' "$1"
}

# ---- ir by a secret, with the default MAC and with HMAC-SHA-256
n=0
for mac in '' '-mac hmacWithSHA256'; do
	for confirm in '' -implicit_confirm; do
		n=$((n + 1))
		new_secret "device-$n"
		key ir$n
		does -cmd ir -ref "device-$n" -secret "$secret" $mac $confirm \
		    -newkey ir$n.key -subject "/CN=ir$n" -certout ir$n.crt \
		    -cacertsout ca$n.pem -extracertsout extra$n.pem
		is_for ir$n
		same 'caPubs' "$(openssl x509 -in ca$n.pem -noout -fingerprint)" \
		    "$(openssl x509 -in "$CA" -noout -fingerprint)"
	done
done
"$ra" list | grep -q 'device-1' || die 'the desk does not show it'
# with TLS around it
does -cmd genm -tls_used -tls_trusted "$CA" -server "$one_tls" -ref device-4 -secret "$secret"

# ---- p10cr, cr
new_secret p10 --uses 2
key p10
openssl req -new -key p10.key -subj /CN=p10 -out p10.csr
does -cmd p10cr -ref p10 -secret "$secret" -csr p10.csr -certout p10.crt
is_for p10
key cr
does -cmd cr -ref p10 -secret "$secret" -newkey cr.key -subject /CN=cr -certout cr.crt \
    -path /
is_for cr
# used up
key third
refuses notAuthorized -cmd ir -ref p10 -secret "$secret" -newkey third.key -subject /CN=third \
    -certout third.crt

# ---- a certificate speaks for its holder: cr, kur, genm, rr
does -cmd cr -cert ir1.crt -key ir1.key -newkey third.key -subject /CN=third -certout third.crt
is_for third
refuses badAlg -cmd cr -cert ir1.crt -key ir1.key -digest sha1 -newkey third.key -subject /CN=third \
    -certout none.crt
key new
does -cmd kur -cert ir1.crt -key ir1.key -newkey new.key -certout new.crt
is_for new
same 'kur: subject' "$(openssl x509 -in new.crt -noout -subject)" \
    "$(openssl x509 -in ir1.crt -noout -subject)"
key newer
does -cmd kur -cert new.crt -key new.key -newkey newer.key -certout newer.crt -implicit_confirm
is_for newer
key other
refuses badCertTemplate -cmd kur -cert newer.crt -key newer.key -newkey other.key \
    -subject /CN=somebody -certout other.crt
refuses badCertId -cmd kur -cert newer.crt -key newer.key -oldcert ir2.crt -newkey other.key \
    -subject /CN=ir1 -certout other.crt
refuses wrongIntegrity -cmd kur -ref p10 -secret "$secret" -oldcert ir1.crt -newkey other.key \
    -certout other.crt
does -cmd genm -cert newer.crt -key newer.key
does -cmd genm -cert newer.crt -key newer.key -infotype caCerts
does -cmd genm -cert newer.crt -key newer.key -infotype currentCRL
does -cmd genm -cert newer.crt -key newer.key -infotype certReqTemplate
does -cmd genm -ref p10 -secret "$secret" -infotype signKeyPairTypes
# somebody else's is not revoked, nor told of; one's own is, and then it opens nothing
refuses badCertId -cmd rr -cert newer.crt -key newer.key -oldcert ir2.crt
refuses wrongIntegrity -cmd rr -ref p10 -secret "$secret" -oldcert p10.crt
does -cmd rr -cert newer.crt -key newer.key -oldcert new.crt -revreason 4
refuses certRevoked -cmd rr -cert newer.crt -key newer.key -oldcert new.crt
does -cmd rr -cert newer.crt -key newer.key -oldcert newer.crt -revreason 1
"$ra" crl > crl.pem
cat "$CA" crl.pem > chain.pem
for name in new newer; do
	! openssl verify -crl_check -CAfile chain.pem $name.crt > /dev/null 2>&1 || die "$name: not revoked"
done
refuses signerNotTrusted -cmd genm -cert newer.crt -key newer.key

# ---- an officer decides: polled
new_secret waits --profile employee-reviewed --uses 9
key waits
openssl cmp -config "" -server "$one" -path .well-known/cmp/p/employee-reviewed -trusted "$CA" \
    -cmd ir -ref waits -secret "$secret" -newkey waits.key -subject '/CN=waits' \
    -certout waits.crt -total_timeout 60 > polled 2>&1 &
client=$!
for i in $(seq 600); do
	"$ra" list --state submitted | grep -q CN=waits && break
	sleep 0.1
done
sleep 1.2
"$ra" approve "$(number_of CN=waits)" > /dev/null || die approve
wait $client || die "polling: $(cat polled)"
grep -q 'received polling response' polled 2>/dev/null || grep -qi 'poll' polled || die "no poll: $(cat polled)"
is_for waits
# rejected while it waits
key no
openssl cmp -config "" -server "$one" -path .well-known/cmp -trusted "$CA" -cmd ir -ref waits \
    -secret "$secret" -newkey no.key -subject '/CN=no' -certout no.crt -total_timeout 60 \
    > polled 2>&1 &
client=$!
for i in $(seq 600); do
	"$ra" list --state submitted | grep -q CN=no && break
	sleep 0.1
done
"$ra" reject "$(number_of CN=no)" --reason 'not here' > /dev/null || die reject
! wait $client || die 'rejected, and a certificate'
grep -q 'PKIFailureInfo: notAuthorized' polled || die "rejected: $(cat polled)"
grep -q 'not here' polled || die "the reason: $(cat polled)"
# who did not wait comes again: the same application, the same certificate
key away
openssl cmp -config "" -server "$at" -path .well-known/cmp -trusted "$CA" -cmd ir -ref waits \
    -secret "$secret" -newkey away.key -subject /CN=away -certout away.crt -total_timeout 60 > said 2>&1 &
client=$!
for i in $(seq 600); do
	"$ra" list --state submitted | grep -q CN=away && break
	sleep 0.1
done
{ kill $client && ! wait $client; } 2>/dev/null || die 'nobody decided'
"$ra" approve "$(number_of CN=away)" > /dev/null || die approve
at=$two
does -cmd ir -ref waits -secret "$secret" -newkey away.key -subject /CN=away -certout away.crt
is_for away
same 'applications' "$("$ra" list | grep -c CN=away)" 1
at=$one

# ---- what the holder does not want is in force for nobody; who says nothing keeps it
new_secret choosy --uses 3
key reject
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout other-ca.key \
    -out other-ca.pem -subj /CN=Other 2>/dev/null
! cmp_client -cmd ir -ref choosy -secret "$secret" -newkey reject.key -subject /CN=reject \
    -certout reject.crt -out_trusted other-ca.pem || die 'an untrusted certificate was taken'
same 'rejected by its holder' "$(state_of CN=reject)" revoked
key silent
does -cmd ir -ref choosy -secret "$secret" -newkey silent.key -subject /CN=silent \
    -certout silent.crt -disable_confirm
same 'not confirmed' "$(state_of CN=silent)" issued

# ---- unless the authority sets a time, and says so in its answer
timed=${TAMGA_RA_CONFIG%.conf}-timed.conf
place=http://127.0.0.1:9/list.crl
sed "s/root = true;/root = true; confirm_within = 5;/; s|  url = \"\";|  url = \"$place\";|" \
    "$TAMGA_RA_CONFIG" > "$timed"
serve three --config "$timed"
new_secret timed --uses 9
key quick
key slow
key easy
for who in 'quick ' 'slow -disable_confirm' 'easy -implicit_confirm'; do
	set -- $who
	does -server "${http#http://}" -cmd ir -ref timed -secret "$secret" -newkey "$1.key" -subject "/CN=$1" \
	    -certout "$1.crt" -rspout "$1.ip rest" ${2-}
	openssl asn1parse -inform DER -in "$1.ip" > "$1.txt"
done
for who in quick slow; do
	grep -A1 'id-it-confirmWaitTime' $who.txt | grep -q 'GENERALIZEDTIME' || die "$who: no time"
done
! grep -q 'id-it-confirmWaitTime' easy.txt || die 'a time for nothing'
for i in $(seq 300); do
	[ "$(state_of CN=slow)" = issued ] || break
	sleep 0.1
done
same 'not confirmed in time' "$(state_of CN=slow)" revoked
same 'confirmed in time' "$(state_of CN=quick) $(state_of CN=easy)" 'issued issued'
"$ra" crl > crl.pem
cat "$CA" crl.pem > chain.pem
! openssl verify -crl_check -CAfile chain.pem slow.crt > /dev/null 2>&1 || die 'slow: not on the list'
openssl verify -crl_check -CAfile chain.pem quick.crt > /dev/null || die 'quick: on the list'

# ---- a newer revocation list than the one that is at hand, which this openssl cannot ask for
new_secret lists
python3 "$top_srcdir/tests/interop/cmp-crls.py" "$http/.well-known/cmp" lists "${secret#pass:}" \
    "$CA" "$place" || die 'id-it-crlStatusList'

# ---- what is refused
new_secret bad --uses 9
key bad
ask="-cmd ir -ref bad -newkey bad.key -subject /CN=bad -certout bad.crt"
refuses badMessageCheck $ask -secret pass:wrong -unprotected_errors
refuses badMessageCheck -cmd ir -ref nobody -secret "$secret" -newkey bad.key -subject /CN=bad \
    -certout bad.crt -unprotected_errors
refuses badMessageCheck $ask -secret "$secret" -unprotected_requests -unprotected_errors
refuses wrongAuthority $ask -secret "$secret" -recipient /CN=Somebody -unprotected_errors
refuses badPOP $ask -secret "$secret" -popo 0
refuses badPOP $ask -secret "$secret" -popo -1
refuses badCertTemplate -cmd ir -ref bad -secret "$secret" -newkey bad.key -subject /C=KZ \
    -certout bad.crt
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out small.key 2>/dev/null
refuses badCertTemplate -cmd ir -ref bad -secret "$secret" -newkey small.key -subject /CN=bad \
    -certout bad.crt
openssl req -x509 -key bad.key -days 2 -out self.crt -subj /CN=bad 2>/dev/null
refuses signerNotTrusted -cmd cr -cert self.crt -key bad.key -recipient "/CN=tamga test authority" -newkey bad.key -subject /CN=bad \
    -certout bad.crt
refuses badCertTemplate $ask -secret "$secret" -path .well-known/cmp/p/nosuch
"$ra" secret close bad || die 'secret close'
refuses badMessageCheck $ask -secret "$secret" -unprotected_errors
"$ra" secret list | grep -q '^bad .*closed' || die 'secret list'
! "$ra" secret add 'not a word' 2>err || die 'a reference with blanks'

# ---- messages as they are: again, cut, changed, of another's transaction
new_secret raw --uses 9
key raw
before=$(certificates)
does -cmd ir -ref raw -secret "$secret" -newkey raw.key -subject /CN=raw -certout raw.crt \
    -reqout 'raw.ir raw.conf' -rspout 'raw.ip raw.pkiconf' -subject /CN=raw
put() {
	curl -sS -o body -w '%{http_code}' -H 'Content-Type: application/pkixcmp' \
	    --data-binary "@$1" "http://$2/.well-known/cmp"
}
same 'the ir again' "$(put raw.ir "$one")" 200
same 'the certConf again' "$(put raw.conf "$two")" 200
cmp body raw.pkiconf || die 'the same message got another answer'
same 'one certificate' "$(certificates)" $((before + 1))
# waiting for nobody: the first message again, at the other process
new_secret lost
key lost
! cmp_client -cmd ir -ref lost -secret "$secret" -newkey lost.key -subject /CN=lost \
    -certout lost.crt -path .well-known/cmp -reqout 'lost.ir lost.conf' -rspout 'lost.ip lost.pki' \
    -implicit_confirm || :
for server in "$two" "$one"; do
	same 'again' "$(put lost.ir "$server")" 200
	cmp body lost.ip || die 'a lost answer is another one now'
done
python3 - <<'PY'
ir = open('lost.ir', 'rb').read()
for at in range(0, len(ir), 7):
    open('bad.%d' % at, 'wb').write(ir[:at] + bytes([ir[at] ^ 0x21]) + ir[at + 1:])
open('cut', 'wb').write(ir[:-1])
open('more', 'wb').write(ir + b'0')
PY
before=$(certificates)
for file in bad.*; do
	case $(put "$file" "$one") in 200|400) ;; *) die "$file: $(cat body)" ;; esac
done
same 'changed messages' "$(certificates)" "$before"
same 'cut' "$(put cut "$one")" 400
same 'too much' "$(put more "$one")" 400
same 'another type' "$(curl -sS -o body -w '%{http_code}' -H 'Content-Type: text/plain' \
    --data-binary @lost.ir "http://$one/.well-known/cmp")" 415
head -c 70000 /dev/zero > big
same 'too large' "$(put big "$one")" 413
same 'no CMP there' "$(put lost.ir "${TAMGA_TEST_RA_HTTP#http://}")" 404
"$ra" audit verify > /dev/null || die 'audit verify'
echo 'cmp: all held'
