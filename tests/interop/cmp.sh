#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The CMP client against OpenSSL's: every request, both confirmations, polling
# from another process, refusals; signatures of the card counted.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"

enroll="$tamga enroll $local --keep-key --slot 9a --quiet"

# protected by a secret, confirmed as the server has it: one signature asks,
# one proves the certificate on the card
for how in "ir implicit" "ir explicit" "cr implicit" "p10cr explicit"; do
	set -- $how
	key "/CN=Asel"
	case $2 in implicit) grant=-grant_implicitconf ;; *) grant= ;; esac
	mock $mac $grant
	run 0 $enroll $mock $secret --ca-option "command=$1" --subject CN=Asel
	[ "$(signatures)" = 2 ] || fail "$how: $(signatures) signatures"
	case $how in
	*implicit) heard "$(echo "$1" | tr a-z A-Z)" ;;
	*) heard "$(echo "$1" | tr a-z A-Z)" CERTCONF ;;
	esac
	assert_installed 9a
	ok "$how"
done

# nobody asks to go without a confirmation when it was chosen
key "/CN=Asel"
mock $mac -grant_implicitconf
run 0 $enroll $mock $secret --ca-option confirm=explicit --subject CN=Asel
heard IR CERTCONF
ok "an explicit confirmation although the server needs none"

for type in rsa:2048 ec:p384; do
	key "/CN=Asel" $type
	mock $mac -grant_implicitconf
	run 0 $enroll $mock $secret --subject CN=Asel
	assert_installed 9a
	ok "$type"
done

# another process asks what became of it, by the same transaction
for command in ir p10cr; do
	key "/CN=Asel"
	mock $mac -poll_count 2 -check_after 4
	run 6 $enroll $mock $secret --ca-option command=$command --subject CN=Asel
	heard "$(echo $command | tr a-z A-Z)" POLLREQ
	run 0 "$tamga" status --json
	grep -q '"retry_after": *4' "$work/out" || fail "$command: no time to come again"
	[ "$(signatures)" = 1 ] || fail "$command: $(signatures) signatures before the decision"
	run 0 "$tamga" enroll --resume $local $secret --quiet
	heard "$(echo $command | tr a-z A-Z)" POLLREQ POLLREQ CERTCONF
	[ "$(signatures)" = 2 ] || fail "$command: $(signatures) signatures"
	[ "$(state)" = done ] || fail "$command: $(state)"
	assert_installed 9a
	ok "$command: decided later"
done

# refused MOCK-OPTIONS STATUS WORDS
refused() {
	key "/CN=Asel"
	mock $mac $1
	run "$2" $enroll $mock $secret --subject CN=Asel
	says "$3"
	ok "$1: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
}
refused "-pkistatus 2 -failure 19 -statusstring Name_is_taken" 7 'this content ("Name_is_taken")'
refused "-pkistatus 2 -failure 24" 1 'try again later'
refused "-pkistatus 2 -failure 23" 7 'refuses you'
refused "-send_error" 7 'not permit or offer'
refused "-pkistatus 2 -failure 21" 7 'does not tell what became of it'
refused "-send_unprotected" 1 'is not protected'
refused "-send_error -send_unprot_err" 1 'is not protected'

# whoever says so believes refusals that anybody may have made
key "/CN=Asel"
mock $mac -send_error -send_unprot_err
run 7 $enroll $mock $secret --ca-option unprotected-errors=yes --subject CN=Asel
ok "an unprotected refusal is believed by whoever says so"

# the server has another secret: it is told apart from a refusal
key "/CN=Asel"
mock -srv_ref kid1 -srv_secret pass:other
run 1 $enroll $mock $secret --subject CN=Asel
says "secret right"
ok "another secret: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"

# nobody asks an authority that cannot know who asks
key "/CN=Asel"
mock $mac
run 7 $enroll $mock --subject CN=Asel
says "reference as user name"
[ "$(signatures)" = 0 ] || fail "signed without a secret"
heard
ok "no secret"

# what a template has no place for goes in PKCS #10
key "/CN=Asel"
mock $mac -grant_implicitconf
echo hello >"$work/challenge"
run 0 $enroll $mock $secret --challenge-file "$work/challenge" --subject CN=Asel
heard P10CR
run 0 "$tamga" cert delete $local 9a --yes
rm -rf "$work/state"
run 1 $enroll $mock $secret --challenge-file "$work/challenge" --subject CN=Asel \
	--ca-option command=ir
says "command=p10cr"
ok "a challenge password"

# a key of Ed25519 proves that it is there, but can sign no messages
fresh_card --yubikey=5.7.1
run 0 "$tamga" key generate $local 9a --type ed25519 -q -o "$work/pub.pem"
leaf /CN=Asel "$work/pub.pem" "$work/leaf.pem"
mock $mac -grant_implicitconf
run 0 $enroll $mock $secret --subject CN=Asel
heard IR
mock -grant_implicitconf
run 1 "$tamga" renew $local 9a $mock --quiet
says 'cannot be signed by a key of Ed25519'
heard
[ "$(generated)" = 0 ] || fail "a key was made for nothing"
ok "ed25519"

# what the messages are like: the journal has the request as it was sent
request() {
	sed -n 's/^ "request": "\(.*\)",$/\1/p' "$(ls -t "$work"/state/tamga/*.json |
		head -n 1)" | base64 -d |
		openssl asn1parse -inform DER -i 2>/dev/null
}
has() { request | grep -q -e "$1" || fail "$how: no $1 in the request"; }
for how in "hmac-sha1 hmac-sha1" "hmac-sha384 hmacWithSHA384" "hmac-sha512 hmacWithSHA512"; do
	set -- $how
	key "/CN=Asel"
	mock $mac -grant_implicitconf
	run 0 $enroll $mock $secret --ca-option mac=$1 --subject CN=Asel
	has ":$2"
	assert_installed 9a
	ok "mac=$1"
done
for how in "sha256 ecdsa-with-SHA256" "sha384 ecdsa-with-SHA384" "sha512 ecdsa-with-SHA512"; do
	set -- $how
	key "/CN=Asel"
	mock $mac -grant_implicitconf
	run 0 $enroll $mock $secret --ca-option digest=$1 --subject CN=Asel
	has ":$2"	# the proof of possession
	assert_installed 9a
	ok "digest=$1"
done
how=recipient
key "/CN=Asel"
mock $mac -grant_implicitconf
run 0 $enroll $mock $secret --ca-option "recipient=CN=CMP Root,O=Өз үйі" --subject CN=Asel
has 'Өз үйі\|UTF8STRING.*үйі'
ok "recipient="

# a renewal with the same key, signed; who answers signs, too
renewed() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$work/any.key" -subj /CN=Asel 2>/dev/null |
		openssl x509 -req -force_pubkey "$work/pub.pem" -CA "$work/ca.pem" \
			-CAkey "$work/ca.key" -days 25 -out "$work/leaf.pem" 2>/dev/null
}
for how in "sha384 implicit" "sha512 explicit"; do
	set -- $how
	key "/CN=Asel"
	mock $mac -grant_implicitconf
	run 0 $enroll $mock $secret --subject CN=Asel
	renewed
	case $2 in implicit) grant=-grant_implicitconf ;; *) grant= ;; esac
	mock $grant
	run 0 "$tamga" renew $local 9a --same-key $mock --ca-option command=cr --ca-option digest=$1 --quiet
	case $2 in implicit) heard CR ;; *) heard CR CERTCONF ;; esac
	has ":ecdsa-with-SHA${1#sha}"
	assert_installed 9a
	ok "a renewal, $how"
done
# ... and is nobody's authority, unless he is named
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Front desk" \
	-keyout "$work/desk.key" 2>/dev/null | openssl x509 -req -CA "$work/ca.pem" \
	-CAkey "$work/ca.key" -days 20 -out "$work/desk.pem" 2>/dev/null
key "/CN=Asel"
mock $mac -grant_implicitconf
run 0 $enroll $mock $secret --subject CN=Asel
renewed
mock -grant_implicitconf -srv_cert "$work/desk.pem" -srv_key "$work/desk.key"
run 1 "$tamga" renew $local 9a --same-key $mock --ca-option command=cr --quiet
says "no authority's"
rm -rf "$work/state"
run 1 "$tamga" renew $local 9a --same-key $mock --ca-option command=cr --quiet --ca-option "sender=CN=Somebody"
rm -rf "$work/state"
run 0 "$tamga" renew $local 9a --same-key $mock --ca-option command=cr --quiet --ca-option "sender=CN=Front desk"
assert_installed 9a
ok "sender="

key "/CN=Asel"
run 1 $enroll --ca cmp+http://127.0.0.1:1 --ca-option mac=pbmac1 --ca-file "$work/ca.pem" \
	$secret --subject CN=Asel
says "PBMAC1"
for wrong in questions=none command=kur mac=md5 digest=sha1 confirm=maybe path=cmp colour=red; do
	run 2 $enroll --ca cmp+http://127.0.0.1:1 --ca-option $wrong --ca-file "$work/ca.pem" \
		$secret --subject CN=Asel
done
run 2 $enroll --ca cmp+http://127.0.0.1:1/x --ca-option path=/y --ca-file "$work/ca.pem" \
	$secret --subject CN=Asel
says "only one of"
ok "options that are none"
