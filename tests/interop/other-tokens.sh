#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga(1) on PIV cards by another hand, one family after the other: keys born,
# enrolled, used and judged by openssl, PINs changed, blocked and unblocked.
. "${top_srcdir:?}/tests/interop/other-lib.sh"
if [ -z "${TAMGA_TEST_RA_EST:-}" ]; then
	[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
	exec sh "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
fi
world
echo 123456 >pin
echo 135790 >newpin
echo 12345678 >puk
echo 24680135 >newpuk
echo 99999999 >bad
echo "what is signed" >data

# applies SLOT TYPE [--destroy]: a key and its certificate in one command; no card of these
# families tells a public key afterwards, so the certificate must get there.
applies() {
	# shellcheck disable=SC2086
	wants 0 tamga enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
		--slot "$1" --type "$2" --subject "CN=Holder $1,C=KZ" --pin-file pin $admin ${3:-}
	echo "   $(count) APDUs: enrolled $2 in $1"
	mark
	wants 0 tamga cert export "$1" -o cert.pem
	openssl x509 -in cert.pem -noout -pubkey -out "$1.pub"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" cert.pem >/dev/null || fail "the chain of $1"
	mark
}

# born SLOT TYPE HASH: a key, a request and a signature in three commands.
born() {
	# shellcheck disable=SC2086
	wants 0 tamga key generate "$1" --type "$2" --pin-file pin $admin -o "$1.pub"
	at_most "$most_generate" "a key of $2 in $1"
	wants 0 tamga csr "$1" --public "$1.pub" --subject "CN=Holder $1" --pin-file pin -o csr
	openssl req -in csr -noout -verify 2>/dev/null || fail "the request of $1"
	openssl req -in csr -noout -pubkey -out pub
	cmp -s pub "$1.pub" || fail "the request has another key"
	mark
	wants 0 tamga sign "$1" data --public "$1.pub" --hash "$3" --pin-file pin -o sig
	openssl dgst "-$3" -verify "$1.pub" -signature sig data >/dev/null || fail "key of $1"
	mark
	openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=other \
		-out other.pem 2>/dev/null
	openssl x509 -req -in csr -CA other.pem -CAkey other.key -days 9 -out cert.pem 2>/dev/null
	# shellcheck disable=SC2086
	wants 0 tamga cert install "$1" cert.pem --pin-file pin $admin
	echo "   $(count) APDUs: certificate of $(openssl x509 -in cert.pem -outform DER | wc -c) bytes"
	wants 0 tamga cert export "$1" -o back.pem
	openssl x509 -in cert.pem -out cert.norm
	openssl x509 -in back.pem | cmp -s - cert.norm || fail "another certificate came back"
	mark
}

pins() {
	wants 0 tamga pin change --pin-file pin --new-pin-file newpin
	wants 4 tamga pin verify --pin-file pin
	wants 0 tamga pin change --puk --puk-file puk --new-puk-file newpuk
	wants 4 tamga pin unblock --puk-file puk --new-pin-file pin
	wants 0 tamga pin verify --pin-file newpin
	left=$tries_left
	while [ "$left" -gt 1 ]; do
		left=$((left - 1))
		wants 4 tamga pin verify --pin-file bad
		says err "$left tr"
	done
	wants 4 tamga pin verify --pin-file bad		# kept for a person
	wants 5 tamga pin verify --last-try --pin-file bad
	wants 5 tamga pin verify --pin-file newpin
	wants 0 tamga pin unblock --puk-file newpuk --new-pin-file pin
	wants 0 tamga pin verify --pin-file pin
	mark
}

while read -r tries_left most_generate traits; do
	step "$traits"
	# shellcheck disable=SC2086
	card $traits
	admin=
	case $traits in
	aes192*)
		echo 303132333435363738393a3b3c3d3e3f4041424344454647 >admin
		echo 010203040506070801020304050607080102030405060708 >wrong
		wants 4 tamga key generate 9a --pin-file pin --admin-key-file wrong
		admin="--admin-key-file admin" ;;
	esac
	wants 0 tamga info --json
	json ".pin.tries_left == $tries_left and (.slots | length) == 4"
	mark
	born 9c ec:p384 sha384
	born 9d ec:p256 sha256
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out peer.pem
	openssl pkey -in peer.pem -pubout -out peer.pub
	wants 0 tamga decrypt 9d --peer peer.pub --pin-file pin -o secret
	openssl pkeyutl -derive -inkey peer.pem -peerkey 9d.pub -out theirs
	cmp -s secret theirs || fail "the agreed secret"
	applies 9a ec:p256
	applies 9c rsa:2048 --destroy
	applies 9d rsa:2048 --destroy
	applies 9e ec:p256
	good_signature 9a sha256
	case $traits in
	*t0*) at_most 13 "a signature, cold, T=0, type from the certificate" ;;
	*) at_most 9 "a signature, cold, short APDUs, type from the certificate" ;;
	esac
	mark
	good_signature 9a sha512
	good_signature 9c sha256
	good_signature 9c sha512
	good_signature 9e sha384
	wants 0 tamga sign 9c data --pss --pin-file pin -o sig
	openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
		-verify 9c.pub -signature sig data >/dev/null || fail "PSS"
	openssl pkeyutl -encrypt -pubin -inkey 9d.pub -in data -out c
	wants 0 tamga decrypt 9d c --pin-file pin
	cmp -s data out || fail "decryption"
	mark
	wants 0 tamga list --json
	json '[.. | .subject? // empty] | length >= 4'
	at_most 32 "a list of 4 certificates"
	pins
done <<-END
	3 9 standard
	3 9 standard --empty 53 --no-fe
	3 9 standard --empty nothing --wide
	3 12 standard --t0 --wide
	3 9 strict
	3 12 strict --t0
	3 16 aes192
	3 16 aes192 --announce 0A
	5 12 applet
	5 12 applet --metadata --serial --version 5.3.0 --wide
END
echo "all families done"
