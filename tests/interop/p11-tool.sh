#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pkcs11-tool on our module: slots, objects, every mechanism that signs, each
# signature verified by openssl with the key of the certificate.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256/rsa:2048/rsa:2048/ec:p384"
need pkcs11-tool openssl yubico-piv-tool pcscd nm
enter "$0" "$@"
work
publics

step "three symbols, no more"
nm -D --defined-only "$M" | cut -d' ' -f3 >got
printf '%s\n' C_GetFunctionList C_GetInterface C_GetInterfaceList >want
same got want

step "slots and objects"
p11 -L >list
grep -q "token label *: PIV-" list || { cat list; fail "no token"; }
grep -q "(empty)" list || { cat list; fail "the empty reader is not shown"; }
p11 -O >list
for id in 9a 9c 9d 9e; do
	p11 --read-object --type cert --id $id -o der
	openssl x509 -inform DER -in der -noout -pubkey >got
	same got pub.$id
	# pkcs11-tool 0.23 cannot make a key of a P-384 point.
	if [ $id != 9e ]; then
		p11 --read-object --type pubkey --id $id -o der
		openssl pkey -pubin -inform DER -in der >got
		same got pub.$id
	fi
	grep -q "Unique ID: *public-$id" list || { cat list; fail "no public-$id"; }
done
! grep -q "Private Key Object; RSA" list || fail "a private key before login"
p11 -O --login --pin $PIN >list
[ "$(grep -c "Private Key Object" list)" -eq 4 ] || { cat list; fail "not four keys"; }

# sign ID MECHANISM INPUT [OPTION...]
sign() {
	id=$1 mechanism=$2 input=$3
	shift 3
	p11 --login --pin $PIN --sign --id "$id" -m "$mechanism" -i "$input" -o sig "$@"
}

step "RSA, PKCS#1 v1.5"
for h in 1 224 256 384 512; do
	sign 9d SHA$h-RSA-PKCS data
	expect "Verified OK" openssl dgst -sha$h -verify pub.9d -signature sig data
done
sign 9d RSA-PKCS hash.256
openssl pkeyutl -verifyrecover -pubin -inkey pub.9d -in sig -out got
same got hash.256

step "RSA-PSS"
for h in 1 224 256 384 512; do
	sign 9d SHA$h-RSA-PKCS-PSS data --salt-len 20
	expect "Verified OK" openssl dgst -sha$h -verify pub.9d -sigopt rsa_padding_mode:pss \
		-sigopt rsa_pss_saltlen:20 -signature sig data
done
for salt in 0 32 222; do
	sign 9d RSA-PKCS-PSS hash.256 --hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len $salt
	expect "Verified OK" openssl dgst -sha256 -verify pub.9d -sigopt rsa_padding_mode:pss \
		-sigopt rsa_pss_saltlen:$salt -signature sig data
done

step "RSA, raw"
# EMSA-PKCS1-v1_5 by hand: openssl must take what the raw operation gives.
{
	printf '\000\001'
	head -c 202 /dev/zero | tr '\000' '\377'
	printf '\000\060\061\060\015\006\011\140\206\110\001\145\003\004\002\001\005\000\004\040'
	cat hash.256
} >block
[ "$(wc -c <block)" -eq 256 ] || fail "the block has $(wc -c <block) bytes"
sign 9d RSA-X-509 block
expect "Verified OK" openssl dgst -sha256 -verify pub.9d -signature sig data

step "ECDSA"
for h in 1 224 256 384 512; do
	for id in 9a 9e; do
		sign $id ECDSA-SHA$h data --signature-format openssl
		expect "Verified OK" openssl dgst -sha$h -verify pub.$id -signature sig data
	done
	sign 9a ECDSA hash.$h --signature-format openssl
	expect "Verified OK" openssl dgst -sha$h -verify pub.9a -signature sig data
done

step "decrypting what openssl encrypted"
echo "a secret" >plain
seal() { openssl pkeyutl -encrypt -pubin -inkey pub.9d -in plain -out sealed "$@"; }
unseal() {
	p11 --login --pin $PIN --decrypt --id 9d -i sealed -o opened -m "$@"
	same plain opened
}
seal
unseal RSA-PKCS
for h in 1 224 256 384 512; do
	for mgf in 1 256; do
		seal -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha$h \
			-pkeyopt rsa_mgf1_md:sha$mgf
		name=SHA$h
		[ $h = 1 ] && name=SHA-1
		unseal RSA-PKCS-OAEP --hash-algorithm $name --mgf MGF1-SHA$mgf
	done
done
head -c 256 /dev/zero | tr '\000' '\001' >plain
seal -pkeyopt rsa_padding_mode:none
unseal RSA-X-509
head -c 256 /dev/zero | tr '\000' '\002' >sealed
refuse "CKR_ENCRYPTED_DATA_INVALID" pkcs11-tool --module "$M" --login --pin $PIN \
	--decrypt --id 9d -i sealed -o opened -m RSA-PKCS

step "agreeing on a key with openssl"
for id in 9a 9e; do
	curve=P-256
	[ $id = 9e ] && curve=P-384
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out peer
	openssl pkey -in peer -pubout -outform DER -out peer.pub
	openssl pkeyutl -derive -inkey peer -peerkey pub.$id -out want
	for form in "" --derive-pass-der; do
		p11 --login --pin $PIN --derive --id $id -m ECDH1-DERIVE -i peer.pub -o got $form
		same want got
	done
done

step "verifying in software, without a PIN"
# check ID MECHANISM INPUT [OPTION...]: what openssl took is taken, and what
# was changed is not.
check() {
	id=$1 mechanism=$2 input=$3
	shift 3
	sign "$id" "$mechanism" "$input" "$@"
	expect "Signature is valid" pkcs11-tool --module "$M" --verify --id "$id" \
		-m "$mechanism" -i "$input" --signature-file sig "$@"
	head -c 20 sig >torn
	tail -c +21 sig | tr '\000-\377' '\001-\377\000' >>torn
	# pkcs11-tool 0.23 says so and exits 0.
	expect "^Invalid signature" pkcs11-tool --module "$M" --verify --id "$id" \
		-m "$mechanism" -i "$input" --signature-file torn "$@"
}
for h in 1 224 256 384 512; do
	check 9d SHA$h-RSA-PKCS data
	check 9d SHA$h-RSA-PKCS-PSS data --salt-len 20
	check 9a ECDSA-SHA$h data
done
check 9d RSA-PKCS hash.256
check 9d RSA-X-509 block
check 9e ECDSA hash.384
check 9d RSA-PKCS-PSS hash.256 --hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 222

step "a certificate is taken away and written again"
p11 --read-object --type cert --id 9d -o der
p11 --login --pin $PIN --delete-object --type cert --id 9d
p11 -O --type cert >list
! grep -q "ID: *9d" list || { cat list; fail "the certificate is still there"; }
refuse "" yubico-piv-tool -a read-certificate -s 9d
p11 --login --pin $PIN --write-object der --type cert --id 9d
yubico-piv-tool -a read-certificate -s 9d -o got
same got cert.9d

step "pkcs11-tool's own test"
expect "No errors" pkcs11-tool --module "$M" --login --pin $PIN --test

step "a PIN before every signature"
sign 9c SHA256-RSA-PKCS data
expect "Verified OK" openssl dgst -sha256 -verify pub.9c -signature sig data

step "a wrong PIN costs one try and is told"
refuse CKR_PIN_INCORRECT pkcs11-tool --module "$M" --login --pin 000000 -O
expect "2 tries" sh -c "yubico-piv-tool -a status | sed -n 's/^PIN tries left:[^0-9]*/PIN /p' | sed 's/PIN \(.*\)/\1 tries/'"
refuse CKR_PIN_LEN_RANGE pkcs11-tool --module "$M" --login --pin 000 -O
p11 --login --pin $PIN -O >/dev/null

step "fork"
expect "" pkcs11-tool --module "$M" --test-fork --slot 0
