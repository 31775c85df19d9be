#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SCEP as others speak it: a client written from RFC 8894 alone, micromdm's
# scepclient, certmonger's scep-submit.  Two processes serve one store.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"

# server NAME SETTINGS: another process on the store; $NAME is where, $NAME_tls with TLS
server() {
	{ cat "$TAMGA_TEST_RA_DIR/ra.conf"; echo "scep: { key = \"scep.key\"; ${2:-} };"; } \
	    > "$TAMGA_TEST_RA_DIR/$1.conf"
	serve "$1" --config "$TAMGA_TEST_RA_DIR/$1.conf"
	eval "$1=\$http/scep $1_tls=\$tls/scep"
}
server usual
server old 'legacy = true;'
same 'the key is its owner'"'"'s' "$(stat -c %a "$TAMGA_TEST_RA_DIR/scep.key")" 600

mkdir peer
(cd peer && python3 -B "$top_srcdir/tests/interop/ra-scep.py" "$usual" "$old") ||
    die "see above; $(tail -n 5 log-usual log-old)"

# over TLS, too
same 'over TLS' "$(get "$usual_tls?operation=GetCACaps")" 200
same 'where there is none' "$(get "$TAMGA_TEST_RA_URL/scep?operation=GetCACaps")" 404
says scep.key

# scepclient encrypts to all certificates it is given unless told to which, signs
# with SHA-1 and encrypts with single DES: refused, unless ra.conf says so
if command -v scepclient > /dev/null; then
	server=$(openssl x509 -in peer/server.pem -outform DER | sha256sum | cut -d' ' -f1)
	enroll() {
		scepclient -server-url "$1" -ca-fingerprint "$server" -private-key go.key \
		    -certificate go.pem -challenge "$2" -cn "$3" > go.log 2>&1
	}
	word=$("$ra" challenge new employee)
	! enroll "$usual" "$word" Go || die "SHA-1 and DES were taken"
	grep -q badAlg go.log || die "scepclient says: $(cat go.log)"
	enroll "$old" "$word" Go || die "scepclient: $(cat go.log)"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" go.pem > /dev/null || die "scepclient's certificate"
	same "scepclient's key" "$(openssl x509 -in go.pem -noout -pubkey)" \
	    "$(openssl pkey -in go.key -pubout)"
else
	echo "(no scepclient here)"
fi

# certmonger's helper reads capabilities and certificates, and carries a message
for submit in /usr/lib/certmonger/scep-submit \
    "$top_builddir/daemons/usr/lib/certmonger/scep-submit"; do
	[ -x "$submit" ] || continue
	"$submit" -u "$old" -c > caps || die "scep-submit -c: $?"
	grep -qx SCEPStandard caps || die "scep-submit reads: $(cat caps)"
	"$submit" -u "$old" -C > certs || die "scep-submit -C: $?"
	same 'certificates it found' "$(grep -c 'BEGIN CERT' certs)" 2
	{ echo '-----BEGIN PKCS7-----'; base64 peer/once.msg; echo '-----END PKCS7-----'; } > once.p7
	for how in -p -g; do
		"$submit" -u "$usual" $how -r peer/server.pem -I "$TAMGA_TEST_RA_CA" \
		    -N "$TAMGA_TEST_RA_CA" -v once.p7 > answer 2> said || die "scep-submit $how: $(cat said)"
		grep -q 'status is "success"' said || die "scep-submit $how: $(cat said)"
		grep -q 'BEGIN PKCS7' answer || die "scep-submit $how gives: $(cat answer)"
	done
	break
done

# An authority with an RSA key: requests for EC keys; scepclient as it comes.
"$ra" init rsa --key-type rsa:2048 --profiles "$top_srcdir/share/profiles" > /dev/null
sed -i 's/^listen = .*/&listen_http = "127.0.0.1:0"; scep: { key = "scep.key"; legacy = true; };/' rsa/ra.conf
mkfifo ready-rsa
"$ra" serve rsa --listen 127.0.0.1:0 > ready-rsa 2> log-rsa &
pids="$pids $!"
{ read -r _ && read -r plain; } < ready-rsa || die "no RSA authority: $(cat log-rsa)"
mkdir peer-rsa
(
	cd peer-rsa
	TAMGA_RA_CONFIG=$work/rsa/ra.conf TAMGA_TEST_RA_CA=$work/rsa/ca.pem
	export TAMGA_RA_CONFIG TAMGA_TEST_RA_CA
	python3 -B "$top_srcdir/tests/interop/ra-scep.py" "$plain/scep" "$plain/scep" \
	    certificates once keys_and_ciphers
	! command -v scepclient > /dev/null || scepclient -server-url "$plain/scep" \
	    -private-key go.key -certificate go.pem -challenge "$("$ra" challenge new employee)" \
	    -cn Go > go.log 2>&1 || die "scepclient, RSA: $(cat go.log)"
) || die "see above; $(tail -n 5 log-rsa)"

"$ra" challenge list > list
grep -q 'not used' list || die "challenges: $(cat list)"
"$ra" challenge withdraw "$(sed -n 's/^\([0-9a-f]*\) .*not used$/\1/p' list | head -n 1)" ||
    die "a challenge cannot be withdrawn"
! "$ra" challenge withdraw 0123456789ab 2> said || die "none was withdrawn"
grep -q '0123456789ab' said || die "$(cat said)"
"$ra" audit verify > /dev/null || die "audit"
! grep -q "$TAMGA_TEST_RA_PASSWORD" log-* || die "a password is in the log"
echo "scep: all held"
