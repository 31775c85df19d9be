#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The certificate of an officer, and of an operator, comes to its end: told at the
# desk, renewed by its own key, tied by who still has the old one.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

profile=$TAMGA_TEST_RA_DIR/profiles/employee.profile
# enrolled NAME PATH [curl's arguments]: NAME.pem, NAME.key; for curl NAME.cert
enrolled() {
	name=$1 path=$2
	shift 2
	new_csr "$name" "/CN=$subject"
	same "$name" "$(post "employee/$path" "$name.b64" "$@")" 200
	issued "$name"
	cp "$name.pem" "$name.cert"
}
days() { # days N: what is issued from now on is valid for so long
	sed -i "s/^validity_days = .*/validity_days = $1;/" "$profile"
	at=$(grep -c 'profiles anew' "$TAMGA_TEST_RA_LOG" || :)
	"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
	for i in $(seq 100); do
		[ "$(grep -c 'profiles anew' "$TAMGA_TEST_RA_LOG" || :)" -le "$at" ] || return 0
		sleep 0.1
	done
	die "no reload"
}

subject=Long
enrolled long simpleenroll $auth
"$ra" user add long --role officer --certificate long.pem
who long
page /desk
hides 'Your certificate ends'
days 20
for role in officer operator; do
	place=/desk
	[ $role = officer ] || place=/admin
	subject=$role
	enrolled $role simpleenroll $auth
	"$ra" user add $role --role $role --certificate $role.pem
	who $role
	page $place
	shows 'Your certificate ends'
	shows "$(openssl x509 -in $role.pem -noout -enddate -dateopt iso_8601 | cut -c 10-19)"
	page $place/mine
	shows 'tamga renew --all --ca est+https://localhost'
	# no certificate, somebody else's, one that renews nothing, the old one again
	enrolled stranger-$role simpleenroll $auth
	for bad in 'no certificate' "$(cat stranger-$role.pem)" "$(cat $role.pem)" "$(cat long.pem)" \
	    "$(cat "$TAMGA_TEST_RA_CA")"; do
		who $role
		page $place/mine
		send $place/mine 400 "certificate=$bad"
	done
	# renewed by its own key; one that was revoked meanwhile is refused
	subject=$role
	enrolled gone-$role simplereenroll --cert $role.pem --key $role.key
	"$ra" revoke "$(openssl x509 -in gone-$role.pem -noout -serial | cut -d= -f2)" > /dev/null
	page $place/mine
	send $place/mine 400 "certificate=$(cat gone-$role.pem)"
	shows 'was renewed'
	enrolled next-$role simplereenroll --cert $role.pem --key $role.key
	# by somebody else than whom it renews: nothing
	who long
	page /desk/mine
	send /desk/mine 400 "certificate=$(cat next-$role.pem)"
	who $role
	page $place/mine
	send $place/mine 200 "certificate=$(cat next-$role.pem)"
	shows 'the old one does not'
	same "the old one of $role" "$(see "$U$place")" 403
	who next-$role
	page $place
	"$ra" audit list | grep -q "account.*$role role $role certificate" || die "the log does not say"
done
"$ra" audit verify > /dev/null || die audit
echo 'staff: all held'
