#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An account whose key is on the token: registration, renewal and revocation
# signed by it with every kind of key, as pebble and a server written from the
# RFCs judge them; its signatures and its PINs counted.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
python3 -c 'import cryptography' 2>/dev/null ||
	{ echo "skipped: no python3 with cryptography"; exit 77; }
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0
export PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT PEBBLE_AUTHZREUSE
start_pebble
agree="--ca-option terms=$terms"
door="--ca-option listen=127.0.0.1:$http_port"
host="--subject CN=www.example.kz --san dns:www.example.kz"
account="--ca-option account-key=9d"
by() { ctl log | grep -c " 00 87 [0-9A-F]* $1 .* 9000 "; }	# signatures of a slot's key
accounts() { grep -c 'There are now [0-9]* accounts' "$work/pebble.log"; }
state_of() { # the certificate of work/cert.pem, as pebble says
	curl -s --cacert "$work/tls.pem" "$control/cert-status-by-serial/$(openssl x509 \
		-in "$work/cert.pem" -noout -serial | sed 's/.*=//')" | jq -r .Status
}

# ---- before anything costs anything ------------------------------------------------
fresh_card --yubikey
run 1 "$tamga" enroll $local $ca $agree $door $host --slot 9a --ca-option account-key=nowhere
says "no key answers to the name .nowhere."
[ "$(generated) $(journals)" = "0 0" ] || fail "a key although the account's is not there"
run 1 "$tamga" enroll $local $ca $agree $door $host --slot 9a $account
[ "$(generated)" = 0 ] || fail "a key although the account has none"
ok "the account's key is looked for before another one is made"

# ---- by pebble, with each kind of key that it takes --------------------------------
for type in ec:p256 ec:p384 rsa:2048; do
	fresh_card --yubikey
	known=$(accounts)
	run 0 "$tamga" key generate $local 9d --type $type
	ctl mark
	run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9a $account
	issued 9a 'DNS:www.example.kz$'
	[ "$(generated) $(verified) $(by 9A)" = "1 1 2" ] ||
		fail "$type: $(generated) keys, $(verified) logins, $(by 9A) signatures"
	# account, order, authorization, challenge, request, certificate, and what is
	# asked again while pebble looks, which is not at all when it is quick
	messages=$(by 9D)
	{ [ "$messages" -ge 6 ] && [ "$messages" -le 14 ]; } || fail "$messages messages"
	record=$(ls "$work"/state/tamga/acme/*.json)
	[ "$(jq -r .token "$record")" != null ] || fail "not known where the key is"
	grep -q PRIVATE "$record" && fail "a key in the file"
	grep -q '"account-key=9d"' "$work"/state/tamga/*.json || fail "the journal forgets it"

	# renewed and revoked: nothing is said again, and the account is the same
	ctl mark
	run 0 "$tamga" renew $local 9a --same-key
	issued 9a 'DNS:www.example.kz$'
	[ "$(verified) $(by 9A)" = "1 2" ] || fail "$type: renewed with $(verified) logins"
	# the same but for the account, which is known
	[ "$(by 9D)" -ge 5 ] || fail "renewed by another account: $(by 9D) messages"
	ctl mark
	run 0 "$tamga" revoke $local 9a --reason superseded
	[ "$(state_of)" = Revoked ] || fail "it is $(state_of)"
	[ "$(verified) $(by 9D) $(by 9A)" = "1 1 0" ] ||
		fail "$type: revoked with $(by 9D) and $(by 9A) signatures"
	[ $(($(accounts) - known)) = 1 ] || fail "$type: $(accounts) accounts"
	ok "$type: $messages messages of an enrollment, 1 of a revocation, 1 PIN for each"
done

# ---- the same token on another computer: the same account ----------------------------
known=$(accounts)
rm -r "$work/state"
run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9c $account
[ "$(accounts)" = "$known" ] || fail "another account for the same key"
ok "on another computer the key finds its account"

# ---- another key in its place; no token -------------------------------------------------
run 0 "$tamga" key generate $local 9d --replace
run 1 "$tamga" enroll $local $ca $agree $door $host --slot 9e $account
says "another key"
[ "$(generated)" -le 4 ] || fail "a key for nothing"
ok "a key that was made anew is not taken for the account's"

# ---- the account's key is not the certificate's (RFC 8555 11.1) -----------------------------
fresh_card --yubikey
run 0 "$tamga" key generate $local 9a
ctl mark
run 2 "$tamga" enroll $local $ca $agree $door $host --slot 9a --keep-key \
	--ca-option account-key=9a
says "must not be the account's"
ok "the account's key gets no certificate"

# ---- a key that wants its PIN each time ------------------------------------------------------
fresh_card --yubikey
run 0 "$tamga" key generate $local 9c --pin-policy always
ctl mark
run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9a --ca-option account-key=9c
says "wants a PIN or a finger for every message to localhost:[0-9]*: 7 or more"
[ "$(grep -c 'wants a PIN' "$work/said")" = 1 ] || fail "told more than once"
[ "$(verified)" = $(($(by 9C) + 1)) ] || fail "$(verified) PINs for $(by 9C) messages"
ok "PIN always: told before, $(by 9C) PINs for the account's key and 1 for the other"

# ---- by who checks as the RFCs want it ----------------------------------------------------------
mkdir "$work/acme" "$work/www"
: >"$work/acme/mode"
mkfifo "$work/told"
python3 "$top_srcdir/tests/interop/bad-acme.py" "$work/acme" >"$work/told" 2>"$work/server" &
children="$children $!"
read -r port <"$work/told" || { cat "$work/server"; fail "the server does not serve"; }
for type in ec:p256 ec:p384 rsa:2048 rsa:3072 ed25519; do
	fresh_card --yubikey=5.7.1
	run 0 "$tamga" key generate $local 9d --type $type
	ctl mark
	run 0 "$tamga" enroll $local --ca "acme+https://localhost:$port/directory" \
		--ca-file "$work/acme/ca.pem" --subject CN=a.example --san dns:a.example \
		--slot 9a $account --ca-option "webroot=$work/www"
	[ "$(by 9D)" -ge 8 ] || fail "$type: $(by 9D) messages"
done
ok "RSA, P-256, P-384 and Ed25519 as RFC 7518 and RFC 8037 want them"
