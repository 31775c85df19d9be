#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# certmonger's own daemon, which nobody started but this test: on a socket of its own instead
# of a bus, with folders of its own.  It asks by SCEP, waits for an officer, polls, tracks
# what it got, renews it with its key, and is told when it is refused.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"

root=
for at in "" "$top_builddir/daemons"; do
	[ ! -x "$at/usr/sbin/certmonger" ] || { root=$at/usr; break; }
done
[ -n "$root" ] || { echo "SKIP: no certmonger"; exit 77; }

echo 'scep: { key = "scep.key"; };' >> "$TAMGA_TEST_RA_DIR/ra.conf"
serve here "$TAMGA_TEST_RA_DIR"

# ---- a daemon of our own ----------------------------------------------------------
mkdir requests cas local scratch settings
CERTMONGER_REQUESTS_DIR=$work/requests
CERTMONGER_CAS_DIR=$work/cas
CERTMONGER_LOCAL_CA_DIR=$work/local
CERTMONGER_TMPDIR=$work/scratch
CERTMONGER_CONFIG_DIR=$work/settings
CERTMONGER_PVT_ADDRESS=unix:path=$work/socket
export CERTMONGER_REQUESTS_DIR CERTMONGER_CAS_DIR CERTMONGER_LOCAL_CA_DIR \
    CERTMONGER_TMPDIR CERTMONGER_CONFIG_DIR CERTMONGER_PVT_ADDRESS
# its lock is made with all of its folders, where the package would have made them
CERTMONGER_SYSTEM_LOCK_FILE=$work/lock
export CERTMONGER_SYSTEM_LOCK_FILE
"$root/sbin/certmonger" -n -L -P "$work/socket" -d 1 > daemon.log 2>&1 &
pids="$pids $!"
for i in $(seq 100); do
	[ ! -S socket ] || break
	sleep 0.1
done
[ -S socket ] || die "certmonger does not listen: $(tail -n 5 daemon.log)"

getcert() { "$root/bin/getcert" "$@" > said 2>&1 || die "getcert $*: $(cat said)"; }
# until_it_says NAME STATUS...: one of them, in $status
until_it_says() {
	name=$1
	shift
	for i in $(seq 150); do
		getcert list -i "$name"
		status=$(sed -n 's/.*status: //p' said)
		case " $* " in *" $status "*) return 0 ;; esac
		sleep 0.1
	done
	die "$name: $status, not $*: $(cat said); $(tail -n 5 daemon.log)"
}
number_of() {
	"$ra" list | sed -n "s/^\([^ ]*\) .*CN=$1\$/\1/p" | tail -n 1
}
# ask NAME PROFILE
ask() {
	getcert request -I "$1" -c ours -k "$work/$1.key" -f "$work/$1.pem" -N "CN=$1" \
	    -L "$("$ra" challenge new "$2")"
}

getcert add-ca -c ours -e "$root/lib/certmonger/scep-submit -u $http/scep -R $TAMGA_TEST_RA_CA"
for i in $(seq 100); do
	getcert list-cas -c ours
	! grep -q 'SCEP CA certificate thumbprint' said || break
	sleep 0.1
done
grep -q 'SCEP CA certificate thumbprint' said || die "asks for no certificates: $(cat said)"

# ---- granted at once --------------------------------------------------------------
ask prompt employee
until_it_says prompt MONITORING
openssl verify -CAfile "$TAMGA_TEST_RA_CA" prompt.pem > /dev/null || die "prompt: the chain"

# ---- renewed with another key, by the one that it has --------------------------------
openssl pkey -in prompt.key -pubout > before
getcert rekey -i prompt
for i in $(seq 300); do
	openssl pkey -in prompt.key -pubout > after 2>/dev/null || :
	! cmp -s before after && [ "$(cat after)" = "$(openssl x509 -in prompt.pem -noout -pubkey)" ] || {
		sleep 0.1
		continue
	}
	break
done
! cmp -s before after || { getcert list -i prompt; die "no other key: $(cat said)"; }
until_it_says prompt MONITORING
same 'the new certificate' "$(openssl x509 -in prompt.pem -noout -pubkey)" "$(cat after)"
same 'renewed' "$("$ra" list | grep -c 'CN=prompt$')" 2

# ---- an officer decides -----------------------------------------------------------
ask patient employee-reviewed
until_it_says patient CA_WORKING
! grep -q ca-error said || die "waiting is an error: $(cat said)"
same 'applications' "$("$ra" list | grep -c 'CN=patient$')" 1
[ ! -s patient.pem ] || die "issued before anybody decided"
"$ra" approve "$(number_of patient)" > /dev/null || die approve
getcert resubmit -i patient
until_it_says patient MONITORING
openssl verify -CAfile "$TAMGA_TEST_RA_CA" patient.pem > /dev/null || die "patient: the chain"
same 'its key' "$(openssl x509 -in patient.pem -noout -pubkey)" \
    "$(openssl pkey -in patient.key -pubout)"
same 'still one' "$("$ra" list | grep -c 'CN=patient$')" 1

# ---- refused ------------------------------------------------------------------------
ask unlucky employee-reviewed
until_it_says unlucky CA_WORKING
"$ra" reject "$(number_of unlucky)" --reason 'not this time' > /dev/null || die reject
getcert resubmit -i unlucky
until_it_says unlucky CA_REJECTED
getcert request -I stranger -c ours -k "$work/stranger.key" -f "$work/stranger.pem" \
    -N CN=stranger -L none-of-ours
until_it_says stranger CA_REJECTED
same 'nobody applied' "$("$ra" list | grep -c 'CN=stranger$' || :)" 0
"$ra" audit verify > /dev/null || die audit
echo "certmonger: all held"
