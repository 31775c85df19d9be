#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra as a registration authority in front of another one that speaks EST:
# issued, waiting, refused, away, for another key, changed, and killed between.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"

# ---- who the registration authority is to the one upstream ---------------------
from_upstream front-ra employee '/CN=Registration office/O=Front'
make_front employee
cp "$work/front-ra.key" "$work/front-ra.pem" "$front/"
settings() {
	sed '/^upstream:/,/^};/d' "$front/ra.conf" > "$work/conf"
	cat >> "$work/conf" <<-EOF
	upstream: {
	  url = "$1";
	  certificate = "front-ra.pem";
	  key = "front-ra.key";
	  timeout_seconds = 1;
	  retry_seconds = 1;
	  ${2:-}
	};
	EOF
	cat "$work/conf" > "$front/ra.conf"
}

# ---- what is wrong is told with its line ----------------------------------------
refuses() {
	run 7 "$ra_program" upstream --dir "$front"
	says "$1"
}
settings "gopher+https://localhost"
refuses 'ra.conf:[0-9]*: upstream.url: .*is not an authority'
settings "$TAMGA_TEST_RA_EST" 'changes = "perhaps";'
refuses 'ra.conf:[0-9]*: upstream.changes'
settings "$TAMGA_TEST_RA_EST"
sed -i 's/^  key = "front-ra.key";//' "$front/ra.conf"
refuses 'upstream.certificate and upstream.key'
settings "$TAMGA_TEST_RA_EST"
sed -i 's/^  key = "front-ra.key";/  key = "server.key";/' "$front/ra.conf"
refuses 'server.key is not the key of'
settings "$TAMGA_TEST_RA_EST"
run 0 "$ra_program" upstream --dir "$front"
grep -q 'takes what we hand in' "$work/out" || fail "upstream: $(cat "$work/out")"
cp "$front/ca.pem" "$work/right.pem"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
    -subj /CN=Other -out "$front/ca.pem" 2>/dev/null
run 1 "$ra_program" upstream --dir "$front"
grep -q 'localhost' "$work/out" || fail "another CA: $(cat "$work/out")"
cp "$work/right.pem" "$front/ca.pem"
ok "settings: told with their line, and what the authority says to us"

# ---- an applicant with a token ---------------------------------------------------
settings "$TAMGA_TEST_RA_EST"
serve_front
curl -sS --cacert "$TAMGA_TEST_RA_CA" "$front_url/.well-known/est/cacerts" | base64 -d |
    openssl pkcs7 -inform DER -print_certs | openssl x509 -outform DER | sha256sum |
    grep -q "$TAMGA_TEST_RA_FINGERPRINT" || fail "cacerts are not the upstream's"
officer_ca="--ca est+https://localhost:${front_url##*:}/employee-reviewed ${ca#--ca * }"
run 6 "$tamga" enroll $local $officer_ca --slot 9a --subject "$name"
id=$(front list --state submitted | awk 'NR == 1 { print $1 }')
[ -n "$id" ] || fail "no application waits for the officer"
[ "$(upstream_count "$name")" = 0 ] || fail "upstream was asked before the officer approved"
run 0 "$ra_program" approve "$id" --dir "$front"
says 'waits for the certification authority'
until_ 'issued' sh -c "'$ra_program' show $id --dir '$front' | grep -q 'serial'"
run 0 "$tamga" enroll $local --resume --user anna --password-file "$work/front.password"
assert_installed 9a
openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/cert.pem" >/dev/null || fail "the chain"
serial=$(openssl x509 -in "$work/cert.pem" -noout -serial | cut -d= -f2)
upstream list --json | jq -e --arg s "$serial" 'length > 0' >/dev/null
upstream show "$(upstream list --json | jq -r 'map(select(.subject | test("Қазбекқызы")))[0].application')" |
    grep -q "$serial" || fail "the certificate is not one of the authority upstream"
front show "$id" | grep -q "$serial" || fail "the front calls it otherwise"
ok "a token's key: approved here, signed upstream, installed"

# the very same request again is the same certificate
front_csr bob '/CN=Bob'
front_gets bob
cp "$work/bob.pem" "$work/first.pem"
front_gets bob
cmp -s "$work/bob.pem" "$work/first.pem" || fail "another certificate for the same request"
[ "$(upstream_count CN=Bob)" = 1 ] || fail "two applications upstream"
# it opens this door: it is renewed here, and upstream it is a new one
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/new.key" \
    -subj /CN=Bob -outform DER 2>/dev/null | openssl base64 > "$work/new.b64"
sed -i 's,window_days = .*,window_days = 364;,' "$front"/profiles/employee.profile
"$ra_program" reload "$front_pid" --dir "$front" >/dev/null || fail "reload"
for try in $(seq 300); do
	status=$(curl -sS --cacert "$TAMGA_TEST_RA_CA" --cert "$work/bob.pem" --key "$work/bob.key" \
	    -o "$work/body" -w '%{http_code}' -H 'Content-Type: application/pkcs10' \
	    --data-binary "@$work/new.b64" "$front_url/.well-known/est/simplereenroll")
	[ "$status" = 200 ] && break
	sleep 0.2
done
[ "$status" = 200 ] || fail "renewal: $status $(cat "$work/body")"
ok "asked twice: one application; renewed"

# revocation is the other one's, and the officer is told
run 0 "$ra_program" revoke "$(front_app CN=Bob)" --dir "$front"
says 'has to be asked to revoke it'
[ "$(curl -sS -o "$work/body" -w '%{http_code}' --cacert "$TAMGA_TEST_RA_CA" "$front_url/crl")" = 404 ] ||
	fail "a revocation list of its own"
ok "revocation and its list are the authority's upstream"

# ---- away, and killed in the middle -------------------------------------------------
kill -STOP "$TAMGA_TEST_RA_PID"
front_csr carol '/CN=Carol'
[ "$(front_post carol)" = 202 ] || fail "carol: $post_status"
carol=$(front_app CN=Carol)
until_ 'a try in vain' sh -c "'$ra_program' show $carol --dir '$front' | grep -q 'to be asked of .*next try at .*: '"
stop_front -KILL
kill -CONT "$TAMGA_TEST_RA_PID"
again_front
front_gets carol
[ "$(upstream_count CN=Carol)" = 1 ] || fail "carol: two applications upstream"
ok "away: kept, told, tried again, after kill -9, too"

# ---- an officer upstream takes his time ----------------------------------------------
stop_front
settings "$TAMGA_TEST_RA_EST/employee-reviewed"
again_front
front_csr dave '/CN=Dave'
[ "$(front_post dave)" = 202 ] || fail "dave"
dave=$(front_app CN=Dave)
until_ 'asked' sh -c "'$ra_program' show $dave --dir '$front' | grep -q 'upstream  *asked of .* since .*next try at'"
stop_front -KILL
again_front
sleep 1
[ "$(front_post dave)" = 202 ] || fail "dave, while waiting"
[ "$(upstream_count CN=Dave)" = 1 ] || fail "dave: $(upstream_count CN=Dave) applications upstream"
front upstream | grep -q "^$dave  issue" || fail "tamga-ra upstream does not list it"
upstream approve "$(upstream list --state submitted | awk 'NR == 1 { print $1 }')" >/dev/null
front_gets dave
ok "waiting upstream survives restarts: one application"

# ---- what is said to us alone stays here -------------------------------------------------
front_secret olga Olga 'between the two of us'
[ "$(front_post olga)" = 400 ] || fail "olga: $(front_post olga)"
grep -q 'challenge password, which would be told' "$work/body" || fail "olga: $(cat "$work/body")"
[ "$(upstream_count CN=Olga)" = 0 ] || fail "olga's challenge went upstream"
stop_front
settings "$TAMGA_TEST_RA_EST" 'challenges = "pass";'
again_front
front_gets olga
stop_front
settings "$TAMGA_TEST_RA_EST/employee-reviewed"
again_front
ok "a challenge password: refused here, or passed on as ra.conf says"

# ---- refused upstream: the officer reads why, and may have it tried again ---------------
front_csr eve '/CN=Eve'
[ "$(front_post eve)" = 202 ] || fail "eve"
eve=$(front_app CN=Eve)
until_ 'handed in upstream' sh -c "[ \$('$ra_program' show $eve --dir '$front' | grep -c 'upstream  *asked of') = 1 ]"
upstream reject "$(upstream list --state submitted | awk 'NR == 1 { print $1 }')" \
    --reason 'unknown to us' >/dev/null
until_ 'refused' sh -c "'$ra_program' show $eve --dir '$front' | grep -q 'refused: .*unknown to us'"
front list --state issue-failed | grep -q "$eve" || fail "eve is not with the officer"
[ "$(front_post eve)" = 202 ] || fail "the applicant is told what only the officer decides"
run 0 "$ra_program" act retry "$eve" --dir "$front"
until_ 'refused again' sh -c "'$ra_program' audit list --dir '$front' | grep -c '$eve.*unknown to us' | grep -qx 2"
run 0 "$ra_program" reject "$eve" --reason 'the authority refuses' --dir "$front"
[ "$(front_post eve)" = 403 ] || fail "rejected"
ok "refused: the authority's words to the officer, tried again, rejected"

front audit verify >/dev/null || fail "the audit log"
stop_front
echo "ra-upstream-est: all held"
