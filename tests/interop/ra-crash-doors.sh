#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# As ra-crash.sh over CMP and SCEP: killed at every sync of the store and at some of its writes,
# other ones in each run (TAMGA_TEST_ALL=1: all; TAMGA_TEST_SEED=N: the same again), while a
# request is served.  The same message again, to another process, gets its certificate; nothing
# acknowledged is lost, nothing is issued twice, no secret and no challenge is good for two.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/lib/seed.sh"

strace -o trace true 2>/dev/null || { echo "SKIP: strace cannot trace here"; exit 77; }
db=$TAMGA_TEST_RA_DIR/store.db
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || :; rm -rf "$work"' EXIT
printf '%s\n' 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; };' 'scep: { key = "scep.key"; };' \
    >> "$TAMGA_TEST_RA_DIR/ra.conf"

# start [COMMAND...]: a server of its own, below COMMAND
start() {
	rm -f ready
	mkfifo ready
	"$@" "$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >ready 2>>log &
	server=$!
	read -r url < ready || die "no server: $(tail -n 3 log)"
}
gone() {
	wait $server 2>/dev/null || :
	server=
}
# the server inherits the tracer's standard output, so it is ended by the signal
end() {
	kill "$(pgrep -P $server)" 2>/dev/null || :
	gone
}
# post TYPE PATH FILE OUT: the status
send() {
	curl -sS --max-time 10 --cacert "$TAMGA_TEST_RA_CA" -H "Content-Type: $1" \
	    --data-binary "@$3" -w '%{http_code}' -o "$4" "$url/$2" 2>/dev/null || :
}
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }

# ---- what each door is asked -----------------------------------------------------
cat > scep.py <<'PY'
import importlib.util, sys
spec = importlib.util.spec_from_file_location('peer', sys.argv[1])
peer = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(peer)
name = sys.argv[3]
if sys.argv[2] == 'make':
    peer.new_key(name, 'ec')
    peer.new_request(name, 'scep ' + name, sys.argv[4])
    message = peer.Message(peer.PKCS_REQ, name, 'wrap.key', 'wrap.pem',
                           peer.envelope(open(name + '.der', 'rb').read(), 'server.pem'))
    open(name + '.msg', 'wb').write(message.der())
    open(name + '.nonce', 'wb').write(message.nonce)
else:
    class message:
        transaction, nonce = name, open(name + '.nonce', 'rb').read()
    reply = peer.Reply(open(sys.argv[4], 'rb').read(), 'server.pem', message)
    assert reply.outcome == 'success', (reply.outcome, reply.why)
    open(sys.argv[4] + '.cert', 'wb').write(reply.certificate('wrap.key', 'wrap.pem', name + '.crt'))
PY
scep() { python3 -B scep.py "$top_srcdir/tests/interop/scep-peer.py" "$@" || die "SCEP $*"; }

start
openssl req -x509 -newkey rsa:2048 -nodes -keyout wrap.key -out wrap.pem -days 2 -subj /CN=wrap 2>/dev/null
same GetCACert "$(get "$url/scep?operation=GetCACert")" 200
openssl pkcs7 -inform DER -in body -print_certs | sed '/END CERT/q' > server.pem
kill $server
gone

# make DOOR NAME: NAME.msg, with a key, a secret or a challenge of its own
make_cmp() {
	secret=$("$ra" secret add "$1") || die "secret $1"
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
	# nobody is there: the request is written all the same
	! openssl cmp -config "" -server 127.0.0.1:9 -path .well-known/cmp -cmd ir -ref "$1" \
	    -secret "pass:$secret" -newkey "$1.key" -subject "/CN=cmp $1" -implicit_confirm \
	    -trusted "$TAMGA_TEST_RA_CA" -reqout "$1.msg" -certout none.crt -msg_timeout 1 > said 2>&1 ||
		die "somebody answered $1"
	[ -s "$1.msg" ] || die "no message $1: $(cat said)"
}
make_scep() {
	scep make "$1" "$("$ra" challenge new employee)"
}
ask_cmp() { send application/pkixcmp .well-known/cmp "$1.msg" "$2"; }
ask_scep() { send application/x-pki-message 'scep?operation=PKIOperation' "$1.msg" "$2"; }
# given DOOR NAME FILE: the answer holds the certificate that the store has for it
given() {
	cert=$(sqlite3 "$db" "SELECT lower(hex(der)) FROM certificate JOIN application ON
	    certificate.application = application.id WHERE subject = 'CN=$1 $2'")
	[ -n "$cert" ] || die "$2: no certificate is in the store"
	case $1 in
	cmp) hex "$3" ;;
	scep) scep open "$2" "$3" && hex "$3.cert" ;;
	esac | grep -q "$cert" || die "$2: acknowledged as another certificate"
}

# ---- killed ------------------------------------------------------------------------
all=0
for door in cmp scep; do
	for call in pwrite64 fdatasync; do
		step=1 tried=0 acknowledged=0
		[ -n "${TAMGA_TEST_ALL:-}" ] || [ $call = fdatasync ] || step=6
		n=$((seed % step + 1))
		while :; do
			name=$call.$n
			make_$door "$name"
			start strace -f -qq -o trace -e trace=$call \
			    -e inject=$call:signal=SIGKILL:when=$n
			code=$(ask_$door "$name" "first.$name")
			if [ "$code" = 200 ] && kill -0 "$(pgrep -P $server)" 2>/dev/null; then
				given $door "$name" "first.$name"
				all=$((all + 1))
				end
				break
			fi
			gone
			same "$name: all or nothing" "$(sqlite3 "$db" "SELECT count(*)
			    FROM certificate WHERE der IS NULL")" 0
			start
			same "$door $name, again" "$(ask_$door "$name" "again.$name")" 200
			given $door "$name" "again.$name"
			if [ "$code" = 200 ]; then
				acknowledged=$((acknowledged + 1))
				given $door "$name" "first.$name"
			fi
			same "$door $name, a third time" "$(ask_$door "$name" "third.$name")" 200
			given $door "$name" "third.$name"
			kill $server
			gone
			all=$((all + 1)) tried=$((tried + 1)) n=$((n + step))
			[ $n -lt 60 ] || die "$call never ends"
		done
		echo "$door: killed at $tried of some $((n - 1)) calls of $call, $acknowledged acknowledged before"
		[ $tried -gt 0 ] || die "no request was killed at $call"
	done
	rm -f ./*.msg
done
same 'one each' "$(sqlite3 "$db" "SELECT count(*) FROM certificate JOIN application ON
    certificate.application = application.id WHERE subject LIKE 'CN=cmp %' OR
    subject LIKE 'CN=scep %'")" $all
same 'issued once each' "$("$ra" audit list --json |
    jq '[.[] | select(.event=="issue" and .application != "")] | group_by(.application) |
	map(length) | max')" 1
same 'secrets used once each' "$("$ra" secret list --json | jq 'map(.used) | max')" 1
same 'challenges used' "$("$ra" challenge list | grep -c 'not used' || :)" 0
"$ra" audit verify > /dev/null || die audit
echo "crash-doors: $all requests, all held"
