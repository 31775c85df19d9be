#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One card with three applications is three tokens: what is meant when none is named,
# and what is refused then.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd \
	--card piv+openpgp+gids,serial=305419896,provisioned -- sh "$0" inside
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
echo "all as it should be"
