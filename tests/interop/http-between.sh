#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What stands between us and an authority, for each of the five protocols: proxies
# that pass, refuse and want a password; clocks that differ; somebody else who answers; redirects, which are not
# followed and never with credentials; answers without end; times to wait that are
# absurd.  Each is told by its cause, before there is a key.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
python3 -c 'import cryptography' 2>/dev/null ||
	{ echo "skipped: no python3 with cryptography"; exit 77; }
mkdir "$work/wall" "$work/www"
echo pass >"$work/wall/proxy"
echo busy >"$work/wall/server"
: >"$work/wall/asked"
mkfifo "$work/told"
python3 "$top_srcdir/tests/interop/http-between.py" "$work/wall" >"$work/told" 2>"$work/server" &
children="$children $!"
read -r proxy port ended early stranger elsewhere old <"$work/told" || { cat "$work/server"; fail "it does not serve"; }
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
asked() { grep -c "^$1" "$work/wall/asked"; }

# at PROTOCOL PORT: what tamga is told of such an authority there
at() {
	id="--user me --password-file $work/secret"
	case $1 in
	est) where=est+https://localhost:$2 ;;
	portal) where=portal+https://localhost:$2/employee ;;
	acme) where=acme+https://localhost:$2/directory id="--ca-option webroot=$work/www" ;;
	cmp) where=cmp+https://localhost:$2 ;;
	scep) where=scep+https://localhost:$2/scep id="--challenge-file $work/secret" ;;
	esac
	echo "$local --ca $where --ca-file $work/wall/ca.pem --slot 9a --timeout 5 $id \
--subject CN=a.example --san dns:a.example"
}
echo "secret-of-the-test" >"$work/secret"
protocols="est portal acme cmp scep"

# stopped PROTOCOL PORT WORDS: a refusal in words, no key, no secret out
stopped() {
	: >"$work/wall/asked"
	status=0
	# shellcheck disable=SC2046
	setsid -w timeout 60 "$tamga" enroll $(at "$1" "$2") >"$work/out" 2>"$work/said" || status=$?
	case $status in 1 | 7) ;; *) fail "$1: status $status" ;; esac
	says "$3"
	[ "$(generated)" = "${4:-0}" ] || fail "$1: $(generated) keys"
}
encoded=$(printf 'me:secret-of-the-test' | base64)

# ---- clocks: of the server's certificate and ours ----------------------------------------
for protocol in $protocols; do
	stopped $protocol "$ended" "expired on .*clock right?"
	stopped $protocol "$early" "clock right?"
	[ "$(asked server)" = 0 ] || fail "$protocol: sent something all the same"
done
ok "a certificate that has ended, or not begun: the clock is named, nothing is sent"

# ---- somebody else -----------------------------------------------------------------------
for protocol in $protocols; do
	stopped $protocol "$stranger" "which you do not trust"
	stopped $protocol "$elsewhere" "for another name\|not for\|name"
	stopped $protocol "$old" "TLS"
	[ "$(asked server)" = 0 ] || fail "$protocol: sent something all the same"
done
ok "another CA, another host, TLS of old: nothing is sent"

# ---- proxies ----------------------------------------------------------------------------------
https_proxy=http://127.0.0.1:$proxy
export https_proxy
for protocol in $protocols; do
	echo refuse >"$work/wall/proxy"
	stopped $protocol "$port" "the proxy of your environment does not let us through (status 403)"
	echo ask >"$work/wall/proxy"
	stopped $protocol "$port" "wants a name and a password.*http://NAME:PASSWORD@HOST:PORT"
	grep -q "^proxy CONNECT localhost:$port -\$" "$work/wall/asked" || fail "$protocol: not asked"
	grep -q "$encoded" "$work/wall/asked" && fail "$protocol: the proxy gets our password"
	[ "$(asked server)" = 0 ] || fail "$protocol: round the proxy"
	https_proxy=http://me:wrong@127.0.0.1:$proxy
	stopped $protocol "$port" "or takes none of these"
	https_proxy=http://127.0.0.1:1
	stopped $protocol "$port" "nobody answers where your environment says that a proxy is"
	https_proxy=https://127.0.0.1:$proxy
	stopped $protocol "$port" "is an https one"
	https_proxy=http://127.0.0.1:$proxy
done
ok "proxies that refuse, that want a password, that are not there: told as such"

run 0 env https_proxy="http://me:secret@127.0.0.1:$proxy" "$tamga" enroll $local $official \
	--slot 9a --subject "$name"
assert_installed 9a
! grep -q 'Basic' "$work/wall/asked" || fail "the proxy gets our password"
echo chatter >"$work/wall/proxy"
: >"$work/wall/asked"
run 0 "$tamga" enroll $local $official --slot 9c --subject "$name"
[ "$(asked 'proxy CONNECT')" -ge 1 ] || fail "round the proxy"
: >"$work/wall/asked"
run 0 env no_proxy=localhost "$tamga" enroll $local $official --slot 9d --subject "$name"
[ "$(asked proxy)" = 0 ] || fail "not round the proxy"
unset https_proxy
fresh_card --yubikey
ctl mark
ok "one that lets us through, with a password and with headers of its own; none by no_proxy"

# ---- redirects --------------------------------------------------------------------------------------
for protocol in $protocols; do
	# EST alone follows to where it was (RFC 7030 3.2.1)
	here=https://localhost:$port/elsewhere
	[ $protocol != est ] || here=
	for target in $here "https://127.0.0.1:$port/elsewhere" "http://localhost:$proxy/"; do
		echo "redirect $target" >"$work/wall/server"
		stopped $protocol "$port" "sends us on to"
		[ "$(asked proxy) $(asked 'server [A-Z]* /elsewhere')" = "0 0" ] || fail "$protocol: followed"
		[ "$(asked server)" -le 2 ] || fail "$protocol: asked $(asked server) times"
	done
done
ok "redirects to another host: told where to, not followed"

# ---- answers without end -------------------------------------------------------------------------------
echo huge >"$work/wall/server"
for protocol in $protocols; do
	stopped $protocol "$port" "its answer is longer than [0-9]* bytes"
done
ok "answers without end are cut off"

# ---- times to wait ---------------------------------------------------------------------------------------
echo busy >"$work/wall/server"
for protocol in $protocols; do
	begin=$(date +%s)
	stopped $protocol "$port" "503\|busy\|later"
	[ $(($(date +%s) - begin)) -lt 10 ] || fail "$protocol: waited"
	grep -q 99999 "$work/said" && fail "$protocol: the number is shown"
done
ok "Retry-After of thirty digits: not waited for"
