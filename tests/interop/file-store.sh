#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keys in a folder: the Kazakh "Personal Computer" and "Java keys" repositories
# from the application to one container, read by openssl and keytool; what is
# damaged, somebody else's or open to others; no space; killed at every write.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
has_folders || { echo "skipped: built without keys in folders"; exit 77; }
for program in jq keytool; do
	command -v $program >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done
# keytool would write its own files there
JAVA_TOOL_OPTIONS="-Djava.io.tmpdir=$work -XX:-UsePerfData"
export JAVA_TOOL_OPTIONS
unset TAMGA_VCARD_SOCKET
"$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$top_srcdir/share/profiles" \
	--default-profile employee --name "file test" >/dev/null || fail "init"
printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' >"$work/ra/people.csv"
echo 'registers = ({ name = "individuals"; kind = "csv"; path = "people.csv"; });' \
	>>"$work/ra/ra.conf"
ra user add anna --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" || fail "account"
serve_ra
est="--ca est+https://localhost:${url##*:} --ca-file $work/ra/ca.pem --user anna
--password-file $TAMGA_TEST_RA_PASSWORD_FILE --subject CN=Anna"
hash=$(command curl -sS --max-time 20 --cacert "$work/ra/ca.pem" \
	"$url/api/v1/profiles/kz-ssl" | jq -r .consent.hash)
printf 'sw0rdfish\n' >"$work/secret"
answers() {
	printf '{"IIN": "396685245034", "email": "", "region": "Almaty", "city": "Almaty",
 "domain": "%s"%s}' "$1" "${2:-}" >"$work/answers"
}
new_folder() { keys=$(mktemp -d "$work/keys.XXXXXX"); }
holds() { # holds NAME...: exactly these files are in the folder
	[ "$(ls "$keys" | xargs)" = "$*" ] || fail "in the folder: $(ls "$keys"), not $*"
}
p12() { openssl pkcs12 -in "$keys/tamga-1.p12" -passin "file:$work/secret" "$@" 2>"$work/p12.err"; }
assert_container() {
	[ "$(stat -c %a "$keys/tamga-1.p12")" = 600 ] || fail "mode of the container"
	p12 -nodes >"$work/all.pem" || fail "openssl does not open the container: $(cat "$work/p12.err")"
	[ "$(grep -c 'BEGIN CERTIFICATE' "$work/all.pem")" = "$1" ] || fail "not $1 certificates"
	openssl pkey -in "$work/all.pem" -pubout >"$work/key.pub" || fail "no key"
	p12 -clcerts -nokeys | openssl x509 -noout -pubkey >"$work/cert.pub"
	cmp -s "$work/key.pub" "$work/cert.pub" || fail "the certificate is another key's"
	keytool -list -v -storetype PKCS12 -keystore "$keys/tamga-1.p12" \
		-storepass "$(cat "$work/secret")" >"$work/keytool" 2>&1 ||
		fail "keytool: $(cat "$work/keytool")"
	grep -q 'Entry type: PrivateKeyEntry' "$work/keytool" &&
		grep -q "Certificate chain length: $1" "$work/keytool" || fail "keytool: $(cat "$work/keytool")"
}

# ---- Personal Computer: key first, password at installation ------------------------
answers www.example.kz
new_folder
kz="--token file:$keys $ca --profile kz-ssl --answers $work/answers --agree $hash"
run 6 "$tamga" enroll $kz
says 'NB!The “Personal Computer” repository is insecure. We recommend using the secure key'
n=$(ra list --json | jq -r '.[0].application')
says "Application $n"
holds tamga-1.pem
[ "$(stat -c %a "$keys/tamga-1.pem")" = 600 ] || fail "mode of the key"
openssl pkey -in "$keys/tamga-1.pem" -noout || fail "openssl does not read the key"
command curl -sS --max-time 20 --cacert "$work/ra/ca.pem" \
	-u "$n:$(cat "$work/state/tamga/$n.code")" "$url/api/v1/applications/$n/answers" >"$work/told"
grep -q '"carrier": *"file:p12"' "$work/told" || fail "the carrier is not told: $(cat "$work/told")"
ra approve "$n" >/dev/null || fail "approve"
printf 'short\n' >"$work/bad"
run 1 "$tamga" enroll --resume --now --new-pin-file "$work/bad"
says 'NB! Password must contain Latin characters and digits. The password length should be 6 to 32'
says 'You must remember the password you indicated! The password shall NOT be recovered!'
says '6 to 32 characters'
printf 'only letters ё\n' >"$work/bad"
run 1 "$tamga" enroll --resume --now --new-pin-file "$work/bad"
says 'only Latin letters, digits and'
printf 'nodigits\n' >"$work/bad"
run 1 "$tamga" enroll --resume --now --new-pin-file "$work/bad"
says 'must be a digit'
holds tamga-1.pem
run 0 "$tamga" enroll --resume --now --new-pin-file "$work/secret"
says "Application $n: Certificates have been set up"
holds tamga-1.p12
assert_container 2
[ "$(ra show "$n" --json | jq -r .state)" = installed ] || fail "not installed"
run 0 "$tamga" status "$n" $ca
grep -q 'Certificates have been set up' "$work/out" || fail "status"
p12 -info -nokeys -nocerts >/dev/null
grep -q 'PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256' "$work/p12.err" &&
	grep -q 'MAC: sha256, Iteration 600000' "$work/p12.err" || fail "protection: $(cat "$work/p12.err")"
ok "Personal Computer: one container, read by openssl and keytool"

# ---- the rest of tamga works with it -------------------------------------------------
token="--token file:$keys"
run 0 "$tamga" list $token
grep -q 'www.example.kz' "$work/out" || fail "list"
run 0 "$tamga" list $token --json
jq -e '.tokens[0].keys | length == 1' "$work/out" >/dev/null || fail "list --json"
echo text >"$work/text"
run 0 "$tamga" sign $token --pin-file "$work/secret" 1 "$work/text" -o "$work/signature"
openssl dgst -sha256 -verify "$work/key.pub" -signature "$work/signature" "$work/text" >/dev/null ||
	fail "signature"
run 4 "$tamga" sign $token --pin-file "$work/bad" 1 "$work/text" -o "$work/signature"
says 'password'
run 0 "$tamga" csr $token --pin-file "$work/secret" 1 --subject CN=again -o "$work/again.csr"
openssl req -in "$work/again.csr" -noout -verify 2>/dev/null || fail "csr"
printf 'an0ther\n' >"$work/other"
run 0 "$tamga" pin change $token --pin-file "$work/secret" --new-pin-file "$work/other"
holds tamga-1.p12
p12 -noout && fail "the old password still opens it"
cp "$work/other" "$work/secret"
assert_container 2
p12 -clcerts -nokeys -out "$work/all.pem"
run 0 "$tamga" cert delete $token --yes --pin-file "$work/secret" 1
holds tamga-1.pem
openssl pkey -in "$keys/tamga-1.pem" -passin "file:$work/secret" -pubout | cmp -s - "$work/key.pub" ||
	fail "the key is not kept under its password"
openssl x509 -in "$work/all.pem" -out "$work/leaf.pem"
run 0 "$tamga" cert install $token --pin-file "$work/secret" 1 "$work/leaf.pem"
holds tamga-1.p12
run 0 "$tamga" key delete $token --yes --pin-file "$work/secret" 1
holds
ok "list, sign, csr, pin change, cert delete and install, key delete"

# ---- Java keys repository, an old Java, a password from the beginning -----------------
answers java.example.kz ', "carrier": "file:java"'
new_folder
printf 'sw0rdfish\n' >"$work/secret"
run 6 "$tamga" enroll --token file+legacy:$keys $ca --profile kz-ssl --answers "$work/answers" \
	--agree "$hash" --pin-file "$work/secret"
holds tamga-1.pem
grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$keys/tamga-1.pem" || fail "the key is not protected"
n=$(ra list --json | jq -r '.[0].application')
ra approve "$n" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume --now --pin-file "$work/secret"
holds tamga-1.p12
assert_container 2
p12 -info -nokeys -nocerts >/dev/null
grep -q 'pbeWithSHA1And3-KeyTripleDES-CBC' "$work/p12.err" && grep -q 'MAC: sha1' "$work/p12.err" ||
	fail "no old algorithms: $(cat "$work/p12.err")"
run 2 "$tamga" enroll --token file:$keys $ca --profile kz-ssl --answers "$work/answers" \
	--agree "$hash" --pin-file "$work/bad"
says 'must be a digit'
ok "Java keys: protected from the first moment, old algorithms when asked"

# what keytool writes is read again
keytool -storepasswd -storetype PKCS12 -keystore "$keys/tamga-1.p12" \
	-storepass "$(cat "$work/secret")" -new an0ther >/dev/null 2>&1 || fail "keytool -storepasswd"
run 0 "$tamga" sign --token "file:$keys" --pin-file "$work/other" 1 "$work/text" -o "$work/signature"
openssl pkcs12 -in "$keys/tamga-1.p12" -passin "file:$work/other" -clcerts -nokeys 2>/dev/null |
	openssl x509 -noout -pubkey >"$work/key.pub"
openssl dgst -sha256 -verify "$work/key.pub" -signature "$work/signature" "$work/text" >/dev/null ||
	fail "signature with what keytool wrote"
ok "a container that keytool wrote anew"

# ---- two keys, two passwords; a person who chooses one ----------------------------------
printf 'se c0nd\n' >"$work/second"
run 0 "$tamga" key generate --token "file:$keys" --pin-file "$work/other" 2 --type ec:p256
run 0 "$tamga" pin change --token "file:$keys" --pin-file "$work/other" --new-pin-file "$work/second"
openssl pkcs12 -in "$keys/tamga-1.p12" -passin "file:$work/second" -noout 2>/dev/null &&
	openssl pkey -in "$keys/tamga-2.pem" -passin "file:$work/second" -noout 2>/dev/null ||
	fail "one of two keys kept its old password"
openssl pkcs12 -in "$keys/tamga-1.p12" -passin "file:$work/second" -nodes -out "$work/all.pem" 2>/dev/null
openssl pkcs12 -export -in "$work/all.pem" -passout "file:$work/other" -out "$keys/tamga-1.p12"
run 0 "$tamga" sign --token "file:$keys" --pin-file "$work/second" 2 "$work/text" -o "$work/signature"
run 0 "$tamga" sign --token "file:$keys" --pin-file "$work/other" 1 "$work/text" -o "$work/signature"
run 0 "$tamga" list --token "file:$keys" --pin-file "$work/other"
grep -q 'java.example.kz' "$work/out" || fail "a hidden certificate is not listed: $(cat "$work/out")"
run 1 "$tamga" list --token "file:$keys"
says 'password is wanted'
run 4 "$tamga" sign --token "file:$keys" --pin-file "$work/second" 1 "$work/text" -o "$work/signature"
says 'password'
run 0 "$tamga" key delete --token "file:$keys" --pin-file "$work/other" --yes 1
holds tamga-2.pem
ok "two keys under two passwords"
if command -v expect >/dev/null; then
	answers person.example.kz
	new_folder
	run 6 "$tamga" enroll --token "file:$keys" $ca --profile kz-ssl --answers "$work/answers" \
		--agree "$hash"
	n=$(sed -n 's/^Application \([A-Z0-9-]*\): The app.*/\1/p' "$work/said")
	ra approve "$n" >/dev/null || fail "approve"
	cat >"$work/person" <<-END
		set timeout 30
		spawn $tamga enroll --resume --now
		foreach {password again} {short short sw0rdfish swordfish sw0rdfish sw0rdfish} {
			expect "a new password"
			send "\$password\r"
			expect "the new password again"
			send "\$again\r"
		}
		expect eof
		exit [lindex [wait] 3]
	END
	status=0
	expect "$work/person" >"$work/out" 2>&1 || status=$?
	tr -d '\r' <"$work/out" >"$work/said"
	says 'NB! Password must contain Latin characters and digits'
	says 'You must remember the password you indicated!'
	says '6 to 32 characters'
	says 'the two entries differ'
	[ "$status" = 1 ] || fail "two entries that differ: status $status"
	holds tamga-1.pem
	sed -i 's/ sw0rdfish swordfish//' "$work/person"
	status=0
	expect "$work/person" >"$work/said" 2>&1 || status=$?
	[ "$status" = 0 ] || fail "a person's choice: status $status: $(cat "$work/said")"
	holds tamga-1.p12
	p12 -noout || fail "it is another password"
	ok "a person chooses, twice, by the rule"
fi

# ---- EST too: no application, one folder ------------------------------------------------
new_folder
run 0 "$tamga" enroll --token "file:$keys" $est --type ec:p256 --new-pin-file "$work/secret"
holds tamga-1.p12
assert_container 2
run 0 "$tamga" enroll --token "file:$keys" $est --type ec:p256 --pin-file "$work/secret"
says 'Already enrolled'
ok "EST"

# ---- folders and files that are not as they must be -----------------------------------------
refused() { # refused STATUS WORDS: a signature is refused so
	run "$1" "$tamga" sign --token "file:$keys" --pin-file "$work/secret" 1 "$work/text" \
		-o "$work/signature"
	says "$2"
}
whole=$work/whole.p12
cp "$keys/tamga-1.p12" "$whole"
run 3 "$tamga" list --token "file:$work/nowhere"
says 'make the folder first'
chmod 777 "$keys"
run 1 "$tamga" key generate --token "file:$keys" --pin-file "$work/secret" 2
says 'others may write into the folder'
chmod 700 "$keys"
mv "$keys/tamga-1.p12" "$work/elsewhere.p12"
ln -s "$work/elsewhere.p12" "$keys/tamga-1.p12"
refused 1 'symbolic link'
rm "$keys/tamga-1.p12"
mkfifo "$keys/tamga-1.p12"
refused 1 'no file of yours'
rm "$keys/tamga-1.p12"
for n in 1 40 200 700 1000; do
	head -c $n "$whole" >"$keys/tamga-1.p12"
	refused 1 'damaged'
done
size=$(stat -c %s "$whole")
{ head -c $((size - 40)) "$whole"; printf X; tail -c 39 "$whole"; } >"$keys/tamga-1.p12"
refused 4 'password'
# the MAC's algorithm is another one: no password would be right
{ head -c $((size - 60)) "$whole"; printf X; tail -c 59 "$whole"; } >"$keys/tamga-1.p12"
refused 1 'protected in a way that tamga does not open'
head -c 400000 /dev/zero >"$keys/tamga-1.p12"
refused 1 'too large'
echo '<html>' >"$keys/tamga-1.p12"
refused 1 'damaged'
rm "$keys/tamga-1.p12"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$keys/tamga-1.pem" 2>/dev/null
chmod 600 "$keys/tamga-1.pem"
refused 1 'damaged, or somebody else'
run 0 "$tamga" key generate --token "file:$keys" 2 --type ec:p256
chmod 644 "$keys/tamga-2.pem"
rm "$keys/tamga-1.pem"
run 1 "$tamga" sign --token "file:$keys" 2 "$work/text" -o "$work/signature"
says 'others may read the key'
chmod 600 "$keys/tamga-2.pem"
# a key of somebody else's under our name: the halves differ
openssl pkey -in "$keys/tamga-2.pem" -pubout >"$work/other.pub"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null |
	cat "$work/other.pub" - >"$keys/tamga-2.pem"
run 1 "$tamga" sign --token "file:$keys" 2 "$work/text" -o "$work/signature"
says 'damaged'
# somebody else holds the folder: who only reads does not wait, who writes says why he cannot
rm "$keys"/*
cp "$whole" "$keys/tamga-1.p12"
mkfifo "$work/held" "$work/done"
flock "$keys" sh -c ': >"$1"; read -r _ <"$2"' sh "$work/held" "$work/done" &
holder=$!
: <"$work/held"
run 0 "$tamga" sign --token "file:$keys" --pin-file "$work/secret" 1 "$work/text" -o "$work/signature"
run 1 "$tamga" key generate --token "file:$keys" --pin-file "$work/secret" 2 --type ec:p256
says 'another program holds the folder'
: >"$work/done"
wait "$holder"
run 0 "$tamga" key generate --token "file:$keys" --pin-file "$work/secret" 2 --type ec:p256
holds tamga-1.p12 tamga-2.pem
# what looks like a leftover of ours and has another name elsewhere is not overwritten
echo text >"$work/mine"
ln "$work/mine" "$keys/tamga-3.pem.1.new"
run 0 "$tamga" key delete --token "file:$keys" --pin-file "$work/secret" --yes 2
holds tamga-1.p12
grep -q text "$work/mine" || fail "a file with another name was overwritten"
# a key store of several keys, another's
if keytool -genkeypair -alias one -keyalg EC -dname CN=one -storetype PKCS12 -keystore "$work/two.p12" \
	-storepass "$(cat "$work/secret")" >"$work/keytool" 2>&1 &&
	keytool -genkeypair -alias two -keyalg EC -dname CN=two -storetype PKCS12 -keystore "$work/two.p12" \
		-storepass "$(cat "$work/secret")" >"$work/keytool" 2>&1; then
	cp "$work/two.p12" "$keys/tamga-1.p12"
	refused 1 'holds several keys'
	run 0 "$tamga" list --token "file:$keys"
	grep -q 'holds several keys' "$work/out" || fail "list does not say why"
	run 0 "$tamga" info --token "file:$keys"
	says 'holds several keys'
else
	fail "keytool: $(cat "$work/keytool")"
fi
# other people's files are none of ours
rm "$keys"/*
cp "$whole" "$keys/mine.p12"
echo text >"$keys/key.pem"
echo text >"$keys/tamga-9.pem"
run 0 "$tamga" list --token "file:$keys"
run 0 "$tamga" enroll --token "file:$keys" $est --type ec:p256 --destroy --new-pin-file "$work/secret"
holds key.pem mine.p12 tamga-1.p12 tamga-9.pem
cmp -s "$whole" "$keys/mine.p12" || fail "somebody else's file was changed"
ok "refused: open folders, links, pipes, damage, other keys; other files left alone"
