#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every command on a new card, judged by openssl: over pcscd, over the socket,
# in text and as JSON.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
case ${1:-} in
'')
	sh "$0" pcsc && sh "$0" socket
	exit ;;
pcsc) exec "$top_srcdir/tests/with-card" --card piv,version=5.7.1 -- sh "$0" inside ;;
socket)
	exec "$top_srcdir/tests/with-card" --no-pcscd --card piv,version=5.7.1 -- \
		sh "$0" inside --no-pcsc ;;
esac
shift
world
case ${1:-} in
--no-pcsc)
	cat >conf <<-END
	readers = { pcsc = false; vcard = "$TAMGA_TEST_VCARD"; };
	END
	mkdir -p config/tamga && mv conf config/tamga/tamga.conf ;;
esac
echo 135790 >pin
echo 24680135 >puk
echo "what is signed" >data

step "the new card"
wants 0 tamga readers --json
json '.readers[0].card == "present"'
wants 0 tamga info
says err "factory"
wants 0 tamga setup --new-pin-file pin --new-puk-file puk --json
json '.pin == "changed" and .puk == "changed" and .management_key == "protected"'
wants 0 tamga info --json
json '.pin.tries_left == 3 and .pin.factory == false and .puk.factory == false'
json '.management_key.factory == false and (.slots | length) == 4'
wants 0 tamga pin verify --pin-file pin
wants 0 tamga doctor --json
json '.ok and ([.checks[] | select(.state == "wrong")] | length) == 0'

step "keys, each born on the card, each used and judged"
for row in 9a:ec:p256 9c:rsa:2048 9d:rsa:2048 9e:ec:p384; do
	slot=${row%%:*} type=${row#*:}
	wants 0 tamga key generate "$slot" --type "$type" --pin-file pin -o "$slot.pub" --json
	json ".slot == \"$slot\" and .type == \"$type\" and .origin == \"generated\""
	hash=sha256
	[ "$type" != ec:p384 ] || hash=sha384
	wants 0 tamga sign "$slot" data --pin-file pin -o sig
	openssl dgst -$hash -verify "$slot.pub" -signature sig data >/dev/null ||
		fail "the signature of $slot"
done
wants 0 tamga sign 9c data --pss --hash sha512 --pin-file pin -o sig
openssl dgst -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64 \
	-verify 9c.pub -signature sig data >/dev/null || fail "PSS"
wants 0 tamga sign 9e data --raw -o raw
[ "$(wc -c <raw)" -eq 96 ] || fail "r and s of P-384 are 96 bytes"
openssl dgst -sha256 -binary -out digest data
wants 0 tamga sign 9a --digest digest --pin-file pin --json
jq -r .signature out | base64 -d >sig
openssl dgst -sha256 -verify 9a.pub -signature sig data >/dev/null || fail "of a digest"
wants 0 tamga sign 9a --pin-file pin <data
openssl dgst -sha256 -verify 9a.pub -signature out data >/dev/null || fail "stdin"

step "decryption and key agreement"
openssl pkeyutl -encrypt -pubin -inkey 9d.pub -in data -out c
wants 0 tamga decrypt 9d c --pin-file pin
cmp -s data out || fail "PKCS#1"
openssl pkeyutl -encrypt -pubin -inkey 9d.pub -in data -out c \
	-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256
wants 0 tamga decrypt 9d --oaep c --pin-file pin
cmp -s data out || fail "OAEP"
wants 1 tamga decrypt 9d --oaep --hash sha1 c --pin-file pin
says err "padding"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out peer.pem
openssl pkey -in peer.pem -pubout -out peer.pub
wants 0 tamga decrypt 9a --peer peer.pub --pin-file pin -o secret
openssl pkeyutl -derive -inkey peer.pem -peerkey 9a.pub -out theirs
cmp -s secret theirs || fail "the agreed secret"

step "certificates, also of people who are not written in Latin"
name='Әсел Қуанышқызы'
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -utf8 \
	-subj "/CN=$name" 2>/dev/null
for curve in P-256 P-384; do
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out ec.pem
	wants 0 tamga key import 83 ec.pem --pin-file pin
	tamga sign 83 data --pin-file pin -o sig
	openssl pkey -in ec.pem -pubout -out ec.pub
	digest=sha256
	[ $curve = P-256 ] || digest=sha384
	openssl dgst -$digest -verify ec.pub -signature sig data >/dev/null ||
		fail "the imported $curve key signs otherwise"
	wants 0 tamga key delete 83 --yes --pin-file pin
done
wants 0 tamga key import 82 k.pem --pin-file pin
says err "key generate"
wants 0 tamga cert install 82 c.pem --pin-file pin
wants 0 tamga list
says out "CN=$name"
wants 0 tamga list --json
json ".tokens[0].keys | map(select(.certificate.common_name == \"$name\")) | length == 1"
uri=$(jq -r '.tokens[0].keys[] | select(.slot == "82").uri' out)
wants 0 tamga cert export "$uri"
cmp -s out c.pem || fail "the exported certificate"
wants 0 tamga cert show "$name" --json
json '.self_issued'
wants 0 tamga cert export "$name" --der -o c.der
openssl x509 -inform DER -in c.der -outform PEM | cmp -s - c.pem || fail "DER"

step "CMS made and opened by the card, judged by openssl"
wants 0 tamga sign "$name" data --cms --pin-file pin -o cms
openssl cms -verify -inform PEM -in cms -content data -CAfile c.pem -binary \
	-out /dev/null 2>/dev/null || fail "detached CMS"
wants 0 tamga sign 82 data --cms --attached --der --pin-file pin -o cms
openssl cms -verify -inform DER -in cms -CAfile c.pem -out back 2>/dev/null ||
	fail "attached CMS"
cmp -s data back || fail "the content of the CMS"
openssl cms -encrypt -binary -in data -outform PEM -out env c.pem
wants 0 tamga decrypt 82 --cms env --pin-file pin
cmp -s data out || fail "enveloped CMS"

# Once: libcrypto takes seconds to find such primes.
case ${1:-} in --no-pcsc)
	step "the largest key there is"
	wants 0 tamga key generate 84 --type rsa:4096 -o 84.pub --pin-file pin
	openssl pkey -pubin -in 84.pub -noout -text | grep -q "4096 bit" || fail "its size"
	for how in "" --pss; do
		wants 0 tamga sign 84 data $how --pin-file pin -o sig
		[ "$(wc -c <sig)" = 512 ] || fail "its signature"
		openssl dgst -sha256 ${how:+-sigopt rsa_padding_mode:pss} \
			-verify 84.pub -signature sig data >/dev/null || fail "RSA 4096 $how"
	done
	openssl pkeyutl -encrypt -pubin -inkey 84.pub -in data -out secret
	wants 0 tamga decrypt 84 secret --pin-file pin
	cmp -s data out || fail "RSA 4096: decryption"
	wants 0 tamga key delete 84 --yes --pin-file pin ;;
esac

step "attestation, moving, deleting"
wants 0 tamga key attest 9a -o attest.pem
openssl x509 -in attest.pem -noout -pubkey | cmp -s - 9a.pub || fail "attestation"
wants 0 tamga key move 82 83 --pin-file pin
wants 1 tamga key move 83 9c --pin-file pin
says err "--replace"
wants 0 tamga key delete 83 --yes --pin-file pin --json
json '.key == false'
wants 0 tamga cert delete 82 --yes --pin-file pin
wants 1 tamga cert show 82

step "the cost of a cold signature"
case ${TAMGA_TEST_CTL:-} in '') fail "no control socket" ;; esac
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" mark
wants 0 tamga sign 9a data --pin-file pin -o sig
n=$("$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" count)
[ "$n" -le 5 ] || fail "$n APDUs: SELECT, metadata, tries, VERIFY, sign are 5"
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" mark
wants 0 tamga sign 9a data --pin-file pin --last-try -o sig
m=$("$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" count)
[ "$m" -le 4 ] || fail "$m APDUs when nobody asks for tries"
echo "   $n APDUs, with --last-try $m"

step "PINs changed, and the reset"
echo 112233 >pin2
wants 0 tamga pin change --pin-file pin --new-pin-file pin2
wants 0 tamga pin change --puk --puk-file puk --new-puk-file puk
{ cat puk; cat pin; } >both
wants 0 tamga pin unblock --puk-fd 3 --new-pin-fd 3 3<both
wants 0 tamga pin verify --pin-file pin
label=$(tamga list --json | jq -r '.tokens[0].label')
wants 1 tamga reset --destroy nonsense
says err "$label"
wants 0 tamga reset --destroy "$label"
wants 0 tamga info --json
json '.pin.factory and ([.slots[] | select(.key)] | length) == 0'
echo "all held"
