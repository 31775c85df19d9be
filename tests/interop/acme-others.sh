#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The pebble that acme.sh and its like ask is set up as a CA is: other people's clients get
# certificates from it, by the same folder of a web server, and none for what they do not
# prove.  What judges tamga judges them.
# shellcheck disable=SC2154
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
for program in certbot lego; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_AUTHZREUSE=0 PEBBLE_WFE_NONCEREJECT=0
export PEBBLE_VA_NOSLEEP PEBBLE_AUTHZREUSE PEBBLE_WFE_NONCEREJECT
start_pebble
mkdir "$work/www" "$work/elsewhere"
python3 -m http.server -b 127.0.0.1 -d "$work/www" "$http_port" >/dev/null 2>&1 &
children="$children $!"
answers "http://127.0.0.1:$http_port/"
curl -s --cacert "$work/tls.pem" "$control/intermediates/0" >"$work/between.pem"

# by_certbot FOLDER NAME, by_lego FOLDER NAME: the proof is put into the folder
by_certbot() {
	cert=$work/certbot/live/it/cert.pem
	REQUESTS_CA_BUNDLE=$work/tls.pem timeout 60 certbot certonly --non-interactive --agree-tos \
		--register-unsafely-without-email --no-random-sleep-on-renew --server "$acme" \
		--webroot -w "$1" -d "$2" --cert-name it --config-dir "$work/certbot" \
		--work-dir "$work/certbot-work" --logs-dir "$work/certbot-logs" >"$work/said" 2>&1
}
by_lego() {
	cert=$work/lego/certificates/$2.crt
	LEGO_CA_CERTIFICATES=$work/tls.pem timeout 60 lego --server "$acme" --accept-tos \
		--email nobody@example --http --http.webroot "$1" --domains "$2" --path "$work/lego" \
		run >"$work/said" 2>&1
}
for client in certbot lego; do
	! by_$client "$work/elsewhere" "not.$client.example" || fail "$client: unproven, and issued"
	[ "$(finalized)" = "${had:-0}" ] || fail "$client: a certificate for what is not proven"
	by_$client "$work/www" "$client.example" || fail "$client: refused"
	had=$(finalized)
	openssl x509 -in "$cert" -noout -ext subjectAltName | grep -q "DNS:$client.example" ||
		fail "$client: for another name"
	openssl verify -CAfile "$work/root.pem" -untrusted "$work/between.pem" "$cert" >/dev/null ||
		fail "$client: its chain"
	[ -z "$(find "$work/www" -type f)" ] || fail "$client: its proof is left"
	ok "$client: refused unproven, then served"
done

# and tamga beside them, in the same words
here="$local $ca --ca-option terms=$terms --subject CN=ours.example --san dns:ours.example"
# shellcheck disable=SC2086
run 7 "$tamga" enroll $here --slot 9c --ca-option webroot="$work/elsewhere"
# shellcheck disable=SC2086
run 0 "$tamga" enroll $here --slot 9a --ca-option webroot="$work/www"
issued 9a DNS:ours.example
ok "tamga: likewise"
