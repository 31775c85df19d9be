#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One card with three applications is three tokens, and two cards may be called alike:
# what is meant when none is named, what is refused then, and what tells them apart.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd \
	--card piv+openpgp+gids,serial=305419896,provisioned \
	--card piv,serial=77,provisioned --card piv,serial=77,provisioned -- sh "$0" inside
world
tamga() { "$top_builddir/tamga" "$@" --no-pcsc --vcard "$TAMGA_TEST_VCARD"; }
echo "$TAMGA_TEST_PIN" >pin

step "each is shown"
wants 0 tamga list --json
json '[.tokens[].driver] == ["piv", "openpgp", "gids"]'
gids=$(jq -r '.tokens[2].label' out)

step "the first is meant by what changes nothing"
wants 0 tamga info
says out "piv"

step "what kinds of keys it makes is said"
says out "makes keys of these types: rsa:2048, ec:p256, ec:p384"
wants 0 tamga info OpenPGP-12345678
says out "ec:bp512, ed25519, x25519"

step "what cannot be taken back, a PIN's try too, wants one named"
for command in "pin verify --pin-file pin" "pin change --pin-file pin" \
    "pin unblock --pin-file pin" "setup --pin-file pin" "reset --destroy x"; do
	# shellcheck disable=SC2086 # words
	wants 3 tamga $command
	says err "more than one token is there: "
	says err "OpenPGP-12345678 (vcard $TAMGA_TEST_VCARD)"
	says err "$gids (vcard $TAMGA_TEST_VCARD)"
	says err "name one by its serial number"
done
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=CA -out ca 2>err
ca="--ca est+https://localhost:1 --ca-file ca"
for command in "enroll $ca --subject CN=x --pin-file pin" "data write Nonesuch ca" \
    "data delete Nonesuch --yes" "renew --all --within 36500 $ca --pin-file pin"; do
	# shellcheck disable=SC2086 # words
	wants 3 tamga $command
	says err "name one"
	for token in PIV-305419896 OpenPGP-12345678 "$gids"; do
		grep -qx -e "  --token $token" err || { cat err; fail "$token is not said: $command"; }
	done
	# shellcheck disable=SC2086
	wants 3 tamga $command --json
	json ".error.try | index(\"--token $gids\") != null"
done
wants 0 tamga pin verify OpenPGP-12345678 --pin-file pin
wants 0 tamga pin verify "$gids" --pin-file pin

step "a key's name is enough where one application has such a slot"
echo "what is signed" >data
for slot in 9a sig; do
	wants 0 tamga cert export $slot -o pem
	wants 0 tamga sign $slot data --pin-file pin -o sig
	openssl x509 -in pem -noout -pubkey >pub
	openssl dgst -sha256 -verify pub -signature sig data >out || fail "$slot"
done

step "so is a slot's for a new key, and the name of a place for data"
for row in sig:OpenPGP-12345678 9c:PIV-305419896 "01:$gids"; do
	# shellcheck disable=SC2086
	wants 1 tamga enroll $ca --subject CN=x --slot "${row%%:*}"
	says err "slot ${row%%:*} of ${row#*:} holds the certificate of"
done
echo 12345678 >pw3
wants 0 tamga data write "login data" --text kettle --admin-key-file pw3
wants 0 tamga data read "login data" --token OpenPGP-12345678 -o out
[ "$(cat out)" = kettle ] || fail "written elsewhere"
wants 1 tamga data read kettle --token OpenPGP-12345678
says err "has no place for data that is called 'kettle'; it has: Name, Language Preferences"

step "all certificates are those of every application, but no maker's"
# shellcheck disable=SC2086
wants 1 tamga renew --all --within 36500 $ca -n --json
json '[.renewals[].renews // .renewals[].enrollment.token] | length == 9'
for word in PIV-305419896 OpenPGP-12345678 "$gids"; do says out "$word"; done
! grep -q 'id=%81' out || fail "the attestation key's"
wants 0 tamga renew --all
says out "No certificate of these tokens needs to be renewed."
wants 0 tamga renew --all --token "$gids"
says out "No certificate of token $gids needs to be renewed."

step "two cards that are called alike are told apart by their readers"
tamga() {
	"$top_builddir/tamga" "$@" --no-pcsc --vcard "$TAMGA_TEST_VCARD_2" \
		--vcard "$TAMGA_TEST_VCARD_3"
}
one="vcard $TAMGA_TEST_VCARD_2" two="vcard $TAMGA_TEST_VCARD_3"
wants 3 tamga enroll --ca est+https://localhost:1 --ca-file ca --subject CN=x --slot 9a
says err "more than one token has a slot 9a; name one of these tokens"
for reader in "$one" "$two"; do says err "  --token '$reader'"; done
wants 3 tamga info PIV-77
says err "more than one token PIV-77: PIV-77 ($one), PIV-77 ($two);"
says err "or reader"
wants 3 tamga sign 9a data --pin-file pin -o sig
says err "more than one key answers to '9a': PIV-77/9a ($one), PIV-77/9a ($two);"
says err "called alike with its reader"
wants 0 tamga info "$two"
says out "$two"
wants 0 tamga sign 9a data --token "$two" --pin-file pin -o sig
wants 0 "$top_builddir/tamga" cert export 9a -o pem --no-pcsc --vcard "$TAMGA_TEST_VCARD_3"
openssl x509 -in pem -noout -pubkey >pub
openssl dgst -sha256 -verify pub -signature sig data >out || fail "not the one in $two"
echo "all as it should be"
