#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The account at pebble: shown, its contact and its key changed, ended; between
# software and token, with a key that somebody else has, and killed on the way.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=20
export PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT
start_pebble
agree="--ca-option terms=$terms"
door="--ca-option listen=127.0.0.1:$http_port"
host="--subject CN=www.example.kz --san dns:www.example.kz"
by() { ctl log | grep -c " 00 87 [0-9A-F]* $1 .* 9000 "; }	# signatures of a slot's key
shown() { # MEMBER: of the account, as pebble tells it
	run 0 "$tamga" account show $local $ca --json ${1:+$2}
	jq -r ".$1" "$work/out"
}
key_in() { jq -r .key "$record"; }

run 1 "$tamga" account show $local $ca
says "this computer has no account there"
run 1 "$tamga" account change-key $local $ca
run 1 "$tamga" account deactivate $local $ca --yes
run 2 "$tamga" account show $local --ca "$TAMGA_TEST_RA_EST" --ca-file "$work/ca.pem"
says "accounts are what ACME servers have"
fresh_card --yubikey
run 0 "$tamga" key generate $local 9d
run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9a --ca-option contact=mailto:a@example.kz
record=$(ls "$work"/state/tamga/acme/*.json)
run 0 "$tamga" account show $local $ca --json
url=$(jq -r .account "$work/out")
[ "$(jq -r '[.status, .contact, .key] | @csv' "$work/out")" = '"valid","mailto:a@example.kz",' ] ||
	fail "not what it is"

# ---- contacts ----------------------------------------------------------------------
run 0 "$tamga" account contact $local $ca mailto:b@example.kz
grep -q 'contact *mailto:b@example.kz$' "$work/out" || fail "the contact is not another"
run 0 "$tamga" account contact $local $ca
run 0 "$tamga" account show $local $ca
grep -q 'contact *none$' "$work/out" || fail "the contact is still there"
run 7 "$tamga" account contact $local $ca telegram:b
says "does not take that contact"
ok "shown, and other contacts"

# ---- another key in software ------------------------------------------------------------
cp "$record" "$work/old.json"
before=$(key_in)
run 0 "$tamga" account change-key $local $ca --json
[ "$(jq -r .account "$work/out")" = "$url" ] || fail "another account"
[ "$(key_in)" != "$before" ] && [ "$(jq .next "$record")" = null ] || fail "the key is the old one"
cp "$record" "$work/new.json"
cp "$work/old.json" "$record"
run 7 "$tamga" account show $local $ca
cp "$work/new.json" "$record"
ok "another key in software; the old one is refused"

# ---- onto the token, and back ----------------------------------------------------------------
ctl mark
run 0 "$tamga" account change-key $local $ca 9d
grep -q 'key *pkcs11:' "$work/out" || fail "not on the token"
grep -q '"token"' "$record" || fail "not known where"
[ "$(verified)" = 1 ] || fail "$(verified) PINs"
ctl mark
run 0 "$tamga" renew $local 9a --same-key
[ "$(by 9D)" -ge 4 ] || fail "renewed by another key"
run 2 "$tamga" account change-key $local $ca 9d
says "that is the account's key already"
ctl mark
run 0 "$tamga" account change-key $local $ca
[ "$(by 9D)" -ge 1 ] || fail "the old key says nothing"
run 0 "$tamga" account show $local $ca
grep -q "key *in software" "$work/out" || fail "still on the token"
ok "onto the token and back: renewals go on with what there is"

# ---- a key that has an account of its own (409) -------------------------------------------------
run 0 "$tamga" key generate $local 82
run 0 "$tamga" enroll $local $ca $agree $door --subject CN=b.example.kz --san dns:b.example.kz \
	--slot 9e --ca-option account-key=82
# pebble 2.4 says so with status 500
run 1 "$tamga" account change-key $local $ca 82
says "already in use by account"
run 0 "$tamga" account show $local $ca --json
[ "$(jq -r '[.account, .key] | @csv' "$work/out")" = "\"$url\"," ] || fail "the account is lost"
ok "a key that another account has"

# ---- the same by who answers as the RFC wants it -----------------------------------------------
mkdir "$work/acme" "$work/www"
: >"$work/acme/mode"
mkfifo "$work/told"
python3 "$top_srcdir/tests/interop/bad-acme.py" "$work/acme" >"$work/told" 2>"$work/server" &
children="$children $!"
read -r port <"$work/told" || { cat "$work/server"; fail "the server does not serve"; }
strict="--ca acme+https://localhost:$port/directory --ca-file $work/acme/ca.pem"
for option in account-key=82 wait=9; do
	run 0 "$tamga" enroll $local $strict --ca-option "webroot=$work/www" --ca-option $option \
		--subject CN=a.example --san dns:a.example --slot 9c --destroy
done
run 1 "$tamga" account change-key $local $strict 82
says "has an account of its own there (https://localhost:$port/account/0)"
run 0 "$tamga" account change-key $local $strict 9d
run 0 "$tamga" account change-key $local $strict --json
[ "$(jq -r .account "$work/out")" = "https://localhost:$port/account/1" ] || fail "another account"
for how in types 500 403 cut redirect; do
	echo "change $how" >"$work/acme/mode"
	status=0
	"$tamga" account change-key $local $strict >"$work/out" 2>"$work/said" || status=$?
	[ "$how" = types ] || [ "$status" != 0 ] || fail "$how: no failure"
	: >"$work/acme/mode"
	run 0 "$tamga" account show $local $strict --json
	[ "$(jq -r .account "$work/out")" = "https://localhost:$port/account/1" ] ||
		fail "$how: another account"
done
ok "409 names the other account; answers that are broken lose no key"

# ---- killed on the way ----------------------------------------------------------------------------
shim=$top_builddir/tests/fault/.libs/shim.so
if [ -e "$shim" ] && ! ldd "$tamga" | grep -q libasan; then
	TAMGA_FAULT=kill
	export TAMGA_FAULT
	run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" "$tamga" account change-key $local $ca
	total=$(cat "$work/count")
	every=13
	[ -z "${TAMGA_TEST_ALL:-}" ] || every=1
	at=1 killed=0 changed=0
	while [ "$at" -le "$total" ]; do
		before=$(key_in) status=0
		LD_PRELOAD=$shim TAMGA_FAULT_AT=$at timeout 60 "$tamga" account change-key $local $ca \
			>"$work/out" 2>"$work/said" || status=$?
		[ "$status" = 137 ] && killed=$((killed + 1))
		begun=$(jq -r '.next.key // ""' "$record")
		run 0 "$tamga" account show $local $ca --json
		[ "$(jq -r .account "$work/out")" = "$url" ] || fail "place $at: another account"
		[ -z "$begun" ] || [ "$(key_in)" = "$before" ] || changed=$((changed + 1))
		run 0 "$tamga" account change-key $local $ca
		[ "$(key_in)" != "$before" ] || fail "place $at: the key is the old one"
		at=$((at + every))
	done
	[ "$killed" -gt 0 ] || fail "never killed"
	ok "killed at $killed of $total places: found again, $changed of them by the new key"

	# and on the way to a token's key, and back to one in software
	lives() { # "token", "software": where the account's key is, asked of the CA
		run 0 "$tamga" account show $local $ca --json
		[ "$(jq -r .account "$work/out")" = "$url" ] || fail "$way, place $at: another account"
		[ "$(jq -r '.key // ""' "$work/out")" = "" ] && echo software || echo token
	}
	for way in token software; do
		to= other=9d at=0
		[ $way = software ] || { to=9d other=; }
		[ "$(lives)" != $way ] || run 0 "$tamga" account change-key $local $ca $other
		run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" \
			"$tamga" account change-key $local $ca $to
		total=$(cat "$work/count") at=1 killed=0 changed=0
		while [ "$at" -le "$total" ]; do
			[ "$(lives)" != $way ] || run 0 "$tamga" account change-key $local $ca $other
			status=0
			LD_PRELOAD=$shim TAMGA_FAULT_AT=$at timeout 60 "$tamga" account change-key \
				$local $ca $to >"$work/out" 2>"$work/said" || status=$?
			[ "$status" = 137 ] && killed=$((killed + 1))
			if [ "$(lives)" = $way ]; then
				changed=$((changed + 1))
			else
				run 0 "$tamga" account change-key $local $ca $to
				[ "$(lives)" = $way ] || fail "place $at: not changed"
			fi
			[ "$(jq -r '.next // ""' "$record")" = "" ] || fail "place $at: half a change is kept"
			at=$((at + every))
		done
		[ "$killed" -gt 0 ] || fail "never killed on the way to $way"
		ok "killed at $killed of $total places on the way to $way: found again, $changed of them by the new key"
	done
fi

# ---- the server did it and nobody heard; somebody wanted another key meanwhile -----------------------
before=$(cat "$record")
run 0 "$tamga" account change-key $local $ca
echo "$before" | jq --argjson next "$(jq '{key}' "$record")" '. + {next: $next}' >"$work/middle.json"
cp "$work/middle.json" "$record"
run 0 "$tamga" renew $local 9a --same-key
[ "$(jq -r .key "$record")" = "$(jq -r .next.key "$work/middle.json")" ] || fail "not the new key"
ok "changed, and nobody heard: the new key is found by asking"

# ---- the end ---------------------------------------------------------------------------------------
cp "$record" "$work/old.json"
run 1 "$tamga" account deactivate $local $ca
says "yes does it without"
run 0 "$tamga" account deactivate $local $ca --yes
[ ! -e "$record" ] || fail "it is kept"
cp "$work/old.json" "$record"
run 7 "$tamga" account show $local $ca
run 0 "$tamga" account deactivate $local $ca --yes
[ ! -e "$record" ] || fail "one that is over cannot be got rid of"
run 0 "$tamga" enroll $local $ca $agree $door --subject CN=c.example.kz --san dns:c.example.kz --slot 9c --destroy
run 0 "$tamga" account show $local $ca --json
[ "$(jq -r .account "$work/out")" != "$url" ] || fail "the same account"
ok "ended; the next enrollment makes another"
