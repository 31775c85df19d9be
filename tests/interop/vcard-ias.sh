#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# OpenSC's driver for IAS ECC on such cards as their issuers hand them out, with the ATRs of a
# MultiApp ID at T=0 and of an ID-One Cosmo at T=1: EF.ATR, EF.DIR, every directory, the
# certificates, and no way to write.  To log in it asks for data objects (GET DATA of
# security data objects) that these cards do not have.
. "$top_srcdir/tests/interop/vcard-files-lib.sh"
CARDS="--card multiapp,t0,provisioned=rsa:2048,atr=3B7F9600000031B8644070141073940180829000
	--card cosmo,provisioned=rsa:2048"
begin "$0" "$@"

for other in 2 ""; do
	only_not "$other"
	step "the card that is not number ${other:-1}"
	expect "^IAS-ECC$" opensc-tool -n
	expect "tamga (multiapp|cosmo)" pkcs15-tool --dump
	for word in "Read-only" "Login required" "PIN .PIN .basic" "PIN .PIN .signature" \
	    "Reference +: 130 .0x82" "Private RSA Key .authentication key" "nonRepudiation" \
	    "Algo_refs +: 3, 4, 5, 6$" "Key ref +: 129 .0x81" "Path +: e828bd080fd2504543432d654944" \
	    "mechanism +: .0x250. CKM_SHA256" "algo_ref +: .0x1a" "Data object 'origin'"; do
		grep -qE "$word" said || { cat said; fail "no \"$word\" in the dump"; }
	done
	for id in 45 46; do
		quiet pkcs15-tool --read-certificate $id -o cert.pem
		expect "CN ?= ?tamga-vcard" openssl x509 -in cert.pem -noout -subject
	done
	refuse "" pkcs15-tool --read-certificate 47
	refuse "" pkcs15-init --store-data data --label x --auth-id 01 --pin 123456
done
echo "all as it should be"
