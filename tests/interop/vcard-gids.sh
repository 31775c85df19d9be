#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gids-tool makes a bare GIDS card ready, unblocks its PIN and changes its administrator's
# key; pkcs15-init and pkcs11-tool with OpenSC's module make keys, bring them, write
# certificates, sign and decrypt; openssl checks.  A card that was sold full is read and
# added to; PIV beside it is another token.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card gids --card gids,short,provisioned=rsa:2048 --card piv+gids"
need gids-tool pkcs15-init pkcs15-tool pkcs15-crypt pkcs11-tool opensc-tool openssl pcscd
enter "$0" "$@"
work
opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
key=$TAMGA_TEST_ADMIN
other=101112131415161718191a1b1c1d1e1f2021222324252627
echo "what is signed" >data
echo "a secret" >plain

# only NUMBER: every other reader is out of OpenSC's sight.
only() {
	ignored=
	for n in "" 2 3; do
		[ "$n" = "$1" ] || ignored="$ignored${ignored:+, }\"$(reader $n | sed 's/ 00 00$//')\""
	done
	echo "app default { ignored_readers = $ignored; card_drivers = gids; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
init() { quiet pkcs15-init --auth-id 80 --verify-pin --pin 123456 "$@"; }
tool() { quiet pkcs11-tool --module "$opensc" --login --pin 123456 "$@"; }

# use ID WHAT: WHAT is s or sd, signs and decrypts with that key.
use() {
	quiet pkcs15-tool --read-public-key "$1" -o pub
	tool --sign -m SHA256-RSA-PKCS --id "$1" -i data -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	[ "$2" = sd ] || return 0
	openssl pkeyutl -encrypt -pubin -inkey pub -in plain -out sealed
	tool --decrypt -m RSA-PKCS --id "$1" -i sealed -o opened
	same plain opened
	quiet pkcs15-crypt --decipher --pkcs1 -k "$1" -p 123456 -i sealed -o opened --raw
	same plain opened
}
# certify ID: the certificate of that key is its own, and comes back as it went.
certify() {
	openssl req -x509 -key own.pem -subj /CN=brought -outform DER -out cert.der
	tool --write-object cert.der --type cert --id "$1"
	quiet pkcs15-tool --read-certificate "$1" -o back.pem
	openssl x509 -in back.pem -outform DER -out back.der
	same cert.der back.der
}

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out own.pem 2>/dev/null
openssl pkey -in own.pem -pubout -out own.pub
openssl rsa -in own.pem -outform DER -out own.der 2>/dev/null

only ""
step "a bare card is made ready, once"
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456
quiet gids-tool -X --pin 123456 --admin-key "$key" --serial-number 00112233445566778899aabbccddeeff
expect "Serial number +: 00112233445566778899aabbccddeeff" pkcs15-tool --dump
expect "Tries left +: 3" pkcs15-tool --dump
expect "cmapfile" gids-tool
expect "failed with Card is invalid" gids-tool -X --pin 111111 --admin-key "$other" \
	--serial-number 00112233445566778899aabbccddeefe
expect "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456

step "keys are made and brought"
init --generate-key rsa/2048 --label made --key-usage sign,decrypt
tool --keypairgen --key-type rsa:2048 --label signer --usage-sign --id 01
init --store-private-key own.pem --label brought --key-usage sign,decrypt
tool --write-object own.der --type privkey --usage-sign --usage-decrypt --label again --id 03
use 00 sd
use 01 s
use 02 sd
same own.pub pub
use 03 sd
same own.pub pub

step "certificates come, are read, and go"
certify 02
expect "kxc02" gids-tool
init --delete-objects cert --id 02
refuse "" pkcs15-tool --read-certificate 02
init --delete-objects privkey --id 02
refuse "" pkcs15-tool --read-public-key 02
use 00 sd

step "PINs"
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 999999
expect "Tries left +: 2" pkcs15-tool --dump
quiet pkcs11-tool --module "$opensc" --login --pin 123456 --change-pin --new-pin 1111
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456
expect "Tries left +: 0" pkcs15-tool --dump
refuse "" pkcs15-tool --verify-pin --auth-id 80 --pin 1111
refuse "" gids-tool -U --admin-key "$other" --pin 123456
quiet gids-tool -U --admin-key "$key" --pin 123456
use 00 s

step "the administrator's key"
refuse "" gids-tool -C --admin-key "$other" --new-admin-key "$key"
quiet gids-tool -C --admin-key "$key" --new-admin-key "$other"
refuse "" gids-tool -U --admin-key "$key" --pin 123456
quiet gids-tool -U --admin-key "$other" --pin 654321
quiet pkcs15-tool --verify-pin --auth-id 80 --pin 654321

only 2
step "a card that was sold full"
expect "X.509 Certificate .tamga-vcard 1" pkcs15-tool --dump
expect "ksc01" gids-tool
use 00 sd
use 01 s
for id in 00 01; do
	quiet pkcs15-tool --read-certificate $id -o cert.pem
	openssl x509 -in cert.pem -noout -pubkey >own
	quiet pkcs15-tool --read-public-key $id -o pub
	same own pub
done
tool --write-object own.der --type privkey --usage-sign --usage-decrypt --label more --id 02
certify 02
use 02 sd
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" log | awk '$8 > 256 { bad = 1 } END { exit bad || NR < 20 }' ||
	fail "a short card sent more than 256 bytes"

only 3
step "PIV on the same card ends the login"
quiet gids-tool -X --pin 123456 --admin-key "$key" --serial-number 00112233445566778899aabbccddeeff
gids=00:A4:04:00:09:A0:00:00:03:97:42:54:46:59
put=00:DB:A0:10:04:DF:30:01:AA
quiet opensc-tool -c gids -s $gids -s 00:20:00:80:06:31:32:33:34:35:36 -s $put \
	-s 00:A4:04:00:05:A0:00:00:03:08 -s $gids -s $put
[ "$(grep -c "SW1=0x90, SW2=0x00" said)" -eq 5 ] && tail -n 1 said | grep -q "SW1=0x69, SW2=0x82" ||
	{ cat said; fail "a login that PIV does not end"; }
expect "" pkcs15-tool --verify-pin --auth-id 80 --pin 123456
echo "all as it should be"
