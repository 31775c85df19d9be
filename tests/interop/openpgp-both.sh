#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A card with PIV and OpenPGP in our PKCS#11 module: one slot unless a person wants
# both (pkcs11.all-applications), each with its own keys, PIN rules and mechanisms.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv+openpgp,serial=305419896,provisioned=rsa:2048 --card piv,serial=77,provisioned"
need openssl pcscd pkcs11-tool
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
work
TAMGA_CONF=$work/conf
export TAMGA_CONF
: >conf
echo "what is signed" >data

step "nobody said that he wants both"
p11 -L >slots
[ "$(grep -c 'token label' slots)" = 2 ] && ! grep -q 'OpenPGP' slots || { cat slots; fail "slots"; }

step "both are slots"
echo 'pkcs11 = { all-applications = [ "*" ]; };' >conf
p11 -L >slots
[ "$(grep -c 'token label *: PIV-' slots)" = 2 ] || { cat slots; fail "not two PIV tokens"; }
[ "$(grep -c 'token label *: OpenPGP-12345678' slots)" = 1 ] || { cat slots; fail "no OpenPGP token"; }

step "one question that went wrong is asked again"
ctl mark >/dev/null
p11 -L >slots
asked=$(ctl log | awk '$3 == "A4" && ++n == 2 { print $1 }')	# the second application
ctl fault "$asked:truncated" >/dev/null
ctl mark >/dev/null
p11 -L >slots
[ "$(grep -c 'token label *: OpenPGP-12345678' slots)" = 1 ] ||
	{ cat slots; ctl log; fail "hidden until the card is put in again"; }

# signs LABEL ID: that token's key signs, by its own public key.
signs() {
	p11 --token-label "$1" --read-object --type cert --id "$2" -o cert.der
	openssl x509 -inform DER -in cert.der -noout -pubkey >pub
	p11 --token-label "$1" --login --pin "$PIN" --sign --mechanism SHA256-RSA-PKCS --id "$2" \
		-i data -o sig >/dev/null
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	openssl x509 -inform DER -in cert.der -noout -subject >>who
}
step "a reader's name means both, and is refused with the names of both"
tamga=$top_builddir/tamga
refuse "more than one token .*: PIV-[0-9]* .*, OpenPGP-12345678 .*; name one by its serial" \
	"$tamga" info --token "$TAMGA_TEST_READER"
expect "driver openpgp" "$tamga" info --token OpenPGP-12345678
expect "driver piv" "$tamga" info --token "$TAMGA_TEST_READER_2"

step "each signs with its own keys"
piv=$(sed -n 's/.*token label *: \(PIV-[0-9]*\)$/\1/p' slots | head -n 1)
signs "$piv" 9a
signs OpenPGP-12345678 01
signs OpenPGP-12345678 03
signs "$piv" 9c
[ "$(sort -u who | wc -l)" = 4 ] || { cat who; fail "not four keys"; }

step "the card pads: no PSS, no OAEP, no raw RSA"
p11 --token-label OpenPGP-12345678 -M >mechanisms
grep -q '^  SHA256-RSA-PKCS,' mechanisms || { cat mechanisms; fail "PKCS #1 v1.5"; }
! grep -qE 'PSS|OAEP|RSA-X-509' mechanisms || { cat mechanisms; fail "what it cannot do"; }
p11 --token-label "$piv" -M >mechanisms
grep -q 'PSS' mechanisms || { cat mechanisms; fail "PIV does PSS"; }

step "a PIN for each signature is what the signature key says"
p11 --token-label OpenPGP-12345678 --login --pin "$PIN" -O --type privkey >keys
[ "$(grep -c 'always authenticate' keys)" = 1 ] || { cat keys; fail "always authenticate"; }
echo "all as it should be"
