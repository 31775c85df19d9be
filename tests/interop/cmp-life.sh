#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A certificate's life over CMP: enrolled by a secret, renewed by its own key
# and by a secret, revoked; decided at once, later, and over again. The
# authority's notes tell what it was asked, the card's how often it signed.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"
serve_cmp

# every signature, in whatever slot; the last one of an enrollment proves that
# the certificate is installed
signed() { ctl log | grep -c ' 00 87 [01][0-9A-F] \(9[ACDE]\|8[2-9A-F]\|9[0-5]\) .* 9000 '; }
# costs SIGNATURES WHAT: since the last time
costs() {
	[ "$(signed)" = "$1" ] || fail "$2: $(signed) signatures, not $1"
	ctl mark
	ok "$2: $1 signatures, one of them the proof"
}
slot() { sed -n 's/^  slot \([0-9a-f]*\),.*/\1/p' "$work/out"; }

# ---- at once -------------------------------------------------------------------
for how in good signed ra status; do
	fresh_card --yubikey
	ctl mark
	run 0 "$tamga" enroll $local $(at $how) $secret --slot 9a --subject CN=Asel \
		--san email:asel@a.example --quiet
	asked ir issued
	costs 2 "$how"
	assert_installed 9a
	openssl x509 -in "$work/cert.pem" -noout -ext subjectAltName |
		grep -q asel@a.example || fail "$how: no alternative name"
done

# ---- renewed by its key, by a secret, with the same key --------------------------
# the renewals find the authority, and its option, in the journal
fresh_card --yubikey
run 0 "$tamga" enroll $local --ca "cmp+http://127.0.0.1:$served" --ca-option path=/good \
	--ca-file "$work/ca.pem" $secret --slot 9a --subject CN=Asel --quiet
asked ir issued
ctl mark
run 0 "$tamga" renew 9a $local
asked "kur signed" issued
costs 3 "renewed by the old key"
first=$(slot)
assert_installed "$first"
ctl mark
run 0 "$tamga" renew "$first" $local $secret
asked kur issued
costs 2 "renewed by a secret"
second=$(slot)
run 0 "$tamga" renew "$second" $local --same-key
asked "kur signed" issued
costs 3 "the same key"

# ---- a renewal that the authority confirms, and one that it decides later --------
run 0 "$tamga" renew "$second" $local $(at explicit) --same-key
asked "kur signed" issued "certConf signed"
costs 4 "an explicit confirmation"
run 6 "$tamga" renew "$second" $local $(at wait) --same-key
asked "kur signed"
[ "$(signed)" = 2 ] || fail "a signed renewal polled: $(signed) signatures"
run 6 "$tamga" enroll --resume $local
run 6 "$tamga" enroll --resume $local
run 0 "$tamga" enroll --resume $local
asked "pollReq signed pollReq signed pollReq signed" issued
costs 6 "a renewal decided at the third asking"

# ---- decided later, by secret: every question in a process of its own -------------
fresh_card --yubikey
ctl mark
run 6 "$tamga" enroll $local $(at wait) $secret --slot 9a --subject CN=Asel
run 6 "$tamga" enroll --resume $local $secret
run 0 "$tamga" status --json
grep -q '"retry_after": *7' "$work/out" || fail "no time to come again"
run 0 "$tamga" enroll --resume $local $secret
asked ir pollReq pollReq pollReq issued
costs 2 "decided at the third asking"
[ -z "$(ls "$work/state/tamga" | grep 'state$')" ] || fail "something is still remembered"

fresh_card --yubikey
run 6 "$tamga" enroll $local $(at year) $secret --slot 9a --subject CN=Asel
run 0 "$tamga" status --json
grep -q '"retry_after": *31536000' "$work/out" || fail "a moment beyond a year"
asked ir pollReq
ok "an absurd time is a year"

# ---- the authority's server was started again: it knows the request, no more ------
fresh_card --yubikey
ctl mark
run 6 "$tamga" enroll $local $(at wait-explicit) $secret --slot 9a --subject CN=Asel
kill "$cmp_pid" && wait "$cmp_pid" 2>/dev/null
start_cmp "$served"
run 6 "$tamga" enroll --resume $local $secret
run 0 "$tamga" enroll --resume $local $secret
asked ir pollReq pollReq ir pollReq pollReq issued certConf
costs 2 "a server that was started again"

# ---- revoked: signed by the key, or by a secret --------------------------------------
run 0 "$tamga" renew 9a $local $(at good) --same-key
ctl mark
asked "kur signed" issued
run 0 "$tamga" revoke 9a $local --reason superseded
run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
serial=$(openssl x509 -in "$work/cert.pem" -noout -serial | cut -d= -f2 | sed 's/^0*//')
asked "rr signed" revoked "$serial"
[ "$(signed)" = 1 ] || fail "revoking: $(signed) signatures"
run 0 "$tamga" revoke 9a $local $secret
asked rr revoked "$serial"
run 1 "$tamga" revoke 9a $local $(at open) $secret
says "not protected"
run 1 "$tamga" revoke 9a $local $(at close) $secret
ok "revoked by its key and by a secret"
: >"$work/cmp/log"

# ---- another name, agreed to -----------------------------------------------------------
fresh_card --yubikey
run 1 "$tamga" enroll $local $(at mods) $secret --slot 9a --subject CN=Asel
says "Mods"
run 0 "$tamga" enroll --resume $local $secret --accept-subject
asked ir issued ir
ok "granted with modifications, and agreed to"

# ---- granted, but not all of it; clocks ------------------------------------------------
for command in ir p10cr; do
	fresh_card --yubikey
	run 0 "$tamga" enroll $local $(at fewer) $secret --slot 9a --subject CN=Asel \
		--san email:asel@a.example --ca-option command=$command
	says 'with changes: .*Subject Alternative Name'
	run 0 "$tamga" status --json
	grep -q '"note": .*Subject Alternative Name' "$work/out" || fail "$command: no note"
done
fresh_card --yubikey
run 0 "$tamga" enroll $local $(at silent) $secret --slot 9a --subject CN=Asel --san email:asel@a.example
says 'with changes: .*Subject Alternative Name'
fresh_card --yubikey
run 0 "$tamga" enroll $local $(at late) $secret --slot 9a --subject CN=Asel
says '3 hours behind'
fresh_card --yubikey
run 1 "$tamga" enroll $local $(at ahead) $secret --slot 9a --subject CN=Asel
says '2 days ahead\|3 days ahead'
fresh_card --yubikey
run 7 "$tamga" enroll $local $(at badtime) $secret --slot 9a --subject CN=Asel
says 'ahead of this'
fresh_card --yubikey
run 0 "$tamga" enroll $local $(at good) $secret --slot 9a --subject CN=Asel
! grep -q '^Note' "$work/said" || fail "a note without a cause"
ok "what was changed, and clocks that differ, are told"
: >"$work/cmp/log"

# ---- a time to confirm: in time; and when it was over, nothing is installed ------------
fresh_card --yubikey
run 0 "$tamga" enroll $local $(at hurry) $secret --slot 9a --subject CN=Asel
asked ir issued certConf
fresh_card --yubikey
run 7 "$tamga" enroll $local $(at overdue) $secret --slot 9a --subject CN=Asel
says 'waited until 20..-..-.. ..:..:.. UTC for the certificate to be confirmed'
says 'cancel'
run 0 "$tamga" list $local
! grep -q 'CN=Asel' "$work/out" || fail "a certificate that was taken back is installed"
ok "confirmed in time; what was confirmed too late is not installed"
: >"$work/cmp/log"

# ---- a key that wants its PIN before each signature --------------------------------------
fresh_card --yubikey
ctl mark
run 0 "$tamga" enroll $local $(at good) $secret --slot 9c --subject CN=Asel
[ "$(verified) $(signed)" = "2 2" ] || fail "9c: $(verified) PINs, $(signed) signatures"
ok "a key that wants its PIN always: 1 PIN for the request, 1 for the proof"

# ---- what the authority tells when asked ----------------------------------------------------
general() { grep -c '^genm' "$work/cmp/log"; }
# tlv TAG FILE...: a DER object of more than 255 bytes
tlv() {
	tag=$1
	shift
	n=$(cat "$@" | wc -c)
	printf "\\$tag\\202\\$(printf %03o $((n / 256)))\\$(printf %03o $((n % 256)))"
	cat "$@"
}
it=$work/cmp/1.3.6.1.5.5.7.4

# keys of 2048 bits, RSA, for signatures (RFC 9483 4.3.3)
printf '\060\047\060\022\251\020\060\016\006\003\125\035\017\001\001\377\004\004\003\002\007\200\060\021\060\017\006\011\053\006\001\005\005\007\005\001\014\002\002\010\000' \
	>"$it.19.der"
fresh_card --yubikey
run 0 "$tamga" enroll $local $(at good) $secret --slot 9a --subject CN=Asel --quiet
run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
openssl x509 -in "$work/cert.pem" -noout -text >"$work/text"
grep -q '(2048 bit)' "$work/text" || fail "another key than the template wants"
grep -A1 'Key Usage: critical' "$work/text" | grep -q 'Digital Signature' ||
	fail "another use than the template wants"
fresh_card --yubikey
run 1 "$tamga" enroll $local $(at good) $secret --slot 9a --subject CN=Asel --type ec:p256
[ "$(generated)" = 0 ] || fail "a key that the authority does not take was made"
printf '\060\000' >"$it.19.der"
run 1 "$tamga" enroll $local $(at good) $secret --slot 9a --subject CN=Asel
says "wants in requests cannot be read"
rm "$it.19.der"
ok "the authority's template is what the request is made of"

# who has no secret is told nothing, unless the questions may cost signatures
printf '\060\047\060\022\251\020\060\016\006\003\125\035\017\001\001\377\004\004\003\002\007\200\060\021\060\017\006\011\053\006\001\005\005\007\005\001\014\002\002\010\000' \
	>"$it.19.der"
fresh_card --yubikey
run 0 "$tamga" enroll $local $(at good) $secret --slot 9a --subject CN=Asel --quiet
: >"$work/cmp/log"
run 0 "$tamga" renew 9a $local $(at good) --slot 9d --no-swap
[ "$(general)" = 0 ] || fail "$(general) questions that cost a signature"
ctl mark
run 0 "$tamga" renew 9a $local $(at good) --slot 82 --no-swap --ca-option questions=signed
[ "$(grep -c '^genm signed' "$work/cmp/log")" -ge 2 ] || fail "nothing was asked"
run 0 "$tamga" cert export --no-pcsc 82 -o "$work/cert.pem"
openssl x509 -in "$work/cert.pem" -noout -text | grep -A1 'Key Usage: critical' |
	grep -q 'Digital Signature' || fail "the template was not honoured"
ok "questions signed by the old key: $(general) of them, $(signed) signatures in all"
rm "$it.19.der"

# the root has a successor, which issues: whoever trusts the old one is told
openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=Old Root" -days 30 \
	-keyout "$work/old.key" -out "$work/old.pem" 2>/dev/null
printf 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n' >"$work/extensions"
openssl req -new -key "$work/ca.key" -subj "/CN=CMP Root" 2>/dev/null |
	openssl x509 -req -CA "$work/old.pem" -CAkey "$work/old.key" -days 20 \
		-extfile "$work/extensions" -outform DER -out "$work/new-with-old" 2>/dev/null
openssl x509 -in "$work/ca.pem" -outform DER -out "$work/new-with-new"
trusts_old="--ca cmp+http://127.0.0.1:$served/good --ca-file $work/old.pem"
fresh_card --yubikey
run 1 "$tamga" enroll $local $trusts_old $secret --slot 9a --subject CN=Asel
says "chain"
tlv 060 "$work/new-with-new" >"$it.17.der"
tlv 240 "$work/new-with-old" >"$work/wrapped"
tlv 060 "$work/new-with-new" "$work/wrapped" >"$it.18.der"
fresh_card --yubikey
: >"$work/cmp/log"
run 0 "$tamga" enroll $local $trusts_old $secret --slot 9a --subject CN=Asel --quiet
[ "$(general)" = 3 ] || fail "$(general) general messages"
ok "a root's successor is believed when the root vouches for it"
printf '\060\002\005\000' >"$it.18.der"
run 1 "$tamga" enroll $local $trusts_old $secret --slot 9d --subject CN=Asel
says "CA certificates cannot be read"
rm "$it.18.der"

# whom to believe, by a fingerprint: asked with nothing that is ours
print=$(openssl x509 -in "$work/ca.pem" -noout -fingerprint -sha256 | cut -d= -f2)
: >"$work/cmp/log"
fresh_card --yubikey
run 0 "$tamga" enroll $local --ca "cmp+http://127.0.0.1:$served/signed" $secret \
	--ca-fingerprint "$print" --slot 9a --subject CN=Asel --quiet
head -n 1 "$work/cmp/log" | grep -q '^genm open$' || fail "the first question was protected"
assert_installed 9a
fresh_card --yubikey
run 1 "$tamga" enroll $local --ca "cmp+http://127.0.0.1:$served/signed" $secret \
	--ca-fingerprint "$(printf '%064d' 0)" --slot 9a --subject CN=Asel
says "fingerprint"
ok "a fingerprint"
