#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A protocol from outside the library (doc/examples/cfssl.c) against the server
# it is for: the certificate is installed like any other, and refusals of both
# sides have words.
set -u
for tool in cfssl cfssljson openssl python3; do
	command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
example=$top_builddir/doc/examples/cfssl
tamga=$top_builddir/tamga
[ -x "$example" ] || { echo "skipped: built without libcurl"; exit 77; }
if [ -z "${TAMGA_BINDING_INSIDE:-}" ]; then
	TAMGA_BINDING_INSIDE=yes
	export TAMGA_BINDING_INSIDE
	exec "$top_srcdir/tests/with-card" --no-pcscd --card piv,version=5.7.1 -- sh "$0" "$@"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/binding.XXXXXX")
server=
finish() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
example=$(realpath "$example") tamga=$(realpath "$tamga")
cd "$work" || exit 1
fail() { echo "FAILED: $*"; cat out log 2>/dev/null; exit 1; }
XDG_STATE_HOME=$work/state HOME=$work LC_ALL=C.UTF-8
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
export XDG_STATE_HOME HOME LC_ALL TAMGA_VCARD_SOCKET
printf '%s\n' "$TAMGA_TEST_PIN" >pin

# ---- the server, whose certificate its own CA issued ----------------------------
echo '{"CN":"Test root","key":{"algo":"ecdsa","size":256}}' >ca.json
echo '{"CN":"server","hosts":["127.0.0.1"],"key":{"algo":"ecdsa","size":256}}' >server.json
{ cfssl genkey -initca ca.json | cfssljson -bare ca &&
	cfssl gencert -ca ca.pem -ca-key ca-key.pem server.json |
	cfssljson -bare server; } >out 2>&1 || fail "no CA"
tries=0
while :; do
	port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cfssl serve -address 127.0.0.1 -port "$port" -ca ca.pem -ca-key ca-key.pem \
		-tls-cert server.pem -tls-key server-key.pem >log 2>&1 &
	server=$!
	n=0
	until openssl s_client -connect "127.0.0.1:$port" </dev/null >/dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt 100 ] && kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	kill -0 "$server" 2>/dev/null && [ $n -lt 100 ] && break
	tries=$((tries + 1))
	[ $tries -lt 3 ] || fail "no server"
done
ca=cfssl+https://127.0.0.1:$port

# ---- refused before anything changes --------------------------------------------
"$example" "$ca/label" ca.pem CN=x <pin >out 2>&1 && fail "a path was taken"
grep -q 'nothing may follow the host' out || fail "no words of the binding"
"$example" "nosuch+https://127.0.0.1:$port" ca.pem CN=x <pin >out 2>&1 &&
	fail "a protocol that is none"
grep -q 'these are: .*est.*cfssl' out || fail "the protocols are not named"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout other.key -out other.pem -subj /CN=other 2>/dev/null
"$example" "$ca" other.pem CN=x <pin >out 2>&1 && fail "a stranger was believed"

"$example" cfssl+https://127.0.0.1:1 ca.pem CN=x <pin >out 2>&1 && fail "nobody issued"
grep -q '127.0.0.1:1' out || fail "who is away is not said"
[ -z "$(find state -name '*.json' 2>/dev/null)" ] || fail "something was begun"

# ---- enrolled --------------------------------------------------------------------
"$example" "$ca" ca.pem 'CN=Әсел Қалиева,O=Öğrətmən' <pin >out 2>&1 || fail "enroll"
grep -q '^9a holds certificate' out || fail "what was installed is not said"
"$tamga" cert show 9a >cert.out 2>&1 || fail "tamga cert show"
grep -q 'CN=Әсел Қалиева' cert.out || { cat cert.out; fail "another subject"; }
"$tamga" cert export 9a -o leaf.pem >out 2>&1 || fail "tamga cert export"
openssl verify -CAfile ca.pem leaf.pem >out 2>&1 || fail "openssl does not verify it"
"$example" "$ca" ca.pem 'CN=Әсел Қалиева,O=Öğrətmən' <pin >out 2>&1 ||
	fail "asked twice is not once"
[ "$(find state -name '*.json' | wc -l)" = 1 ] || fail "a second enrollment"
[ -z "$(find state -name '*.state')" ] || fail "something is still remembered"
echo "ok: a protocol from outside enrolls, refuses and is refused in words"
