#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The life of a certificate that came over ACME, judged by pebble: of several
# chains the wanted one, renewed with the key that it has and with a new one,
# revoked by the account and, where there is none, by its own key.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
make_tls
start_dns
# a refused nonce is one signature more; acme.sh has them
PEBBLE_VA_NOSLEEP=1 PEBBLE_ALTERNATE_ROOTS=2 PEBBLE_WFE_NONCEREJECT=0
export PEBBLE_VA_NOSLEEP PEBBLE_ALTERNATE_ROOTS PEBBLE_WFE_NONCEREJECT
start_pebble
agree="--ca-option terms=$terms"
door="--ca-option listen=127.0.0.1:$http_port"
host="--subject CN=www.example.kz --san dns:www.example.kz"
root_name() { # NUMBER
	curl -s --cacert "$work/tls.pem" "$control/roots/$1" >"$work/root-$1.pem"
	openssl x509 -in "$work/root-$1.pem" -noout -subject -nameopt utf8 | sed 's/.*CN *= *//'
}

# ---- chains ------------------------------------------------------------------------
second=$(root_name 1) chain=1
cp "$work/root-1.pem" "$work/root.pem"
cat "$work/tls.pem" "$work/root-1.pem" >"$work/ca.pem"
# the chain that comes first leads to another root than the one believed
run 1 "$tamga" enroll $local $ca $agree $door $host --slot 9a
says "self-signed\|issuer\|leads"
run 0 "$tamga" enroll --cancel "$(sed -n 's/.*--resume \([0-9a-f-]*\)$/\1/p' "$work/said" | tail -1)"
run 1 "$tamga" enroll $local $ca $agree $door $host --slot 9a --keep-key --ca-option 'chain=No Such Root'
says 'no chain of the certificate leads to "No Such Root", only to "Pebble Root CA'
run 0 "$tamga" enroll --cancel "$(sed -n 's/.*--resume \([0-9a-f-]*\)$/\1/p' "$work/said" | tail -1)"
run 0 "$tamga" enroll $local $ca $agree $door $host --slot 9a --keep-key --ca-option "chain=$second"
issued 9a 'DNS:www.example.kz$'
ok "chain=: the one of three that leads to $second"

# ---- renewed -----------------------------------------------------------------------
serial() { openssl x509 -in "$work/cert.pem" -noout -serial; }
before=$(serial)
ctl mark
run 0 "$tamga" renew $local 9a --same-key
issued 9a 'DNS:www.example.kz$'
[ "$(serial)" != "$before" ] || fail "the same certificate"
[ "$(generated) $(signatures)" = "0 2" ] || fail "$(generated) keys, $(signatures) signatures"
ok "renewed for the same key: one signature and the test's, none for TLS"

# ---- revoked -----------------------------------------------------------------------
state_of() { # the certificate of work/cert.pem, as pebble says
	curl -s --cacert "$work/tls.pem" "$control/cert-status-by-serial/$(serial | sed 's/.*=//')" |
		jq -r .Status
}
ctl mark
run 0 "$tamga" revoke $local 9a --reason superseded
[ "$(state_of)" = Revoked ] || fail "it is $(state_of)"
[ "$(signatures)" = 0 ] || fail "$(signatures) signatures"
run 7 "$tamga" revoke $local 9a
says "revoked already"
ok "revoked by the account, without the key"

run 0 "$tamga" enroll $local $ca $agree $door --slot 9c --subject CN=b.example.kz \
	--san dns:b.example.kz --ca-option "chain=$second"
issued 9c 'DNS:b.example.kz$'
rm -r "$work/state/tamga/acme"
ctl mark
run 0 "$tamga" revoke $local 9c --reason keyCompromise
[ "$(state_of)" = Revoked ] || fail "it is $(state_of)"
[ "$(signatures)" = 1 ] || fail "$(signatures) signatures"
[ -d "$work/state/tamga/acme" ] && [ -n "$(ls "$work/state/tamga/acme")" ] && fail "an account for it"
ok "revoked by its own key, on a computer without an account"
