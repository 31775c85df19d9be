#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Requests linked to their TLS connection (RFC 7030 3.5) where a profile wants that:
# tls-unique by a client over Python's ssl, which makes the request after the handshake;
# tls-unique and tls-exporter (RFC 9266) by tamga with a key on a card.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
ra_program=$top_builddir/tools/ra/tamga-ra
"$ra_program" init "$work/ra" --profiles "$top_srcdir/share/profiles" \
    --default-profile employee --name 'Example CA' >/dev/null || fail init
profile=$work/ra/profiles/employee.profile
sed -i 's/^csrattrs = .*/& est_link = true;/' "$profile"
"$ra_program" serve "$work/ra" --listen 127.0.0.1:0 >"$work/out" 2>"$work/said" && fail "serves"
says 'est_link needs "challenge" in csrattrs'
sed -i 's/^csrattrs = \["extensions"\];/csrattrs = ["extensions", "challenge"];/' "$profile"
echo 'a password' > "$work/password"
ra user add anna --password-file "$work/password" || fail user
serve_ra
host=localhost port=${url##*:}
TAMGA_TEST_RA_CA=$work/ra/ca.pem
est="--ca est+https://$host:$port --ca-file $work/ra/ca.pem --user anna --password-file $work/password"

# ---- by a client of another hand --------------------------------------------------------
cat > "$work/client.py" <<'PY'
import base64, socket, ssl, subprocess, sys
folder, host, port, name, how, path = sys.argv[1:]
context = ssl.create_default_context(cafile=folder + '/ra/ca.pem')
context.maximum_version = ssl.TLSVersion.TLSv1_3 if how == 'newest' else ssl.TLSVersion.TLSv1_2

def connect():
    return context.wrap_socket(socket.create_connection((host, int(port)), 10), server_hostname=host)

tls = connect()
unique = tls.get_channel_binding('tls-unique') if how != 'newest' else b'123456789012'
if how == 'elsewhere':
    old, tls = tls, connect()
said = {'plain': 'guessed', 'none': ''}.get(how, base64.b64encode(unique or b'').decode())
with open(folder + '/c.cnf', 'w') as f:
    f.write('[req]\nprompt = no\ndistinguished_name = dn\n%s[dn]\nCN = %s\n%s' % (
        'attributes = a\n' if said else '', name, '[a]\nchallengePassword = %s\n' % said if said else ''))
der = subprocess.run(['openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:P-256', '-nodes', '-keyout', folder + '/' + name + '.key', '-config',
    folder + '/c.cnf', '-outform', 'DER'], check=True, capture_output=True).stdout
body = base64.encodebytes(der)
tls.sendall(('POST /.well-known/est/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\n'
    'Content-Type: application/pkcs10\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % (
    path, host, base64.b64encode(b'anna:a password').decode(), len(body))).encode() + body)
answer = b''
while True:
    more = tls.recv(4096)
    if not more:
        break
    answer += more
sys.stdout.buffer.write(answer)
PY
# asks NAME HOW STATUS [PATH]
asks() {
	python3 "$work/client.py" "$work" $host $port "$1" "$2" "${4:-simpleenroll}" > "$work/out" 2>"$work/said" ||
		fail "$1 $2"
	head -n 1 "$work/out" | grep -q "^HTTP/1.1 $3" || fail "$1 $2: $(head -n 1 "$work/out")"
}
asks one unique 200
asks two none 403
grep -q 'linked to its TLS connection, by its challenge' "$work/out" || fail "$(cat "$work/out")"
asks three plain 403
asks four elsewhere 403
asks five newest 403
ok "tls-unique of this connection, and of no other"

# ---- by tamga, with a key on a card ---------------------------------------------------------
fresh_card --yubikey
run 0 "$tamga" enroll $local $est --slot 9a --subject CN=Asel --quiet
assert_installed 9a
fresh_card --yubikey
run 0 "$tamga" enroll $local $est --ca-option link=tls-exporter --slot 9a --subject CN=Bota --quiet
assert_installed 9a
[ "$(generated)" = 1 ] || fail "keys: $(generated)"
fresh_card --yubikey
run 2 "$tamga" enroll $local $est --ca-option link=other --slot 9a --subject CN=Bota --quiet
says 'tls-unique or tls-exporter'
ok "tls-unique and tls-exporter, with a key on a card"
ra audit verify >/dev/null || fail audit
echo "ra-est-link: all held"
