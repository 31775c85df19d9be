#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The responder of tamga-ra judged by openssl ocsp, curl, GnuTLS, NSS's reader
# and a TLS server that staples: good, suspended, revoked and unknown, by GET
# and POST, two processes on one store, and what is refused.
. "$top_srcdir/tests/interop/ra-both.sh"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"
PATH=$PATH:/usr/sbin:$top_builddir/daemons/usr/sbin	# nginx

# responder NAME: another process on the store, with a responder; $NAME is where,
# $NAME_tls the same with TLS
responder() {
	serve "$1" "$TAMGA_TEST_RA_DIR"
	eval "$1=\$http; $1_tls=\$tls"
}

# where no ra.conf speaks of one there is none
same 'no responder' "$(curl -sS -o body -w '%{http_code}' -H \
    'Content-Type: application/ocsp-request' --data x "$TAMGA_TEST_RA_HTTP/ocsp")" 404
printf '%s\n' 'ocsp: { key = "ocsp.key"; path = "/status"; };' >> "$TAMGA_RA_CONFIG"
responder one
responder two
same 'one key for both' "$(stat -c %a "$TAMGA_TEST_RA_DIR/ocsp.key")" 600
openssl pkey -in "$TAMGA_TEST_RA_DIR/ocsp.key" -noout || die 'the key'

new_csr live /CN=live
new_csr held /CN=held
for name in live held; do
	same "enroll $name" "$(post simpleenroll $name.b64 $auth)" 200
	issued $name
done

ask="openssl ocsp -CAfile $TAMGA_TEST_RA_CA -issuer $TAMGA_TEST_RA_CA -timeout 20"
# tells WHERE CERTIFICATE WORDS [options]: what openssl makes of the answer
tells() {
	at=$1 cert=$2 words=$3
	shift 3
	$ask "$@" -cert "$cert" -url "$at" > said 2>&1 || die "openssl ocsp: $(cat said)"
	grep -q 'Response verify OK' said || die "$cert: $(cat said)"
	grep -q "^$cert: $words" said || die "$cert: wanted $words: $(cat said)"
}
for at in "$one/ocsp" "$two/status"; do
	tells "$at" live.pem good
	tells "$at" live.pem good -sha256
	tells "$at" live.pem good -no_nonce
	tells "$at" live.pem good -no_nonce -sha256
	grep -q 'Next Update' said || die "no next update: $(cat said)"
	# several at once
	tells "$at" live.pem good -cert held.pem
	grep -q '^held.pem: good' said || die "two at once: $(cat said)"
done
# who answers: by its key, or by its name
tells "$one/ocsp" live.pem good -resp_text
grep -q 'Responder Id: [0-9A-F]\{40\}' said || die "not by key: $(cat said)"
sed -i 's/^ocsp: {/& responder = "name";/' "$TAMGA_RA_CONFIG"
responder named
tells "$named/ocsp" live.pem good -resp_text
grep -q 'Responder Id: .*CN *= ' said || die "not by name: $(cat said)"
sed -i 's/ responder = "name";//' "$TAMGA_RA_CONFIG"
# the other certificates of this authority, its servers' among them
openssl s_client -connect "${TAMGA_TEST_RA_URL#https://}" < /dev/null 2>/dev/null |
    openssl x509 -out server.pem
tells "$one/ocsp" server.pem good

# ---- suspended, resumed, revoked: at both, at once
app=$("$ra" list --json | python3 -c 'import json,sys
print([a["application"] for a in json.load(sys.stdin) if "held" in a["subject"]][0])')
"$ra" act suspend "$app" --reason lost > /dev/null || die suspend
for at in "$one/ocsp" "$two/ocsp"; do
	tells "$at" held.pem revoked -no_nonce
	grep -q 'Reason: certificateHold' said || die "suspended: $(cat said)"
	grep -q 'Revocation Time' said || die "no time: $(cat said)"
done
"$ra" act resume "$app" > /dev/null || die resume
for at in "$one/ocsp" "$two/ocsp"; do
	tells "$at" held.pem good -no_nonce
done
"$ra" revoke "$app" --reason keyCompromise > /dev/null || die revoke
for at in "$one/ocsp" "$two/ocsp"; do
	tells "$at" held.pem revoked -no_nonce
	tells "$at" held.pem revoked -sha256
	grep -q 'Reason: keyCompromise' said || die "revoked: $(cat said)"
done
# a number that was never given
$ask -serial 0x4711 -url "$one/ocsp" > said 2>&1 || die "unknown: $(cat said)"
grep -q '^0x4711: unknown' said || die "unknown: $(cat said)"
# another issuer's
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -keyout other.key -out other.pem -subj /CN=Other 2>/dev/null
openssl ocsp -issuer other.pem -cert live.pem -url "$one/ocsp" > said 2>&1 &&
    die "another issuer: $(cat said)"
grep -q 'unauthorized' said || die "another issuer: $(cat said)"

# ---- HTTP: RFC 6960 A.1, RFC 5019 5 and 6
$ask -cert live.pem -no_nonce -reqout live.req > /dev/null 2>&1
path=$(base64 -w0 live.req | sed 's/+/%2B/g; s|/|%2F|g; s/=/%3D/g')
# with every letter escaped, and with a slash as itself
for p in "$path" "$(base64 -w0 live.req | sed 's/+/%2B/g')"; do
	same GET "$(curl -sS -D headers -o body -w '%{http_code}' "$one/ocsp/$p")" 200
	has_header 'Content-Type: application/ocsp-response'
	has_header 'Cache-Control: max-age=[1-9][0-9]*, public, no-transform, must-revalidate'
	has_header 'Last-Modified: .* GMT'
	has_header 'Expires: .* GMT'
	has_header 'ETag: "[0-9a-f]\{64\}"'
	openssl ocsp -respin body -CAfile "$TAMGA_TEST_RA_CA" -issuer "$TAMGA_TEST_RA_CA" \
	    -cert live.pem > said 2>&1 || die "GET: $(cat said)"
	grep -q '^live.pem: good' said || die "GET: $(cat said)"
done
cp body first
curl -sS -o body "$two/status/$path"
cmp first body || die 'the other process signed again'
same HEAD "$(curl -sS -I -o body -w '%{http_code}' "$one/ocsp/$path")" 200
same 'by TLS' "$(get "$one_tls/ocsp/$path")" 200
cmp first body || die 'by TLS: another answer'
$ask -cert live.pem -reqout nonce.req > /dev/null 2>&1
put() {
	curl -sS -D headers -o body -w '%{http_code}' -H "Content-Type: $2" \
	    --data-binary "@$1" "$one/ocsp"
}
same 'a nonce' "$(put nonce.req application/ocsp-request)" 200
has_header 'Cache-Control: no-store'
same 'another type' "$(put live.req application/octet-stream)" 415
same 'another method' "$(curl -sS -X PUT -o body -w '%{http_code}' "$one/ocsp")" 405
head -c 70000 /dev/zero > big
same 'too large' "$(put big application/ocsp-request)" 413
for bad in 'garbage' '0' ''; do
	printf '%s' "$bad" > bad
	same "malformed: $bad" "$(put bad application/ocsp-request)" 200
	openssl ocsp -respin body > said 2>&1 || :
	grep -q 'malformedrequest' said || die "malformed: $(cat said)"
done
same 'malformed GET' "$(curl -sS -o body -w '%{http_code}' "$one/ocsp/@@@@")" 200
openssl ocsp -respin body 2>&1 | grep -q malformedrequest || die 'malformed GET'

# ---- others read it
if command -v ocsptool > /dev/null; then
	for cert in live held; do
		echo | ocsptool --ask="$one/ocsp" --load-cert "$cert.pem" \
		    --load-issuer "$TAMGA_TEST_RA_CA" --load-trust "$TAMGA_TEST_RA_CA" \
		    > said 2>&1 || [ $cert = held ] || die "ocsptool: $(cat said)"
		case $cert in live) want=good ;; held) want=revoked ;; esac
		grep -q "Certificate Status: $want" said || die "ocsptool: $cert: $(cat said)"
		grep -q 'Verifying OCSP Response: Success' said || die "ocsptool: $(cat said)"
	done
fi

# ---- a server that staples: its certificate says where
sed -i "s|^ca: {|ca: { ocsp_url = \"$one/status\";|" "$TAMGA_RA_CONFIG"
responder three
EST=$three_tls/.well-known/est
new_csr site /CN=site.example -addext subjectAltName=DNS:site.example
# by an officer or not, as the profile says
case $(post device-tls/simpleenroll site.b64 $auth) in
200) ;;
202)
	"$ra" approve "$("$ra" list --state submitted --json | python3 -c 'import json,sys
print(json.load(sys.stdin)[0]["application"])')" > /dev/null || die approve
	same 'after approval' "$(post device-tls/simpleenroll site.b64 $auth)" 200
	;;
*) die "a server's certificate: $(cat body)" ;;
esac
issued site
same 'says where' "$(openssl x509 -in site.pem -noout -ocsp_uri)" "$one/status"
tells "$one/status" site.pem good
if command -v vfychain > /dev/null && command -v certutil > /dev/null; then
	mkdir nss
	certutil -N -d nss --empty-password
	certutil -A -d nss -n ca -t CT,, -i "$TAMGA_TEST_RA_CA"
	# NSS finds the responder by the certificate and asks it itself
	vfychain -d nss -pp -g leaf -m ocsp -s requireFreshInfo -a site.pem > said 2>&1 ||
	    die "NSS: $(cat said)"
	grep -q 'Chain is good' said || die "NSS: $(cat said)"
fi
if ! command -v nginx > /dev/null; then
	echo 'ocsp: all held (no nginx here)'
	exit 0
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > nginx.conf <<NGINX
daemon off; master_process off; pid $work/nginx.pid; error_log $work/nginx.log info;
events {}
http {
  access_log off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
  uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server {
    listen 127.0.0.1:$port ssl;
    ssl_certificate $work/site.pem; ssl_certificate_key $work/site.key;
    ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate $TAMGA_TEST_RA_CA;
    return 204;
  }
}
NGINX
nginx -p "$work" -c "$work/nginx.conf" 2> nginx.err &
pids="$pids $!"
# nginx asks when the first one comes, and staples from then on
stapled=
for i in $(seq 50); do
	openssl s_client -connect "127.0.0.1:$port" -servername site.example -status \
	    -CAfile "$TAMGA_TEST_RA_CA" < /dev/null > said 2>&1 || :
	grep -q 'OCSP Response Status: successful' said && { stapled=1; break; }
	sleep 0.1
done
[ -n "$stapled" ] || die "nothing is stapled: $(tail -n 3 nginx.log nginx.err)"
grep -q 'Cert Status: good' said || die "stapled: $(cat said)"
grep -q 'Verify return code: 0' said || die "stapled: $(cat said)"
"$ra" audit verify > /dev/null || die 'audit verify'
echo 'ocsp: all held'
