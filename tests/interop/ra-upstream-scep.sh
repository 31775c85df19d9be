#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra as a registration authority in front of a CA that speaks SCEP:
# micromdm's scepserver.
# shellcheck disable=SC2086
set -u
command -v scepserver >/dev/null || { echo "skipped: no scepserver here"; exit 77; }
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"
make_front employee
csr_key=rsa:2048	# this server issues for no other keys
trust=$TAMGA_TEST_RA_CA

scepserver_anywhere
TAMGA_TEST_RA_CA=$work/depot/ca.pem
cp "$TAMGA_TEST_RA_CA" "$front/ca.pem"

# ---- the registration authority's key: RSA, its certificate from anywhere ----------
for type in rsa ec; do
	case $type in
	rsa) new="rsa:2048" ;;
	ec) new="ec -pkeyopt ec_paramgen_curve:P-256" ;;
	esac
	openssl req -x509 -newkey $new -nodes -subj "/CN=Registration office" -days 5 \
	    -keyout "$front/$type.key" -out "$front/$type.pem" 2>/dev/null
	chmod 600 "$front/$type.key"
done
settings() {
	sed '/^upstream:/,/^};/d' "$front/ra.conf" > "$work/conf"
	printf 'upstream: {\n  url = "scep+http://127.0.0.1:%s/scep";\n  timeout_seconds = 1;\n  retry_seconds = 1;\n  certificate = "%s.pem"; key = "%s.key";\n  %s\n};\n' \
	    "$port" "$1" "$1" "${2:-}" >> "$work/conf"
	cat "$work/conf" > "$front/ra.conf"
}
# ends NAME PATTERN: an officer reads that
ends() {
	front_csr "$1" "/CN=$1"
	[ "$(front_post "$1")" = 202 ] || fail "$1"
	until_ "$1: $2" sh -c "'$ra_program' show $(front_app "CN=$1") --dir '$front' | grep -q '$2'"
}

# what this server speaks anybody can break: an operator has to say that it will do
settings rsa
serve_front
ends anna 'upstream .*--legacy'
stop_front
settings ec 'options = ["legacy=yes"];'
again_front
ends bert 'refused: .*needs an RSA key'
stop_front
settings rsa 'options = ["legacy=yes"];'
again_front
ends carl 'another certificate than was asked for (keyUsage'
ok "broken algorithms, a key that cannot decrypt, changed usages: the officer reads it"

# ---- an applicant with a token, which signs its request and nothing else ------------
stop_front
settings rsa 'options = ["legacy=yes"]; changes = "accept";'
again_front
cat "$trust" "$TAMGA_TEST_RA_CA" > "$work/both.pem"
fresh_card --yubikey
run 6 "$tamga" enroll $local --ca "est+https://localhost:${front_url##*:}/employee-reviewed" \
    --ca-file "$work/both.pem" --user anna --password-file "$work/front.password" --slot 9a --type rsa:2048 --subject 'CN=Token'
id=$(front list --state submitted | awk 'NR == 1 { print $1 }')
front approve "$id" >/dev/null 2>&1 || fail "approve"
until_ 'issued' sh -c "'$ra_program' show $id --dir '$front' | grep -q '^serial'"
run 0 "$tamga" enroll $local --resume --user anna --password-file "$work/front.password"
assert_installed 9a
ok "a token's key: approved here, signed over SCEP, installed"

# ---- away, and killed ------------------------------------------------------------------
kill "$scep_pid"
wait "$scep_pid" 2>/dev/null || :
ended "$scep_pid"
front_csr dora '/CN=Dora'
[ "$(front_post dora)" = 202 ] || fail "dora"
until_ 'a try in vain' sh -c "'$ra_program' show $(front_app CN=Dora) --dir '$front' | grep -q 'to be asked of .*next try at .*: '"
stop_front -KILL
scepserver_at "$port" || { cat "$work/go.log" >&2; fail "scepserver is not back"; }
again_front
front_gets dora
ok "away: kept, tried again, after kill -9, too"

run 0 "$ra_program" revoke "$(front_app CN=Dora)" --dir "$front"
says 'has to be asked to revoke it'
front audit verify >/dev/null || fail "the audit log"
stop_front
echo "ra-upstream-scep: all held"
