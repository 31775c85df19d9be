#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Programs of others over cards of the other drivers, each with a P-256 key and its own
# certificate: p11tool, openssl by its engine (a request, a TLS client), curl, NSS
# (certutil), Java's keytool, ssh-agent, ssh and sshd.  doc/clients has them over PIV.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card gids,provisioned --card myeid,provisioned --card pkcs15,provisioned \
--card openpgp,provisioned"
need openssl curl p11tool modutil certutil keytool ssh-agent ssh-add ssh-keygen \
	python3 pcscd
engine=$(module engines-3/pkcs11.so) || { echo "skipped: no engine pkcs11"; exit 77; }
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
work=$(mktemp -d)
agent= server=
finish() {
	[ -z "$agent" ] || kill "$agent" 2>/dev/null || :
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
cd "$work"
HOME=$work GNUTLS_PIN=$PIN LC_ALL=C.UTF-8
export HOME GNUTLS_PIN PIN LC_ALL
unset SSH_AUTH_SOCK
echo "what is signed" >data
printf '#!/bin/sh\necho %s\n' "$PIN" >askpass
chmod +x askpass
engine_conf openssl.cnf "$M" 0
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout server.key -out server.pem 2>/dev/null
p11tool --provider "$M" --list-token-urls >tokens 2>said
p11 -L >slots

# serves FILE: a server that takes the client of that certificate, once.
serves() {
	openssl s_server -accept 127.0.0.1:0 -key server.key -cert server.pem -Verify 1 \
		-CAfile "$1" -partial_chain -verify_return_error -www -naccept 1 >served 2>&1 </dev/null &
	server=$!
	tls_listens served
}
served() {
	wait "$server" || { cat served >&2; fail "the server refused"; }
	server=
}

by_gnutls() {
	p11tool --provider "$M" --login --test-sign "$token;id=$id;type=private" >said 2>&1 ||
		{ cat said >&2; fail "p11tool --test-sign"; }
}

by_openssl() {
	OPENSSL_CONF=openssl.cnf openssl req -new -engine pkcs11 -keyform engine \
		-key "$token;id=$id;type=private" -subj /CN=me -out req 2>said ||
		{ cat said >&2; fail "openssl req"; }
	openssl req -in req -noout -verify -pubkey >got 2>said || { cat said >&2; fail "the request"; }
	same got pub
	serves cert.pem
	printf 'GET / HTTP/1.0\r\n\r\n' | OPENSSL_CONF=openssl.cnf timeout 60 openssl s_client \
		-connect "127.0.0.1:$port" -CAfile server.pem -cert cert.pem -engine pkcs11 \
		-keyform engine -key "$token;id=$id;type=private" -ign_eof >out 2>said ||
		{ cat out said served >&2; fail "TLS"; }
	served
}

by_curl() {
	serves cert.pem
	OPENSSL_CONF=openssl.cnf timeout 60 curl -sS --cacert server.pem --engine pkcs11 \
		--resolve "localhost:$port:127.0.0.1" --cert cert.pem --key-type ENG \
		--key "$token;id=$id;type=private" "https://localhost:$port/" >out 2>said ||
		{ cat said served >&2; fail "curl"; }
	grep -q 'CIPHER\|Cipher' out || { cat out >&2; fail "curl saw no page"; }
	served
}

by_nss() {
	rm -rf nssdb
	mkdir nssdb
	echo "$label:$PIN" >pins
	quiet certutil -N -d sql:nssdb --empty-password
	quiet modutil -dbdir sql:nssdb -add tamga -libfile "$M" -force
	certutil -K -d sql:nssdb -h "$label" -f pins >keys 2>said || { cat keys said >&2; fail "certutil -K"; }
	[ "$(grep -c '^<' keys)" = "$keys" ] || { cat keys >&2; fail "NSS sees other keys"; }
	certutil -L -d sql:nssdb -h "$label" -f pins >certs 2>said || { cat certs said >&2; fail "certutil -L"; }
	grep -q "^$label:$name  " certs || { cat certs >&2; fail "NSS sees no certificate $name"; }
	certutil -R -d sql:nssdb -h "$label" -f pins -k "${id#%}" -s CN=me -a -o nss.req >said 2>&1 ||
		{ cat said >&2; fail "certutil -R"; }
	openssl req -in nss.req -noout -verify -pubkey >got 2>said || { cat said >&2; fail "NSS's request"; }
	same got pub
}

by_java() {
	slot=$(awk -v label="$label" '/^Slot / { at = $3; gsub(/[():]/, "", at) }
		/token label/ && $NF == label { print at }' slots)
	printf 'name = card\nlibrary = %s\nslot = %d\n' "$M" "$slot" >card.cfg
	keytool -list -storetype PKCS11 -storepass:env PIN -providerClass \
		sun.security.pkcs11.SunPKCS11 -providerArg card.cfg >out 2>&1 || { cat out >&2; fail "keytool"; }
	[ "$(grep -c PrivateKeyEntry out)" = "$keys" ] || { cat out >&2; fail "Java sees other keys"; }
	grep -q "^$name, PrivateKeyEntry" out || { cat out >&2; fail "Java does not see $name"; }
	quiet keytool -certreq -alias "$name" -file java.req -storetype PKCS11 -storepass:env PIN \
		-providerClass sun.security.pkcs11.SunPKCS11 -providerArg card.cfg
	openssl req -in java.req -noout -verify -pubkey >got 2>said || { cat said >&2; fail "Java's request"; }
	same got pub
}

# uses LABEL-PREFIX ID NAME-OF-CERTIFICATE KEYS
uses() {
	id=$2 name=$3 keys=$4
	token=$(grep -E "token=$1" tokens) || { cat tokens >&2; fail "no token $1"; }
	label=$(echo "$token" | sed 's/.*token=\([^;]*\).*/\1/')
	p11tool --provider "$M" --export "$token;id=$id;type=cert" >cert.pem 2>said ||
		{ cat said >&2; fail "the certificate"; }
	openssl x509 -in cert.pem -noout -pubkey >pub
	for client in gnutls openssl curl nss java; do
		by_$client
		echo "ok: $label: $client"
	done
	cat pub >>pubs
}
uses GIDS- %01 "tamga-vcard 1" 2
uses tamga-MyEID %45 "tamga-vcard AUT" 2
uses tamga-issued %45 "tamga-vcard AUT" 2
uses OpenPGP %03 "tamga-vcard AUT" 3

step "ssh"
SSH_AUTH_SOCK=$work/agent.sock
export SSH_AUTH_SOCK
ssh-agent -D -a "$SSH_AUTH_SOCK" -P "$top_builddir/*" >/dev/null 2>agent.log &
agent=$!
for _ in $(seq 600); do [ ! -S "$SSH_AUTH_SOCK" ] || break; sleep 0.1; done
DISPLAY=:0 SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force ssh-add -s "$M" >said 2>&1 ||
	{ cat said >&2; fail "ssh-add"; }
csplit -s -z -f one. pubs '/BEGIN PUBLIC/' '{*}'
for one in one.*; do
	ssh-keygen -i -m PKCS8 -f "$one" >key.ssh
	ssh-add -L | cut -d' ' -f1,2 | grep -qFf key.ssh || fail "the agent does not show a key"
	rm -f data.sig
	quiet ssh-keygen -Y sign -f key.ssh -n test data
	echo "me $(cat key.ssh)" >allowed
	expect 'Good "test" signature' ssh-keygen -Y verify -f allowed -I me -n test -s data.sig <data
done

# sshd wants a user of its own, and that who logs in is not locked: in our
# private mount namespace both are so.
serve_ssh() {
	sed "/^sshd:/d" /etc/passwd >passwd
	echo "sshd:x:109:65534::/run/sshd:/bin/false" >>passwd
	sed "s/^root:[^:]*:/root:*:/" /etc/shadow >shadow
	mount --bind passwd /etc/passwd
	mount --bind shadow /etc/shadow
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f host.key
	sshd_port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >sshd.conf <<-END
	ListenAddress 127.0.0.1:$sshd_port
	HostKey $work/host.key
	AuthorizedKeysFile $work/key.ssh
	AuthenticationMethods publickey
	ExposeAuthInfo yes
	MaxAuthTries 20
	PidFile none
	StrictModes no
	UsePAM no
	END
	"$(command -v sshd)" -D -f "$work/sshd.conf" -E "$work/sshd.log" &
	server=$!
	echo "[127.0.0.1]:$sshd_port $(cut -d' ' -f1,2 host.key.pub)" >known_hosts
}
# logs_in OPTION...: with the one key that the server knows
logs_in() {
	ssh -F none -p "$sshd_port" -o UserKnownHostsFile="$work/known_hosts" -o BatchMode=no \
		-o PreferredAuthentications=publickey "$@" root@127.0.0.1 \
		'cut -d" " -f2,3 "$SSH_USER_AUTH"' >out 2>said || { cat said sshd.log >&2; fail "ssh $*"; }
	cut -d' ' -f1,2 key.ssh >want
	same out want
}
PATH=$PATH:/usr/sbin:$top_builddir/daemons/usr/sbin
if [ "$(id -u)" = 0 ] && command -v sshd >/dev/null; then
	serve_ssh
	for one in one.*; do
		ssh-keygen -i -m PKCS8 -f "$one" >key.ssh
		for _ in $(seq 100); do ! grep -q 'Server listening' sshd.log 2>/dev/null || break; sleep 0.1; done
		logs_in -o IdentitiesOnly=yes -i key.ssh
		echo "ok: ssh by the agent, $one"
		DISPLAY=:0 SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force \
			logs_in -o IdentityAgent=none -o PKCS11Provider="$M"
		echo "ok: ssh by itself, $one"
	done
else
	echo "not tried: ssh to a sshd, which root runs alone"
fi
echo "all of them, over four cards"
