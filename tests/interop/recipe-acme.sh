#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/recipes/acme.md, as it stands; the CA is pebble.
. "$top_srcdir/tests/interop/client-lib.sh"
CARDS="--card piv,serial=10000001,version=5.4.3"
need openssl curl python3 pcscd pebble pebble-challtestsrv
enter "$0" "$@"
here
printf '%s' "$PIN" >pin
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj "/CN=pebble" -addext "subjectAltName=DNS:localhost" \
	-keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null || fail "no TLS key"
cat >"$work/pebble.json" <<P
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
 "certificate": "$work/tls.pem", "privateKey": "$work/tls.key", "httpPort": 5002, "tlsPort": 5001,
 "ocspResponderURL": ""}}
P
pebble-challtestsrv -dns01 127.0.0.1:8053 -http01 "" -https01 "" -tlsalpn01 "" \
	-management 127.0.0.1:8055 -defaultIPv6 "" >"$work/dns.log" 2>&1 &
echo $! >dns.pid
PEBBLE_VA_NOSLEEP=1 pebble -config "$work/pebble.json" -dnsserver 127.0.0.1:8053 \
	>"$work/pebble.log" 2>&1 &
echo $! >pebble.pid
mkdir www
python3 -m http.server -b 127.0.0.1 -d www 5002 >/dev/null 2>&1 &
echo $! >www.pid
tries=0
until curl -s --cacert "$work/tls.pem" https://localhost:15000/roots/0 >"$work/root.pem" &&
	curl -s -o /dev/null http://127.0.0.1:5002/ && curl -s -o /dev/null http://127.0.0.1:8055/; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || { cat "$work/pebble.log" >&2; fail "no authority"; }
	sleep 0.1
done
cat "$work/tls.pem" "$work/root.pem" >roots.pem
page_at doc/recipes/acme.md
