#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Renewing and revoking at a portal: the current certificate opens it, its key
# signs the TLS handshake; a new key, the same key, an officer in between, a
# window, a key in a folder; revoked by the code and by the certificate.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
command -v jq >/dev/null || { echo "skipped: jq is not installed"; exit 77; }
has_folders || { echo "skipped: built without keys in folders"; exit 77; }

mkdir "$work/profiles"
cp "$top_srcdir/share/profiles/employee.profile" "$work/profiles"
# profile NAME RENEWAL: approved at once, renewed as RENEWAL says
profile() {
	sed -e '/^flow/,$d' -e '/^renewal/,/^};/d' "$top_srcdir/share/profiles/employee.profile" \
		>"$work/profiles/$1.profile"
	cat >>"$work/profiles/$1.profile" <<P
flow: { steps = ["agreed", "filled", "key", "submitted", "downloaded", "installed"]; };
renewal: { $2 };
number_opens_status = true;
consent: { text = "terms"; };
fields = ({ name = "who"; label = "Who"; kind = "name"; required = true; });
contents = ({ into = "subject.CN"; text = "\${who}"; });
P
}
profile free 'approval = "automatic"; same_key = true;'
profile fresh 'approval = "automatic";'
profile asked 'approval = "officer";'
profile late 'approval = "automatic"; window_days = 1;'
chmod u+w "$work/profiles"/*
echo "be good" >"$work/profiles/terms"
"$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$work/profiles" \
	--default-profile employee --name "portal test" >/dev/null || fail "init"
ra user add anna --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" || fail "account"
serve_ra
api=$url/api/v1
hash=$(sha256sum <"$work/profiles/terms" | cut -d' ' -f1)
echo '{"who": "Renewer"}' >"$work/answers"
# the one that was not there when this was asked last: two may be of one second
: >"$work/known"
newest() {
	ra list --json | jq -r '.[].application' | sort >"$work/now"
	comm -13 "$work/known" "$work/now" | head -n 1
	mv "$work/now" "$work/known"
}
field() { ra show "$1" --json | jq -r ".$2 // empty"; }
enroll() { # enroll PROFILE SLOT: a certificate to begin with
	run 0 "$tamga" enroll $local $ca --profile "$1" --answers "$work/answers" \
		--agree "$hash" --slot "$2"
	n=$(newest)
}
fresh_card --yubikey

# ---- a new key, the same key ----------------------------------------------------------
enroll free 9a
ctl mark
run 0 "$tamga" renew $local 9a
[ "$(generated)" = 1 ] || fail "$(generated) keys"
r=$(newest)
[ "$r" != "$n" ] || fail "no application of its own"
[ "$(field "$r" renews)" != "" ] || fail "it renews nothing: $(ra show "$r" --json)"
ok "a new key: $(signatures) signatures"
serial() { "$tamga" list --no-pcsc --json | jq -r ".tokens[0].keys[] | select(.slot == \"$1\") | .certificate.serial"; }
enroll free 9c
before=$(serial 9c)
ctl mark
run 0 "$tamga" renew $local 9c --same-key
[ "$(generated)" = 0 ] || fail "a key was made"
[ "$(serial 9c)" != "$before" ] || fail "the certificate is the old one"
cert=$("$tamga" cert export --no-pcsc 9c | openssl x509 -noout -subject)
case $cert in *Renewer*) ;; *) fail "subject $cert" ;; esac
run 0 "$tamga" renew $local 9c --same-key
ok "the same key, and once more"

# ---- where the profile says otherwise --------------------------------------------------
fresh_card --yubikey
enroll fresh 9a
run 7 "$tamga" renew $local 9a --same-key
says 'key'
run 0 "$tamga" enroll --list --json
id=$(jq -r '.enrollments[] | select(.state != "done") | .id' "$work/out")
run 0 "$tamga" enroll --cancel "$id"
ok "the same key is refused where the profile wants a new one"
enroll late 9c
before=$(ra list --json | jq length)
run 7 "$tamga" renew $local 9c --same-key
says 'last 1 day'
[ "$(ra list --json | jq length)" = "$before" ] || fail "an application was made"
ok "before its window: refused in the portal's words"

# ---- an officer in between, another process finishes --------------------------------------
fresh_card --yubikey
enroll asked 9a
run 6 "$tamga" renew $local 9a
r=$(newest)
[ "$(field "$r" state)" = submitted ] || fail "state $(field "$r" state)"
run 6 "$tamga" enroll --resume --now $local
ra approve "$r" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume --now $local
[ "$(ra list --json | jq 'map(select(.profile=="asked")) | length')" = 2 ] || fail "applications"
ok "approved by an officer, finished by another process"

# ---- an account's ----------------------------------------------------------------------------
run 0 "$tamga" enroll $local $ca --profile employee --slot 9c --subject 'CN=Anna' \
	--user anna --password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
run 0 "$tamga" renew $local 9c
ok "an account's, without its password"

# ---- a key in a folder -----------------------------------------------------------------------
mkdir -m 700 "$work/keys"
printf 'sw0rdfish\n' >"$work/secret"
folder="--token file+legacy:$work/keys"
run 0 "$tamga" enroll $folder $ca --profile free --answers "$work/answers" --agree "$hash" \
	--type ec:p256 --pin-file "$work/secret"
sum=$(sha256sum <"$work/keys/tamga-1.p12")
run 0 "$tamga" renew $folder --pin-file "$work/secret" 1 --same-key
[ "$(ls "$work/keys")" = tamga-1.p12 ] || fail "in the folder: $(ls "$work/keys")"
[ "$(sha256sum <"$work/keys/tamga-1.p12")" != "$sum" ] || fail "the container is the old one"
run 0 "$tamga" renew $folder --pin-file "$work/secret" 1
[ "$(ls "$work/keys" | xargs)" = "tamga-1.p12 tamga-2.p12" ] || fail "in the folder: $(ls "$work/keys")"
ok "keys in a folder: the same key in one container, a new one in its own"

# ---- revoked ------------------------------------------------------------------------------------
run 0 "$tamga" revoke $local 9c --reason superseded
run 7 "$tamga" revoke $local 9c
n=$(ls "$work/state/tamga"/*.code | head -n 1)
mkdir "$work/codes" && mv "$work/state/tamga"/*.code "$work/codes"
ctl mark
run 0 "$tamga" revoke $local 9a --reason keyCompromise
[ "$(signatures)" = 1 ] || fail "$(signatures) signatures"
run 7 "$tamga" renew $local 9a --same-key
ok "revoked without its code: the certificate opens it, once"

# ---- what a certificate does not open -------------------------------------------------------------
openssl pkcs12 -in "$work/keys/tamga-1.p12" -passin "file:$work/secret" -nodes -out "$work/me.pem" 2>/dev/null
curl() { command curl -sS --max-time 20 --cacert "$work/ra/ca.pem" -o "$work/said" -w '%{http_code}' "$@"; }
mine=$(ra list --json | jq -r 'map(select(.profile=="free" and .state != "revoked"))[0].application')
other=$(ra list --json | jq -r 'map(select(.profile=="asked"))[0].application')
status() { [ "$1" = "$2" ] || fail "HTTP $1, not $2: $(cat "$work/said")"; }
status "$(curl --cert "$work/me.pem" "$api/applications/$other/answers")" 404
status "$(curl --cert "$work/me.pem" "$api/applications/$other")" 200
[ "$(jq -r 'keys | join(" ")' "$work/said")" = "application status" ] || fail "a stranger learns more"
status "$(curl "$api/renewals" -H 'Content-Type: application/json' -d '{}')" 403
says 'client certificate'
status "$(curl --cert "$work/me.pem" -X POST "$api/revocations")" 415
status "$(curl --cert "$work/me.pem" "$api/revocations" -d reason=)" 415
status "$(curl --cert "$work/me.pem" "$api/renewals" -H 'Content-Type: application/json' -d '{}')" 400
status "$(curl --cert "$work/me.pem" "$api/renewals" -H 'Content-Type: application/json' \
	-d '{"request": "AAAA"}')" 409
[ -n "$mine" ] || fail "nothing is left"
ra audit verify >/dev/null || fail "audit"
ok "a certificate opens its own application, to programs"
