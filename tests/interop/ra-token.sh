#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Renewal by curl whose client key is on a token (SoftHSM through libp11).
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

for need in softhsm2-util pkcs11-tool; do
	command -v $need >/dev/null || { echo "SKIP: no $need"; exit 77; }
done
lib=
for at in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
	[ ! -f "$at" ] || lib=$at
done
engine=
for at in /usr/lib/*/engines-3/pkcs11.so; do
	[ ! -f "$at" ] || engine=$at
done
[ -n "$lib" ] && [ -n "$engine" ] || { echo "SKIP: no SoftHSM or no libp11 engine"; exit 77; }

mkdir tokens
echo "directories.tokendir = $work/tokens" > softhsm.conf
SOFTHSM2_CONF=$work/softhsm.conf
cat > openssl.cnf <<CNF
openssl_conf = start
[start]
engines = engines
[engines]
pkcs11 = p11
[p11]
engine_id = pkcs11
dynamic_path = $engine
MODULE_PATH = $lib
init = 0
[req]
distinguished_name = dn
[dn]
CNF
OPENSSL_CONF=$work/openssl.cnf
export SOFTHSM2_CONF OPENSSL_CONF
softhsm2-util --init-token --free --label t --so-pin 12345678 --pin 1234 >/dev/null
pkcs11-tool --module "$lib" --token-label t --login --pin 1234 --keypairgen \
    --key-type EC:prime256v1 --id 01 --label k >/dev/null 2>&1
key='pkcs11:token=t;object=k;type=private;pin-value=1234'

openssl req -new -engine pkcs11 -keyform ENGINE -key "$key" -utf8 \
    -subj '/CN=Карта' -outform DER -out t.der 2>/dev/null || die "no request by the engine"
openssl base64 -in t.der -out t.b64
same enroll "$(post simpleenroll t.b64 $auth)" 200
base64 -d body | openssl pkcs7 -inform DER -print_certs -out t.pem
openssl verify -CAfile "$TAMGA_TEST_RA_CA" t.pem >/dev/null || die chain

openssl req -new -engine pkcs11 -keyform ENGINE -key "$key" -utf8 \
    -subj '/CN=Карта' -outform DER -out t2.der 2>/dev/null
openssl base64 -in t2.der -out t2.b64
for tls in 1.2 1.3; do
	same "re-enroll, TLS $tls" "$(post simplereenroll t2.b64 --engine pkcs11 \
	    --key-type ENG --key "$key" --cert t.pem --tls-max $tls --tlsv$tls)" 200
done
base64 -d body | openssl pkcs7 -inform DER -print_certs -out t2.pem
same 'same key' "$(openssl x509 -in t2.pem -noout -pubkey)" \
    "$(openssl x509 -in t.pem -noout -pubkey)"
! cmp -s t.pem t2.pem || die "the old certificate came back"
echo "token: all held"
