#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Cards whose directories only the PIN opens, as pkcs15-init makes them by another
# profile: of keys, and of certificates too.  What may be there is told; who names a key
# or wants a place is asked for the PIN before the card is taken at its word; and in the
# module everything comes with the login.
. "${top_srcdir:?}/tests/interop/vcard-lib.sh"
CARDS="--card myeid"
need pkcs15-init pkcs15-tool pkcs11-tool openssl pcscd
[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
# shellcheck disable=SC2086
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" $CARDS -- \
	sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
work
. "$top_srcdir/tests/interop/pkcs15-lib.sh"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA 2>/dev/null
init="--auth-id 01 --pin 123456 --so-pin 87654321"

# hides DIRECTORY...: nobody reads these without the PIN
profile() {
	rm -rf profiles
	cp -r "$(dirname "$(dpkg -L opensc | grep 'myeid\.profile$')")" profiles
	for directory; do
		sed -i "/EF $directory {/,/}/s/READ=NONE/READ=\$PIN/" profiles/myeid.profile
	done
	echo "app default { profile_dir = $work/profiles; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
# filled ID DIRECTORY...: a card with a key and its certificate, and these hidden
filled() {
	id=$1
	shift
	profile "$@"
	quiet pkcs15-init --erase-card
	quiet pkcs15-init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
	quiet pkcs15-init --store-pin --auth-id 01 --label PIN --pin 123456 --puk 12345678 \
		--so-pin 87654321
	quiet pkcs15-init --finalize
	# shellcheck disable=SC2086
	quiet pkcs15-init -G rsa/2048 -i $id -u sign,decrypt $init
	quiet pkcs15-tool --read-public-key $id -o pub
	openssl req -new -key ca.key -subj /CN=Hidden 2>/dev/null | openssl x509 -req \
		-force_pubkey pub -CA ca.pem -CAkey ca.key -out c.pem -days 20 2>/dev/null
	# shellcheck disable=SC2086
	quiet pkcs15-init -X c.pem -i $id $init
}
blank() {
	echo 87654321 >so-pin
	ok info --json
	ok reset --admin-key-file so-pin \
		--destroy "$(sed -n 's/^ *"label": "\(test-[^"]*\)".*/\1/p' out)"
}
# objects WHAT N [OPTION]...: so many of them in our module
objects() {
	what=$1 n=$2
	shift 2
	quiet pkcs11-tool --module "$module" --slot-index 0 -O "$@"
	[ "$(grep -c "^$what" said)" = "$n" ] || { cat said >&2; fail "not $n of $what: $*"; }
}
module=$top_builddir/.libs/tamga-pkcs11.so
[ -e "$module" ] || { echo "skipped: $module is not built"; exit 77; }

reader=$TAMGA_TEST_READER
step "keys are hidden"
filled 45 PKCS15-PrKDF
ok list
says out "45    rsa:2048, a key may show after the PIN"
says out "CN=Hidden"
objects "Private Key Object" 0
objects "Private Key Object" 1 --login --pin 123456
ok sign 45 data --pin-file pin -o sig
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
refuse "a key" "$top_builddir/tamga" key generate 45 --type rsa:2048 --pin-file pin \
	--reader "$reader"
ok cert export 45 -o back.pem
same c.pem back.pem

step "keys and certificates are hidden"
blank
filled 45 PKCS15-PrKDF PKCS15-CDF
ok info
says out "45    a key may show after the PIN"
objects "Certificate Object" 0
objects "Certificate Object" 1 --login --pin 123456
objects "Private Key Object" 1 --login --pin 123456
refuse "slot 45 of token [^ ]* holds a key; say --replace" "$top_builddir/tamga" key generate 45 \
	--type rsa:2048 --pin-file pin --reader "$reader"
enroll() {
	"$top_builddir/tamga" enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
		--type rsa:2048 --subject CN=Second --pin-file pin --reader "$reader" "$@"
}
refuse "slot 45 of [^ ]* holds the certificate of CN=Hidden; nothing was changed" enroll --slot 45
ok sign 45 data --pin-file pin -o sig
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
ok csr 45 --subject CN=Holder --pin-file pin -o csr
openssl req -in csr -noout -pubkey >csr.pub
same pub csr.pub
ok cert export 45 --pin-file pin -o back.pem
same c.pem back.pem
refuse "slot 47 of token [^ ]* holds no key" "$top_builddir/tamga" sign 47 data --pin-file pin \
	--reader "$reader"
refuse "PIN" "$top_builddir/tamga" cert export 45 --reader "$reader" </dev/null

step "who names no slot gets one that is free"
quiet enroll
ok list --json
ok cert export 46 --pin-file pin -o second.pem
expect "CN ?= ?Second" openssl x509 -in second.pem -noout -subject
ok sign 45 data --pin-file pin -o sig
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
quiet pkcs11-tool --module "$module" --login --pin 123456 --id 45 --sign -m SHA256-RSA-PKCS \
	-i data -o sig
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
ok key generate 45 --type rsa:2048 --pin-file pin --replace	# who says so may

step "a key of a name that is nobody's place"
blank
filled 0a11 PKCS15-PrKDF PKCS15-CDF
ok sign 0a11 data --pin-file pin -o sig
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
objects "Private Key Object" 0
objects "Private Key Object" 1 --login --pin 123456
echo "all as it should be"
