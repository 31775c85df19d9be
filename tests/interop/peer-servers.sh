#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tamga enroll and a virtual card against an EST server that was written from
# the RFCs alone, in the ways in which servers in the field differ.  A row is
#   expected exit | what it is | the server's options | tamga's options
# Besides the exit status: no clause broken by the client; with 0 the certificate
# on the card is the one issued, with 1 and 7 the card is as it was, with 6 there
# is no certificate beside the new key.
set -u
if [ -z "${PEER_CARD:-}" ]; then
	PEER_CARD=yes
	export PEER_CARD
	exec sh "${top_srcdir:-$(dirname "$0")/../..}/tests/with-card" --no-pcscd -- sh "$0" "$@"
fi
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/interop/peer-card-lib.sh"

# judge EXPECTED: after run; dir, name and $was are set
judge() {
	if [ "$got" -ne "$1" ]; then
		wrong "exit $got, not $1"
	elif [ -s "$dir/violations" ]; then
		wrong "broke a clause"
	elif grep -rsq 'correct.\{1,3\}horse' "$work/out" "$work/err" "$XDG_STATE_HOME"; then
		wrong "tells the password"
	elif grep -q 'AddressSanitizer\|runtime error' "$work/err"; then
		wrong "a sanitizer spoke"
	else
		now=$(on_card 9a)
		case $1 in
		0) [ "$now" = "$(tail -n 1 "$dir/issued")" ] || { wrong "not the certificate issued"; return; } ;;
		1|7) [ "$now" = "$was" ] || { wrong "refused, but the card changed"; return; } ;;
		*) [ -z "$now" ] || { wrong "a new key beside an old certificate"; return; } ;;
		esac
		pass
	fi
}

row() {
	expected=$1 name=$2 options=$3 ours=$4
	anchors=both-anchors.pem
	case $ours in *anchor=*) anchors=${ours##*anchor=}; ours=${ours%anchor=*} ;; esac
	host=localhost
	case $ours in *host=*) host=${ours##*host=}; ours=${ours%host=*} ;; esac
	number=$((${number:-0} + 1))
	case $ours in
	*--password-file*|*--token-file*|*--anonymous*) ;;
	*) ours="$ours --user anna --password-file $work/password" ;;
	esac
	label=
	case $options in *--label*) label=/$(expr "$options" : '.*--label \([^ ]*\)') ;; esac
	# shellcheck disable=SC2086
	start "family$number" $options
	was=$(on_card 9a)
	rm -rf "$XDG_STATE_HOME"
	# shellcheck disable=SC2086
	run enroll --destroy --slot 9a --ca "est+https://$host:$port$label" \
	    --ca-file "$dir/$anchors" --subject "CN=Peer $number,O=Other House" \
	    --san "email:peer$number@example.org" --timeout 10 ${ours%--anonymous*}
	got=$?
	judge "$expected"
}

only=${1:-}
while IFS='|' read -r expected name options ours; do
	case $expected in ''|'#'*) continue ;; esac
	[ -z "$only" ] || case $name in *"$only"*) ;; *) continue ;; esac
	eval "ours=\"$ours\""
	row "$expected" "$name" "$options" "$ours" < /dev/null
done <<'ROWS'
# whose certificates
0|one root for everything|--depth 1|
0|issuing CA below its root, issuer not in the reply|--depth 2|
0|three levels, /cacerts shuffled|--depth 3 --order shuffled|
0|three levels, all of them in the reply, leaf last|--depth 3 --enroll-chain all --order last|
0|TLS by another root, both configured|--tls-root own --depth 2|
# RFC 7030 4.1.1 would let a client believe /cacerts for the sake of TLS; ours wants to be told
1|TLS by another root, only that one configured|--tls-root own --depth 2|anchor=tls-anchor.pem
1|TLS by another root, only the CA configured|--tls-root own --depth 2|anchor=ca-anchor.pem
0|roll-over, issued under the new key, old root configured|--rollover|anchor=ca-anchor.pem
0|roll-over, all of it in the reply|--rollover --enroll-chain all --order shuffled|anchor=ca-anchor.pem
0|a server certificate among /cacerts|--stray|
# the reply
0|issuer in the reply|--depth 2 --enroll-chain issuer|
0|issuer first, leaf last|--depth 2 --enroll-chain issuer --order last|
0|no smime-type|--type-param none|
0|smime-type quoted|--type-param quoted|
0|types in another case, more parameters|--type-param case|
0|Content-Transfer-Encoding: base64|--cte base64|
0|Content-Transfer-Encoding: BASE64|--cte BASE64|
0|Content-Transfer-Encoding: binary, and yet base64 (RFC 8951 3.1)|--cte binary|
0|64 columns|--body 64|
0|76 columns, CRLF|--body 76crlf|
0|white space everywhere|--body spaces|
0|indented lines|--body leading|
0|one line and LF|--body line-lf|
0|chunked, with extensions and trailer|--chunked --body 76crlf|
0|connection: close|--close|
0|103 before each answer|--early|
0|header names in lower case|--headers lower|
0|no space after the colon, no reason phrase|--headers bare --type-param none|
0|many headers, one long, one empty|--headers many --chunked|
0|SignedData version 3|--signed-version 3|
0|SignedData with empty content and a digest|--econtent --digests|
0|a CRL in the PKCS#7|--crl|
0|indefinite lengths|--ber|
0|indefinite lengths, CRL, chain, 76 columns|--ber --crl --depth 3 --enroll-chain all --body 76crlf|
# csrattrs
0|csrattrs 404|--csrattrs 404|
0|csrattrs empty|--csrattrs empty|
0|csrattrs names only|--csrattrs oids|
0|csrattrs of unknown kinds|--csrattrs unknown|
0|csrattrs extensions and P-256|--csrattrs extensions|
0|csrattrs P-384, no --type|--csrattrs p384|
0|csrattrs RSA 2048, no --type|--csrattrs rsa|
1|csrattrs P-384, another --type|--csrattrs p384|--type ec:p256
0|csrattrs P-384, the same --type|--csrattrs p384|--type ec:p384
0|csrattrs RSA 2048, the same --type|--csrattrs rsa|--type rsa:2048
0|csrattrs template|--csrattrs template|
0|csrattrs of RFC 7030 4.5.2, with a challenge password|--csrattrs rfc7030 --link|
0|csrattrs of RFC 8951, with a challenge password|--csrattrs rfc8951 --link|
# the request linked to its connection (RFC 7030 3.5)
0|a link|--csrattrs linked --link|
0|a link, TLS 1.2 only|--csrattrs linked --link --tls 1.2|
0|a link and Digest|--csrattrs linked --link --auth digest-sha256|
0|a link, the connection lost before the request|--csrattrs linked --link --drop 2|
0|a link and 202 twice|--csrattrs linked --link --pending 2|--wait=9
1|a link, every connection closed|--csrattrs linked --link --close|
1|a link, TLS 1.3 only|--csrattrs linked --link --tls 1.3|
# who we are
0|nobody asks|--auth none|
0|nobody asks, nothing given|--auth none|--anonymous
7|Basic, wrong password|--auth basic|--user anna --password-file $work/wrong
7|Basic, nothing given|--auth basic|--anonymous
0|Digest MD5|--auth digest-md5|
0|Digest SHA-256|--auth digest-sha256|
0|Digest or Basic|--auth basic-digest|
7|Digest, wrong password|--auth digest-sha256|--user anna --password-file $work/wrong
0|Bearer|--auth bearer|--token-file $work/bearer
0|Basic over a connection closed each time|--auth basic --close|
0|Digest over a connection closed each time|--auth digest-sha256 --close|
0|no client certificate asked|--client-cert none|
# TLS and names
0|TLS 1.2 only|--tls 1.2|
0|TLS 1.3 only|--tls 1.3|
0|IPv4 literal||host=127.0.0.1
0|IPv6 literal|--listen ::1|host=[::1]
1|a name that is not in the certificate||host=ip6-localhost
0|a label|--label tokens|
0|a label with dots and digits|--label ca-1.v2_x~|
# sent on (RFC 7030 3.2.1): on the same web origin, and nowhere else unasked
0|301|--redirect 301|
0|302, Digest|--redirect 302 --auth digest-sha256|
0|307, a label, each connection closed|--redirect 307 --label tokens --close|
0|308, a link|--redirect 308 --csrattrs linked --link|
1|303: look there for something else|--redirect 303|
1|to another host|--redirect other|
1|in a circle|--redirect loop|
# time
6|202, seconds|--pending 1|
6|202, a date|--pending 1 --retry date|
6|202, nothing said|--pending 1 --retry none|
0|202 twice, --wait|--pending 2|--wait=9
0|202, nothing said, --wait|--pending 1 --retry none|--wait=2
0|202 with a date, --wait|--pending 1 --retry date|--wait=9
ROWS

report
