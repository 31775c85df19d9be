#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tamga renew and tamga enroll --resume against an EST server that was written
# from the RFCs alone: RFC 7030 4.2.2 (the same names, the old certificate in
# TLS), 4.2.3 (the identical request again).
set -u
if [ -z "${PEER_CARD:-}" ]; then
	PEER_CARD=yes
	export PEER_CARD
	exec sh "${top_srcdir:-$(dirname "$0")/../..}/tests/with-card" --no-pcscd \
		--card piv --card openpgp -- sh "$0" "$@"
fi
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$top_srcdir/tests/interop/peer-card-lib.sh"

here() { echo --ca "est+https://localhost:$port" --ca-file "$dir/both-anchors.pem" --timeout 10; }

# done_right EXPECTED SLOT: the last run against the last server
done_right() {
	if [ "$got" -ne "$1" ]; then
		wrong "exit $got, not $1"
	elif [ -s "$dir/violations" ]; then
		wrong "broke a clause"
	elif [ "$1" -eq 0 ] && [ "$(on_card "$2")" != "$(tail -n 1 "$dir/issued")" ]; then
		wrong "not the certificate issued"
	else
		pass
	fi
}

enroll() {
	# shellcheck disable=SC2046
	run enroll --destroy --slot 9a $(here) --subject "CN=Асель Ким,O=Other House" \
	    --san "email:asel@example.org" --user anna --password-file "$work/password" "$@"
	got=$?
}

renew() {
	# shellcheck disable=SC2046
	run renew 9a $(here) "$@"
	got=$?
}

# ---- renewals: one row is the server's options; the old certificate is its own
number=0
while IFS='|' read -r slot name options ours; do
	case $slot in ''|'#'*) continue ;; esac
	number=$((number + 1))
	rm -rf "$XDG_STATE_HOME"
	# shellcheck disable=SC2086
	start "renew$number" $options
	enroll < /dev/null
	done_right 0 9a
	# shellcheck disable=SC2086
	renew $ours < /dev/null
	done_right 0 "$slot"
	grep -q 'POST .*simplereenroll .*cert=True' "$dir/requests" ||
		wrong "renewed without showing the old certificate"
	run cert delete 9c --yes < /dev/null
	run key delete 9c --yes < /dev/null
done <<'ROWS'
9c|a new key|--auth basic-or-cert|--destroy --slot 9c
9a|the same key|--auth basic-or-cert|--same-key
9c|TLS 1.2|--auth basic-or-cert --tls 1.2|--destroy --slot 9c
9c|TLS 1.3|--auth basic-or-cert --tls 1.3|--destroy --slot 9c
9c|an issuing CA, shuffled|--auth basic-or-cert --depth 3 --order shuffled --enroll-chain all|--destroy --slot 9c
9c|chunked, closed, 103|--auth basic-or-cert --chunked --close --early|--destroy --slot 9c
ROWS

# ---- an answer from before: the certificate that is to be renewed
name="the old certificate, given back"
rm -rf "$XDG_STATE_HOME"
start stale --auth basic-or-cert --stale
enroll < /dev/null
done_right 0 9a
renew --same-key < /dev/null
if [ "$got" -ne 1 ] || ! grep -q 'gave the old certificate back' "$work/err"; then
	wrong "exit $got"
elif [ "$(on_card 9a)" != "$(tail -n 1 "$dir/issued")" ]; then
	wrong "something was installed"
else
	pass
fi

# ---- who waits resumes with the identical request
for retry in seconds date none; do
	name="202 ($retry), then --resume --now"
	rm -rf "$XDG_STATE_HOME"
	start "resume-$retry" --pending 1 --retry $retry
	enroll
	done_right 6 9a
	# The password is not kept: it is given again, or asked for.
	run enroll --resume --now --user anna --password-file "$work/password"
	got=$?
	done_right 0 9a
	[ "$(grep -c 'POST' "$dir/requests")" -ge 2 ] || wrong "did not ask again"
done

# ---- an applicant without the certificate that the server wants is told so
name="client certificate required in TLS"
rm -rf "$XDG_STATE_HOME"
start required --client-cert required
enroll
if [ "$got" -eq 0 ]; then wrong "enrolled"; else pass; fi

# ---- an RSA key of a card that pads: TLS 1.2 and PKCS #1 v1.5, where the server has both
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD_2
printf "12345678\n" > "$work/admin"
enroll_padding() {
	rm -rf "$XDG_STATE_HOME"
	# shellcheck disable=SC2046
	run enroll --destroy --slot aut $(here) --type rsa:2048 --subject "CN=Асель Ким,O=Other House" \
	    --user anna --password-file "$work/password" --admin-key-file "$work/admin" < /dev/null
	got=$?
	done_right 0 aut
}
renew_padding() {
	# shellcheck disable=SC2046
	run renew aut --same-key $(here) --admin-key-file "$work/admin" < /dev/null
	got=$?
}
for tls in 1.2 any; do
	name="a card that pads, TLS $tls"
	start "padding-$tls" --auth basic-or-cert --tls $tls
	enroll_padding
	renew_padding
	done_right 0 aut
done
name="a card that pads, TLS 1.3 alone"
start padding-1.3 --auth basic-or-cert --tls 1.3
enroll_padding
issued=$(wc -l < "$dir/issued")
renew_padding
if [ "$got" -ne 1 ]; then wrong "exit $got, not 1"; fi
grep -q 'TLS 1.3 alone.*PKCS #1 v1.5 alone' "$work/err" || wrong "another reason"
[ "$(wc -l < "$dir/issued")" = "$issued" ] || wrong "issued"

# ---- a card's slot whose PIN is good for one signature.  Between two words to the card that
# lie more than a second apart somebody else may have used it: what it said is asked anew
on_pgp() {
	# shellcheck disable=SC2046
	run "$@" $(here) --admin-key-file "$work/admin" < /dev/null
	got=$?
}
# policy SLOT WORD: when the key there wants its PIN
policy() {
	run info --json < /dev/null
	jq -e --arg s "$1" --arg p "$2" '[.. | objects | select(.slot? == $s)][0].pin_policy == $p' \
		"$work/out" > /dev/null || wrong "the PIN policy of $1 is not $2"
}
for options in "--slow 1.5" "--slow 1.5 --close --tls 1.2" "--close"; do
	name="a PIN for each signature, $options"
	rm -rf "$XDG_STATE_HOME"
	# shellcheck disable=SC2086
	start "always${options%% *}-${options##* }" --auth basic-or-cert $options
	on_pgp enroll --destroy --slot sig --type ec:p256 --subject "CN=Asel,O=Other House" \
		--user anna --password-file "$work/password"
	done_right 0 sig
	run key policy sig --pin-policy always --admin-key-file "$work/admin" < /dev/null
	policy sig always
	on_pgp renew sig --same-key
	done_right 0 sig
done
name="into a slot that has another PIN policy"
on_pgp renew sig --slot aut --destroy
done_right 0 aut
policy aut once
policy sig always
name="and back"
on_pgp renew aut --slot sig --destroy
done_right 0 sig
policy sig always

report
