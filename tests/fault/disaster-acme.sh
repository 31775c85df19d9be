#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever happens to an enrollment over ACME, wherever: disaster-lib.sh.  The
# authority is pebble, which remembers nothing, behind a relay that is ended in its
# stead; the proofs are in a web server's folder and must not stay there.
# shellcheck disable=SC2034,SC2154
set -u
binding=acme
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/interop/acme-lib.sh"
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0
export PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT PEBBLE_AUTHZREUSE
start_pebble
mkdir "$work/www"
python3 -m http.server -b 127.0.0.1 -d "$work/www" "$http_port" >/dev/null 2>&1 &
children="$children $!"
answers "http://127.0.0.1:$http_port/"
# what assert_installed judges by: pebble's root and what stands between
curl -s --cacert "$work/tls.pem" "$control/intermediates/0" |
	cat "$work/root.pem" - >"$work/judge.pem"
TAMGA_TEST_RA_CA=$work/judge.pem

behind=${acme#https://localhost:} behind=${behind%/dir}
relay=$(free_ports 1)
serve() {
	python3 "$top_srcdir/tests/fault/relay.py" "$relay" "$behind" >"$work/relaying" &
	serving=$!
	children="$children $serving"
	tries=0
	until [ -s "$work/relaying" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "no relay"
		sleep 0.02
	done
}
halt() {
	kill -KILL $serving
	wait $serving 2>/dev/null || :
	ended $serving
	: >"$work/relaying"
}
wish() {
	credentials=--now
	host=$(echo "$1" | tr _ -).example
	asks="--ca acme+https://localhost:$relay/dir --ca-file $work/ca.pem --ca-option terms=$terms
		--ca-option webroot=$work/www --subject CN=$host --san dns:$host"
}
# accounts, of which each card and state has its own; certificates
held() {
	[ $life = renew ] || grep -c 'There are now [0-9]* accounts' "$work/pebble.log"
	finalized
}
left_behind() { find "$work/www" -type f; }
serve
disasters enroll renew
total
