#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# IsoApplet and MyEID cards that pkcs15-init began: tamga makes keys there, gets
# certificates by EST, replaces and deletes; OpenSC reads and uses what was written,
# and what it wrote itself is still there.
. "${top_srcdir:?}/tests/interop/vcard-lib.sh"
CARDS="--card isoapplet --card myeid"
need pkcs15-init pkcs15-tool pkcs15-crypt openssl pcscd
[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --card isoapplet --card myeid -- \
	sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
work
. "$top_srcdir/tests/interop/pkcs15-lib.sh"
echo 999999 >bad

init() {
	# shellcheck disable=SC2086
	quiet pkcs15-init "$@" $init
}

# signs ID: OpenSC and tamga sign with that key; the public half is the card's.
signs() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	quiet pkcs15-crypt --sign --sha-256 ${2:---pkcs1} -k "$1" -p 123456 -i hash -o sig --raw \
		${3:+-f "$3"}
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	ok sign "$1" data --pin-file pin -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
}
# enroll SLOT TYPE [OPTION]
enroll() {
	ok enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" --pin-file pin \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
		--slot "$1" --type "$2" --subject "CN=Holder $1" ${3:-}
	quiet pkcs15-tool --read-certificate "$1" -o cert.pem
	expect OK openssl verify -CAfile "$TAMGA_TEST_RA_CA" cert.pem
	ok cert export "$1" -o back.pem
	openssl x509 -in cert.pem -outform DER -out a
	openssl x509 -in back.pem -outform DER -out b
	same a b
}
# how_many WORD N: that many objects of a kind, by OpenSC's counting
how_many() {
	quiet pkcs15-tool --list-keys --list-public-keys --list-certificates
	n=$(grep -c "^$1" said) || :
	[ "$n" = "$2" ] || { cat said >&2; fail "$n of $1, not $2"; }
}

ctl() { "$TAMGA_VCARD" ctl "$control" "$@"; }
# takes N COMMAND...: tamga, in exactly so many APDUs; the first are the questions of
# PIV, OpenPGP and GIDS, SELECT, and two for each directory that is read.
takes() {
	n=$1
	shift
	ctl mark >/dev/null
	ok "$@"
	[ "$(ctl count)" = "$n" ] || { ctl log; fail "$card: $(ctl count) APDUs, not $n: tamga $*"; }
}

# life RSA-OR-EC OPENSC'S-OPTIONS APDUS...: everything, on the card in $reader
life() {
	step "$card: a key that OpenSC made"
	init --generate-key rsa/2048 --id 4c --label theirs --key-usage sign,decrypt
	signs 4c
	step "$card: enrolled by EST, $1"
	enroll 45 "$1"
	enroll 46 rsa:2048
	signs 45 "$2" "${3:-}"
	signs 46
	ok list
	says out "CN=Holder 45"
	step "$card: what RSA decrypts"
	quiet pkcs15-tool --read-public-key 46 -o pub
	openssl pkeyutl -encrypt -pubin -inkey pub -in data -out sealed
	ok decrypt 46 sealed --pin-file pin -o opened
	same data opened
	step "$card: another key and certificate in their place"
	cp cert.pem old.pem
	enroll 45 rsa:2048 --destroy
	signs 45
	how_many "Private RSA Key" 3
	how_many "Public RSA Key" 3
	how_many "X.509 Certificate" 2
	step "$card: who does not know the PIN writes nothing"
	code=0
	tamga key generate 47 --type rsa:2048 --pin-file bad || code=$?
	[ $code = 4 ] || { cat err >&2; fail "exit $code for a wrong PIN"; }
	says err "2 tries left"
	ok pin verify --pin-file pin
	step "$card: deleted again"
	ok cert delete 46 --yes --pin-file pin
	ok key delete 46 --yes --pin-file pin
	how_many "Private RSA Key" 2
	how_many "Public RSA Key" 2
	how_many "X.509 Certificate" 1
	signs 45
	signs 4c
	init --store-certificate old.pem --id 4c
	ok cert export 4c -o back.pem
	ok cert delete 4c --yes --pin-file pin
	enroll 46 rsa:2048
	signs 46
	signs 4c
	step "$card: what it takes"
	takes "$4" key generate 47 --type "$1" --pin-file pin
	ok cert export 46 -o back.pem
	size=$(openssl x509 -in back.pem -outform DER | wc -c)	# three UPDATEs, three READs
	[ "$size" -gt 520 ] && [ "$size" -lt 760 ] || fail "another size of certificates: $size"
	takes "$5" cert delete 46 --yes --pin-file pin
	takes "$6" cert install 46 back.pem --pin-file pin
	takes "$7" key delete 47 --yes --pin-file pin
	step "$card: renewed into a place that is empty"
	ok renew 46 --pin-file pin --ca-file "$TAMGA_TEST_RA_CA" --json
	says out '"slot": "47"'
	signs 47
	signs 46
}

card=IsoApplet reader=$TAMGA_TEST_READER control=$TAMGA_TEST_CTL
only_not "$TAMGA_TEST_READER_2"
init="--auth-id ff --so-pin 123456 --pin 123456"
quiet pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk 1234567890123456 --label test
code=0
tamga key generate 45 --type ec:p256 --pin-file pin || code=$?
[ $code = 1 ] || fail "a curve that it hashes for itself: exit $code"
life rsa:2048 --pkcs1 "" 29 24 30 24

card=MyEID reader=$TAMGA_TEST_READER_2 control=$TAMGA_TEST_CTL_2
only_not "$TAMGA_TEST_READER"
init="--auth-id 01 --pin 123456 --so-pin 87654321"
quiet pkcs15-init --erase-card
quiet pkcs15-init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
quiet pkcs15-init --store-pin --auth-id 01 --label PIN --pin 123456 --puk 12345678 --so-pin 87654321
quiet pkcs15-init --finalize
life ec:p256 --raw openssl 29 32 32 32
echo "all as it should be"
