#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra judged by Bouncy Castle: EST, CMP and OCSP of another house, in Java.
[ -n "${TAMGA_TEST_RA_URL:-}" ] ||
    exec sh "$top_srcdir/tests/with-ra" --set 'server_keys = true;' -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"
jars=/usr/share/java/bcpkix.jar:/usr/share/java/bcprov.jar:/usr/share/java/bcutil.jar
javac -cp "$jars" -d "$work" "$top_srcdir"/tests/interop/bouncy/*.java || die 'javac'

printf '%s\n' 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; root = true; };' \
    'ocsp: { key = "ocsp.key"; path = "/status"; };' >> "$TAMGA_RA_CONFIG"
serve one "$TAMGA_TEST_RA_DIR"
CA=$TAMGA_TEST_RA_CA
est=${tls#https://}
cmp=$http/.well-known/cmp
applicant="$TAMGA_TEST_RA_USER $TAMGA_TEST_RA_PASSWORD"

peer() { java -cp "$jars:$work" Peer "$@"; }
# says WORDS WHAT ARGUMENT...: that is all it says
says() {
	words=$1
	shift
	peer "$@" > said 2>&1 || die "$1: $(cat said)"
	same "$1" "$(cat said)" "$words"
}

says 'cacerts
csrattrs: 1
simpleenroll: C=KZ,O=ТОО «Тамға»,CN=Әсел Құдайбергенова
simplereenroll: C=KZ,O=ТОО «Тамға»,CN=Әсел Құдайбергенова
refused: 401' est "$est" "$CA" $applicant 'C=KZ,O=ТОО «Тамға»,CN=Әсел Құдайбергенова' est.pem
says 'serverkeygen: CN=made, 1.2.840.10045.2.1' keygen "$est" "$CA" $applicant CN=made

# an officer decides
mkfifo decided
peer wait "$est" "$CA" $applicant CN=waits employee-reviewed < decided > said 2>&1 &
client=$!
pids="$pids $client"
exec 4> decided
for _ in $(seq 600); do
	! grep -q . said || break
	sleep 0.1
done
grep -qx waits said || die "wait: $(cat said)"
"$ra" approve "$("$ra" list --json |
    jq -r '.[] | select(.subject == "CN=waits").application')" > /dev/null || die approve
echo >&4
wait $client || die "wait: $(cat said)"
same wait "$(cat said)" 'waits
issued later: CN=waits'

# CMP: one secret, then the certificate that it got
secret=$("$ra" secret add device-1)
says 'ir: CN=Device 1
kur: CN=Device 1
genm: caCerts
rr: CN=Device 1
refused' cmp "$cmp" "$CA" device-1 "$secret" 'CN=Device 1' cmp.pem
secret=$("$ra" secret add device-2)
says 'p10cr: CN=Device 2' p10cr "$cmp" "$CA" device-2 "$secret" 'CN=Device 2'

says 'ocsp: good' ocsp "$http/status" "$CA" est.pem
says 'ocsp: revoked, reason 4' ocsp "$http/status" "$CA" cmp.pem
