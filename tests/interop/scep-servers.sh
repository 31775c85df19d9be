#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SCEP servers that misbehave: what the client says of each, and that neither the
# card nor the application suffers.  The right answer comes afterwards.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

{ cat "$TAMGA_TEST_RA_DIR/ra.conf"; echo 'scep: { key = "scep.key"; };'; } \
	>"$TAMGA_TEST_RA_DIR/scep.conf"
mkfifo "$work/url" "$work/bad"
"$TAMGA_TEST_RA" serve --config "$TAMGA_TEST_RA_DIR/scep.conf" --listen 127.0.0.1:0 \
	>"$work/url" 2>"$work/scep.log" &
children="$children $!"
{ read -r _ && read -r good; } <"$work/url"

# A subscriber of the same CA, who has a certificate and would like to be somebody.
mkdir "$work/peer"
cd "$work/peer" || exit 1
openssl req -new -newkey rsa:2048 -nodes -keyout other.key -subj /CN=Other -outform DER 2>/dev/null |
	base64 >other.csr
curl -sS --cacert "$TAMGA_TEST_RA_CA" -u "test:$TAMGA_TEST_RA_PASSWORD" \
	-H 'Content-Type: application/pkcs10' --data-binary @other.csr \
	"$TAMGA_TEST_RA_URL/.well-known/est/simpleenroll" | base64 -d |
	openssl pkcs7 -inform DER -print_certs -out other.pem || fail "no subscriber"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=Nobody -days 2 -keyout unknown.key \
	-out unknown.pem 2>/dev/null
openssl crl2pkcs7 -nocrl -certfile other.pem -certfile "$TAMGA_TEST_RA_CA" -outform DER -out imposter.p7
python3 -B "$top_srcdir/tests/interop/bad-scep.py" "$good/scep" >"$work/bad" 2>"$work/bad.log" &
children="$children $!"
read -r bad <"$work/bad"
cd "$work" || exit 1

n=0
# bad HOW STATUS WORDS [ARGUMENT...]: an enrollment there, on a card of its own
bad() {
	how=$1 want=$2 words=$3
	shift 3
	n=$((n + 1))
	fresh_card --yubikey
	"$TAMGA_TEST_RA" challenge new employee >"$work/challenge"
	run "$want" "$tamga" enroll $local --slot 9a --quiet --type ec:p256 --subject "CN=Bad $n" \
		--ca "scep+$bad/$how/scep" --ca-file "$TAMGA_TEST_RA_CA" \
		--challenge-file "$work/challenge" "$@"
	says "$words"
	! "$tamga" cert export --no-pcsc 9a -o "$work/none.pem" 2>/dev/null ||
		fail "$how: a certificate is on the card"
	ok "$how: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
}
# resumed: the same enrollment, where all is well again
resumed() {
	sed -i "s,scep+$bad/[a-z0-9]*/scep,scep+$good/scep," "$work"/state/tamga/*.json
	run 0 "$tamga" enroll --resume $local --quiet --challenge-file "$work/challenge" --now
	[ "$(state)" = done ] || fail "$how: $(state)"
	[ "$("$TAMGA_TEST_RA" list | grep -c "Bad $n\$")" = 1 ] || fail "$how: not one application"
	assert_installed 9a
}

# the answer is not believed, and asked for again it is the same certificate
bad flip 1 'somebody changed it'; resumed
bad cut 1 'was cut off'; resumed
bad subscriber 1 'does not speak for the authority'; resumed
for how in unknown echo; do bad $how 1 'does not speak for the authority'; done
bad empty 1 'no SCEP message'
bad html 1 'web page'
bad huge 1 'longer than'
bad 500 1 'oops'
bad 503 1 'out of service'
bad 302 1 'sends us on'

# an old answer is no answer: the second enrollment hears that of the first
fresh_card --yubikey
"$TAMGA_TEST_RA" challenge new employee >"$work/challenge"
run 0 "$tamga" enroll $local --slot 9a --quiet --type ec:p256 --subject "CN=First" \
	--ca "scep+$bad/old/scep" --ca-file "$TAMGA_TEST_RA_CA" --challenge-file "$work/challenge"
bad old 1 'another question'; resumed

# nothing is sent, and no key made, for a server that is not to be had
before=$("$TAMGA_TEST_RA" list | grep -c .)
bad nocaps 1 'not both AES and SHA-256'
bad weak 1 'not both AES and SHA-256'
bad nocert 1 'cannot be read'
bad imposter 1 'may speak for the authority'
[ "$("$TAMGA_TEST_RA" list | grep -c .)" = "$before" ] || fail "somebody was sent a request"
! grep -q "$(cat "$work/challenge")" "$work/bad.log" || fail "the challenge was said"

# who cannot POST is asked by GET
fresh_card --yubikey
"$TAMGA_TEST_RA" challenge new employee >"$work/challenge"
run 0 "$tamga" enroll $local --slot 9a --quiet --type ec:p256 --subject "CN=By GET" \
	--ca "scep+$bad/get/scep" --ca-file "$TAMGA_TEST_RA_CA" --challenge-file "$work/challenge"
assert_installed 9a
grep -q 'GET /scep' "$work/scep.log" && ! tail -n 2 "$work/scep.log" | grep -q POST ||
	fail "not by GET"
ok "get"
echo "scep servers: $n that misbehave"
