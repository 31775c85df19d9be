#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Certificates that have ended, at kur of CMP and RenewalReq of SCEP: refused, but for as
# many days as their profile says; they open nothing else.  (EST: ra-est-late.sh.)
set -u
. "$top_srcdir/tests/interop/ra-own-lib.sh"

init one --default-profile employee > /dev/null || die init
sed -i 's/^validity_days = .*/validity_days = 20;/' one/profiles/employee.profile
printf '%s\n' 'rehearsal = true;' 'listen_http = "127.0.0.1:0";' \
    'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; };' \
    'scep: { key = "scep.key"; };' >> one/ra.conf
export TAMGA_RA_CONFIG="$work/one/ra.conf" TAMGA_TEST_RA="$ra" TAMGA_TEST_RA_CA="$work/one/ca.pem"
# after DAYS: it is so much later
after() {
	serve one --clock-offset $(($1 * 86400))
	[ "$url" != "$plain" ] || die "one address"
}
key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
}
does() {
	openssl cmp -config "" -server "${plain#http://}" -path .well-known/cmp -trusted one/ca.pem \
	    -total_timeout 60 "$@" > said 2>&1
}
# refuses ARGUMENTS...
refuses() {
	! does "$@" || die "openssl cmp $*: was not refused"
	grep -q 'PKIFailureInfo: signerNotTrusted' said || die "openssl cmp $*: $(cat said)"
}
scep() {
	python3 "$top_srcdir/tests/interop/ra-scep.py" "$plain/scep" "$plain/scep" "$@" || die "SCEP: $*"
}
by="-cert anna.pem -key anna.key"

after 0
secret=$("$ra" secret add anna) || die 'secret add'
key anna
does -cmd ir -ref anna -secret "pass:$secret" -newkey anna.key -subject /CN=Anna \
    -certout anna.pem || die "ir: $(cat said)"
scep certificates ending
key next
after 22
refuses -cmd kur $by -newkey next.key -certout next.pem
grep -q 'has expired' said || die "$(cat said)"
scep ended_refused
sed -i 's/^renewal: {/& grace_days = 5;/' one/profiles/employee.profile
after 22
refuses -cmd cr $by -newkey next.key -subject /CN=Anna -certout next.pem
refuses -cmd rr $by -oldcert anna.pem
refuses -cmd genm $by -infotype caCerts
does -cmd kur $by -newkey next.key -certout next.pem || die "kur: $(cat said)"
[ "$(openssl x509 -in next.pem -noout -pubkey)" = "$(openssl pkey -in next.key -pubout)" ] ||
	die 'another key'
scep ended_renewed
after 26
key late
refuses -cmd kur $by -newkey late.key -certout late.pem
scep ended_refused
stop
"$ra" audit verify > /dev/null || die audit
echo 'late: all held'
