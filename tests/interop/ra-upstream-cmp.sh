#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra as a registration authority in front of CAs that speak CMP:
# cmp-server.c, over libcrypto's server, and openssl cmp -port.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"
make_front employee
tls_root=$TAMGA_TEST_RA_CA
. "$top_srcdir/tests/interop/cmp-lib.sh"
serve_cmp
cp "$work/ca.pem" "$front/ca.pem"
cp "$work/secret" "$front/upstream.secret"
cp "$work/cmp/ra.key" "$work/cmp/ra.pem" "$front/"
chmod 600 "$front/upstream.secret" "$front/ra.key"
issued_by=$work/ca.pem
settings() {
	sed '/^upstream:/,/^};/d' "$front/ra.conf" > "$work/conf"
	printf 'upstream: {\n  url = "%s";\n  timeout_seconds = 1;\n  retry_seconds = 1;\n  %s\n};\n' \
	    "$1" "${2:-}" >> "$work/conf"
	cat "$work/conf" > "$front/ra.conf"
}
by_secret='user = "kid1"; password_file = "upstream.secret";'
by_cert='certificate = "ra.pem"; key = "ra.key";'
through() {
	[ -z "${front_pid:-}" ] || stop_front
	settings "$@"
	: >"$work/cmp/log"
	if [ -z "${front_url:-}" ]; then serve_front; else again_front; fi
}
# the front's TLS leads elsewhere than what is issued
trust=$tls_root

# ---- protected by a secret, and by our certificate --------------------------------
through "cmp+http://127.0.0.1:$served/good" "$by_secret"
front_csr anna '/CN=Anna'
front_gets anna
asked p10cr issued
through "cmp+http://127.0.0.1:$served/explicit" "$by_cert"
front_csr bert '/CN=Bert'
front_gets bert
asked p10cr signed issued certConf signed
ok "p10cr with the applicant's own proof, protected by a secret and by a certificate"

# ---- an applicant with a token ------------------------------------------------------
ca_file=$work/both.pem
cat "$tls_root" "$work/ca.pem" > "$ca_file"
fresh_card --yubikey
run 6 "$tamga" enroll $local --ca "est+https://localhost:${front_url##*:}/employee-reviewed" \
    --ca-file "$ca_file" --user anna --password-file "$work/front.password" --slot 9a --subject 'CN=Token'
id=$(front list --state submitted | awk 'NR == 1 { print $1 }')
: >"$work/cmp/log"
front approve "$id" >/dev/null 2>&1 || fail "approve"
until_ 'issued' sh -c "'$ra_program' show $id --dir '$front' | grep -q '^serial'"
run 0 "$tamga" enroll $local --resume --user anna --password-file "$work/front.password"
assert_installed 9a
asked p10cr signed issued certConf signed
ok "a token's key: approved here, signed by the CA, installed"

# ---- what is said to us alone stays here ------------------------------------------------
# ends NAME PATTERN: it is with an officer, who reads that
ends() {
	[ "$(front_post "$1")" = 202 ] || fail "$1"
	until_ "$1: $2" sh -c "'$ra_program' show $(front_app "CN=$1") --dir '$front' | grep -q 'refused: .*$2'"
	[ "$(front_post "$1")" = 202 ] || fail "$1: the applicant"
}
through "cmp+http://127.0.0.1:$served/vouched" "$by_cert"
front_secret olga Olga 'between the two of us'
front_gets olga
asked cr signed issued
through "cmp+http://127.0.0.1:$served/vouched" "$by_cert challenges = \"pass\";"
front_secret pia Pia 'for everybody'
front_gets pia
asked p10cr signed issued
through "cmp+http://127.0.0.1:$served/good" "$by_secret"
front_secret quin quin 'between the two of us'
ends quin 'raverified not accepted'
ok "a challenge password: asked for without it, by our word for the key; as it is; not believed"

# ---- CRMF here, CMP there: its proof is looked at here ----------------------------------
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=door \
    -keyout "$front/door.key" -out "$work/door.csr" 2>/dev/null
chmod 600 "$front/door.key"
printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=1.3.6.1.5.5.7.3.28\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' \
    > "$work/ext"
openssl x509 -req -in "$work/door.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 20 \
    -set_serial "0x70$(openssl rand -hex 12)" -extfile "$work/ext" -out "$front/door.pem" 2>/dev/null || fail "door.pem"
stop_front
front_pid=
cp "$front/ra.conf" "$work/no-door.conf"
printf 'listen_http = "127.0.0.1:0";\ncmp: { key = "door.key"; certificate = "door.pem"; seal_file = "cmp.seal"; http = true; };\n' \
    >> "$front/ra.conf"
through "cmp+http://127.0.0.1:$served/vouched" "$by_cert changes = \"accept\";"
front secret add rita > "$work/rita.secret" || fail "secret add"
by="--user rita --password-file $work/rita.secret"
fresh_card --yubikey
run 6 "$tamga" enroll $local --ca "cmp+$front_http" --ca-file "$work/ca.pem" $by \
    --slot 9a --subject CN=Rita --ca-option command=ir --quiet
for try in $(seq 300); do
	status=0
	setsid -w timeout 60 "$tamga" enroll $local --resume $by --quiet >"$work/out" 2>"$work/said" || status=$?
	[ "$status" = 6 ] || break
	sleep 0.3
done
[ "$status" = 0 ] || fail "status $status $(tail -n 3 "$work/front.log")"
assert_installed 9a
asked cr signed issued
stop_front
front_pid=
cp "$work/no-door.conf" "$front/ra.conf"
ok "CRMF here, CMP there: cr with raVerified, one certificate"

# ---- it takes its time: polled, also after kill -9 -------------------------------------
through "cmp+http://127.0.0.1:$served/wait-explicit" "$by_secret"
front_csr carl '/CN=Carl'
[ "$(front_post carl)" = 202 ] || fail "carl"
until_ 'asked' sh -c "'$ra_program' show $(front_app CN=Carl) --dir '$front' | grep -q 'upstream  *asked of'"
stop_front -KILL
again_front
front_gets carl
[ "$(grep -c p10cr "$work/cmp/log")" = 1 ] || fail "asked twice: $(cat "$work/cmp/log")"
[ "$(grep -c issued "$work/cmp/log")" = 1 ] || fail "issued twice: $(cat "$work/cmp/log")"
ok "polled: one transaction, one certificate, across kill -9"

# ---- refused, changed, for another key --------------------------------------------------
through "cmp+http://127.0.0.1:$served/badtime" "$by_secret"
front_csr dora /CN=dora
ends dora 'clock\|time'
through "cmp+http://127.0.0.1:$served/otherkey" "$by_secret"
front_csr emil /CN=emil
ends emil 'another key'
through "cmp+http://127.0.0.1:$served/otherroot" "$by_secret"
front_csr fred /CN=fred
ends fred 'trust\|lead'
through "cmp+http://127.0.0.1:$served/mods" "$by_secret"
front_csr gina /CN=gina
ends gina 'another certificate than was asked for (subject'
through "cmp+http://127.0.0.1:$served/mods" "$by_secret changes = \"accept\";"
front_csr hans '/CN=Hans'
front_gets hans
front audit list | grep "$(front_app CN=Hans)" | grep -q 'changed subject' || fail "the log says nothing of it"
ok "refused, for another key, of another CA: the officer reads it; changed: as ra.conf says"

# ---- who we are is nobody's request's fault -----------------------------------------------
printf 'wrong\n' > "$front/upstream.secret"
through "cmp+http://127.0.0.1:$served/good" "$by_secret"
front_csr ida '/CN=Ida'
[ "$(front_post ida)" = 202 ] || fail "ida"
until_ 'put off' sh -c "'$ra_program' show $(front_app CN=Ida) --dir '$front' | grep -q 'to be asked of.*secret'"
cp "$work/secret" "$front/upstream.secret"
through "cmp+http://127.0.0.1:$served/good" "$by_secret"
front_gets ida
ok "a wrong secret puts off, and is told"

# ---- revoked there ------------------------------------------------------------------------
: >"$work/cmp/log"
run 0 "$ra_program" revoke "$(front_app CN=Ida)" --reason superseded --dir "$front"
says 'is asked to revoke'
until_ 'rr' grep -q rr "$work/cmp/log"
until_ 'told' sh -c "'$ra_program' audit list --dir '$front' | grep -q 'upstream.*revoked upstream\|revoked upstream'"
ok "revoked: rr to the CA, in the audit log"

# ---- openssl's server, which knows one certificate ------------------------------------------
front_csr jan '/CN=Jan'
openssl pkey -in "$work/jan.key" -pubout -out "$work/pub.pem"
leaf /CN=Jan "$work/pub.pem" "$work/leaf.pem"
mock $mac -send_error -poll_count 0
through "cmp+http://127.0.0.1:$port/" "$by_secret options = [\"path=/\"];"
[ "$(front_post jan)" = 202 ] || fail "jan"
until_ 'openssl refuses' sh -c "'$ra_program' show $(front_app CN=Jan) --dir '$front' | grep -q 'upstream '"
mock $mac -poll_count 2 -check_after 1
through "cmp+http://127.0.0.1:$port/" "$by_secret options = [\"path=/\"]; changes = \"accept\";"
front act retry "$(front_app CN=Jan)" >/dev/null 2>&1 || :
front_gets jan
ok "openssl cmp -port: refused, tried again, polled, issued"

front audit verify >/dev/null || fail "the audit log"
stop_front
echo "ra-upstream-cmp: all held"
