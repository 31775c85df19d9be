# SPDX-License-Identifier: BSD-2-Clause
# What the tests of acme+https:// share: a pebble of their own on free ports, the
# DNS that it asks, and one virtual card.  Sourced after kind= is set.
. "$top_srcdir/tests/interop/enroll-lib.sh"
for program in pebble pebble-challtestsrv jq curl python3; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done

free_ports() { # COUNT
	python3 -c 'import socket, sys
s = [socket.socket() for _ in range(int(sys.argv[1]))]
[x.bind(("127.0.0.1", 0)) for x in s]
print(*[x.getsockname()[1] for x in s])' "$1"
}

# answers URL: until it does; pebble makes its keys before it listens
answers() {
	tries=0
	until curl -s -o /dev/null --max-time 2 --cacert "$work/tls.pem" "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "nobody answers at $1"
		sleep 0.1
	done
}

make_tls() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj "/CN=pebble" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
		-keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null || fail "no TLS key"
}

# start_dns: every name leads to 127.0.0.1
start_dns() {
	# shellcheck disable=SC2046
	set -- $(free_ports 2)
	dns=127.0.0.1:$1 dns_control=http://127.0.0.1:$2
	pebble-challtestsrv -dns01 "$dns" -http01 "" -https01 "" -tlsalpn01 "" \
		-management "127.0.0.1:$2" -defaultIPv6 "" >"$work/dns.log" 2>&1 &
	children="$children $!"
	answers "$dns_control/"
}

# start_pebble [MEMBERS]: more JSON for its configuration; its roots and what
# tamga is told of it in ca
start_pebble() {
	# shellcheck disable=SC2046
	set -- "${1:-}" $(free_ports 4)
	acme=https://localhost:$2/dir control=https://localhost:$3 http_port=$4 tls_port=$5
	cat >"$work/pebble.json" <<-P
	{"pebble": {"listenAddress": "127.0.0.1:$2", "managementListenAddress": "127.0.0.1:$3",
	 "certificate": "$work/tls.pem", "privateKey": "$work/tls.key",
	 "httpPort": $4, "tlsPort": $5, "ocspResponderURL": ""${1:+, $1}}}
	P
	pebble -strict -config "$work/pebble.json" -dnsserver "$dns" >"$work/pebble.log" 2>&1 &
	pebble=$!
	children="$children $pebble"
	answers "$control/roots/0"
	curl -s --cacert "$work/tls.pem" "$control/roots/0" >"$work/root.pem"
	cat "$work/tls.pem" "$work/root.pem" >"$work/ca.pem"
	terms=$(curl -s --cacert "$work/tls.pem" "$acme" | jq -r .meta.termsOfService)
	ca="--ca acme+$acme --ca-file $work/ca.pem"
}

# issued SLOT NAMES: the certificate in the slot leads to pebble's root, by the
# chain of that number, and is for those names, in openssl's words
issued() {
	run 0 "$tamga" cert export --no-pcsc "$1" -o "$work/cert.pem"
	openssl x509 -in "$work/cert.pem" -noout -ext subjectAltName >"$work/names"
	grep -q -e "$2" "$work/names" || { cat "$work/names"; fail "not for $2"; }
	curl -s --cacert "$work/tls.pem" "$control/intermediates/${chain:-0}" >"$work/between.pem"
	openssl verify -CAfile "$work/root.pem" -untrusted "$work/between.pem" \
		"$work/cert.pem" >"$work/verified" 2>&1 || { cat "$work/verified"; fail "its chain"; }
}
finalized() { grep -c 'Issued certificate serial' "$work/pebble.log"; }
