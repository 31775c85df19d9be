#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a certificate costs by each protocol, in one table: private-key operations of the
# token, PIN prompts, keys made.  The last operation is always the proof that the
# installed pair works, which no protocol asks for.
# shellcheck disable=SC2034,SC2086,SC2154
set -u
approval=automatic
. "$top_srcdir/tests/interop/every-lib.sh"
. "$top_srcdir/tests/interop/prompts-lib.sh"
operations() { ctl log | grep -c ' 00 87 [01][0-9A-F] \(9[ACDE]\|8[2-9A-F]\|9[0-5]\) .* 9000 '; }

printf '%-44s %10s %7s %4s\n' "" operations prompts keys
# costs WHAT OPERATIONS PROMPTS KEYS COMMAND...: tamga, all in all
costs() {
	what=$1 wanted="$2 $3 $4"
	shift 4
	: >"$PINENTRY_LOG"
	ctl mark
	run 0 "$tamga" "$@" --no-pcsc --pinentry="$work/pinentry" --quiet
	# shellcheck disable=SC2046
	set -- $(operations) $(prompts) $(generated)
	printf '%-44s %10s %7s %4s\n' "$what" "$@"
	[ "$*" = "$wanted" ] || { ctl log; fail "$what: $*, not $wanted"; }
}
# anew [OPTION]: another card, and nothing known of before
anew() { fresh_card --yubikey=5.7.1; }
trust="--ca-file $TAMGA_TEST_RA_CA"
account="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
secret() {
	"$TAMGA_TEST_RA" secret add "$1" --config "$TAMGA_TEST_RA_DIR/doors.conf" >"$work/secret" ||
		fail "secret add $1"
}
challenge() { "$TAMGA_TEST_RA" challenge new employee >"$work/challenge" || fail "challenge new"; }

# before the CMP server, one that counts what certificates come along
mkfifo "$work/between"
python3 -B "$top_srcdir/tests/interop/cmp-extra.py" "${plain##*:}" "$work/extra" >"$work/between" &
children="$children $!"
read -r between <"$work/between"
: >"$work/extra"
# along REQUEST CERTIFICATES: what came last
along() {
	[ "$(tail -n 1 "$work/extra")" = "$1 $2" ] || { cat "$work/extra"; fail "not $2 certificates with body $1"; }
}

# request, proof
anew
costs "EST" 2 1 1 enroll --ca "est+$tls" $trust $account --slot 9a --subject CN=est
# request, TLS, proof
costs "EST, renewed" 3 1 1 renew 9a --no-swap
anew
costs "EST, a key that wants its PIN always" 2 1 1 enroll --ca "est+$tls" $trust $account --slot 9c \
	--pin-policy always --subject CN=always
anew
secret counts-1
costs "CMP by a secret (ir)" 2 1 1 enroll --ca "cmp+http://127.0.0.1:$between" $trust --user counts-1 \
	--password-file "$work/secret" --slot 9a --subject CN=counts-1
along 0 0
secret counts-2
costs "CMP by a secret (cr)" 2 1 1 enroll --ca "cmp+$plain" $trust --user counts-2 \
	--password-file "$work/secret" --ca-option command=cr --slot 9c --subject CN=counts-2
# the new key's proof, the old key's protection, proof
costs "CMP by signature (kur), implicit confirmation" 3 1 1 renew 9a --no-swap
along 7 1	# the signer's own: its issuer is the root
anew
challenge
costs "SCEP, a key in software for the messages" 2 1 1 enroll --ca "scep+$plain/scep" $trust \
	--challenge-file "$work/challenge" --type ec:p256 --slot 9a --subject CN=scep-ec
anew
challenge
# request, certificate of one's own (RFC 8894 2.3), message; the answer opened; proof
costs "SCEP by the textbook (RSA)" 5 1 1 enroll --ca "scep+$plain/scep" $trust \
	--challenge-file "$work/challenge" --type rsa:2048 --slot 9a --subject CN=scep-rsa
# request by the new key; message by the old, the answer opened; proof
costs "SCEP, renewed by the textbook" 4 1 1 renew 9a --no-swap
anew
costs "ACME" 2 1 1 enroll --ca "acme+$acme" --ca-file "$work/ca.pem" --ca-option terms="$terms" \
	--ca-option webroot="$work/www" --slot 9a --subject CN=a.example --san dns:a.example
anew
printf '{"who": "Portal"}\n' >"$work/answers"
costs "portal" 2 1 1 enroll --ca "portal+$tls" $trust --profile walk --answers "$work/answers" \
	--agree "$(sha256sum <"$folder/terms" | cut -d' ' -f1)" --slot 9a
