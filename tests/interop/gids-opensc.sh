#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A GIDS card that gids-tool made ready and tamga filled: keys made and imported,
# certificates; OpenSC's tools and module read and use all of it, write beside it, and
# tamga uses what they wrote; either notices by cardcf.  The administrator's key.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card gids"
need gids-tool pkcs15-init pkcs15-tool pkcs15-crypt pkcs11-tool opensc-tool openssl pcscd
enter "$0" "$@"
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state LC_ALL=C.UTF-8
export XDG_CONFIG_HOME XDG_STATE_HOME LC_ALL
echo "app default { card_drivers = gids; }" >opensc.conf
OPENSC_CONF=$work/opensc.conf
export OPENSC_CONF
echo 123456 >pin
echo 999999 >bad
echo "$TAMGA_TEST_ADMIN" >admin
echo 101112131415161718191a1b1c1d1e1f2021222324252627 >other
echo "what is signed" >data
echo "a secret" >plain

ok() { "$top_builddir/tamga" "$@" >out 2>err || { cat out err >&2; fail "tamga $*"; }; }
# wants STATUS WORDS COMMAND...
wants() {
	want=$1 words=$2 code=0
	shift 2
	"$top_builddir/tamga" "$@" >out 2>err || code=$?
	[ $code = "$want" ] && grep -q -e "$words" err || { cat out err >&2; fail "$code: tamga $*"; }
}
tool() { quiet pkcs11-tool --module "$opensc" --login --pin 123456 "$@"; }
# counters: what cardcf counts, PINs, containers and files
counters() {
	opensc-tool -c gids -s 00:A4:04:00:09:A0:00:00:03:97:42:54:46:59 \
		-s 00:CB:A0:10:04:5C:02:DF:22:00 >said 2>&1 || { cat said >&2; fail "cardcf"; }
	sed -n 's/^\(DF 22 06 \)\{0,1\}\(\([0-9A-F]\{2\} \)\{6\}\).*/\2/p' said | tail -n 1
}
# moves COMMAND...: cardcf counts on
moves() {
	before=$(counters)
	[ -n "$before" ] || { cat said >&2; fail "no cardcf"; }
	"$@"
	[ "$(counters)" != "$before" ] || fail "Windows would not notice: $*"
}
# used ID [d]: OpenSC and tamga sign, and decrypt, with that key; pub is its public half
used() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	tool --sign -m SHA256-RSA-PKCS --id "$1" -i data -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	ok sign "$1" data --pin-file pin -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	[ "${2:-}" = d ] || return 0
	openssl pkeyutl -encrypt -pubin -inkey pub -in plain -out sealed
	tool --decrypt -m RSA-PKCS --id "$1" -i sealed -o opened
	same plain opened
	ok decrypt "$1" sealed --pin-file pin -o opened
	same plain opened
}
# certify ID PUB: a certificate of that key, put there by tamga and read by OpenSC
certify() {
	openssl x509 -new -force_pubkey "$2" -CA ca.pem -CAkey ca.key -days 9 -subj "/CN=Holder $1" \
		-out "$1.pem" 2>/dev/null
	moves ok cert install "$1" "$1.pem" --pin-file pin ${3:+"$3"}
	read_by_opensc "$1"
}
read_by_opensc() {
	quiet pkcs15-tool --read-certificate "$1" -o back.pem
	openssl x509 -in "$1.pem" -outform DER -out a
	openssl x509 -in back.pem -outform DER -out b
	same a b
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj /CN=ca \
	-out ca.pem 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out own.pem 2>/dev/null
openssl pkey -in own.pem -pubout -out own.pub

step "a bare card says what it wants"
ok list
wants 3 "gids-tool --initialize" key generate 00 --type rsa:2048 --pin-file pin
quiet gids-tool -X --pin 123456 --admin-key "$TAMGA_TEST_ADMIN" \
	--serial-number 00112233445566778899aabbccddeeff

step "tamga makes and imports keys and writes certificates; OpenSC uses them"
moves ok key generate 00 --type rsa:2048 --pin-file pin -o 00.pub
certify 00 00.pub
moves ok key import 01 own.pem --pin-file pin
certify 01 own.pub
used 00 d
used 01 d
same own.pub pub
expect "kxc00" gids-tool
expect "kxc01" gids-tool
[ "$(pkcs15-tool --list-keys --list-certificates 2>/dev/null | grep -c '^Private RSA Key\|^X.509 Certificate')" = 4 ] ||
	fail "OpenSC sees other keys and certificates"

step "OpenSC writes beside it; tamga uses that"
quiet pkcs15-init --auth-id 80 --verify-pin --pin 123456 --generate-key rsa/2048 --label theirs \
	--key-usage sign,decrypt
used 02 d
openssl x509 -new -force_pubkey pub -CA ca.pem -CAkey ca.key -days 9 -subj "/CN=Holder 02" \
	-out 02.pem 2>/dev/null
openssl x509 -in 02.pem -outform DER -out 02.der
tool --write-object 02.der --type cert --id 02
ok cert export 02 --der -o back.der
same 02.der back.der

step "another key in a place, and things deleted"
moves ok key generate 01 --type rsa:2048 --replace --pin-file pin -o 01.pub
certify 01 01.pub --replace
used 01 d
same 01.pub pub
moves ok cert delete 01 --yes --pin-file pin
refuse "" pkcs15-tool --read-certificate 01
moves ok key delete 01 --yes --pin-file pin
refuse "" pkcs15-tool --read-public-key 01
used 00 d
used 02 d
read_by_opensc 00

step "the administrator's key"
for left in 2 1; do
	wants 4 "$left tr" pin verify --pin-file bad
done
wants 5 "is locked" pin verify --pin-file bad --last-try
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456
wants 4 "administrator" pin unblock --puk-file other --new-pin-file pin
moves ok pin unblock --puk-file admin --new-pin-file pin
quiet pkcs15-tool --verify-pin --auth-id 80 --pin 123456
moves ok pin change --pin-file pin --new-pin-file bad
wants 4 "2 tr" pin change --pin-file pin --new-pin-file bad
moves ok pin change --pin-file bad --new-pin-file pin
quiet pkcs15-tool --verify-pin --auth-id 80 --pin 123456
quiet gids-tool -C --admin-key "$TAMGA_TEST_ADMIN" --new-admin-key "$(cat other)"
wants 4 "administrator" pin unblock --puk-file admin --new-pin-file pin
ok pin unblock --puk-file other --new-pin-file pin
used 00 d
echo "all as it should be"
