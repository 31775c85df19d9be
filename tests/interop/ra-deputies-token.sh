#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The deputies of an authority (OCSP, CMP, SCEP) whose keys are on a token, all three on one:
# each answers, the token is pulled out and put back, and nothing is lost or done twice.
[ -n "${TAMGA_TEST_CTL:-}" ] ||
	exec "$top_srcdir/tests/with-card" --no-pcscd --card piv --card piv -- sh "$0"
set -eu
. "$top_srcdir/tests/interop/ra-own-lib.sh"
XDG_STATE_HOME=$work/state
XDG_CONFIG_HOME=$work/config
export XDG_STATE_HOME XDG_CONFIG_HOME
card() { "$TAMGA_VCARD" ctl "$@"; }
here="--no-pcsc --vcard $TAMGA_TEST_VCARD --pin-file pin --admin-key-file admin"

# ---- three keys on a token of the authority's --------------------------------------
echo "$TAMGA_TEST_PIN" > pin
echo "$TAMGA_TEST_ADMIN" > admin
init one --default-profile employee > /dev/null || die init
for row in 9a:ec:p256 9c:ec:p384 9d:rsa:2048; do
	"$tamga" key generate "${row%%:*}" --no-pcsc --vcard "$TAMGA_TEST_VCARD_2" --pin-policy once \
	    --type "${row#*:}" --pin-file pin --admin-key-file admin -o "${row%%:*}.pem" > said 2>&1 ||
	    die "key generate $row: $(cat said)"
done
# deputy NAME ID [SETTING...]
deputy() {
	echo "$1: { key = \"pkcs11:id=%$2;type=private\"; pin_file = \"$work/pin\";" \
	    "vcard = \"$TAMGA_TEST_VCARD_2\"; ${3:-} };"
}
{ deputy ocsp 9A; deputy cmp 9C 'seal_file = "cmp.seal"; http = true;'; deputy scep 9D
  echo 'listen_http = "127.0.0.1:0";'; } > deputies
sed -i '/^listen_http/d' one/ra.conf
cat deputies >> one/ra.conf
serve one

# who NAME: whose certificate NAME.pem shows, by its key
key_of() { openssl x509 -in "$1" -noout -pubkey; }
ocsp() { # CERTIFICATE
	openssl ocsp -issuer one/ca.pem -cert "$1" -url "$plain/ocsp" -CAfile one/ca.pem \
	    -resp_text > ocsp.txt 2>&1
}
# run WHAT COMMAND...
run() {
	what=$1
	shift
	# shellcheck disable=SC2068
	$@ > said 2>&1 || die "$what: $(cat said)"
}
forget() {
	rm -rf "$XDG_STATE_HOME"
	card "$TAMGA_TEST_CTL" mark > /dev/null
}

# ---- CMP: a secret at first, then answers by the deputy's signature -------------------
"$ra" secret add device --dir one > secret || die 'secret add'
run 'CMP, ir' "$tamga" enroll $here --slot 9a --ca "cmp+$plain" --ca-file one/ca.pem \
    --user device --password-file secret --subject CN=device
card "$TAMGA_TEST_CTL_2" mark > /dev/null
run 'CMP, kur' "$tamga" renew 9a $here --no-swap --slot 82
card "$TAMGA_TEST_CTL_2" log > log-cmp
grep -q ' 00 87 14 9C ' log-cmp || die "the answers are not the token's: $(cat log-cmp)"
run export "$tamga" cert export 82 --no-pcsc --vcard "$TAMGA_TEST_VCARD" -o device.pem

# ---- OCSP ---------------------------------------------------------------------------
ocsp device.pem || die "ocsp: $(cat ocsp.txt)"
grep -q 'device.pem: good' ocsp.txt && grep -q 'Response verify OK' ocsp.txt ||
    die "ocsp: $(cat ocsp.txt)"
sed -n '/BEGIN CERT/,/END CERT/p' ocsp.txt > responder.pem
same 'the responder' "$(key_of responder.pem)" "$(cat 9a.pem)"

# ---- SCEP: requests are decrypted, and answers signed, by the token --------------------
"$ra" challenge new employee --dir one > challenge || die challenge
forget
card "$TAMGA_TEST_CTL_2" mark > /dev/null
run SCEP "$tamga" enroll $here --slot 9c --type ec:p256 --ca "scep+$plain/scep" \
    --ca-file one/ca.pem --challenge-file challenge --subject CN=router
card "$TAMGA_TEST_CTL_2" log > log-scep
same 'a decryption and a signature' "$(grep -c ' [01]0 87 07 9D .* 9000 ' log-scep)" 2
curl -sS "$plain/scep?operation=GetCACert" | openssl pkcs7 -inform DER -print_certs |
    sed '/END CERT/q' > scep.pem
same 'the SCEP server' "$(key_of scep.pem)" "$(cat 9d.pem)"

# ---- pulled out, and put back -----------------------------------------------------------
applications() { "$ra" list --dir one --json | jq length; }
before=$(applications)
card "$TAMGA_TEST_CTL_2" remove
curl -sS -o body -w '%{http_code}' "$url/.well-known/est/cacerts" --cacert one/ca.pem > code
same 'EST needs no deputy' "$(cat code)" 200
! ocsp device.pem || ! grep -q 'Cert Status' ocsp.txt || die "answered without its token: $(cat ocsp.txt)"
"$ra" challenge new employee --dir one > challenge || die challenge
forget
! "$tamga" enroll $here --slot 9d --type ec:p256 --ca "scep+$plain/scep" --ca-file one/ca.pem \
    --challenge-file challenge --subject CN=patient > said 2>&1 || die "SCEP without its token"
grep -q -- --resume said || die "SCEP, pulled: nobody says how to go on: $(cat said)"
same 'nobody applied' "$(applications)" "$before"
card "$TAMGA_TEST_CTL_2" insert
run 'SCEP, put back' "$tamga" enroll --resume $here --challenge-file challenge --now
ocsp device.pem && grep -q 'device.pem: good' ocsp.txt || die "ocsp, put back: $(cat ocsp.txt)"
same 'one application' "$(applications)" $((before + 1))

# ---- a server that starts again takes the certificates that there are ------------------
stop
card "$TAMGA_TEST_CTL_2" remove
! "$ra" serve one --listen 127.0.0.1:0 > said 2>&1 || die 'served without its token'
grep -q '[a-z]*\.key: there is no token' said || die "without a token: $(cat said)"
card "$TAMGA_TEST_CTL_2" insert
serve one
curl -sS "$plain/scep?operation=GetCACert" | openssl pkcs7 -inform DER -print_certs |
    sed '/END CERT/q' > again.pem
cmp -s scep.pem again.pem || die 'another certificate after a restart'
same 'appointed once each' "$("$ra" audit list --dir one --json |
    jq '[.[] | select(.event == "appoint")] | length')" 3
"$ra" audit verify --dir one > /dev/null || die audit
echo "deputies on a token: all held"
