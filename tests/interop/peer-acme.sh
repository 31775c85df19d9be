#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tamga enroll, renew and revoke against a strict ACME server that was written
# from RFC 8555, 8737, 8738 and 9773 alone, in the ways in which servers in the
# field differ.  A row is
#   expected exit | what it is | the server's options | tamga's options
# Expected "6 0" means: exit 6, and some seconds later --resume ends with 0.  Besides
# the exit status: no clause broken by the client, one certificate issued, and
# it is on the card; or nothing there is touched.
# shellcheck disable=SC2086
set -u
if [ -z "${PEER_CARD:-}" ]; then
	PEER_CARD=yes
	export PEER_CARD
	exec sh "${top_srcdir:-$(dirname "$0")/../..}/tests/with-card" --no-pcscd -- sh "$0" "$@"
fi
peer_server=peer-acme.py
. "${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/interop/peer-lib.sh"
python3 -c 'import cryptography' 2>/dev/null || skip "no python3 with cryptography"

printf '%s\n' "$TAMGA_TEST_PIN" > "$work/pin"
printf '%s\n' 'c2VjcmV0LW9mLXRoZS1hY2NvdW50LTMyLW9jdGV0cyE' > "$work/eab"
cat > "$work/hook" <<-'HOOK'
	#!/bin/sh
	# add|remove TYPE WHERE WHAT: where peer-acme.py looks for TXT records
	case $1 in
	add) echo "$4" >> "$TXT/$3" ;;
	remove) rm -f "$TXT/$3" ;;
	esac
HOOK
chmod +x "$work/hook"
TXT=$work/txt
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
XDG_STATE_HOME=$work/state
XDG_CONFIG_HOME=$work/config
LC_ALL=C.UTF-8
export TAMGA_VCARD_SOCKET XDG_STATE_HOME XDG_CONFIG_HOME TXT LC_ALL

run() {
	timeout 60 "$tamga" "$@" --no-pcsc --pin-file "$work/pin" \
	    > "$work/out" 2> "$work/err" < /dev/null
	got=$?
}

on_card() {
	run cert export "${1:-9a}" --der --output "$work/on-card.der"
	[ $got -eq 0 ] && openssl dgst -sha256 -r "$work/on-card.der" | cut -d' ' -f1
}

wrong() {
	fail "$name: $*"
	sed 's/^/    /' "$work/err" "$work/server.log"
	for file in requests violations proofs connections; do
		[ ! -s "$dir/$file" ] || sed "s/^/    $file: /" "$dir/$file"
	done
}
lines() { [ -f "$dir/$1" ] && wc -l < "$dir/$1" || echo 0; }

# judge EXPECTED SLOT: after run; dir, name and $was are set
judge() {
	if [ "$got" -ne "$1" ]; then
		wrong "exit $got, not $1"
	elif [ -s "$dir/violations" ]; then
		wrong "broke a clause"
	elif [ "$(lines requests)" -gt 80 ]; then
		wrong "$(lines requests) requests"
	elif [ "$1" -ne 6 ] && [ -n "$(find "$work/www" "$work/txt" -type f)" ]; then
		wrong "left its proof behind"
	elif grep -q 'AddressSanitizer\|runtime error' "$work/err"; then
		wrong "a sanitizer spoke"
	elif [ "$1" -eq 0 ] && [ "$(on_card "$2")" != "$(tail -n 1 "$dir/issued")" ]; then
		wrong "not the certificate issued"
	elif [ "$1" -ne 0 ] && now=$(on_card "$2") && [ "$now" != "$was" ]; then
		wrong "refused, but there is another certificate on the card"
	elif [ "$(lines issued)" -gt 1 ]; then
		wrong "$(lines issued) certificates"
	else
		pass
	fi
}

# words that a row's options stand for
door=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
html="--webroot $work/www"
asks="--http-port $door"
alpn="--tls-port $door --challenges tls-alpn-01"
dns="--challenges dns-01 --txt $work/txt"
web="--ca-option webroot=$work/www"
hook="--ca-option hook=$work/hook"
listen="--ca-option listen=127.0.0.1:$door"
a="--subject CN=a.example.kz --san dns:a.example.kz"
ab="$a --san dns:b.example.kz"
other="--ca-option chain=OtherRoot"
terms="--ca-option terms=https://localhost/terms/v2?lang=kk"

# Each run waits a second, as the options say; the server takes a few.
resume() {
	for _ in 1 2 3 4; do
		sleep 1
		run enroll --resume
		[ $got -eq 6 ] || return
	done
}

row() {
	number=$((${number:-0} + 1))
	name=$2
	was=$(on_card)
	rm -rf "$XDG_STATE_HOME" "$work/www" "$work/txt"
	mkdir "$work/www" "$work/txt"
	start_line "family$number" $3
	case $4 in *--slot*) slot=${4##*--slot } slot=${slot%% *} ;; *) slot=9a ;; esac
	case $4 in *terms=*|*--without-terms*) agree= ;; *) agree=$terms ;; esac
	run enroll --destroy --slot "$slot" --ca "acme+https://localhost:$port/directory" \
	    --ca-file "$dir/ca.pem" --timeout 5 $agree ${4%--without-terms*}
	[ "$got ${1#* }" != "$1" ] || resume
	judge "${1#* }" "$slot"
}

only=${1:-}
while IFS='|' read -r expected name options ours; do
	case $expected in ''|'#'*) continue ;; esac
	[ -z "$only" ] || case $name in *"$only"*) ;; *) continue ;; esac
	eval "options=\"$options\" ours=\"$ours\""
	row "$expected" "$name" "$options" "$ours" < /dev/null
done <<'ROWS'
# nonces (RFC 8555 6.5)
0|every nonce refused once|$html --bad-nonce 1|$web $a
0|every nonce refused three times, no new one with it|$html --bad-nonce 3 --bare-errors|$web $a
# what takes its time (7.1.6)
0|validated, ready and issued later, seconds|$html --validate-polls 2 --ready-polls 1 --issue-polls 1|$web $a
0|issued later, a date|$html --issue-polls 1 --retry date|$web $a
0|validated later, nothing said, an error meanwhile (8.2)|$html --validate-polls 2 --retry none --retried|$web $a
0|ready later, nothing said|$html --ready-polls 2 --retry none|$web $a
6 0|validated later than we wait|$html --validate-polls 2|$web $a --ca-option wait=1
6 0|issued later than we wait|$html --issue-polls 2|$web $a --ca-option wait=1
# what is proven, and how
0|nothing to prove|$html --authz valid|$web $a
2|no way to prove anything||$a
0|two names, in another order|$html --authz shuffled|$web $ab
0|an address|$html|$web --subject CN=127.0.0.1 --san ip:127.0.0.1
0|an IPv6 address, written at length|$html|$web $a --san ip:2001:db8:0:0:0:0:0:1
0|a name in capitals|$html|$web --subject CN=a.example.kz --san dns:A.Example.KZ
0|http-01 asked for|$asks|$listen $a
0|http-01 asked for, an address|$asks|$listen --subject CN=127.0.0.1 --san ip:127.0.0.1
0|tls-alpn-01|$alpn|$listen $a --ca-option challenge=tls-alpn-01
0|tls-alpn-01, IPv6|$alpn|$listen --ca-option challenge=tls-alpn-01 --subject CN=2001:db8::1 --san ip:2001:db8::1
0|dns-01 of three|$html --challenges tls-alpn-01,http-01,dns-01 --txt $work/txt|$hook $a --ca-option challenge=dns-01
0|dns-01, a wildcard and its parent|$dns|$hook --subject CN=*.example.kz --san dns:*.example.kz --san dns:example.kz
1|dns-01 only, and we have a folder|$dns|$web $a
7|a proof that is not there|$html|--ca-option webroot=$work/nowhere $a
# who we are
0|no terms|$html --no-terms|$web $a --without-terms
0|no meta|$html --no-meta|$web $a --without-terms
7|terms not agreed to|$html|$web $a --without-terms
0|an external account|$html --eab c2VjcmV0LW9mLXRoZS1hY2NvdW50LTMyLW9jdGV0cyE|$web $a --user kid/1 --password-file $work/eab
7|an external account, nothing given|$html --eab x|$web $a
# HTTP and JSON
0|chunked, closed|$html --http chunked|$web $a
0|closed each time|$html --http close|$web $a
0|HTTP/1.0, no length|$html --http old|$web $a
0|103 first, names in lower case|$html --early --lower|$web $a
0|addresses on another host, with queries|$html --host 127.0.0.1 --urls query|$web $a
0|odd addresses, slashes escaped|$html --urls odd --json escaped|$web $a
0|unknown members and proofs|$html --unknown --json pretty|$web $a
0|expires with a zone and fractions|$html --expires %Y-%m-%dT%H:%M:%S.25+05:30|$web $a
# 503 with Retry-After
1|busy: directory, before anything|$html --busy directory|$web $a
0|busy: account|$html --busy newAccount|$web $a
0|busy: order|$html --busy newOrder|$web $a
0|busy: looking at a proof, a date|$html --busy authz --retry date|$web $a
0|busy: finalize|$html --busy finalize|$web $a
0|busy: certificate|$html --busy certificate|$web $a
6 0|busy longer than we wait|$html --busy finalize|$web $a --ca-option wait=1
# answers that are lost
0|hangs up: account|$html --cut newAccount|$web $a
0|hangs up: order|$html --cut newOrder|$web $a
0|hangs up: proof|$html --cut challenge|$web $a
0|hangs up: finalize|$html --cut finalize --issue-polls 2 --retry none|$web $a
0|hangs up: certificate|$html --cut certificate|$web $a
# refusals
7|names refused, one by one|$html --refuse names|$web $ab
7|the terms have changed|$html --refuse terms|$web $a
6|too many|$html --refuse limit|$web $a
# chains and keys
0|five CAs, CRLF|$html --depth 6 --pem crlf|$web $a
0|CR alone (RFC 7468 3)|$html --pem cr|$web $a
0|no last line end|$html --pem no-end|$web $a
0|words between certificates|$html --pem comments|$web $a
0|empty lines between certificates|$html --pem blank|$web $a
0|ES384|$html|$web $a --type ec:p384
0|RSA|$html|$web $a --type rsa:2048
0|another chain exists|$html --alternate absolute|$web $a
0|another chain, wished for|$html --alternate absolute|$web $a $other
0|another chain, its address relative (RFC 8288 3.1)|$html --alternate path|$web $a $other
1|another chain, and no link to it|$html|$web $a $other
ROWS

# ---- afterwards (RFC 9773, RFC 8555 7.6) ----------------------------------------
[ -z "$only" ] || { report; exit; }
name="renewed when the CA wishes it, and told what it replaces"
row 0 "$name" "$html --ari --unknown" "$web $a"
first=$(tail -n 1 "$dir/issued")
run renew --all --same-key
[ "$got $(lines issued)" = "0 1" ] || wrong "renewed before its window: exit $got"
echo '{"start": "2001-01-01T00:00:00.5Z", "end": "2001-01-02T00:00:00+05:00"}' > "$dir/window"
run renew --all --same-key
if [ "$got $(lines issued) $(lines replaced)" != "0 2 1" ]; then
	wrong "exit $got, $(lines issued) issued, $(lines replaced) replaced"
elif [ "$(on_card)" != "$(tail -n 1 "$dir/issued")" ] || [ "$(on_card)" = "$first" ]; then
	wrong "not the new certificate"
elif [ -s "$dir/violations" ]; then
	wrong "broke a clause"
else
	pass
fi

# who REASON: how the last was revoked, in the server's words
who() {
	if [ "$got" -ne 0 ] || [ "$(tail -n 1 "$dir/revoked")" != "$*" ]; then
		wrong "exit $got, $(cat "$dir/revoked")"
	elif [ -s "$dir/violations" ]; then
		wrong "broke a clause"
	else
		pass
	fi
}
name="revoked by the account"
run revoke 9a --reason superseded
who account 4
name="revoked twice"
run revoke 9a
[ "$got" -eq 7 ] && grep -q 'revoked already' "$work/err" && pass || wrong "exit $got"
for type in ec:p256 ec:p384 rsa:2048; do
	row 0 "revoked by its own key, $type" "$html" "$web $a --type $type"
	rm -rf "$XDG_STATE_HOME/tamga/acme"
	run revoke 9a --reason keyCompromise
	who key 1
done

report
