#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One card with three applications: an enrollment on each of its tokens leaves what the
# others hold, and all their keys work afterwards.
# shellcheck disable=SC2086
set -u
kind=piv+openpgp+gids,serial=305419896,provisioned
. "$top_srcdir/tests/interop/enroll-lib.sh"
printf '12345678\n' >"$work/pw3"
cd "$work" || exit 1

# kept FILE: every certificate that the card holds, by token and slot
kept() {
	run 0 "$tamga" list --no-pcsc --json
	jq -r '.tokens[] | .driver as $d | .keys[] | select(.certificate != null) |
		"\($d) \(.slot) \(.certificate.serial) \(.certificate.subject)"' "$work/out" | sort >"$1"
	[ -s "$1" ] || fail "no certificates"
}
run 0 "$tamga" list --no-pcsc --json
[ "$(jq -c '[.tokens[].driver]' "$work/out")" = '["piv","openpgp","gids"]' ] || fail "not three tokens"
gids=$(jq -r '.tokens[2].label' "$work/out")
kept before

# enrolled TOKEN SLOT DRIVER [OPTION...]
enrolled() {
	token=$1 slot=$2 driver=$3
	shift 3
	run 0 "$tamga" enroll --no-pcsc --pin-file pin $official --token "$token" --slot $slot \
		--subject "CN=New $driver" --type ec:p256 "$@"
	kept after
	diff before after | grep '^[<>]' | grep -v "^[<>] $driver $slot " && fail "another one changed"
	grep -q "^$driver $slot .*CN=New $driver" after || { cat after; fail "not enrolled"; }
	mv after before
	ok "$driver: enrolled, and the others are as they were"
}
enrolled PIV-305419896 9a piv --destroy
enrolled OpenPGP-12345678 aut openpgp --destroy --admin-key-file pw3
enrolled "$gids" 02 gids
for row in PIV-305419896:9a:piv OpenPGP-12345678:aut:openpgp "$gids:02:gids" "$gids:00:gids" \
    OpenPGP-12345678:sig:openpgp PIV-305419896:9c:piv; do
	token=${row%%:*} slot=${row#*:}
	slot=${slot%%:*}
	run 0 "$tamga" cert export --no-pcsc --token "$token" $slot -o cert.pem
	run 0 "$tamga" sign --no-pcsc --token "$token" $slot pin --pin-file pin -o sig
	openssl x509 -in cert.pem -noout -pubkey >pub
	openssl dgst -sha256 -verify pub -signature sig pin >out 2>&1 || fail "the key of $row"
done
ok "all keys sign, by their certificates"
