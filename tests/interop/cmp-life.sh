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

# ---- a key that wants its PIN before each signature --------------------------------------
fresh_card --yubikey
ctl mark
run 0 "$tamga" enroll $local $(at good) $secret --slot 9c --subject CN=Asel
[ "$(verified) $(signed)" = "2 2" ] || fail "9c: $(verified) PINs, $(signed) signatures"
ok "a key that wants its PIN always: 1 PIN for the request, 1 for the proof"
