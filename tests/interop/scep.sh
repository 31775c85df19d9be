#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The SCEP client against micromdm's scepserver and against tamga-ra: keys of the
# token and in software, pending and another process, renewals, refusals;
# operations of the card counted.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

enroll="$tamga enroll $local --slot 9a --quiet"
uses() { signatures; }	# decryption is the same command

# ---- tamga-ra ---------------------------------------------------------------
{ cat "$TAMGA_TEST_RA_DIR/ra.conf"; echo 'scep: { key = "scep.key"; };'; } \
	>"$TAMGA_TEST_RA_DIR/scep.conf"
# serve: a process on the store; where it serves, in server
serve() {
	rm -f "$work/url"
	mkfifo "$work/url"
	"$TAMGA_TEST_RA" serve --config "$TAMGA_TEST_RA_DIR/scep.conf" --listen 127.0.0.1:0 \
		>"$work/url" 2>"$work/scep.log" &
	serving=$!
	children="$children $serving"
	{ read -r _ && read -r server; } <"$work/url"
	[ -n "$server" ] || fail "no SCEP server: $(cat "$work/scep.log")"
	server=scep+$server
}
serve
challenge() { "$TAMGA_TEST_RA" challenge new "$@" >"$work/challenge"; }
trust="--ca-file $TAMGA_TEST_RA_CA --challenge-file $work/challenge"

# an EC key, its messages by a key in software: the token signs the request, and
# proves the certificate
fresh_card --yubikey
challenge employee
run 0 $enroll --ca "$server/scep" $trust --type ec:p256 --subject "CN=Asel"
[ "$(uses)" = 2 ] || fail "EC: $(uses) operations"
assert_installed 9a
ok "an EC key: $(ls "$work/state/tamga" | grep -c state) secrets left behind"
! ls "$work"/state/tamga/*.state 2>/dev/null || fail "the transport key is still there"

# an RSA key, the textbook way: request, certificate, message, decryption, proof
fresh_card --yubikey
challenge employee
run 0 $enroll --ca "$server/scep/employee" $trust --type rsa:2048 --subject "CN=Textbook"
[ "$(uses)" = 5 ] || fail "RSA: $(uses) operations"
assert_installed 9a
ok "an RSA key signs and decrypts its messages"

# ... and with a key in software
fresh_card --yubikey
challenge employee
run 0 $enroll --ca "$server/scep" $trust --type rsa:2048 --subject "CN=Software" \
	--ca-option transport=software
[ "$(uses)" = 2 ] || fail "RSA, software: $(uses) operations"
ok "an RSA key, another in software for its messages"

# by fingerprint, over TLS, with an account
fresh_card --yubikey
printf 'test:%s\n' "$TAMGA_TEST_RA_PASSWORD" >"$work/challenge"
run 0 $enroll --ca "$server/scep" --ca-fingerprint "$TAMGA_TEST_RA_FINGERPRINT" \
	--challenge-file "$work/challenge" --type ec:p384 --subject "CN=Account"
assert_installed 9a
ok "the CA by its fingerprint, an account by its challenge"

# pending, decided, and asked after by another process of another server
for type in ec:p256 rsa:2048; do
	fresh_card --yubikey
	challenge employee-reviewed
	run 6 $enroll --ca "$server/scep" $trust --type $type --subject "CN=Waits $type"
	[ "$(stat -c %a "$work"/state/tamga/*.state)" = 600 ] || fail "$type: others read the state"
	before=$(uses)
	run 6 "$tamga" enroll --resume $local --challenge-file "$work/challenge" --now --quiet
	"$TAMGA_TEST_RA" approve "$(submitted)" >/dev/null
	kill "$serving" && wait "$serving" 2>/dev/null
	port=${server##*:}
	sed -i "s/^listen_http.*/listen_http = \"127.0.0.1:$port\";/" "$TAMGA_TEST_RA_DIR/scep.conf"
	serve
	run 0 "$tamga" enroll --resume $local --challenge-file "$work/challenge" --now --quiet
	assert_installed 9a
	[ "$(applications)" -gt 0 ] || fail "no application"
	[ "$("$TAMGA_TEST_RA" list | grep -c "Waits $type")" = 1 ] || fail "$type: two applications"
	ok "$type: decided later; $before operations before, $(uses) in all"
done

# a renewal signed with the RSA key that is renewed; no challenge
fresh_card --yubikey
challenge employee
run 0 $enroll --ca "$server/scep" $trust --type rsa:2048 --subject "CN=Renews"
run 0 "$tamga" renew $local 9a --ca "$server/scep" --ca-file "$TAMGA_TEST_RA_CA" --quiet
[ "$("$TAMGA_TEST_RA" list | grep -c "Renews")" = 2 ] || fail "not renewed"
ok "a renewal"

# refusals, in the server's words and ours
# refused STATUS WORDS ARGUMENTS...
refused() {
	want=$1 words=$2
	shift 2
	fresh_card --yubikey
	run "$want" $enroll "$@"
	says "$words"
	ok "$words: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-120)"
}
echo wrong-challenge >"$work/challenge"
refused 7 badRequest --ca "$server/scep" $trust --type ec:p256 --subject "CN=Wrong"
refused 7 badRequest --ca "$server/scep" --ca-file "$TAMGA_TEST_RA_CA" --type ec:p256 --subject "CN=None"
refused 1 'no such service' --ca "$server/nothing" $trust --type ec:p256 --subject "CN=x"
refused 2 'transport=card' --ca "$server/scep" $trust --ca-option transport=card --subject "CN=x"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=Other -days 2 -keyout "$work/o.key" \
	-out "$work/other.pem" 2>/dev/null
refused 1 'leads to one you trust' --ca "$server/scep" --ca-file "$work/other.pem" --subject "CN=x"

# ---- scepserver: RSA, single DES and SHA-1 in what it answers ------------------
command -v scepserver >/dev/null || { echo "(no scepserver here)"; exit 0; }
scepserver_anywhere -challenge secret1234
echo secret1234 >"$work/challenge"
TAMGA_TEST_RA_CA=$work/depot/ca.pem
trust="--ca-file $work/depot/ca.pem --challenge-file $work/challenge"
go=scep+http://127.0.0.1:$port/scep

refused 1 'say --legacy' --ca "$go" $trust --type rsa:2048 --subject "CN=Strict"
refused 2 'is for scep' --ca "$TAMGA_TEST_RA_EST" $trust --legacy --subject "CN=Strict"
for transport in token software; do
	fresh_card --yubikey
	run 0 ${enroll% --quiet} --ca "$go" $trust --type rsa:2048 --subject "CN=Go $transport" \
		--legacy --ca-option transport=$transport
	says 'SHA-1 and DES will do'
	assert_installed 9a
	ok "scepserver, messages by $transport"
done
echo wrong >"$work/challenge"
refused 7 'refuses the request' --ca "$go" $trust --type rsa:2048 --subject "CN=Wrong" \
	--ca-option legacy=yes
echo "scep client: all held"
