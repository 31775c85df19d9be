#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The CMP client against tamga-ra (and an Ed25519 key at every door): at once and when an officer decides, by a
# secret, renewed and revoked by the key itself; one application each.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

printf '%s\n' 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; };' \
	'scep: { key = "scep.key"; };' >>"$TAMGA_RA_CONFIG"
mkfifo "$work/ready-ra"
"$TAMGA_TEST_RA" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >"$work/ready-ra" \
	2>"$work/ra.log" &
children="$children $!"
{ read -r tls && read -r http; } <"$work/ready-ra" || fail "no server: $(cat "$work/ra.log")"
tls=${tls##*:} http=${http#http://}
# secret REFERENCE: what tamga is told of it
secret() {
	"$TAMGA_TEST_RA" secret add "$@" >"$work/$1.secret" || fail "secret add $*"
	secret="--user $1 --password-file $work/$1.secret"
}
at() { echo "--ca cmp+$1 --ca-file $TAMGA_TEST_RA_CA"; }
signed() { ctl log | grep -c ' 00 87 [01][0-9A-F] \(9[ACDE]\|8[2-9A-F]\|9[0-5]\) .* 9000 '; }
issued() { "$TAMGA_TEST_RA" list --json | jq '[.[] | select(.state == "issued")] | length'; }

# ---- Ed25519, at every door ------------------------------------------------------------
# ed25519 DOOR OPTION...: such a key of a card, and a certificate for it
ed25519() {
	door=$1
	shift
	fresh_card --yubikey=5.7.1
	run 0 "$tamga" enroll $local "$@" --ca-file "$TAMGA_TEST_RA_CA" --slot 9a --type ed25519 \
		--subject "CN=$door" --quiet
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/ed.pem"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/ed.pem" >/dev/null || fail "$door: the chain"
	openssl x509 -in "$work/ed.pem" -noout -text | grep -q 'Public Key Algorithm: ED25519' ||
		fail "$door: another kind of key"
	ok "Ed25519 by $door"
}
for command in ir p10cr; do
	secret "ed-$command"
	ed25519 "CMP $command" --ca "cmp+http://$http" $secret --ca-option command=$command
done
"$TAMGA_TEST_RA" challenge new employee >"$work/challenge" || fail "challenge"
ed25519 SCEP --ca "scep+https://localhost:$tls/scep" --challenge-file "$work/challenge"
ed25519 portal --ca "portal+https://localhost:$tls/employee" --user "$TAMGA_TEST_RA_USER" \
	--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
ed25519 EST --ca "$TAMGA_TEST_RA_EST" --user "$TAMGA_TEST_RA_USER" \
	--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"

for where in "http://$http" "https://localhost:$tls" "http://$http/.well-known/cmp/p/employee"; do
	for command in ir p10cr; do
		fresh_card --yubikey
		ctl mark
		before=$(issued)
		secret "device-$command-$(echo "$where" | cksum | cut -d' ' -f1)"
		run 0 "$tamga" enroll $local $(at "$where") $secret --slot 9a \
			--ca-option command=$command --subject CN=Asel --quiet
		[ "$(signed)" = 2 ] || fail "$where: $(signed) signatures"
		[ "$(issued)" = $((before + 1)) ] || fail "$where: $(issued) applications"
		assert_installed 9a
		ok "$command at $where"
	done
done

# ---- renewed by its key, then revoked by it ------------------------------------------
ctl mark
run 0 "$tamga" renew 9a $local
[ "$(signed)" = 3 ] || fail "a renewal: $(signed) signatures"
new=$(sed -n 's/^  slot \([0-9a-f]*\),.*/\1/p' "$work/out")
assert_installed "$new"
run 0 "$tamga" revoke "$new" $local
ok "renewed and revoked by the key itself"

# ---- an officer decides: the same application, whoever asks again ---------------------
fresh_card --yubikey
ctl mark
secret "patient"
run 6 "$tamga" enroll $local $(at "http://$http/.well-known/cmp/p/$TAMGA_TEST_RA_OFFICER") \
	$secret --slot 9a --subject CN=Patient
run 6 "$tamga" enroll --resume $local $secret
number=$(submitted)
[ -n "$number" ] || fail "nobody is asked to decide"
"$TAMGA_TEST_RA" approve "$number" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume $local $secret
[ "$(signed) $(generated)" = "2 1" ] || fail "$(signed) signatures, $(generated) keys"
assert_installed 9a
ok "an officer decided"

# ---- confirmed explicitly: at once, renewed, and when an officer has decided ------------
fresh_card --yubikey
ctl mark
secret "careful"
run 0 "$tamga" enroll $local $(at "http://$http") $secret --slot 9a \
	--ca-option confirm=explicit --subject CN=Careful --quiet
[ "$(signed)" = 2 ] || fail "confirmed explicitly: $(signed) signatures"
assert_installed 9a
ctl mark
run 0 "$tamga" renew 9a $local
[ "$(signed)" = 4 ] || fail "a renewal, confirmed explicitly: $(signed) signatures"
assert_installed "$(sed -n 's/^  slot \([0-9a-f]*\),.*/\1/p' "$work/out")"
ok "confirmed explicitly, and renewed so"

fresh_card --yubikey
ctl mark
secret "thorough"
run 6 "$tamga" enroll $local $(at "http://$http/.well-known/cmp/p/$TAMGA_TEST_RA_OFFICER") \
	$secret --slot 9a --ca-option confirm=explicit --subject CN=Thorough
"$TAMGA_TEST_RA" approve "$(submitted)" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume $local $secret
[ "$(signed) $(generated)" = "2 1" ] || fail "$(signed) signatures, $(generated) keys"
assert_installed 9a
# what was not confirmed would wait for that: ir, kur and the polled one
heard=$(sqlite3 "$TAMGA_TEST_RA_DIR/store.db" "SELECT count(*) FROM cmp
    WHERE implicit = 0 AND state = 'ended' AND application <> '' AND kind IN (0, 2, 4, 7)")
[ "$heard" = 3 ] || fail "$heard were confirmed explicitly"
ok "polled, then confirmed explicitly"

# ---- refused ------------------------------------------------------------------------------
fresh_card --yubikey
secret "unlucky"
run 6 "$tamga" enroll $local $(at "http://$http/.well-known/cmp/p/$TAMGA_TEST_RA_OFFICER") \
	$secret --slot 9a --subject CN=Unlucky
"$TAMGA_TEST_RA" reject "$(submitted)" --reason "not this time" >/dev/null || fail "reject"
run 7 "$tamga" enroll --resume $local $secret
ok "an officer refused: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
fresh_card --yubikey
echo wrong >"$work/unlucky.secret"
status=0
"$tamga" enroll $local $(at "http://$http") $secret --slot 9a --subject CN=Unlucky \
	>"$work/out" 2>"$work/said" || status=$?
[ "$status" != 0 ] && [ "$(generated)" = 0 ] || fail "a wrong secret: $status, $(generated) keys"
ok "a wrong secret, before a key is made: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
