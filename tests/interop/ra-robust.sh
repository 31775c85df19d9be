#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Slow, large, broken and interrupted clients; configuration that is wrong.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

# larger than 64 KiB: said at once when announced, also when not
head -c 65537 /dev/zero | tr '\0' A > big
same 'announced' "$(post simpleenroll big $auth -H 'Expect: 100-continue')" 413; says '65536'
same 'chunked' "$(post simpleenroll big $auth -H 'Transfer-Encoding: chunked')" 413
head -c 65536 big > fits
same 'just fits' "$(post simpleenroll fits $auth)" 400

# a dozen clients that never finish hold nobody up
port=${TAMGA_TEST_RA_URL##*:}
python3 - "$port" "$TAMGA_TEST_RA_CA" > slow.out <<-'PY' &
	import socket, ssl, sys, time
	port, ca = int(sys.argv[1]), sys.argv[2]
	ctx = ssl.create_default_context(cafile=ca)
	held = []
	for i in range(24):
	    s = socket.create_connection(("127.0.0.1", port))
	    if i % 3 == 0:
	        held.append(s)              # says nothing at all
	        continue
	    t = ctx.wrap_socket(s, server_hostname="localhost")
	    t.send(b"POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: x\r\n")
	    if i % 3 == 1:
	        t.send(b"Content-Length: 1000\r\n\r\nMII")
	    held.append(t)
	print("held", flush=True)
	time.sleep(4)
	# garbage where HTTP or TLS should be
	for raw in (b"\x16\x03\x01\xff\xff" + b"A" * 100, b"GET / HTTP/1.1\r\n\r\n", b"\0" * 50):
	    s = socket.create_connection(("127.0.0.1", port)); s.send(raw); s.close()
	t = ctx.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
	try:                                # the answer may come, and the end, before all is sent
	    t.send(b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n")
	    print("long line:", t.recv(64)[:12])
	except OSError as e:
	    print("long line: closed")
	t = ctx.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
	try:
	    t.send(b"NONSENSE\r\n\r\n")
	    print("nonsense:", t.recv(64)[:12])
	except OSError:
	    print("nonsense: closed")
	PY
slow=$!
for i in $(seq 600); do grep -q held slow.out && break; sleep 0.1; done
grep -q held slow.out || die "the slow clients do not come: $(cat slow.out)"
for i in 1 2 3 4 5; do
	new_csr q$i "/CN=Quick $i"
	start=$(date +%s%N)
	same quick "$(post simpleenroll q$i.b64 $auth)" 200
	ms=$((($(date +%s%N) - start) / 1000000))
	[ $ms -lt 10000 ] || die "slow clients made a quick one wait $ms ms"
done
wait $slow || die "the slow clients failed: $(cat slow.out)"
grep -q 'long line' slow.out && grep -q nonsense slow.out || die "$(cat slow.out)"
same 'still there' "$(get "$TAMGA_TEST_RA_URL/healthz")" 200

# a thousand connections from one address that say nothing shut nobody else out
python3 - "$port" > many.out <<-'PY' &
	import socket, sys, time
	held = []
	for i in range(1000):
	    s = socket.socket()
	    s.settimeout(0.2)
	    s.bind(("127.0.0.2", 0))
	    try:
	        s.connect(("127.0.0.1", int(sys.argv[1])))
	    except OSError:
	        break
	    held.append(s)
	time.sleep(0.5)
	there = 0
	for s in held:
	    s.setblocking(False)
	    try:
	        there += s.recv(1) != b""
	    except BlockingIOError:
	        there += 1
	    except OSError:
	        pass
	print(len(held), "held", there, flush=True)
	time.sleep(3)
	PY
many=$!
for i in $(seq 600); do
	grep -q held many.out && break
	sleep 0.1
done
there=$(cut -d' ' -f3 many.out)
[ "$there" -gt 100 ] && [ "$there" -le 256 ] || die "connections of one address: $(cat many.out)"
start=$(date +%s%N)
same 'another address meanwhile' "$(get "$TAMGA_TEST_RA_URL/healthz")" 200
ms=$((($(date +%s%N) - start) / 1000000))
[ $ms -lt 10000 ] || die "idle connections made another address wait $ms ms"
kill $many 2>/dev/null || :
wait $many 2>/dev/null || :


# old TLS is not spoken
! openssl s_client -connect "127.0.0.1:$port" -tls1_1 -cipher DEFAULT@SECLEVEL=0 \
    </dev/null >/dev/null 2>&1 || die "TLS 1.1"
openssl s_client -connect "127.0.0.1:$port" -tls1_2 -CAfile "$TAMGA_TEST_RA_CA" \
    -verify_return_error </dev/null >/dev/null 2>&1 || die "no TLS 1.2"
# and of TLS 1.2 only what keeps secrets (RFC 9325 4.2)
openssl s_client -connect "127.0.0.1:$port" -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 \
    </dev/null >/dev/null 2>&1 || die "no AES-GCM"
for old in ECDHE-ECDSA-AES128-SHA ECDHE-ECDSA-AES256-SHA384 ECDHE-ECDSA-AES128-CCM8; do
	! openssl s_client -connect "127.0.0.1:$port" -tls1_2 -cipher $old@SECLEVEL=0 \
	    </dev/null >/dev/null 2>&1 || die "$old"
done

# who says a request a byte at a time is cut off, in TLS, headers and body;
# who is quick keeps the connection
mkfifo drip
cp -r "$TAMGA_TEST_RA_DIR" slow-ra
sed -i 's/^request_seconds = 30;/request_seconds = 2;/' slow-ra/ra.conf
grep -q '^request_seconds = 2;' slow-ra/ra.conf || die "request_seconds is not in ra.conf"
"$ra" serve "$work/slow-ra" --listen 127.0.0.1:0 > drip 2>log3 &
third=$!
read -r url < drip
python3 - "${url##*:}" "$TAMGA_TEST_RA_CA" <<-'PY' || { kill $third; die "slow talk is listened to"; }
	import socket, ssl, sys, threading, time
	port, ca = int(sys.argv[1]), sys.argv[2]
	ctx = ssl.create_default_context(cafile=ca)
	def tcp():
	    return socket.create_connection(("127.0.0.1", port))
	def tls():
	    return ctx.wrap_socket(tcp(), server_hostname="localhost")
	def drip(name, s, first, byte):
	    start = time.time()
	    try:
	        s.sendall(first)
	        while time.time() - start < 8:
	            s.sendall(byte)
	            time.sleep(0.2)
	    except OSError:
	        pass
	    took[name] = time.time() - start
	took = {}
	post = b"POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: x\r\n"
	todo = [("tls", tcp(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00"), ("headers", tls(), post, b"X"),
	    ("body", tls(), post + b"Content-Length: 60000\r\n\r\n", b"A")]
	threads = [threading.Thread(target=drip, args=t) for t in todo]
	for t in threads: t.start()
	quick = tls()
	for i in range(8):
	    quick.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	    said = b""
	    while not said.endswith(b"\r\n\r\nok\n"):
	        more = quick.recv(4096)
	        assert more, (i, said)
	        said += more
	    time.sleep(0.5)
	for t in threads: t.join()
	late = {k: v for k, v in took.items() if not 1 < v < 6}
	sys.exit(f"{late}" if late or len(took) != 3 else 0)
	PY
kill $third
wait $third || die "the server with slow clients ended with $?"

# a path cannot break a line of the log
get -g --path-as-is "$TAMGA_TEST_RA_URL/%0ainfo:%20forged%1b[2J" >/dev/null
! grep -q '^info: forged' "$TAMGA_TEST_RA_LOG" || die "a forged line in the log"
! grep -q "$(printf '\033')" "$TAMGA_TEST_RA_LOG" || die "an escape in the log"

# SIGTERM: a request that runs is answered, then the end, exit status 0
mkfifo ready
"$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 > ready 2>log2 &
second=$!
read -r url < ready
new_csr term '/CN=Term'
curl -sS --max-time 20 --cacert "$TAMGA_TEST_RA_CA" $auth -o term.out -w '%{http_code}' \
    -H 'Content-Type: application/pkcs10' --data-binary @term.b64 \
    --limit-rate 1000 "$url/.well-known/est/simpleenroll" > term.code &
client=$!
sleep 0.3
kill $second
wait $client || die "the running request was cut off: $(cat log2)"
same 'answered' "$(cat term.code)" 200
rc=0; wait $second || rc=$?
same 'SIGTERM' $rc 0

# taken address, wrong settings: named, with file and line
rc=0; "$ra" serve "$TAMGA_TEST_RA_DIR" --listen "127.0.0.1:$port" 2>err || rc=$?
same 'taken' $rc 7
grep -q "$port" err || die "$(cat err)"
cp -r "$TAMGA_TEST_RA_DIR" bad
sed -i '2s/.*/listen = 8443;/' bad/ra.conf
rc=0; "$ra" serve bad 2>err || rc=$?
same 'config' $rc 7
grep -q 'bad/ra.conf:2: listen' err || die "$(cat err)"
cp -r "$TAMGA_TEST_RA_DIR"/. bad/
sed -i 's/^validity_days.*/validity_days = 0;/' bad/profiles/device-tls.profile
rc=0; "$ra" serve bad 2>err || rc=$?
same 'profile' $rc 7
grep -q 'device-tls.profile:5: validity_days' err || die "$(cat err)"
cp -r "$TAMGA_TEST_RA_DIR"/. bad/
chmod 644 bad/ca.key
rc=0; "$ra" serve bad 2>err || rc=$?
same 'key readable' $rc 1
grep -q 'chmod 600' err || die "$(cat err)"
chmod 600 bad/ca.key
chmod 640 bad/server.key
rc=0; "$ra" serve bad 2>err || rc=$?
same 'server key readable' $rc 1
grep -q 'chmod 600' err || die "$(cat err)"
rc=0; "$ra" init "$TAMGA_TEST_RA_DIR" --profiles bad/profiles 2>err || rc=$?
same 'init twice' $rc 7
rc=0; "$ra" serve nowhere 2>err || rc=$?
same 'nowhere' $rc 1
grep -q 'tamga-ra init' err || die "$(cat err)"

# an encrypted CA key, RSA, other hosts, a CRL address in certificates
echo 'correct horse' > pass
sed -i 's/^validity_days.*/validity_days = 0;/' bad/profiles/device-tls.profile
"$ra" init rsa --profiles bad/profiles --name 'Куәландырушы орталық' \
    --key-type rsa:3072 --host ra.example --host 192.0.2.7 --passphrase-file pass \
    --crl-url http://ra.example/crl >/dev/null 2>err && die "a bad profile was taken"
cp "$TAMGA_TEST_RA_DIR"/profiles/* bad/profiles/
rm -rf rsa
"$ra" init rsa --profiles bad/profiles --name 'Куәландырушы орталық' \
    --key-type rsa:3072 --host ra.example --host 192.0.2.7 --passphrase-file pass \
    --crl-url http://ra.example/crl >/dev/null
grep -q ENCRYPTED rsa/ca.key || die "the key is in the clear"
openssl x509 -in rsa/server.pem -noout -ext subjectAltName | grep -q 'DNS:ra.example, IP Address:192.0.2.7' || die SAN
openssl verify -x509_strict -CAfile rsa/ca.pem rsa/server.pem >/dev/null || die chain
"$ra" user add test --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" --dir rsa
mkfifo ready3
"$ra" serve rsa --listen 127.0.0.1:0 > ready3 2>log3 &
third=$!
read -r url < ready3
new_csr r '/CN=R'
same rsa "$(curl -sS --cacert rsa/ca.pem --connect-to "ra.example:443:127.0.0.1:${url##*:}" \
    $auth -H 'Content-Type: application/pkcs10' --data-binary @r.b64 -o body \
    -w '%{http_code}' https://ra.example/.well-known/est/simpleenroll)" 200
base64 -d body | openssl pkcs7 -inform DER -print_certs -out r.pem
openssl verify -x509_strict -CAfile rsa/ca.pem r.pem >/dev/null || die chain
openssl x509 -in r.pem -noout -text | grep -q 'URI:http://ra.example/crl' || die "no CRL address"
kill $third; wait $third || die "exit status"
rm pass
rc=0; "$ra" serve rsa 2>err || rc=$?
same 'no passphrase' $rc 1
same 'still there' "$(get "$TAMGA_TEST_RA_URL/healthz")" 200
echo "robust: all held"
