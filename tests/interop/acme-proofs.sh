#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The other proofs that a CA takes over ACME, judged by pebble: dns-01 by a
# program, tls-alpn-01 by our own responder, names and addresses; a program that
# says "later"; and a CA that wants to know us from elsewhere.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0
export PEBBLE_VA_NOSLEEP PEBBLE_AUTHZREUSE
start_pebble
agree="--ca-option terms=$terms"

# ---- dns-01 ----------------------------------------------------------------------
cat >"$work/hook" <<H
#!/bin/sh
echo "\$*" >>"$work/hooked"
[ ! -e "$work/later" ] || exit 75
case \$1 in
add) data="{\"host\": \"\$3.\", \"value\": \"\$4\"}" call=set-txt ;;
remove) data="{\"host\": \"\$3.\"}" call=clear-txt ;;
*) exit 1 ;;
esac
echo this is for people
exec curl -sS --max-time 5 -d "\$data" $dns_control/\$call
H
chmod +x "$work/hook"
hook="--ca-option hook=$work/hook"
run 0 "$tamga" enroll $local $ca $agree $hook --slot 9a --json \
	--subject 'CN=*.example.kz' --san 'dns:*.example.kz' --san dns:example.kz
jq -e '.enrollment.state == "done"' "$work/out" >/dev/null || fail "the hook writes into our JSON"
issued 9a 'DNS:\*.example.kz, DNS:example.kz'
[ "$(grep -c '^add dns-01 _acme-challenge.example.kz [A-Za-z0-9_-]\{43\}$' "$work/hooked")" = 2 ] ||
	{ cat "$work/hooked"; fail "what the hook is told"; }
[ "$(grep -c '^remove dns-01 ' "$work/hooked")" = 2 ] || fail "not taken away"
ok "dns-01: a wildcard and its domain by hook=, called by its arguments alone"

# ---- a name server that takes its time ---------------------------------------------
: >"$work/hooked"
: >"$work/later"
wish="$local $ca $agree $hook --slot 9c --subject CN=slow.example.kz --san dns:slow.example.kz"
ctl mark
run 6 "$tamga" enroll $wish
says "says that the proof is not there yet; resume enrollment"
grep -q '^remove' "$work/hooked" && fail "taken away although it is to stay"
rm "$work/later"
n=$(finalized)
run 0 "$tamga" enroll --resume --now $local
issued 9c 'DNS:slow.example.kz$'
[ "$(sort -u "$work/hooked" | grep -c ^add) $(grep -c ^remove "$work/hooked")" = "1 1" ] ||
	{ cat "$work/hooked"; fail "another proof, or it stays"; }
[ "$(generated) $(signatures) $(finalized)" = "1 2 $((n + 1))" ] ||
	fail "$(generated) keys, $(signatures) signatures, $(finalized) orders"
ok "a hook that says later: pending, and resumed with the same order"

printf '#!/bin/sh\nexit 3\n' >"$work/hook"
run 1 "$tamga" enroll $local $ca $agree $hook --slot 9d --subject CN=no.example.kz \
	--san dns:no.example.kz
says "failed (status 3)"
run 1 "$tamga" enroll --resume $local
rm "$work/hook"
run 1 "$tamga" enroll --resume $local
says "cannot run hook="
run 0 "$tamga" enroll --cancel "$(sed -n 's/.*--resume \([0-9a-f-]*\)$/\1/p' "$work/said" | tail -1)"
ok "a hook that fails is told by its status"

# ---- tls-alpn-01 -------------------------------------------------------------------
door="--ca-option challenge=tls-alpn-01 --ca-option listen=127.0.0.1:$tls_port"
run 0 "$tamga" enroll $local $ca $agree $door --slot 9d --destroy \
	--subject CN=tls.example.kz --san dns:tls.example.kz --san dns:tls2.example.kz \
	--san ip:127.0.0.1
issued 9d 'DNS:tls.example.kz, DNS:tls2.example.kz, IP Address:127.0.0.1'
ok "tls-alpn-01: two names and an address by our own responder"

run 1 "$tamga" enroll $local $ca $agree $door --slot 9e \
	--subject 'CN=*.example.org' --san 'dns:*.example.org'
says "it takes these proofs only: dns-01"
run 0 "$tamga" enroll --cancel "$(sed -n 's/.*--resume \([0-9a-f-]*\)$/\1/p' "$work/said" | tail -1)"
ok "a proof that nobody said how to give"

# ---- an account that the CA knows from elsewhere -------------------------------------
kill "$pebble"
mac=zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W
start_pebble "\"externalAccountBindingRequired\": true,
 \"externalAccountMACKeys\": {\"kid-1\": \"$mac\"}"
agree="--ca-option terms=$terms"
door="--ca-option listen=127.0.0.1:$http_port"
wish="$local $ca $agree $door --slot 9e --destroy --subject CN=eab.example.kz --san dns:eab.example.kz"
ctl mark
run 7 "$tamga" enroll $wish
says "only accounts that it knows from elsewhere"
[ "$(generated)" = 0 ] || fail "a key before it is known who we are"
echo "$mac" >"$work/mac"
echo "b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BI" >"$work/other"
echo "not base64url!" >"$work/not"
run 7 "$tamga" enroll $wish --user kid-1 --password-file "$work/other"
run 2 "$tamga" enroll --resume $local --user kid-1 --password-file "$work/not"
says "not base64url"
run 7 "$tamga" enroll --resume $local --user kid-2 --password-file "$work/mac"
run 0 "$tamga" enroll --resume $local --user kid-1 --password-file "$work/mac"
issued 9e 'DNS:eab.example.kz$'
[ "$(generated)" = 1 ] || fail "$(generated) keys"
grep -q -r "$mac" "$work/state" && fail "the key of the external account is kept"
ok "EAB: refused in words before there is a key and afterwards, then taken"
