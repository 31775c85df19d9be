#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Answers of the SCEP server per second on loopback, over one connection and over
# eight: a request that is answered again (SUCCESS, encrypted) and one that waits
# for an officer (PENDING).  What counts is the processor's time of each, which other
# programs do not change, beside that of the two operations of the server's RSA key.
#
#	top_srcdir=. tests/bench/authority-scep.sh [COUNT]
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "${top_srcdir:-.}/tests/with-ra" -- sh "$0" "$@"
. "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/interop/ra-lib.sh"
count=${1:-1000}

echo 'scep: { key = "scep.key"; };' >> "$TAMGA_RA_CONFIG"
mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2> log &
server=$!
trap 'kill $server 2>/dev/null || :; rm -rf "$work"' EXIT
{ read -r _ && read -r url; } < ready || die "no server: $(cat log)"
url="$url/scep?operation=PKIOperation"

# message NAME PROFILE: NAME.msg, which was answered once
message() {
	"$ra" challenge new "$2" > challenge
	python3 -B - "$1" "$top_srcdir" "$url" <<-'PY'
		import importlib.util, sys, urllib.request
		name, top, url = sys.argv[1:]
		spec = importlib.util.spec_from_file_location('peer', top + '/tests/interop/scep-peer.py')
		peer = importlib.util.module_from_spec(spec)
		spec.loader.exec_module(peer)
		certs = urllib.request.urlopen(url.replace('PKIOperation', 'GetCACert')).read()
		pem = peer.run('openssl', 'pkcs7', '-inform', 'DER', '-print_certs', data=certs).decode()
		with open('server.pem', 'w') as f:
		    f.write(pem[pem.index('-----BEGIN'):pem.index('-----END')] + '-----END CERTIFICATE-----\n')
		peer.new_key(name, 'rsa')
		peer.wrap(name, name)
		request = peer.new_request(name, name, open('challenge').read().strip())
		der = peer.Message(peer.PKCS_REQ, name, name + '.key', name + '.pem',
		                   peer.envelope(request, 'server.pem')).der()
		open(name + '.msg', 'wb').write(der)
		urllib.request.urlopen(urllib.request.Request(url, data=der)).read()
	PY
}
message issued employee
message waits employee-reviewed

# ticks: processor time of the server, in 1/100 s
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$server/stat"; }

# batch NAME CLIENTS: each client over one connection
batch() {
	for i in $(seq $((count / $2))); do
		[ "$i" = 1 ] || echo next
		printf 'url = "%s"\ndata-binary = "@%s.msg"\noutput = "/dev/null"\n' "$url" "$1"
		printf 'write-out = "%%{http_code} %%{content_type}\\n"\nsilent\n'
	done > part
	start=$(date +%s%N) used=$(ticks) clients=
	for k in $(seq "$2"); do
		curl -sS -K part > "codes.$k" &
		clients="$clients $!"
	done
	wait $clients
	us=$((($(date +%s%N) - start) / 1000)) used=$(($(ticks) - used))
	same "all $1" "$(cat codes.* | grep -c '^200 application/x-pki-message')" $((count / $2 * $2))
	rm -f codes.*
	echo "$1 $2 $us $used"
}
{
	for name in issued waits; do
		batch $name 1
		batch $name 8
	done
} > batches
openssl speed -seconds 1 rsa3072 2>/dev/null | awk '/rsa 3072/ { print $(NF - 1) }' > speed
read -r signs < speed
awk -v count="$count" -v s="$signs" '
	BEGIN { printf "alone, on one processor: %d pairs of RSA-3072 operations a second\n", s / 2 }
	{ ms = $4 * 10 / count; alone = 2000 / s
	    printf "%s, %d at once: %.0f a second; %.2f ms of a processor each, %.2f times the pair\n",
	        $1, $2, count * 1e6 / $3, ms, ms / alone }
	' batches
