#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Three thousand connections from twelve addresses that say nothing: where there is
# room for them nobody else notices; where there is none, others come in as soon as
# the silent have had their time, and the server still ends when it is told to.
# Who stops in the middle of a handshake takes nothing of the processor.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-serve-lib.sh"

# one that hangs does not end otherwise
many=
trap 'for p in $pids $many; do kill -9 $p 2>/dev/null || :; done; stop' EXIT

[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 8192 ] || { echo 'SKIP: too few descriptors'; exit 77; }
ulimit -n 8192
cp "$TAMGA_TEST_RA_DIR/ra.conf" plain.conf

# silent PORT AT-LEAST: 250 from each of twelve addresses, of whom that many come through
silent() {
	rm -f held.out
	python3 - "$1" "$2" > held.out <<-'PY' &
		import socket, sys, time
		held = []
		def through(s):
		    try:
		        return bool(s.getpeername())
		    except OSError:
		        return False
		for a in range(12):
		    for i in range(250):
		        s = socket.socket()
		        s.bind(("127.0.3.%d" % (a + 1), 0))
		        s.setblocking(False)
		        s.connect_ex(("127.0.0.1", int(sys.argv[1])))
		        held.append(s)
		time.sleep(1)
		for _ in range(300):
		    there = sum(map(through, held))
		    if there >= int(sys.argv[2]):
		        break
		    time.sleep(0.1)
		print(there, flush=True)
		time.sleep(60)
	PY
	many=$!
	for i in $(seq 600); do
		[ ! -s held.out ] || break
		sleep 0.1
	done
	[ -s held.out ] && [ "$(cat held.out)" -ge "$2" ] || die "they do not come: $(cat held.out)"
}
# gone: the silent are
gone() {
	{ kill $many && wait $many; } 2>/dev/null || :
	many=
}
# comes_in SECONDS: somebody from another address, who is answered within that time
comes_in() {
	same "another address, within $1 s" "$(curl -sS --max-time "$1" --cacert "$TAMGA_TEST_RA_CA" -o /dev/null \
	    -w '%{http_code}' "https://localhost:${tls##*:}/healthz")" 200
}
# halfway PID PORT: eight say hello, hear the server's and stop there; microseconds of
# the processor that it takes in a second of that
halfway() {
	python3 - "$1" "$2" <<-'PY'
		import glob, socket, ssl, sys, time
		pid, port = sys.argv[1], int(sys.argv[2])
		def spent():
		    return sum(int(open(task).read().split()[0])
		        for task in glob.glob(f"/proc/{pid}/task/*/schedstat")) // 1000
		def hello():
		    peer = socket.create_connection(("127.0.0.1", port), 20)
		    said = ssl.MemoryBIO()
		    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), said,
		        server_hostname="localhost")
		    try:
		        tls.do_handshake()
		    except ssl.SSLWantReadError:
		        peer.sendall(said.read())
		    assert peer.recv(1)
		    return peer
		held = [hello() for _ in range(8)]
		before = spent()
		assert before > 0
		time.sleep(1)
		print(spent() - before)
	PY
}
# ends PID: the server does, when it is told to
ends() {
	kill "$1"
	for i in $(seq 600); do
		kill -0 "$1" 2>/dev/null || { pids=${pids%" $1"}; return 0; }
		sleep 0.1
	done
	kill -9 "$1"
	die 'the server does not end'
}

{ grep -v '^connections' plain.conf; echo 'connections = 4096;'; } > "$TAMGA_TEST_RA_DIR/ra.conf"
serve wide "$TAMGA_TEST_RA_DIR"
silent "${tls##*:}" 2000
for i in 1 2 3; do comes_in 15; done	# sooner than the silent lose their places
gone
took=$(halfway ${pids##* } "${tls##*:}") || die 'no handshake begins'
[ "$took" -lt 200000 ] || die "eight who wait in their handshake take $took us a second"
{ grep -v '^connections\|^request_seconds' plain.conf; echo 'connections = 256;'; echo 'request_seconds = 2;'; } > "$TAMGA_TEST_RA_DIR/ra.conf"
serve narrow "$TAMGA_TEST_RA_DIR"
silent "${tls##*:}" 200
gone
comes_in 60
ends ${pids##* }
echo 'idle connections: all held'
