#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A build without the driver for PIV (configure --disable-driver-piv), and a PIV card in
# the reader: tamga and our module say so, and what is built in; a card of another
# kind is used as ever.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd --card piv,provisioned \
	--card openpgp,provisioned --card gids,provisioned -- sh "$0" inside
world
tamga() { "$top_builddir/tamga" "$@" --no-pcsc --vcard "$at"; }
echo "$TAMGA_TEST_PIN" >pin
echo "what is signed" >data

step "a card whose driver was left out"
at=$TAMGA_TEST_VCARD
wants 3 tamga list
says err "no driver knows the card in reader vcard $at; built in are: openpgp"
! grep -q 'built in are:.*piv' err || fail "piv is built in"
wants 3 tamga info
says err "no driver knows the card"
wants 3 tamga key generate 9a --pin-file pin
says err "no driver knows the card"
wants 1 tamga doctor
grep -q "tamga card report" out err || { cat out err; fail "doctor does not help"; }
wants 0 tamga card report
grep -qi "A000000308" out || { cat out; fail "the report does not tell of the application"; }

step "one whose driver is there"
at=$TAMGA_TEST_VCARD_2
wants 0 tamga cert export aut -o pem
wants 0 tamga sign aut data --pin-file pin -o sig
openssl x509 -in pem -noout -pubkey >pub
openssl dgst -sha256 -verify pub -signature sig data >out || fail "the signature"
echo "all as it should be"
