#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tamga enroll, renew and a virtual card against a SCEP server that was written from
# RFC 8894 alone and judges every attribute of every message.  A row is
#   expected exit | what it is | the server's options | tamga's options | what it says
# Besides the exit status: no clause broken by the client; with 0 the certificate
# on the card is the one issued, else none is there.
set -u
if [ -z "${PEER_CARD:-}" ]; then
	PEER_CARD=yes
	export PEER_CARD
	exec sh "${top_srcdir:-$(dirname "$0")/../..}/tests/with-card" --no-pcscd -- sh "$0" "$@"
fi
peer_server=other-scep-server.py peer_python=/usr/bin/python3
. "${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/interop/peer-lib.sh"
/usr/bin/python3 -c 'import asn1crypto, cryptography' 2>/dev/null ||
	skip "no python3 with asn1crypto and cryptography"

printf '%s\n' "$TAMGA_TEST_PIN" > "$work/pin"
printf '%s\n' secret1234 > "$work/challenge"
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
XDG_STATE_HOME=$work/state
XDG_CONFIG_HOME=$work/config
export TAMGA_VCARD_SOCKET XDG_STATE_HOME XDG_CONFIG_HOME

run() { "$tamga" "$@" --no-pcsc --pin-file "$work/pin" > "$work/out" 2> "$work/err"; got=$?; }

# on_card SLOT: SHA-256 of the certificate there, or nothing
on_card() {
	"$tamga" cert export "$1" --der --output "$work/on-card.der" --no-pcsc >/dev/null 2>&1 || return 0
	openssl dgst -sha256 -r "$work/on-card.der" | cut -d' ' -f1
}
wrong() {
	fail "$name: $*"
	sed 's/^/    /' "$work/err" "$work/server.log"
	for file in requests violations; do
		[ ! -s "$dir/$file" ] || sed "s/^/    $file: /" "$dir/$file"
	done
}
# judge EXPECTED SLOT WORDS: after run; dir and name are set
judge() {
	if [ "$got" -ne "$1" ]; then
		wrong "exit $got, not $1"
	elif [ -s "$dir/violations" ]; then
		wrong "broke a clause"
	elif grep -q 'AddressSanitizer\|runtime error' "$work/err"; then
		wrong "a sanitizer spoke"
	elif [ -n "$3" ] && ! grep -q -e "$3" "$work/err"; then
		wrong "does not say \"$3\""
	elif [ "$1" -eq 0 ] && [ "$(on_card "$2")" != "$(tail -n 1 "$dir/issued")" ]; then
		wrong "not the certificate issued"
	elif [ "$1" -ne 0 ] && [ -n "$(on_card "$2")" ]; then
		wrong "a certificate is on the card"
	else
		pass
	fi
}
# forget: the card as it was, but for the keys
forget() {
	rm -rf "$XDG_STATE_HOME"
	"$tamga" cert delete 9a --yes --no-pcsc --pin-file "$work/pin" >/dev/null 2>&1
}
here() {
	case $(cat "$dir/options") in *--ca-key*ec*) anchor=ec-ca.pem ;; *) anchor=rsa-ca.pem ;; esac
	echo --ca "scep+http://127.0.0.1:$port/${dir##*/}/scep" --ca-file "$authorities/$anchor" --timeout 10
}
enroll() {
	# shellcheck disable=SC2046
	run enroll --destroy --slot 9a $(here) --subject "CN=Асель Ким,O=Other House" \
	    --challenge-file "$work/challenge" "$@"
}
# become NAME OPTION...: a server of that name; sets dir
become() {
	dir=$work/servers/$1
	[ -d "$dir" ] || mkdir "$dir" || exit 99
	shift
	for word in "$@"; do echo "$word"; done > "$dir/options"
}
serve() {
	mkdir -p "$work/servers"
	start servers
	authorities=$dir
}
row() {
	expected=$1 name=$2 options=$3 ours=$4 words=$5
	number=$((${number:-0} + 1))
	# shellcheck disable=SC2086
	become "server$number" $options
	forget
	# shellcheck disable=SC2086
	enroll $ours
	judge "$expected" 9a "$words"
}
new_slot() { sed -n 's/^  slot \([^,]*\),.*/\1/p' "$work/out"; }
asked() { grep -q -e "$1" "$dir/requests" || wrong "did not ask \"$1\""; }
not_asked() { ! grep -q -e "$1" "$dir/requests" || wrong "asked \"$1\""; }

serve
become first
# the authorities are made when somebody asks
curl -s -o "$work/out" "http://127.0.0.1:$port/first/scep?operation=GetCACert"
become first-ec --ca-key ec
curl -s -o "$work/out" "http://127.0.0.1:$port/first-ec/scep?operation=GetCACert"

only=${1:-}
while IFS='|' read -r expected name options ours words; do
	case $expected in ''|'#'*) continue ;; esac
	[ -z "$only" ] || case $name in *"$only"*) ;; *) continue ;; esac
	row "$expected" "$name" "$options" "$ours" "$words" < /dev/null
done <<'ROWS'
# whose keys
0|an EC key, its messages by software||--type ec:p256|
0|an EC key of P-384||--type ec:p384|
0|an RSA key, all by the token||--type rsa:2048|
0|an RSA key, its messages by software|--challenge secret1234|--type rsa:2048 --ca-option transport=software|
0|names and uses asked for||--san email:asel@example.org --san dns:desk.example|
# whose certificates
0|one RA that signs and decrypts|--ra one|
0|an RA that signs, another that decrypts|--ra two|
0|... and an RSA key of ours|--ra two|--type rsa:2048|
0|a CA of EC behind two RAs|--ra two --ca-key ec|
1|a CA of EC alone|--ca-key ec||RSA key that may speak
0|the CA before the certificate|--order last|
# algorithms
0|SHA-512, AES-256|--hash sha512 --cipher aes256|
0|AES-256 to an RSA key|--cipher aes256|--type rsa:2048
0|an answer in DES3|--cipher des3|
0|each capability by its own name|--caps AES,SHA-256,POSTPKIOperation|
0|capabilities in other case|--caps aes,sha-256,postpkioperation|
0|capabilities that nobody knows|--caps AES,SHA-256,POSTPKIOperation,Update,X-Y|
0|no POST|--caps AES,SHA-256|
0|no POST, an RSA key|--caps AES,SHA-256|--type rsa:2048
0|SHA-512 and no SHA-256|--caps AES,SHA-512,POSTPKIOperation|
1|no AES|--caps SHA-256,DES3,POSTPKIOperation||--legacy
1|no SHA-256|--caps AES,SHA-1,POSTPKIOperation||--legacy
1|no capabilities|--caps ,||--legacy
0|no AES, and that will do|--caps SHA-256,DES3,POSTPKIOperation --cipher des3|--legacy|
1|an answer signed with SHA-1|--hash sha1||--legacy
0|an answer signed with SHA-1, and that will do|--hash sha1|--legacy|
0|no SHA-256, and that will do|--caps AES,SHA-1,POSTPKIOperation --hash sha1|--legacy|
0|no POST, DES3 and SHA-1, and that will do|--caps DES3,SHA-1 --hash sha1 --cipher des3|--legacy|
# refusals, RFC 8894 3.2.1.4
7|a challenge that is none|--challenge another||badRequest
1|badAlg|--fail 0||badAlg
7|badMessageCheck|--fail 1||badMessageCheck
7|badRequest|--fail 2||challenge password right
7|badTime|--fail 3||clock right
7|badCertId|--fail 4||badCertId
7|a failure without a reason|--fail none||does not say why
7|a reason that nobody knows|--fail 9||refuses the request
7|a reason in words|--fail 2 --fail-text Офис_закрыт||Офис_закрыт
# answers that must not be believed
1|another transaction|--lie transaction||another question
1|another nonce|--lie nonce||another question
1|no nonce|--lie no-nonce||another question
1|two nonces|--lie two-nonces||another question
1|our own kind of message|--lie type||another question
1|no status|--lie no-status||how the request stands
1|a status that is none|--lie status||how the request stands
1|a wrong signature|--lie signature||somebody changed it
1|signed by a stranger|--lie stranger||does not speak for
1|signed by a subscriber|--lie subscriber||does not speak for
1|cut off|--lie cut||was cut off
1|bytes behind it|--lie trailing||no SCEP message
1|a megabyte too long|--lie huge||longer than
1|success without a certificate|--lie no-certificate||
1|an envelope that is none|--lie envelope||could not be decrypted
1|encrypted to somebody else|--lie recipient||could not be decrypted
1|for another key|--lie key||another key
1|issued by somebody else|--lie issuer||
# time
6|decided later|--pending 1||waits for a decision
0|decided later, waited for|--pending 1|--wait=1|
0|decided later, an RSA key|--pending 1|--type rsa:2048 --wait=1|
ROWS
[ -z "$only" ] || { report; exit; }

# which methods, which words
name="POST where it is to be had"
become post
forget
enroll
judge 0 9a ""
asked 'POST PKIOperation'; not_asked 'GET PKIOperation'; asked 'by another key'
name="the textbook"
become textbook
forget
enroll --type rsa:2048
judge 0 9a ""
asked 'by its own key'

# pending, over other processes and another server
for type in ec:p256 rsa:2048; do
	name="decided by another server, $type"
	become "later-$type" --pending 3 --ra two
	forget
	enroll --type $type
	judge 6 9a "waits for a decision"
	serve
	become "later-$type" --pending 3 --ra two
	sed -i "s,127.0.0.1:[0-9]*/,127.0.0.1:$port/," "$XDG_STATE_HOME"/tamga/*.json
	run enroll --resume --now
	judge 6 9a ""
	run enroll --resume --now --wait=1
	judge 0 9a ""
	[ "$(grep -c '^19' "$dir/requests")" = 1 ] || wrong "handed in more than once"
	! ls "$XDG_STATE_HOME"/tamga/*.state 2>/dev/null || wrong "a secret is left"
done

# a renewal signed by the key that is renewed; asked for anew where nobody knows that
for caps in AES,SHA-256,POSTPKIOperation,Renewal AES,SHA-256,POSTPKIOperation; do
	name="renewal, $caps"
	become "renewal-$caps" --caps $caps
	forget
	enroll --type rsa:2048
	judge 0 9a ""
	# shellcheck disable=SC2046
	run renew 9a $(here)
	judge 0 "$(new_slot)" ""
	case $caps in
	*Renewal) asked '^17' ;;
	*) not_asked '^17' ;;
	esac
done
# the CA that follows, vouched for by the one in force: RFC 8894 4.7
heir() {
	rm -f "$work/heir.pem"
	# shellcheck disable=SC2046
	run ca next $(here) "$@" --output "$work/heir.pem"
}
while IFS='|' read -r expected name options ours file words; do
	case $expected in ''|'#'*) continue ;; esac
	number=$((number + 1))
	# shellcheck disable=SC2086
	become "server$number" $options
	# shellcheck disable=SC2086
	heir $ours < /dev/null
	if [ "$got" -ne "$expected" ]; then
		wrong "exit $got, not $expected"
	elif [ -s "$dir/violations" ]; then
		wrong "broke a clause"
	elif [ -n "$words" ] && ! grep -q -e "$words" "$work/err"; then
		wrong "does not say \"$words\""
	elif [ "$expected" -ne 0 ] && [ -e "$work/heir.pem" ]; then
		wrong "wrote it all the same"
	elif [ "$expected" -eq 0 ] && { ! cmp -s "$work/heir.pem" "$authorities/$file" ||
	    ! grep -q "$(openssl x509 -in "$authorities/$file" -outform DER | sha256sum | cut -d' ' -f1)" "$work/out"; }; then
		wrong "is not $file: $(cat "$work/out")"
	else
		pass
	fi
done <<'ROWS'
0|the CA that follows|--next good||rsa-ca2.pem|
0|... where an RA signs messages|--next good --ra two||rsa-ca2.pem|
0|... signed by a CA of EC|--next good --ca-key ec --ra one||ec-ca2.pem|
0|... signed with SHA-1, and that will do|--next sha1|--legacy|rsa-ca2.pem|
1|a server that has no such question|||none|has no GetNextCACert
1|none follows yet|--next missing||none|no CA follows
1|one that a stranger signed|--next forged||none|not signed by the CA in force
1|one that an RA signed|--next by-ra --ra one||none|not signed by the CA in force
1|one that was changed|--next changed||none|signature of the message is wrong
1|one signed with SHA-1|--next sha1||none|hash that is not taken
1|none in it|--next empty||none|cannot be read
1|one that is no CA|--next no-ca||none|cannot be read
1|bytes that are no CMS|--next garbage||none|cannot be read
ROWS

# renewed just before the CA ends: by the one that follows, which was asked for in time
name="renewal at the roll-over"
become rollover --next soon
forget
enroll --type rsa:2048
judge 0 9a ""
heir
cat "$authorities/rsa-ca.pem" "$work/heir.pem" > "$authorities/both.pem"
become rollover --rolled
# shellcheck disable=SC2046
run renew 9a $(here)
slot=$(new_slot)
[ "$got" != 0 ] && [ -z "$slot" ] || wrong "believes who nobody vouched for"
# shellcheck disable=SC2046
run renew 9a --ca "scep+http://127.0.0.1:$port/rollover/scep" --ca-file "$authorities/both.pem"
judge 0 "$(new_slot)" ""

name="renewal of an EC key, with a challenge"
become renewal-ec --challenge secret1234
forget
enroll --type ec:p256
judge 0 9a ""
# shellcheck disable=SC2046
run renew 9a $(here) --challenge-file "$work/challenge"
judge 0 "$(new_slot)" ""

report
