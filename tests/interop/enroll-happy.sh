#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The whole of it on a good day, counted: one process, one PIN prompt, one
# login, two signatures, no file beside the journal.  enroll-happy.sh [KIND]: over
# another kind of card than PIV.
# shellcheck disable=SC2086
set -u
kind=${1:-piv}
. "$top_srcdir/tests/interop/enroll-lib.sh"

# ---- a rehearsal changes nothing ----------------------------------------------
ctl mark
run 0 "$tamga" enroll $local $official --subject "$name" --san email:asel@example.kz --dry-run
grep -q 'BEGIN CERTIFICATE REQUEST' "$work/out" || fail "no request shown"
sed -n '/BEGIN/,/END/p' "$work/out" | openssl req -noout -verify -text -nameopt utf8 \
	>"$work/req" 2>/dev/null || fail "openssl does not verify the rehearsed request"
grep -q 'Әсел Қазбекқызы' "$work/req" || fail "the name is not as typed"
# csrattrs are applied: the authority asks for key usage, nobody else did
grep -q 'Key Usage' "$work/req" || fail "what the authority wants is not in the request"
[ "$(generated)$(verified)$(journals)" = 000 ] || fail "the rehearsal changed something"
ok "rehearsed: nothing changed, the authority's wishes applied"

# ---- one command ---------------------------------------------------------------
ctl mark
if command -v strace >/dev/null; then
	watch="strace -f -qq -e trace=execve,openat,creat,fork,vfork -o $work.trace"
fi
run 0 ${watch:-} "$tamga" enroll $local $official --slot $first --subject "$name" --san email:asel@example.kz
[ "$(generated)" = 1 ] || fail "$(generated) keys made"
[ "$(verified)" = 1 ] || fail "$(verified) logins"
[ "$(signatures)" = 2 ] || fail "$(signatures) signatures"
[ "$(applications)" = 1 ] || fail "$(applications) applications"
count=$(ctl count)
if [ -n "${watch:-}" ]; then
	[ "$(grep -c execve "$work.trace")" = 1 ] || fail "more than one process"
	grep -E 'O_WRONLY|O_RDWR|creat\(' "$work.trace" | grep -v -e /dev/ -e "$work/state/tamga" \
		-e ENOENT -e "$work/out" && fail "files beside the journal"
	grep -qF "$TAMGA_TEST_PIN" "$work.trace" && fail "the PIN is seen"
fi
rm -f "$work.trace"
[ "$(journals)" = 1 ] || fail "$(journals) journals"
grep -rqF -e "$TAMGA_TEST_PIN" -e "$TAMGA_TEST_RA_PASSWORD" "$work/state" &&
	fail "a secret is in the journal"
[ "$(stat -c %a "$work"/state/tamga/*.json)" = 600 ] || fail "the journal's mode"
[ "$(stat -c %a "$work/state/tamga")" = 700 ] || fail "the folder's mode"
assert_installed $first
openssl x509 -in "$work/cert.pem" -noout -subject -nameopt utf8,sep_comma_plus |
	grep -q 'Әсел Қазбекқызы' || fail "another name in the certificate"
ok "enrolled: 1 process, 1 login, 2 signatures, $count APDUs, 1 journal"

# ---- asked twice ----------------------------------------------------------------
run 0 "$tamga" cert export --no-pcsc $first -o "$work/first.pem"
ctl mark
run 0 "$tamga" enroll $local $official --slot $first --subject "$name" --san email:asel@example.kz
says "Already enrolled: certificate"
[ "$(generated)$(verified)$(signatures)" = 000 ] || fail "asking twice did something"
run 0 "$tamga" cert export --no-pcsc $first -o "$work/second.pem"
cmp -s "$work/first.pem" "$work/second.pem" || fail "another certificate"
[ "$(applications)" = 1 ] || fail "a second application"
ok "asked twice: the same result, no second key"

# ---- an officer decides ----------------------------------------------------------
waits="--ca $TAMGA_TEST_RA_EST/$TAMGA_TEST_RA_OFFICER --ca-file $TAMGA_TEST_RA_CA \
--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
ctl mark
run 6 "$tamga" enroll $local $waits --slot $second --subject "CN=Ждёт" --json
id=$(sed -n 's/^    "id": "\(.*\)",$/\1/p' "$work/out")
grep -q '"state": "submitted"' "$work/out" || fail "no state"
grep -q '"retry_after"' "$work/out" || fail "no advice"
run 6 "$tamga" enroll --resume "$id" $local --user "$TAMGA_TEST_RA_USER" \
	--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
says "$id"
ctl remove
run 6 "$tamga" enroll --resume "$id" $local --user "$TAMGA_TEST_RA_USER" \
	--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
ctl insert
run 0 "$tamga" status "$id"
grep -q submitted "$work/out" || fail "status does not tell"
run 0 "$TAMGA_TEST_RA" approve "$(submitted)"
run 0 "$tamga" enroll --resume "$id" $local --user "$TAMGA_TEST_RA_USER" \
	--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
[ "$(generated)" = 1 ] || fail "$(generated) keys made"
[ "$(applications)" = 2 ] || fail "$(applications) applications"
assert_installed $second
ok "pending: exit 6 three times, once without the card, then the same key, one application"

# --wait stays until the officer has decided
(for _ in $(seq 200); do
	id=$(submitted)
	[ -z "$id" ] || break
	sleep 0.2
done
sleep 1		# it waits
"$TAMGA_TEST_RA" approve "$id" >/dev/null) &
run 0 "$tamga" enroll $local $waits --slot $third --subject "CN=Waits" --wait=50
wait $!
ok "--wait: the same process has it in the end"

# ---- renewal ----------------------------------------------------------------------
ctl mark
run 0 "$tamga" renew $local $first --same-key
[ "$(generated)" = 0 ] || fail "a same-key renewal made a key"
[ "$(verified)" = 1 ] || fail "$(verified) logins"
[ "$(signatures)" -le 3 ] || fail "$(signatures) signatures"
run 0 "$tamga" cert export --no-pcsc $first -o "$work/renewed.pem"
for what in -pubkey -subject '-ext subjectAltName'; do
	[ "$(openssl x509 -in "$work/first.pem" -noout $what)" = \
	    "$(openssl x509 -in "$work/renewed.pem" -noout $what)" ] || fail "$what changed"
done
[ "$(openssl x509 -in "$work/first.pem" -noout -serial)" != \
    "$(openssl x509 -in "$work/renewed.pem" -noout -serial)" ] || fail "the old certificate"
assert_installed $first
ok "renewed with the same key: TLS, request and test signature, 1 login"

ctl mark
if [ -n "$spare" ]; then
	run 0 "$tamga" renew $local $first --json
	slot=$(sed -n 's/^    "slot": "\(.*\)",$/\1/p' "$work/out")
	[ "$slot" != $first ] || fail "the old key is gone"
	[ "$(generated)" = 1 ] || fail "$(generated) keys made"
	assert_installed "$slot"
	assert_installed $first
	ok "renewed with a new key in $slot, the old one untouched"
else
	run 1 "$tamga" renew $local $first
	says "has no free slot for a new key like the one in $first"
	[ "$(generated)$(verified)$(written)" = 000 ] || fail "a refused renewal did something"
	assert_installed $first
	ok "no slot is free for a new key: refused before anything was done"
fi

run 1 "$tamga" revoke --no-pcsc $first
says "ask the authority"
ok "revocation: EST has none, and it is said"

# ---- a request to carry away --------------------------------------------------------
run 0 "$tamga" csr $local $first --subject "$name" --san dns:asel.example.kz --eku clientAuth -o "$work/a.csr"
openssl req -in "$work/a.csr" -noout -verify -text -nameopt utf8 >"$work/req" 2>&1 ||
	fail "openssl does not verify the request"
grep -q 'Әсел' "$work/req" && grep -q 'DNS:asel.example.kz' "$work/req" || fail "not as asked"
run 0 "$tamga" csr $local $first --subject "$name" --der
openssl req -inform DER -in "$work/out" -noout -verify 2>/dev/null || fail "no DER"
run 2 "$tamga" csr $local $first
ok "tamga csr: openssl verifies it"

# ---- other keys, attestation: a new card for each ----------------------------------
for type in rsa:2048 ec:p384; do
	fresh_card $fresh
	run 0 "$tamga" enroll $local $official --type $type --subject "CN=$type"
	[ "$(signatures)" = 2 ] || fail "$type: $(signatures) signatures"
	assert_installed $default
	ok "$type in the default slot"
done
fresh_card $fresh
if [ -n "$attests" ]; then
	run 0 "$tamga" enroll $local $official --attest --subject CN=Attested
	sed -n 's/^ "request": "\(.*\)",$/\1/p' "$work"/state/tamga/*.json | base64 -d |
		openssl asn1parse -inform DER >"$work/asn1" || fail "no request in the journal"
	[ "$(wc -l <"$work/asn1")" -gt 40 ] || fail "no attestation in the request"
	ok "the request carries the attestation"
else
	ctl mark
	run 1 "$tamga" enroll $local $official --attest --subject CN=Attested
	says attest
	[ "$(generated)$(verified)" = 00 ] || fail "a key that nobody can attest was made"
	ok "no attestation: refused before a key is made"
	run 0 "$tamga" enroll $local $official --subject CN=Unattested
fi
