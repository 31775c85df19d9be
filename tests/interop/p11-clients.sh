#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Programs of others that load our module: ssh-keygen, p11tool, OpenSSL's
# engine, each judged by what openssl says of the result.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256/rsa:2048/rsa:2048/ec:p384"
need openssl yubico-piv-tool pcscd
enter "$0" "$@"
work
publics

if command -v ssh-keygen >/dev/null; then
	step "ssh-keygen lists without a PIN"
	ssh-keygen -D "$M" >keys 2>said || { cat said >&2; fail "ssh-keygen -D"; }
	for id in 9a 9c 9d; do
		ssh-keygen -i -m PKCS8 -f pub.$id | cut -d' ' -f2 >want
		grep -qF -f want keys || { cat keys; fail "ssh-keygen does not list $id"; }
	done
	[ ! -s said ] || { cat said >&2; fail "ssh-keygen complains"; }
fi

if command -v ssh-agent >/dev/null; then
	step "ssh-agent signs"
	printf '#!/bin/sh\necho %s\n' $PIN >askpass
	chmod +x askpass
	SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force
	export SSH_ASKPASS SSH_ASKPASS_REQUIRE
	eval "$(ssh-agent -P "$M")" >/dev/null
	trap 'kill "$SSH_AGENT_PID" 2>/dev/null || true; rm -rf "$work"' EXIT
	ssh-add -s "$M" >said 2>&1 || { cat said >&2; fail "ssh-add -s"; }
	for id in 9a 9d; do
		ssh-keygen -i -m PKCS8 -f pub.$id >key.pub
		rm -f data.sig
		ssh-keygen -Y sign -n file -f key.pub data >said 2>&1 ||
			{ cat said >&2; fail "ssh-keygen -Y sign with $id"; }
		echo "me $(cut -d' ' -f1,2 key.pub)" >signers
		expect "Good \"file\" signature" ssh-keygen -Y verify -f signers -I me -n file \
			-s data.sig <data
	done
fi

if command -v p11tool >/dev/null; then
	step "p11tool lists and signs"
	GNUTLS_PIN=$PIN
	export GNUTLS_PIN
	p11tool --provider="$M" --list-all --login --batch >list 2>said ||
		{ cat list said >&2; fail "p11tool --list-all"; }
	[ "$(grep -c "Type:.*Private key" list)" -eq 4 ] || { cat list; fail "not four keys"; }
	url=$(p11tool --provider="$M" --list-token-urls 2>/dev/null | grep "token=PIV-")
	p11tool --provider="$M" --export-pubkey --batch "$url;id=%9E;type=public" >got 2>said
	sed '/BEGIN/,$!d' got >key
	same key pub.9e
	for id in %9A %9D; do
		p11tool --provider="$M" --test-sign --login --batch "$url;id=$id;type=private" \
			>said 2>&1 || { cat said >&2; fail "p11tool --test-sign $id"; }
		grep -q "Verifying against public key in the token... ok" said ||
			{ cat said >&2; fail "p11tool does not verify $id"; }
	done
fi

engine=$(module engines-3/pkcs11.so) || engine=
if [ -n "$engine" ]; then
	step "a certificate request through OpenSSL's engine"
	cat >openssl.cnf <<-END
	openssl_conf = all
	[all]
	engines = engines
	[engines]
	pkcs11 = pkcs11
	[pkcs11]
	engine_id = pkcs11
	dynamic_path = $engine
	MODULE_PATH = $M
	PIN = $PIN
	init = 0
	[req]
	distinguished_name = dn
	[dn]
	END
	for id in 9a 9d; do
		OPENSSL_CONF=$work/openssl.cnf openssl req -new -engine pkcs11 -keyform engine \
			-key "pkcs11:id=%$id;type=private" -subj /CN=me -out req 2>said ||
			{ cat said >&2; fail "openssl req with $id"; }
		expect "verify OK" openssl req -in req -noout -verify
		openssl req -in req -noout -pubkey >got
		same got pub.$id
	done

	step "openssl decrypts through the engine"
	echo "a secret" >plain
	openssl pkeyutl -encrypt -pubin -inkey pub.9d -in plain -out sealed
	OPENSSL_CONF=$work/openssl.cnf openssl pkeyutl -decrypt -engine pkcs11 -keyform engine \
		-inkey "pkcs11:id=%9d;type=private" -in sealed -out opened 2>said ||
		{ cat said >&2; fail "openssl pkeyutl -decrypt"; }
	same plain opened
fi
