#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Blank IsoApplet and MyEID cards are begun by `tamga setup`: files, PIN, PUK, the
# security officer's PIN.  pkcs15-tool and pkcs15-init read and use what was made; tamga
# enrolls there.  What is no PIN costs nothing; `tamga reset` makes MyEID blank again.
. "${top_srcdir:?}/tests/interop/vcard-lib.sh"
need pkcs15-init pkcs15-tool pkcs15-crypt pkcs11-tool openssl pcscd
[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --card isoapplet --card myeid -- \
	sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
. "$top_srcdir/tests/interop/pkcs15-lib.sh"
echo 12 >short
echo 12345678901234567 >long
echo 87654321 >officer

# wants CODE COMMAND...
wants() {
	want=$1 code=0
	shift
	tamga "$@" || code=$?
	[ $code = "$want" ] || { cat out err >&2; fail "exit $code, not $want: tamga $*"; }
}
ctl() { "$TAMGA_VCARD" ctl "$control" "$@"; }
# untouched COMMAND...: refused before a command that writes went out
untouched() {
	ctl mark >/dev/null
	wants "$@"
	ctl log | awk '$3 ~ /^(20|24|2C|DA|E0|D6)$/ && $6 > 0 { bad = 1 } END { exit bad }' ||
		{ ctl log; fail "something was sent: $*"; }
}
setup="setup --new-pin-file pin --new-puk-file puk"

# blank OPTION...: what is no PIN is refused
blank() {
	step "$card: a blank card says how it is begun"
	ok list
	says out "tamga setup makes them"
	wants 1 key generate 45 --type rsa:2048 --pin-file pin
	step "$card: what is no PIN costs nothing"
	for bad in "setup --new-pin-file short --new-puk-file puk" \
		"setup --new-pin-file long --new-puk-file puk" \
		"setup --new-pin-file pin --new-puk-file short"; do
		untouched 1 $bad "$@"
		says err "nothing was changed"
	done
}
# begun ID: tamga and OpenSC agree on what is there
begun() {
	ok list
	ok info
	refuse "" pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk 1234567890123456 --label again
	expect "ID +: 01" pkcs15-tool --list-pins
	expect "$1" pkcs15-tool --dump
	quiet pkcs15-tool --verify-pin --auth-id 01 --pin 123456
	refuse "" pkcs15-tool --verify-pin --auth-id 01 --pin 999999
	quiet pkcs15-tool --verify-pin --auth-id 01 --pin 123456
	untouched 1 $setup ${2:-} ${3:-}
}
enroll() {
	ok enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" --pin-file pin \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
		--slot "$1" --type "$2" --subject "CN=Holder $1"
	quiet pkcs15-tool --read-certificate "$1" -o cert.pem
	expect OK openssl verify -CAfile "$TAMGA_TEST_RA_CA" cert.pem
}
# signs ID [OPENSC'S OPTIONS]
signs() {
	openssl x509 -in cert.pem -pubkey -noout >pub
	quiet pkcs15-crypt --sign --sha-256 ${2:---pkcs1} -k "$1" -p 123456 -i hash -o sig --raw \
		${3:+-f "$3"}
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	ok sign "$1" data --pin-file pin -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	quiet pkcs11-tool --module "$opensc" --login --pin 123456 --list-objects --type privkey
	says said "ID:         $1"
}
# pins PUK: changed and unblocked by tamga, by OpenSC
pins() {
	echo 24680 >other
	ok pin change --pin-file pin --new-pin-file other
	quiet pkcs15-tool --verify-pin --auth-id 01 --pin 24680
	quiet pkcs15-tool --change-pin --auth-id 01 --pin 24680 --new-pin 123456
	ok pin verify --pin-file pin
	ok pin unblock --puk-file puk --new-pin-file other
	quiet pkcs15-tool --verify-pin --auth-id 01 --pin 24680
	quiet pkcs15-tool --unblock-pin --auth-id 01 --puk "$1" --new-pin 123456
	ok pin verify --pin-file pin
}

card=IsoApplet reader=$TAMGA_TEST_READER control=$TAMGA_TEST_CTL
only_not "$TAMGA_TEST_READER_2"
echo 1234567890123456 >puk
blank
step "$card: begun"
ok $setup
says out "is set up"
begun "IsoApplet"
enroll 45 rsa:2048
signs 45
pins 1234567890123456
step "$card: pkcs15-init goes on where tamga began"
quiet pkcs15-init --generate-key rsa/2048 --auth-id 01 --pin 123456 --so-pin 123456 --id 4c \
	--label theirs --key-usage sign,decrypt
# of its own it asks for no PIN there, where its cards let everybody make files
quiet pkcs15-init --verify-pin --store-certificate cert.pem --auth-id 01 --pin 123456 --id 4c
ok list
says out 4C
signs 45
step "$card: there is no way back"
ok info --json
label=$(jq -r .label <out)
wants 1 reset --destroy "$label"
says err "deleted and installed anew"

card=MyEID reader=$TAMGA_TEST_READER_2 control=$TAMGA_TEST_CTL_2
only_not "$TAMGA_TEST_READER"
echo 12345678 >puk
echo 123456789 >long
blank --new-admin-key-file officer
untouched 1 $setup --new-admin-key-file short
step "$card: begun"
ok $setup --new-admin-key-file officer
begun "MyEID" --new-admin-key-file officer
enroll 45 ec:p256
signs 45 --raw openssl
enroll 46 rsa:2048
signs 46
pins 12345678
step "$card: pkcs15-init goes on where tamga began"
quiet pkcs15-init --generate-key rsa/2048 --auth-id 01 --pin 123456 --so-pin 87654321 --id 4c \
	--label theirs --key-usage sign,decrypt
ok list
says out 4C
step "$card: blank again, by the security officer alone"
ok info --json
label=$(jq -r .label <out)
wants 4 reset --destroy "$label" --admin-key-file pin
says err "2"
ok reset --destroy "$label" --admin-key-file officer
ok list
says out "tamga setup makes them"
step "$card: begun again"
ok $setup --new-admin-key-file officer
enroll 45 rsa:2048
signs 45
echo "all as it should be"
