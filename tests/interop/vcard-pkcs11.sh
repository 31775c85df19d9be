#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ykcs11 and OpenSC's module on our card, driven by pkcs11-tool: list, sign,
# decrypt, derive, generate.  Every result is checked with openssl.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card piv,provisioned=ec:p256/rsa:2048/rsa:2048/ec:p384"
need pkcs11-tool openssl yubico-piv-tool pcscd
enter "$0" "$@"
work

opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
ykcs11=$(module libykcs11.so.2) || { echo "skipped: no ykcs11"; exit 77; }
slot_of() { case $1 in 01) echo 9a ;; 02) echo 9c ;; 03) echo 9d ;; 04) echo 9e ;; esac; }
use() {
	lib=$1
	shift
	pkcs11-tool --module "$lib" --login --pin 123456 "$@" 2>said || {
		cat said >&2
		fail "pkcs11-tool $*"
	}
}

for id in 01 02 03 04; do
	yubico-piv-tool -a read-certificate -s "$(slot_of $id)" -o cert.$id
	openssl x509 -in cert.$id -noout -pubkey >pub.$id
done
echo "what is signed" >data
openssl dgst -sha256 -binary data >hash
openssl dgst -sha384 -binary data >hash384

for lib in "$opensc" "$ykcs11"; do
	name=$(basename "$lib")
	step "$name: list"
	use "$lib" -O >list
	for id in 01 02 03 04; do
		grep -qE "ID: +$id\$" list || { cat list; fail "$name: no object $id"; }
		use "$lib" --read-object --type cert --id $id -o der
		openssl x509 -inform DER -in der -noout -pubkey >got
		same got pub.$id
	done

	step "$name: sign"
	use "$lib" --sign -m ECDSA --signature-format openssl --id 01 -i hash -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub.01 -signature sig data
	use "$lib" --sign -m SHA256-RSA-PKCS --id 02 -i data -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub.02 -signature sig data
	use "$lib" --sign -m ECDSA --signature-format openssl --id 04 -i hash384 -o sig
	expect "Verified OK" openssl dgst -sha384 -verify pub.04 -signature sig data

	step "$name: decrypt"
	echo "a secret" >plain
	openssl pkeyutl -encrypt -pubin -inkey pub.03 -in plain -out sealed
	use "$lib" --decrypt -m RSA-PKCS --id 03 -i sealed -o opened
	same plain opened
	openssl pkeyutl -encrypt -pubin -inkey pub.03 -in plain -out sealed \
		-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256
	use "$lib" --decrypt -m RSA-PKCS-OAEP --hash-algorithm SHA256 --mgf MGF1-SHA256 \
		--id 03 -i sealed -o opened
	same plain opened

	step "$name: its own test"
	use "$lib" --test >tested
	grep -q "No errors" tested || { cat tested; fail "$name --test"; }
	! grep -qiE "error|ERR:|fail" said || { cat said; fail "$name --test"; }
done

step "derive: both sides find the same secret"
yubico-piv-tool -a generate -s 9d -A ECCP256 -o pub.9d
yubico-piv-tool -a verify-pin -P 123456 -a attest -s 9d -o cert.9d
yubico-piv-tool -a import-certificate -s 9d -i cert.9d
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out peer.pem
openssl pkey -in peer.pem -pubout -outform DER -out peer.der
openssl pkeyutl -derive -inkey peer.pem -peerkey pub.9d -out theirs
for lib in "$opensc" "$ykcs11"; do
	# ykcs11 takes the point bare, OpenSC as an octet string or bare
	use "$lib" --derive -m ECDH1-DERIVE --id 03 -i peer.der -o ours >/dev/null
	same ours theirs
done

step "ykcs11: generate"
admin=010203040506070801020304050607080102030405060708
for kind in rsa:2048 EC:secp256r1 EC:secp384r1; do
	pkcs11-tool --module "$ykcs11" --login --login-type so --so-pin $admin \
		--keypairgen --key-type $kind --id 01 >made 2>&1 || { cat made; fail "generate $kind"; }
	yubico-piv-tool -a attest -s 9a -o att
	openssl x509 -in att -noout -pubkey >born
	case $kind in
	rsa:2048) use "$ykcs11" --sign -m SHA256-RSA-PKCS --id 01 -i data -o sig ;;
	EC:secp256r1) use "$ykcs11" --sign -m ECDSA --signature-format openssl --id 01 -i hash -o sig ;;
	EC:secp384r1) use "$ykcs11" --sign -m ECDSA --signature-format openssl --id 01 -i hash -o sig ;;
	esac
	expect "Verified OK" openssl dgst -sha256 -verify born -signature sig data
done

step "a wrong PIN is counted, and only once"
if pkcs11-tool --module "$opensc" --login --pin 999999 -O >said 2>&1; then fail "wrong PIN"; fi
grep -q CKR_PIN_INCORRECT said || { cat said; fail "what a wrong PIN gives"; }
expect "PIN tries left:[[:space:]]*2" yubico-piv-tool -a status
use "$opensc" -O >/dev/null
expect "PIN tries left:[[:space:]]*3" yubico-piv-tool -a status
echo "all as it should be"
