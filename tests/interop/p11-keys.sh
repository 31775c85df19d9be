#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keys made through our module by other people's programs, on a card that is
# empty: where they are, what they are called, that they work, what goes.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,version=5.7.1"
need pkcs11-tool openssl yubico-piv-tool pcscd p11tool certtool
enter "$0" "$@"
work
XDG_STATE_HOME=$work/state
export XDG_STATE_HOME
echo "what is signed" >data

gen() { p11 --login --pin $PIN --keypairgen "$@" >made; }

# sign_by ID MECHANISM HASH: openssl verifies with the public key we tell.
sign_by() {
	p11 --read-object --type pubkey --id "$1" -o der
	openssl pkey -pubin -inform DER -in der -out pub
	p11 --login --pin $PIN --sign --id "$1" -m "$2" -i data -o sig --signature-format openssl
	expect "Verified OK" openssl dgst "-$3" -verify pub -signature sig data
}

step "an EC key goes into the first free slot"
gen --key-type EC:prime256v1
grep -q "ID: *9a" made || { cat made; fail "not in 9a"; }
sign_by 9a ECDSA-SHA256 sha256

step "an RSA key into the next that wants the PIN once, under its own name"
gen --key-type rsa:2048 --id a1b2c3 --label "my key"
sign_by a1b2c3 SHA256-RSA-PKCS sha256
p11 -O --login --pin $PIN >list
grep -q "my key" list || { cat list; fail "no label"; }
expect "9D" sh -c "yubico-piv-tool -a attest -s 9d | openssl x509 -noout -text | grep -q 'Attestation 9d' && echo 9D"

step "a slot by its name; no slot twice"
gen --key-type EC:secp384r1 --label 9c
refuse CKR_ATTRIBUTE_VALUE_INVALID pkcs11-tool --module "$M" --login --pin $PIN \
	--keypairgen --key-type EC:prime256v1 --label 9c
refuse CKR_ATTRIBUTE_VALUE_INVALID pkcs11-tool --module "$M" --login --pin $PIN \
	--keypairgen --key-type EC:prime256v1 --id a1b2c3
refuse CKR_USER_NOT_LOGGED_IN pkcs11-tool --module "$M" --keypairgen --key-type EC:prime256v1 \
	--slot 0

step "Edwards keys"
gen --key-type EC:edwards25519 --id ed
p11 --login --pin $PIN --sign --id ed -m EDDSA -i data -o sig
p11 --read-object --type pubkey --id ed -o der
# pkcs11-tool 0.23 cannot write it as others read it.
GNUTLS_PIN=$PIN p11tool --provider "$M" --export-pubkey --outfile=pub "pkcs11:id=%ed;type=public" >said 2>&1 ||
	{ cat said; fail "p11tool"; }
expect "Verified Success" openssl pkeyutl -verify -pubin -inkey pub -rawin -in data -sigfile sig

step "another ID, and a certificate under another label"
p11 --login --pin $PIN --set-id 0badcafe --id a1b2c3 --type privkey
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=ca -days 2 2>/dev/null
p11 --read-object --type pubkey --id 0badcafe -o der
openssl pkey -pubin -inform DER -in der -out pub
openssl req -new -key ca.key -subj /CN=someone -out csr
openssl x509 -req -in csr -force_pubkey pub -CA ca.pem -CAkey ca.key -CAcreateserial \
	-outform DER -out cert 2>/dev/null
p11 --login --pin $PIN --write-object cert --type cert --id 0badcafe --label "someone's"
p11 -O --login --pin $PIN >list
[ "$(grep -c "ID: *0badcafe" list)" -eq 3 ] || { cat list; fail "not three objects of one ID"; }
grep -q "label: *someone's" list || { cat list; fail "no label"; }
yubico-piv-tool -a read-certificate -s 9d >got
openssl x509 -inform DER -in cert >want
same got want

step "GnuTLS makes a key and asks for a certificate with it"
url="pkcs11:model=$(p11tool --provider "$M" --list-tokens | sed -n 's/.*URL: pkcs11:model=\([^;]*\);.*/\1/p' | head -1)"
GNUTLS_PIN=$PIN p11tool --provider "$M" --login --batch --generate-privkey=ecdsa --curve=secp256r1 \
	--label=gnutls --outfile=gnutls.pub "$url" >said 2>&1 || { cat said; fail "p11tool"; }
GNUTLS_PIN=$PIN p11tool --provider "$M" --login --batch --list-keys "$url;object=gnutls" >list 2>&1
grep -q "Label: gnutls" list || { cat list; fail "no key"; }

step "a key is destroyed"
p11 --login --pin $PIN --delete-object --type privkey --id 9a
refuse "" yubico-piv-tool -a attest -s 9a
p11 -O --login --pin $PIN >list
! grep -q "ID: *9a" list || { cat list; fail "the key is still there"; }

step "a key from outside"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER -out own.key
openssl pkey -inform DER -in own.key -pubout -out own.pub
p11 --login --pin $PIN --write-object own.key --type privkey --id 9a --usage-sign
p11 --login --pin $PIN --sign --id 9a -m ECDSA-SHA256 -i data -o sig --signature-format openssl
expect "Verified OK" openssl dgst -sha256 -verify own.pub -signature sig data
openssl genrsa -out own.key 2048 2>/dev/null
openssl rsa -in own.key -outform DER -out own.der 2>/dev/null
openssl pkey -in own.key -pubout -out own.pub
p11 --login --pin $PIN --write-object own.der --type privkey --id 84 --usage-sign
p11 --login --pin $PIN --sign --id 84 -m SHA256-RSA-PKCS -i data -o sig
expect "Verified OK" openssl dgst -sha256 -verify own.pub -signature sig data

step "the SO: PUK, management key in hexadecimal and as text"
for _ in 1 2 3; do yubico-piv-tool -a verify-pin -P 000000 >said 2>&1 || :; done
refuse CKR_PIN_LOCKED pkcs11-tool --module "$M" --login --pin $PIN -O
refuse CKR_PIN_INCORRECT pkcs11-tool --module "$M" --login --login-type so --so-pin 00000000 --init-pin --new-pin 222222
p11 --login --login-type so --so-pin "$TAMGA_TEST_PUK" --init-pin --new-pin 222222 --pin 222222
PIN=222222
p11 --login --pin $PIN -O >/dev/null
text="a key of just 24 letters"
hex=$(printf %s "$text" | od -An -tx1 | tr -d ' \n')
p11 --login --login-type so --so-pin "$TAMGA_TEST_ADMIN" --change-pin --new-pin "$text"
refuse CKR_USER_NOT_LOGGED_IN pkcs11-tool --module "$M" --login --pin $PIN \
	--keypairgen --key-type EC:prime256v1
for so in "$text" "$hex"; do
	p11 --login --login-type so --so-pin "$so" --keypairgen --key-type EC:prime256v1
done

step "the way back to the factory, by name"
label=$(p11 -L | sed -n 's/.*token label *: *//p' | head -1)
refuse "CKR_ARGUMENTS_BAD" pkcs11-tool --module "$M" --init-token --label other --so-pin "$text"
refuse "CKR_PIN_INCORRECT" pkcs11-tool --module "$M" --init-token --label "$label" --so-pin "a key of just 24 LETTERS"
p11 --init-token --label "$label" --so-pin "$text"
refuse "" yubico-piv-tool -a attest -s 9a
p11 --login --login-type so --so-pin "$text" --keypairgen --key-type EC:prime256v1
p11 --login --pin 123456 -O >list
[ "$(grep -c "Private Key Object" list)" -eq 1 ] || { cat list; fail "not one key"; }
