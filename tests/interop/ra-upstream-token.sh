#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra in front of another authority, with its key for that on a token: made and enrolled
# there by tamga, used, pulled out and put back, renewed.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"
fresh_card --yubikey
run 0 "$tamga" enroll $local --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" \
    --user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" --slot 9a \
    --subject 'CN=Registration office,O=Front' --pin-policy once --quiet
assert_installed 9a
make_front employee
cp "$work/cert.pem" "$front/office.pem"
printf '%s\n' "$TAMGA_TEST_PIN" > "$front/office.pin"
chmod 600 "$front/office.pin"
settings() { # URL PIN-FILE
	sed '/^upstream:/,/^};/d' "$front/ra.conf" > "$work/conf"
	cat >> "$work/conf" <<-END
	upstream: {
	  url = "$1";
	  certificate = "office.pem"; key = "pkcs11:id=%9A;type=private";
	  pin_file = "$2"; vcard = "$card_socket";
	  timeout_seconds = 2; retry_seconds = 1;
	};
	END
	cat "$work/conf" > "$front/ra.conf"
}
card_socket=$work/card.sock
settings "$TAMGA_TEST_RA_EST" office.pin
serve_front

# ---- used: a signature for each connection, whatever is asked ------------------------
ctl mark
front_csr anna '/CN=Anna'
front_gets anna
[ "$(upstream_count CN=Anna)" = 1 ] || fail "anna: $(upstream_count CN=Anna) applications there"
n=$(signatures)
[ "$n" -ge 1 ] || fail "the token signed nothing"
ok "our key on a token: $n signatures of it for one certificate"

# ---- pulled out, put back ------------------------------------------------------------
ctl remove
front_csr bert '/CN=Bert'
[ "$(front_post bert)" = 202 ] || fail "bert"
until_ 'put off' sh -c "'$ra_program' show $(front_app CN=Bert) --dir '$front' | grep -q 'to be asked of.*next try'"
[ "$(upstream_count CN=Bert)" = 0 ] || fail "asked without the token"
ctl insert
front_gets bert
[ "$(upstream_count CN=Bert)" = 1 ] || fail "bert: $(upstream_count CN=Bert) applications there"
ok "the token pulled out: put off; put back: issued, once"

# ---- killed meanwhile ------------------------------------------------------------------
front_csr carl '/CN=Carl'
ctl remove
[ "$(front_post carl)" = 202 ] || fail "carl"
until_ 'carl put off' sh -c "'$ra_program' show $(front_app CN=Carl) --dir '$front' | grep -q 'next try'"
stop_front -KILL
ctl insert
again_front
front_gets carl
ok "killed while the token was away: carried on, once"

# ---- renewed before it ends -------------------------------------------------------------
"$ra_program" check --json --dir "$front" > "$work/out" 2>&1 || :
jq -e '[.[] | select(.what == "given" and (.about | test("Registration office")))] | length == 1' \
    "$work/out" >/dev/null || fail "check does not look at our own certificate: $(cat "$work/out")"
stop_front
cp "$front/office.pem" "$work/before.pem"
run 0 "$tamga" renew 9a $local --ca-file "$TAMGA_TEST_RA_CA" --same-key --now --quiet
run 0 "$tamga" cert export --no-pcsc 9a -o "$front/office.pem"
! cmp -s "$front/office.pem" "$work/before.pem" || fail "the same certificate"
again_front
front_csr dora '/CN=Dora'
front_gets dora
ok "our certificate renewed by the token's own key, and used"

# ---- a wrong PIN costs one try, and nobody's request ------------------------------------
stop_front
printf '00000000\n' > "$front/wrong.pin"
chmod 600 "$front/wrong.pin"
settings "$TAMGA_TEST_RA_EST" wrong.pin
again_front
front_csr emil '/CN=Emil'
[ "$(front_post emil)" = 202 ] || fail "emil"
wrong_pins() { ctl log | grep -c ' 00 20 00 80 8 63C' || :; }
for try in $(seq 600); do
	[ "$(wrong_pins)" = 0 ] || break
	sleep 0.1
done
sleep 3		# time for another one
stop_front
tries=$(wrong_pins)
[ "$tries" = 1 ] || fail "a wrong PIN was tried $tries times"
ok "a wrong PIN was tried $tries times"
front audit verify >/dev/null || fail "the audit log"
echo "ra-upstream-token: all held"
