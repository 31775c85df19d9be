#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An OpenPGP card from the first key to its use: `tamga enroll` makes signature
# and authentication keys and gets their certificates by EST; then the same card
# serves our PKCS#11 module (pkcs11-tool, p11tool, ssh, openssl in TLS), and the
# same keys sign for gpg's scdaemon.
. "$top_srcdir/tests/interop/p11-lib.sh"
for program in tamga-vcard tools/ra/tamga-ra; do
	[ -x "$top_builddir/$program" ] || { echo "skipped: $program is not built"; exit 77; }
done
need openssl pcscd pkcs11-tool p11tool ssh-agent ssh-add gpgconf gpg-connect-agent
[ -x "$(gpgconf --list-dirs libexecdir)/scdaemon" ] || { echo "skipped: no scdaemon"; exit 77; }
engine=$(module engines-3/pkcs11.so) || { echo "skipped: no engine pkcs11"; exit 77; }
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --card openpgp,serial=305419896,keygen-time=1200 -- \
	sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
tamga=$top_builddir/tamga

work=$(mktemp -d)
gnupg_home
agent= server=
finish() {
	[ -z "$agent" ] || kill "$agent" 2>/dev/null || :
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	gnupg_ends
	rm -rf "$work" "$GNUPGHOME"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
cd "$work"
HOME=$work LC_ALL=C.UTF-8 GNUTLS_PIN=$PIN
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
export HOME LC_ALL GNUTLS_PIN XDG_STATE_HOME XDG_CONFIG_HOME
unset SSH_AUTH_SOCK
echo "$PIN" >pin
echo "$TAMGA_TEST_ADMIN" >admin
echo "what is signed" >data
openssl dgst -sha256 -binary data >hash
printf '#!/bin/sh\necho %s\n' "$PIN" >askpass
cat >pinentry <<END
#!/bin/sh
echo OK
while read -r word _; do
	case \$word in GETPIN) echo D $PIN ;; esac
	echo OK
done
END
chmod +x askpass pinentry
engine_conf openssl.cnf "$M" 0
printf 'disable-ccid\nreader-port "%s"\n' "$TAMGA_TEST_READER" >"$GNUPGHOME/scdaemon.conf"
printf 'pinentry-program %s/pinentry\n' "$work" >"$GNUPGHOME/gpg-agent.conf"

said() { "$@" >out 2>said || { cat out said >&2; fail "$*"; }; }

# enroll TYPE SLOT: a key there, its certificate by EST, both read back.
enroll() {
	ctl mark >/dev/null
	said "$tamga" enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
		--pin-file pin --admin-key-file admin --slot "$2" --type "$1" --subject "CN=Asel $2" \
		--eku clientAuth --destroy
	ctl log >enrolled
	# however long the card thought: made once, and its fingerprint after it
	[ "$(grep -c ' 00 47 80 .* 9000 ' enrolled)" = 1 ] || { cat enrolled >&2; fail "not one key"; }
	said "$tamga" cert export "$2" -o "$2.pem"
	openssl x509 -in "$2.pem" -noout -pubkey >"$2.pub"
	expect OK openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$2.pem"
	expect "CN *= *Asel $2" openssl x509 -in "$2.pem" -noout -subject
	expect "$3" openssl pkey -pubin -in "$2.pub" -noout -text
}

# What another hand reads of the card is what tamga wrote.
certificate_of() {
	openssl x509 -in "$1.pem" -outform DER -out "$1.der"
	p11 --read-object --type cert --id "$2" -o got
	same got "$1.der"
}

# by_module SLOT ID MECHANISM: pkcs11-tool signs, openssl checks.
by_module() {
	p11 --login --pin "$PIN" --sign --mechanism "$3" --id "$2" -i data -o sig \
		--signature-format openssl >/dev/null
	expect "Verified OK" openssl dgst -sha256 -verify "$1.pub" -signature sig data
}

# the authentication key for ssh; its agent keeps the module for as long as it lives
by_ssh() {
	SSH_AUTH_SOCK=$work/agent.sock
	export SSH_AUTH_SOCK
	ssh-agent -D -a "$SSH_AUTH_SOCK" -P "$top_builddir/*" >/dev/null 2>agent.log &
	agent=$!
	for _ in $(seq 600); do [ ! -S "$SSH_AUTH_SOCK" ] || break; sleep 0.1; done
	[ -S "$SSH_AUTH_SOCK" ] || { cat agent.log >&2; fail "no ssh-agent"; }
	said env DISPLAY=:0 SSH_ASKPASS="$work/askpass" SSH_ASKPASS_REQUIRE=force ssh-add -s "$M"
	ssh-keygen -i -m PKCS8 -f aut.pub >aut.ssh
	ssh-add -L | cut -d' ' -f1,2 >keys
	grep -qFf aut.ssh keys || { cat keys >&2; fail "the agent does not show the key"; }
	rm -f data.sig
	said ssh-keygen -Y sign -f aut.ssh -n test data
	echo "me $(cat aut.ssh)" >allowed
	expect 'Good "test" signature' ssh-keygen -Y verify -f allowed -I me -n test -s data.sig <data
	kill "$agent"
	wait "$agent" || :
	agent=
	unset SSH_AUTH_SOCK
}

# A server that wants the client's certificate says whose key it saw.
by_tls() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj /CN=localhost -keyout server.key -out server.pem 2>/dev/null
	openssl s_server -accept 127.0.0.1:0 -key server.key -cert server.pem -Verify 2 \
		-CAfile "$TAMGA_TEST_RA_CA" -verify_return_error -www -naccept 1 "$@" >served 2>&1 </dev/null &
	server=$!
	tls_listens served
	printf 'GET / HTTP/1.0\r\n\r\n' | OPENSSL_CONF=openssl.cnf timeout 60 openssl s_client \
		-connect "127.0.0.1:$port" -CAfile server.pem -cert aut.pem -engine pkcs11 \
		-keyform engine -key 'pkcs11:id=%03;type=private' -ign_eof >out 2>said || { cat out said served >&2; fail "TLS"; }
	wait "$server" || { cat served >&2; fail "the server refused"; }
	server=
	grep -q 'CN *= *Asel aut' served || { cat served >&2; fail "the server saw somebody else"; }
}

# scd COMMAND...: scdaemon, asked as gpg asks it.
scd() {
	for word in "$@"; do echo "$word"; done | gpg-connect-agent >scd.out 2>&1
	! grep '^ERR' scd.out >&2 || { cat scd.out >&2; fail "scdaemon: $*"; }
}

# by_gpg TYPE SLOT COMMAND PREFIX: the key that gpg finds there is the one in SLOT;
# what it signs is the hash behind that prefix.
by_gpg() {
	rm -f raw
	scd "scd serialno openpgp" "scd setdata $4$(od -An -v -tx1 hash | tr -d ' \n')" \
		"/datafile raw" "scd $3 D276000124010304FFFE123456780000"
	if [ "$1" = ec:p256 ]; then
		{ echo asn1=SEQUENCE:s; echo "[s]"
		printf 'r=INTEGER:0x%s\n' "$(od -An -v -tx1 -N32 raw | tr -d ' \n')"
		printf 's=INTEGER:0x%s\n' "$(od -An -v -tx1 -j32 raw | tr -d ' \n')"; } >rs
		said openssl asn1parse -genconf rs -noout -out sig
	else
		cp raw sig
	fi
	expect "Verified OK" openssl dgst -sha256 -verify "$2.pub" -signature sig data
}
# life TYPE OPENSSL'S-WORD MECHANISM S_SERVER-OPTIONS...
life() {
	type=$1 word=$2 mechanism=$3
	shift 3
	step "$type: enrolled by EST, read back"
	enroll "$type" sig "$word"
	enroll "$type" aut "$word"
	certificate_of sig 01
	certificate_of aut 03
	step "$type: our module"
	by_module sig 01 "$mechanism"
	by_module aut 03 "$mechanism"
	expect 'Status: OK|Verifying against public key in the token... ok' \
		p11tool --provider "$M" --login --test-sign 'pkcs11:id=%03;type=private'
	step "$type: ssh"
	by_ssh
	step "$type: TLS client with openssl"
	by_tls "$@"
	step "$type: gpg"
	by_gpg "$type" sig "pksign --hash=sha256" ""
	by_gpg "$type" aut pkauth 3031300d060960864801650304020105000420	# DigestInfo
	expect "Signature key ....: [0-9A-F ]{40}" gpg --no-tty --card-status
	gnupg_ends	# scdaemon held the card
	for _ in $(seq 600); do
		! "$tamga" info >/dev/null 2>&1 || break
		sleep 0.1
	done
}
step "a new card has no reset code; the admin PIN does in its place"
said "$tamga" info
grep -q '^reset code: none is set' out || { cat out >&2; fail "the reset code"; }
grep -q '^admin PIN: 3 tries left' out || { cat out >&2; fail "the admin PIN"; }
said "$tamga" pin unblock --puk-file admin --new-pin-file pin

life ec:p256 "NIST CURVE: P-256" ECDSA-SHA256
life rsa:2048 "Public-Key: .2048 bit" SHA256-RSA-PKCS -tls1_2 -client_sigalgs RSA+SHA256
echo "all as it should be"
