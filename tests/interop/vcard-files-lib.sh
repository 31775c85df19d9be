# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of cards with files share, beside vcard-lib.sh: two cards, of which
# OpenSC sees one, and what it does with a key there; sourced, never run.
. "$top_srcdir/tests/interop/vcard-lib.sh"

# begin SCRIPT ARGUMENTS: inside, in a folder with something to sign and to seal.
begin() {
	need pkcs15-init pkcs15-tool pkcs15-crypt pkcs11-tool opensc-tool openssl pcscd
	enter "$@"
	work
	opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
	echo "what is signed" >data
	openssl dgst -sha256 -binary data >hash
	echo "a secret" >plain
}

# only_not [N]: the other reader is all that OpenSC sees.
only_not() {
	echo "app default { ignored_readers = \"$(reader "$1" | sed 's/ 00 00$//')\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}

# signs_rsa ID PIN PUB: over data, for whom PUB is the public key.
signs_rsa() {
	quiet pkcs15-crypt --sign --sha-256 --pkcs1 -k "$1" -p "$2" -i hash -o sig --raw
	expect "Verified OK" openssl dgst -sha256 -verify "$3" -signature sig data
}

# opens_rsa ID PIN PUB: what was sealed with PUB.
opens_rsa() {
	openssl pkeyutl -encrypt -pubin -inkey "$3" -in plain -out sealed
	quiet pkcs15-crypt --decipher --pkcs1 -k "$1" -p "$2" -i sealed -o opened --raw
	same plain opened
}

# use_rsa ID: signs and decrypts with that key.
use_rsa() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	signs_rsa "$1" 123456 pub
	opens_rsa "$1" 123456 pub
}

# use_ec ID MECHANISM FILE HASH: signs FILE so; the signature is one over data.
use_ec() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	quiet pkcs11-tool --module "$opensc" --login --pin 123456 --sign -m "$2" --id "$1" \
		-i "$3" -o sig --signature-format openssl
	expect "Verified OK" openssl dgst "-$4" -verify pub -signature sig data
}

# comes_back ID: the card's certificate is cert.pem.
comes_back() {
	quiet pkcs15-tool --read-certificate "$1" -o back.pem
	openssl x509 -in cert.pem -outform DER -out a
	openssl x509 -in back.pem -outform DER -out b
	same a b
}

# pins ID PUK: the PIN of that number is proved, changed, and unblocked again.
pins() {
	refuse "" pkcs15-tool --verify-pin --auth-id "$1" --pin 999999
	quiet pkcs15-tool --verify-pin --auth-id "$1" --pin 123456
	quiet pkcs15-tool --change-pin --auth-id "$1" --pin 123456 --new-pin 111111
	refuse "" pkcs15-tool --verify-pin --auth-id "$1" --pin 123456
	quiet pkcs15-tool --verify-pin --auth-id "$1" --pin 111111
	quiet pkcs15-tool --unblock-pin --auth-id "$1" --puk "$2" --new-pin 123456
	quiet pkcs15-tool --verify-pin --auth-id "$1" --pin 123456
}
