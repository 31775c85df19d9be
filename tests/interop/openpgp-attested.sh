#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An authority that wants its keys born on a token takes one of a YubiKey's OpenPGP
# application, and shows the officer where it was made.
# shellcheck disable=SC2086
set -u
kind=openpgp,version=5.7.1,touch-time=1
. "$top_srcdir/tests/interop/enroll-lib.sh"

run 0 "$tamga" cert export --no-pcsc att -o "$work/maker.pem"
mkdir "$work/profiles"
sed 's/^approval = "officer"/approval = "automatic"/' \
	"$top_srcdir/share/profiles/employee.profile" >"$work/profiles/attested.profile"
cp "$work/maker.pem" "$work/profiles/attested.pem"
printf '%s\n' 'attestation: { roots = "attested.pem"; required = true;' \
	'pin = ["once", "always"]; touch = ["always", "cached"]; };' \
	>>"$work/profiles/attested.profile"
run 0 "$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$work/profiles" \
	--default-profile attested --name 'attesting authority'
printf 'secret of the test\n' >"$work/password"
run 0 "$top_builddir/tools/ra/tamga-ra" user add asel --role applicant \
	--password-file "$work/password" --dir "$work/ra"
serve_ra
at="--ca est+https://localhost:${url##*:}/attested --ca-file $work/ra/ca.pem --user asel \
--password-file $work/password"

run 7 "$tamga" enroll $local $at --slot aut --subject 'CN=x' --attest
says 'touch policy is "never"'
"$tamga" enroll --list --json >"$work/out"
run 0 "$tamga" enroll --cancel "$(jq -r '.enrollments[0].id' "$work/out")"
ok "a key without touch is refused"

run 0 "$tamga" enroll $local $at --slot aut --subject 'CN=born on a token' --attest \
	--touch-policy always --destroy
newest=$(ra list --json | jq -r 'sort_by(.created)[-1].application')
ra show "$newest" >"$work/out" 2>"$work/said" || fail "tamga-ra show"
grep -q '^key made  *on token [0-9]* (firmware 5.7.1); PIN: once; touch: always$' "$work/out" ||
	fail "the officer does not see where the key was made"
run 0 "$tamga" cert export --no-pcsc aut -o "$work/cert.pem"
openssl verify -CAfile "$work/ra/ca.pem" "$work/cert.pem" >/dev/null || fail "the certificate"
openssl x509 -in "$work/cert.pem" -noout -subject | grep -q 'born on a token' ||
	fail "the statement is in the certificate's place"
ok "taken, and shown"
