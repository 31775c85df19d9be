#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# yubico-piv-tool, which nobody here wrote, takes our card for a YubiKey: every
# result is checked with openssl.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card piv,serial=4711"
need yubico-piv-tool openssl pcscd
enter "$0" "$@"
work

admin=
tool() {
	# shellcheck disable=SC2086
	yubico-piv-tool ${admin:+-k$admin} "$@"
}
public_of() { openssl x509 -in "$1" -noout -pubkey; }

step "status of a fresh card"
expect "Version:[[:space:]]*5\.4\.3" tool -a status
grep -qE "Serial Number:[[:space:]]*4711" said || fail "serial number"
grep -qE "PIN tries left:[[:space:]]*3" said || fail "tries"

echo "what is signed" >data
for alg in RSA2048 ECCP256 ECCP384; do
	for slot in 9a 9c 9d 9e 82 95; do
		[ $alg != RSA2048 ] || [ $slot = 9a ] || [ $slot = 9c ] || continue
		step "$alg in $slot: born, attested, signing"
		tool -a generate -s $slot -A $alg -o pub.$alg.$slot
		tool -a attest -s $slot -o attested.pem
		tool -a read-certificate -s f9 -o root.pem
		expect OK openssl verify -CAfile root.pem attested.pem
		public_of attested.pem >attested.pub
		same attested.pub pub.$alg.$slot
		expect "Signature successful" tool -a verify-pin -P 123456 --sign -s $slot \
			-A $alg -H SHA256 -i data -o sig
		expect "Verified OK" openssl dgst -sha256 -verify pub.$alg.$slot -signature sig data
		refuse "Verif" openssl dgst -sha256 -verify pub.$alg.$slot -signature sig root.pem
	done
done
step "every key is another one"
[ "$(cat pub.* | openssl sha256)" ] && for a in pub.*; do for b in pub.*; do
	[ "$a" = "$b" ] || ! cmp -s "$a" "$b" || fail "$a is $b"
done; done

step "what the attestation says"
tool -a generate -s 9a -A ECCP256 --pin-policy=always --touch-policy=cached -o pub
tool -a attest -s 9a -o attested.pem
openssl x509 -in attested.pem -noout -text -certopt ext_dump >text
openssl asn1parse -in attested.pem -dump >dump
for row in "41482.3.3 050403" "41482.3.7 02021267" "41482.3.8 0303" "41482.3.9 01"; do
	oid=${row% *}
	want=${row#* }
	got=$(grep -A1 "$oid" dump | sed -n 's/.*HEX DUMP\]:\([0-9A-F]*\).*/\1/p')
	[ -n "$got" ] || got=$(grep -A2 "$oid" dump | sed -n 's/^ *0000 - \([0-9a-f -]*\)  .*/\1/p' |
		tr -d ' -' | tr a-f A-F)
	[ "$got" = "$want" ] || { cat dump; fail "$oid is $got, not $want"; }
done

step "keys and certificates from outside"
for key in RSA2048 ECCP256 ECCP384; do
	case $key in
	RSA2048) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem ;;
	ECCP256) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem ;;
	ECCP384) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem ;;
	esac 2>/dev/null
	openssl req -x509 -key key.pem -subj "/CN=$key" -days 2 -out cert.pem
	openssl pkey -in key.pem -pubout -out pub.pem
	expect "imported a new private key" tool -a import-key -s 9d -A $key -i key.pem
	expect "imported a new certificate" tool -a import-certificate -s 9d -i cert.pem
	tool -a read-certificate -s 9d -o back.pem
	same back.pem cert.pem
	expect "Signature successful" tool -a verify-pin -P 123456 --sign -s 9d -A $key \
		-H SHA256 -i data -o sig
	expect "Verified OK" openssl dgst -sha256 -verify pub.pem -signature sig data
	expect "[Ss]uccess" tool -a verify-pin -P 123456 -a test-signature -s 9d -i cert.pem
	expect "[Ss]uccess" tool -a verify-pin -P 123456 -a test-decipher -s 9d -i cert.pem
	refuse . tool -a attest -s 9d	# not born here
	expect "Subject DN:[[:space:]]*CN=$key" tool -a status
done
tool -a delete-certificate -s 9d
refuse . tool -a read-certificate -s 9d

step "CHUID, CCC, objects"
expect "new CHUID" tool -a set-chuid
expect "new CCC" tool -a set-ccc
expect "CHUID:[[:space:]]*3019" tool -a status
printf 'an object' >object
tool -a write-object --id 0x5fff00 -f binary -i object
tool -a read-object --id 0x5fff00 -f binary -o back
same object back
refuse . tool -a read-object --id 0x5fff42

step "PIN, PUK, tries"
expect "changed the pin" tool -a change-pin -P 123456 -N 654321
refuse "2 tries left" tool -a verify-pin -P 123456
expect "PIN tries left:[[:space:]]*2" tool -a status
expect "verified PIN" tool -a verify-pin -P 654321
expect "PIN tries left:[[:space:]]*3" tool -a status
expect "changed the puk" tool -a change-puk -P 12345678 -N 87654321
refuse . tool -a change-puk -P 12345678 -N 87654321
for left in 2 1 0; do refuse . tool -a verify-pin -P 111111; done
expect "PIN tries left:[[:space:]]*0" tool -a status
refuse "[Bb]locked|0 tries" tool -a verify-pin -P 654321
expect "unblocked the pin" tool -a unblock-pin -P 87654321 -N 123456
expect "verified PIN" tool -a verify-pin -P 123456
expect "retries to 7 and puk retries to 2" tool -a verify-pin -P 123456 -a pin-retries \
	--pin-retries 7 --puk-retries 2
expect "PIN tries left:[[:space:]]*7" tool -a status

step "the management key"
refuse . tool -a generate -s 9a -A ECCP256 -k 000000000000000000000000000000000000000000000000
new=112233445566778811223344556677881122334455667799
expect "new management key" tool -a set-mgm-key -n $new
refuse . tool -a set-chuid
admin=$new
expect "new CHUID" tool -a set-chuid

step "factory reset: only when both are blocked"
refuse . tool -a reset
for left in 6 5 4 3 2 1 0; do refuse . tool -a verify-pin -P 111111; done
refuse . tool -a reset
for left in 1 0; do refuse . tool -a change-puk -P 00000000 -N 11111111; done
expect "reset" tool -a reset
admin=
expect "CHUID:[[:space:]]*No data" tool -a status
grep -qE "PIN tries left:[[:space:]]*3" said || fail "tries after reset"
refuse . tool -a attest -s 9a
tool -a read-certificate -s f9 -o kept.pem
same kept.pem root.pem
expect "new CHUID" tool -a set-chuid
echo "all as it should be"
