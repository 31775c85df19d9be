#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# acme+https:// against pebble, which refuses one good nonce in five: a key on
# the token, a name proven, one certificate, for one signature of the key.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
make_tls
start_dns
# its own default, 5 %, would exercise the retry now and then only
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=20
export PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT
start_pebble
agree="--ca-option terms=$terms"
door="--ca-option listen=127.0.0.1:$http_port"
host="--subject CN=www.example.kz --san dns:www.example.kz"

# ---- before anything costs anything --------------------------------------------
run 7 "$tamga" enroll $local $ca $door $host --slot 9a
says "nobody agreed to its terms of service; read $terms"
run 7 "$tamga" enroll $local $ca $door $host --slot 9a --ca-option terms=https://localhost/other
says "others than those you agreed to"
run 2 "$tamga" enroll $local $ca $agree $host --slot 9a
says "say how to prove that the name is yours"
run 2 "$tamga" enroll $local $ca $agree $door --subject 'CN=Somebody' --slot 9a
says "say which host the certificate is for"
run 2 "$tamga" enroll $local $ca $agree $door --subject 'CN=Somebody' \
	--san dns:www.example.kz --slot 9a
says '"Somebody" is none of the alternative names'
run 1 "$tamga" enroll $local $ca $agree $door $host --san email:a@example.kz --slot 9a
says "for hosts and addresses only"
run 2 "$tamga" enroll $local $ca $agree $door $host --ca-option colour=red --slot 9a
run 2 "$tamga" enroll $local --ca "acme+https://localhost:1" --ca-file "$work/ca.pem" $host
says "directory is missing"
# talk ANSWER STATUS: a person at a terminal, who is asked once
talk() {
	printf 'Do you agree? Type yes to agree: \t%s\n' "$1" >"$work/dialogue"
	status=0
	/usr/bin/python3 "$top_srcdir/tests/interop/talk.py" "$work/dialogue" \
		"$tamga" enroll $local $ca $door $host --slot 9a ${3:-} >"$work/out" 2>"$work/said" || status=$?
	[ "$status" = "$2" ] || fail "status $status, not $2, to \"$1\""
	grep -q "The CA has terms of service: $terms" "$work/out" || fail "terms are not shown"
	[ "$(grep -c 'Do you agree' "$work/out")" = 1 ] || fail "asked again"
}
talk no 1
[ "$(generated) $(journals)" = "0 0" ] || fail "$(generated) keys, $(journals) journals"
grep -q 'POST /sign-me-up' "$work/pebble.log" && fail "an account without consent"
ok "terms, proofs and names are settled before there is a key"

# ---- http-01 by our own responder ----------------------------------------------
ctl mark
run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9a --trace "$work/trace.1"
issued 9a 'DNS:www.example.kz$'
[ "$(generated) $(verified) $(finalized)" = "1 1 1" ] ||
	fail "$(generated) keys, $(verified) logins, $(finalized) orders"
# the request, and the test after installing that every protocol has
[ "$(signatures)" = 2 ] || fail "$(signatures) signatures"
account=$(ls "$work"/state/tamga/acme/*.json)
[ "$(stat -c %a "$account")" = 600 ] || fail "the account's mode"
[ "$(jq -r .terms "$account")" = "$terms" ] || fail "the terms are not remembered"
ls "$work"/state/tamga/*.state >/dev/null 2>&1 && fail "the state outlives the enrollment"
ok "listen=: one key, one login, one order, one signature and the test's"

run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9a
says "Already enrolled"
# a host is its own subject
run 0 "$tamga" enroll $local $ca $agree $door --san dns:www.example.kz --slot 9a
says "Already enrolled"
run 2 "$tamga" enroll $local $ca $agree $door --san 'dns:www.example.kz,O=x' --slot 9a
says "whom is the certificate for"
[ "$(finalized)" = 1 ] || fail "asked again: another order"

# ---- a person at a terminal is asked for the terms ---------------------------------
rm -r "$work/state"
talk yes 0 "--destroy"
[ "$(jq -r .terms "$work"/state/tamga/acme/*.json)" = "$terms" ] || fail "not remembered"
ok "terms are asked for at a terminal, once, and remembered"

# ---- http-01 by a folder of a web server, several names --------------------------
mkdir "$work/www"
python3 -m http.server -b 127.0.0.1 -d "$work/www" "$http_port" >/dev/null 2>&1 &
web=$!
children="$children $web"
answers "http://127.0.0.1:$http_port/"
run 0 "$tamga" enroll $local $ca --ca-option "webroot=$work/www" --slot 9c --trace "$work/trace.2" \
	--subject CN=a.example.kz --san dns:a.example.kz --san dns:b.example.kz --san ip:127.0.0.1
issued 9c 'DNS:a.example.kz, DNS:b.example.kz, IP Address:127.0.0.1'
[ -z "$(ls "$work/www/.well-known/acme-challenge")" ] || fail "proofs are left behind"
[ "$(ls "$work"/state/tamga/acme/*.json | wc -l)" = 1 ] || fail "another account"
[ "$(grep -c 'POST /sign-me-up' "$work/pebble.log")" -ge 1 ] || fail "no account"
ok "webroot=: three names, one of them an address, with the same account"

# ---- the proof is not there ------------------------------------------------------
ctl mark
run 7 "$tamga" enroll $local $ca --ca-option "webroot=$work/out-of-the-way" --slot 9d \
	--subject CN=c.example.kz --san dns:c.example.kz
says "c.example.kz, http-01"
[ "$(signatures)" = 1 ] || fail "$(signatures) signatures"
kill "$web"
wait "$web" 2>/dev/null
mkdir -p "$work/www2"
n=$(finalized)
mv "$work/out-of-the-way" "$work/www2/x"
(cd "$work" && ln -s www2/x out-of-the-way)
python3 -m http.server -b 127.0.0.1 -d "$work/www2/x" "$http_port" >/dev/null 2>&1 &
children="$children $!"
answers "http://127.0.0.1:$http_port/"
run 0 "$tamga" enroll --resume $local --trace "$work/trace.3"
issued 9d 'DNS:c.example.kz$'
[ "$(generated) $(finalized)" = "1 $((n + 1))" ] || fail "$(generated) keys, $(finalized) orders"
ok "a name that could not be proven: told why, and resumed with the same key"

refused=$(cat "$work"/trace.* | grep -c 'answered 400')
[ "$refused" -gt 0 ] || fail "no nonce was refused: nothing was tried"
ok "$refused good nonces were refused meanwhile"
