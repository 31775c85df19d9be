#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A profile that wants keys born on a token: what it takes, what it refuses, and
# what an officer sees of the key.
# shellcheck disable=SC2086
set -u
kind=piv,version=5.7.1
. "$top_srcdir/tests/interop/enroll-lib.sh"

# ---- an authority that believes this maker of tokens -------------------------------
run 0 "$tamga" cert export --no-pcsc f9 -o "$work/maker.pem"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 \
	-keyout "$work/other.key" -out "$work/other.pem" -subj /CN=other 2>/dev/null
# profile NAME ROOTS [SETTING...]
mkdir "$work/profiles"
profile() {
	name_of=$1 roots=$2
	shift 2
	sed 's/^approval = "officer"/approval = "automatic"/' \
		"$top_srcdir/share/profiles/employee.profile" >"$work/profiles/$name_of.profile"
	cp "$work/$roots" "$work/profiles/$name_of.pem"
	{
		echo "attestation: { roots = \"$name_of.pem\";"
		for setting; do echo "$setting;"; done
		echo "};"
	} >>"$work/profiles/$name_of.profile"
}
profile attested maker.pem 'required = true' 'pin = ["once", "always"]' 'touch = ["never"]'
profile shown maker.pem
profile stranger other.pem 'required = true'
profile touched maker.pem 'required = true' 'touch = ["always", "cached"]'
cp "$top_srcdir"/share/profiles/kz-ssl.* "$work/profiles"
cp "$work/maker.pem" "$work/profiles/makers.pem"
echo 'attestation: { roots = "makers.pem"; required = true; };' \
	>>"$work/profiles/kz-ssl.profile"
for p in attested shown stranger touched; do
	grep -q 'san' "$work/profiles/$p.profile" || fail "no profile $p"
done
run 0 "$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$work/profiles" \
	--default-profile attested --name 'attesting authority'
[ -f "$work/ra/profiles/attested.pem" ] || fail "init leaves the roots behind"
printf 'secret of the test\n' >"$work/password"
run 0 "$top_builddir/tools/ra/tamga-ra" user add asel --role applicant \
	--password-file "$work/password" --dir "$work/ra"
printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' >"$work/ra/people.csv"
echo 'registers = ({ name = "individuals"; kind = "csv"; path = "people.csv"; });' \
	>>"$work/ra/ra.conf"
serve_ra
# at PROFILE: the authority's options
at() {
	echo "--ca est+https://localhost:${url##*:}/$1 --ca-file $work/ra/ca.pem --user asel \
--password-file $work/password"
}
# show [OPTION]: the newest application, as an officer sees it
show() {
	newest=$(ra list --json | jq -r 'sort_by(.created)[-1].application')
	ra show "$newest" "$@" >"$work/out" 2>"$work/said" || fail "tamga-ra show"
}

# give_up SLOT: the open enrollment, and its key
give_up() {
	"$tamga" enroll --list --json >"$work/out"
	run 0 "$tamga" enroll --cancel "$(jq -r '[.enrollments[] |
		select(.state != "done" and .state != "cancelled")][0].id' "$work/out")"
	run 0 "$tamga" key delete $local "$1" --yes
}

# ---- refused, in words that say what to do ---------------------------------------------
run 7 "$tamga" enroll $local $(at attested) --slot 9a --subject 'CN=x'
says 'tamga enroll --attest'
give_up 9a
run 7 "$tamga" enroll $local $(at stranger) --slot 9a --subject 'CN=x' --attest
says 'leads to nobody who is believed'
give_up 9a
run 7 "$tamga" enroll $local $(at touched) --slot 9a --subject 'CN=x' --attest
says 'touch policy is "never"'
give_up 9a
run 7 "$tamga" enroll $local $(at attested) --slot 9e --pin-policy never --subject 'CN=x' --attest
says 'PIN policy is "never"'
give_up 9e
ok "refused, with what to do"

# ---- taken, and shown to who decides ----------------------------------------------------
run 0 "$tamga" enroll $local $(at attested) --slot 9a --subject 'CN=born on a token' --attest
show
grep -q '^key made  *on token [0-9]* (firmware 5.7.1); PIN: once; touch: never$' "$work/out" ||
	fail "the officer does not see where the key was made"
show --json
jq -e '.key_made | startswith("on token ")' "$work/out" >/dev/null || fail "nor programs"
sleep 1	# the next is newer
run 0 "$tamga" enroll $local $(at shown) --slot 9d --subject 'CN=anywhere'
show
grep -q '^key made  *not attested$' "$work/out" || fail "what is not attested is not said"
ok "taken, and shown"

# ---- a portal says that it wants one, and gets it -------------------------------------------
ca="--ca portal+https://localhost:${url##*:} --ca-file $work/ra/ca.pem"
cat >"$work/answers" <<'A'
{"IIN": "396685245034", "email": "", "region": "Almaty", "city": "Almaty",
 "domain": "www.example.kz"}
A
hash=$(curl -sS --cacert "$work/ra/ca.pem" "$url/api/v1/profiles/kz-ssl" | jq -r .consent.hash)
run 0 "$tamga" key delete $local 9a --yes
run 0 "$tamga" cert delete $local 9a --yes
sleep 1
run 6 "$tamga" enroll $local $ca --profile kz-ssl --answers "$work/answers" --agree "$hash"
show
grep -q '^key made  *on token ' "$work/out" || fail "the portal's request is not attested"
ok "a portal asks for it"

# ---- an attestation of another key of the same token ---------------------------------------
run 0 "$tamga" csr $local 9d --subject 'CN=liar' --attest -o "$work/csr.pem"
openssl req -in "$work/csr.pem" -outform DER -out "$work/csr.der"
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$work/soft.key" -subj /CN=liar -outform DER -out "$work/soft.der" 2>/dev/null
/usr/bin/python3 - "$work/csr.der" "$work/soft.key" <<'P' | base64 >"$work/liar.b64" ||
import subprocess, sys
# the request of the token, its public key put in the place of another's, signed anew
der = open(sys.argv[1], 'rb').read()
def tlv(b, at):
    n, head = b[at + 1], 2
    if n & 0x80:
        k = n & 0x7f
        n, head = int.from_bytes(b[at + 2:at + 2 + k], 'big'), 2 + k
    return at + head, at + head + n
def wrap(tag, b):
    n = len(b)
    size = bytes([n]) if n < 128 else bytes([0x80 | (n.bit_length() + 7) // 8]) + \
        n.to_bytes((n.bit_length() + 7) // 8, 'big')
    return bytes([tag]) + size + b
spki = subprocess.run(['openssl', 'pkey', '-in', sys.argv[2], '-pubout', '-outform', 'DER'],
    capture_output=True, check=True).stdout
outer, _ = tlv(der, 0)
inner, end = tlv(der, outer)
at, parts = inner, []
while at < end:
    _, stop = tlv(der, at)
    parts.append(der[at:stop])
    at = stop
parts[2] = spki
info = wrap(0x30, b''.join(parts))
sig = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', sys.argv[2]], input=info,
    capture_output=True, check=True).stdout
alg = bytes.fromhex('300a06082a8648ce3d040302')
sys.stdout.buffer.write(wrap(0x30, info + alg + wrap(3, b'\0' + sig)))
P
	fail "no liar's request"
code=$(curl -s --cacert "$work/ra/ca.pem" -u "asel:$(cat "$work/password")" \
	-H 'Content-Type: application/pkcs10' --data-binary "@$work/liar.b64" -w '%{http_code}' \
	-o "$work/said" "https://localhost:${url##*:}/.well-known/est/attested/simpleenroll")
[ "$code" = 400 ] || fail "status $code for a liar"
says 'about another key'
ok "an attestation of another key is none"
echo "enroll-attested: all held"
