#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A key in a folder, killed at each write of its enrollment, and the disk full from each
# on: disaster-lib.sh.  The key is never lost, what stands there is whole, and in the end
# one container does, and nothing beside it.
# shellcheck disable=SC2034,SC2086,SC2154
set -u
binding=est
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/fault/disaster-ra.sh"
has_folders || { echo "skipped: built without keys in folders"; exit 77; }
unset TAMGA_VCARD_SOCKET
printf 'sw0rdfish\n' >"$work/secret"
local="--pin-file $work/secret" slot_enroll=1 which=", in a folder"
TAMGA_TEST_PLACES=${TAMGA_TEST_PLACES:-20}
wish() {
	credentials="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE
		--new-pin-file $work/secret"
	# the old algorithms iterate less, and what is tested is the order of writes
	asks="--token file+legacy:$work/keys $official --subject CN=$1 --type ec:p256
		--new-pin-file $work/secret"
}
before_enroll() {
	rm -rf "$work/state" "$work/keys"
	mkdir -m 700 "$work/keys"
	noted=
}
begin_enroll() { set_begin enroll $local $asks; }
key_of() { # the public half that the folder holds, whatever form it has
	if [ -e "$work/keys/tamga-1.p12" ]; then
		openssl pkcs12 -in "$work/keys/tamga-1.p12" -passin "file:$work/secret" \
			-nocerts -nodes 2>/dev/null | openssl pkey -pubout 2>/dev/null
	elif [ -e "$work/keys/tamga-1.pem" ]; then
		openssl pkey -in "$work/keys/tamga-1.pem" -passin "file:$work/secret" -pubout 2>/dev/null
	fi
}
# What is there when it has happened is whole, and there in the end.
stands_enroll() {
	if [ -z "$noted" ]; then
		noted=yes
		key_of >"$work/before.pub"
		before=$(state 2>/dev/null)
		[ -z "$(cd "$work/keys" && ls -d tamga-1.p12 tamga-1.pem 2>/dev/null)" ] ||
			[ -s "$work/before.pub" ] || fail "$(here): no key can be read: $(ls "$work/keys")"
		return 0
	fi
	case $before in
	key | request | submitted | issued | installed | done)
		cmp -s "$work/before.pub" "$work/key.pub" || fail "$(here): the key was lost" ;;
	esac
}
generated() { ls "$work/keys" | grep -c .; }
assert_installed() {
	[ "$(ls -A "$work/keys")" = tamga-1.p12 ] || fail "$(here): in the folder: $(ls -A "$work/keys")"
	key_of >"$work/key.pub"
	[ -s "$work/key.pub" ] || fail "$(here): the container cannot be opened"
	openssl pkcs12 -in "$work/keys/tamga-1.p12" -passin "file:$work/secret" -nokeys -clcerts \
		-legacy 2>/dev/null | openssl x509 >"$work/cert.pem"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/cert.pem" >/dev/null 2>&1 ||
		fail "$(here): openssl does not verify the certificate"
	openssl x509 -in "$work/cert.pem" -noout -pubkey | cmp -s - "$work/key.pub" ||
		fail "$(here): another key's certificate"
}
everywhere enroll killed
everywhere enroll full
total
