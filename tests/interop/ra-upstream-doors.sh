#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra in front of another authority, itself asked by CMP and SCEP: with keys whose
# certificates that authority issued, over one that speaks EST.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"
from_upstream front-ra employee '/CN=Registration office/O=Front'
make_front employee
cp "$work/front-ra.key" "$work/front-ra.pem" "$front/"

# given NAME PURPOSE KEYTYPE...: $front/NAME.key and NAME.pem, as the other authority's
# operator makes them
given() {
	name_=$1 purpose_=$2
	shift 2
	printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=%s\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' \
	    "$purpose_" > "$work/ext"
	openssl req -new -newkey "$@" -nodes -subj "/CN=$name_/O=Front" \
	    -keyout "$front/$name_.key" -out "$work/$name_.csr" 2>/dev/null || fail "$name_.key"
	chmod 600 "$front/$name_.key"
	openssl x509 -req -in "$work/$name_.csr" -CA "$TAMGA_TEST_RA_CA" \
	    -CAkey "$TAMGA_TEST_RA_DIR/ca.key" -set_serial "0x70$(openssl rand -hex 12)" -days 20 \
	    -extfile "$work/ext" -out "$front/$name_.pem" 2>"$work/said" || fail "$name_.pem"
}
CMC_RA=1.3.6.1.5.5.7.3.28
given cmp $CMC_RA ec -pkeyopt ec_paramgen_curve:P-256
given scep $CMC_RA rsa:2048
given client clientAuth rsa:2048
cat >> "$front/ra.conf" <<-EOF
listen_http = "127.0.0.1:0";
upstream: { url = "$TAMGA_TEST_RA_EST"; certificate = "front-ra.pem"; key = "front-ra.key";
  timeout_seconds = 2; retry_seconds = 1; };
EOF
cp "$front/ra.conf" "$work/plain.conf"
cmp_door='cmp: { key = "cmp.key"; certificate = "cmp.pem"; seal_file = "cmp.seal"; http = true; };'
# refuses SETTINGS WORDS
refuses() {
	{ cat "$work/plain.conf"; printf '%s\n' "$1"; } > "$front/ra.conf"
	status=0
	timeout 20 "$ra_program" serve "$front" --listen 127.0.0.1:0 >"$work/out" 2>"$work/said" || status=$?
	[ "$status" != 0 ] && [ "$status" != 124 ] || fail "serves with $1"
	says "$2"
}
refuses 'scep: { key = "scep.key"; };' 'scep.certificate: .*needed for scep.key'
refuses 'cmp: { certificate = "cmp.pem"; };' 'cmp.certificate: .*goes with cmp.key'
refuses 'ocsp: { key = "ocsp.key"; };' 'ocsp.key: .*knows all that it revokes'
refuses 'scep: { key = "scep.key"; certificate = "none.pem"; };' 'none.pem: no certificate'
refuses 'scep: { key = "scep.key"; certificate = "client.pem"; };' 'SCEP server must have the usages'
refuses 'scep: { key = "cmp.key"; certificate = "scep.pem"; };' 'cmp.key is not the key of'
cp "$front/scep.pem" "$work/scep.pem"
openssl req -x509 -key "$front/scep.key" -subj /CN=Other -days 5 -out "$front/scep.pem" 2>/dev/null
refuses 'scep: { key = "scep.key"; certificate = "scep.pem"; };' 'SCEP server is not signed by'
cp "$work/scep.pem" "$front/scep.pem"
ok "no certificate, none to be read, for another use, of another key, of nobody: told"

{ cat "$work/plain.conf"; printf '%s\n' "$cmp_door" \
    'scep: { key = "scep.key"; certificate = "scep.pem"; };'; } > "$front/ra.conf"
mkfifo "$work/doors"
"$ra_program" serve "$front" --listen 127.0.0.1:0 >"$work/doors" 2>"$work/front.log" &
front_pid=$!
children="$children $front_pid"
{ read -r front_url && read -r http; } < "$work/doors" || fail "no server: $(cat "$work/front.log")"
trusted="--ca-file $TAMGA_TEST_RA_CA"

# what was asked for here is issued there, in a while: enrolled is who asks until then
enrolled() {
	for try in $(seq 300); do
		status=0
		setsid -w timeout 60 "$@" >"$work/out" 2>"$work/said" || status=$?
		[ "$status" = 6 ] || break
		sleep 0.3
	done
	[ "$status" = 0 ] || fail "status $status: $* $(tail -n 3 "$work/front.log")"
}
fresh_card --yubikey
front secret add anna > "$work/anna.secret" || fail "secret add"
by="--user anna --password-file $work/anna.secret"
run 6 "$tamga" enroll $local --ca "cmp+$http" $trusted $by --slot 9a --subject CN=Asel --ca-option command=p10cr --quiet
enrolled "$tamga" enroll $local --resume $by --quiet
assert_installed 9a
[ "$(upstream_count CN=Asel)" = 1 ] || fail "CMP: $(upstream_count CN=Asel) applications there"
ok "CMP here, EST there: p10cr, polled, one certificate"

front secret add carl > "$work/carl.secret" || fail "secret add"
run 7 "$tamga" enroll $local --ca "cmp+$http" $trusted --user carl --password-file "$work/carl.secret" \
    --slot 9c --subject CN=Carl --ca-option command=ir --quiet
says 'came as CRMF'
[ "$(upstream_count CN=Carl)" = 0 ] || fail "CRMF was passed on"
ok "CRMF: refused at the door, with what to do"

fresh_card --yubikey
front challenge new employee > "$work/challenge" || fail "challenge"
run 6 "$tamga" enroll $local --ca "scep+$http/scep" $trusted --challenge-file "$work/challenge" \
    --slot 9a --type rsa:2048 --subject CN=Dana --quiet
enrolled "$tamga" enroll $local --resume --quiet
assert_installed 9a
[ "$(upstream_count CN=Dana)" = 1 ] || fail "SCEP: $(upstream_count CN=Dana) applications there"
ok "SCEP here, EST there: PENDING, CertPoll, one certificate"

# ---- what ends soon ----------------------------------------------------------------
"$ra_program" check --json --dir "$front" > "$work/out" 2>&1 || :
[ "$(jq '[.[] | select(.what == "given")] | length' "$work/out")" = 3 ] ||
	fail "check: $(cat "$work/out")"
jq -e '[.[] | select(.what == "given" and (.about | test("Registration office")))] | length == 1' \
    "$work/out" >/dev/null || fail "our own certificate is not looked at"
kill "$front_pid"
wait "$front_pid" 2>/dev/null || :
ended "$front_pid"
front_pid=
ok "tamga-ra check tells when they end"
front audit verify >/dev/null || fail "the audit log"
echo "ra-upstream-doors: all held"
