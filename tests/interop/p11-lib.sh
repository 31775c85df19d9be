# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of tamga-pkcs11.so share; sourced, never run.
. "$top_srcdir/tests/interop/vcard-lib.sh"

M=$top_builddir/.libs/tamga-pkcs11.so
[ -f "$M" ] || fail "$M is not built"
PIN=123456

# The public key of every slot, by the card's own certificates, read by a
# program that is not ours.
publics() {
	for id in 9a 9c 9d 9e; do
		yubico-piv-tool -a read-certificate -s $id -o cert.$id
		openssl x509 -in cert.$id -noout -pubkey >pub.$id
	done
	echo "what is signed" >data
	for h in 1 224 256 384 512; do
		openssl dgst -sha$h -binary data >hash.$h
	done
}

# p11 ARGUMENTS: pkcs11-tool on our module; said is what it complains of.
p11() {
	pkcs11-tool --module "$M" "$@" 2>said || { cat said >&2; fail "pkcs11-tool $*"; }
}

# engine_conf FILE MODULE INIT: OpenSSL loads its engine by this configuration, and it
# uses that module; INIT 1: while the configuration is read.
engine_conf() {
	cat >"$1" <<-END
	openssl_conf = all
	[all]
	engines = engines
	[engines]
	pkcs11 = pkcs11
	[pkcs11]
	engine_id = pkcs11
	dynamic_path = $engine
	MODULE_PATH = $2
	PIN = $PIN
	init = $3
	[req]
	distinguished_name = dn
	[dn]
	END
}

# tls_listens FILE: what `openssl s_server -accept 127.0.0.1:0` writes there says the port.
# Asked for a port of ours, it says ACCEPT before it listens.
tls_listens() {
	for _ in $(seq 600); do ! grep -q '^ACCEPT .*:' "$1" || break; sleep 0.1; done
	port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$1")
	[ -n "$port" ] || { cat "$1" >&2; fail "no TLS server"; }
}
