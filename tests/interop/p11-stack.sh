#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The module beneath others: OpenSSL loads its engine while it reads its
# configuration, the engine loads p11-kit's proxy, the proxy loads us, and we
# use libcrypto.  Nothing goes round in a circle and nothing waits for itself.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256"
need openssl p11-kit pcscd mount timeout
engine=$(module engines-3/pkcs11.so) || { echo "skipped: no engine"; exit 77; }
proxy=$(module p11-kit-proxy.so) || { echo "skipped: no p11-kit-proxy"; exit 77; }
enter "$0" "$@"
work
publics

# Inside with-card there is a mount namespace of our own.
folder=$(pkg-config --variable=p11_module_configs p11-kit-1)
mkdir modules
printf 'module: %s\n' "$M" >modules/tamga.module
mount --bind modules "$folder" 2>said || { echo "skipped: $(cat said)"; exit 77; }

step "p11-kit alone"
expect "token: PIV" timeout 20 p11-kit list-modules

for path in "$M" "$proxy"; do
	step "OpenSSL, its engine, ${path##*/}"
	engine_conf openssl.cnf "$path" 1
	for id in 9a 9d; do
		OPENSSL_CONF=$work/openssl.cnf timeout 20 openssl req -new -engine pkcs11 \
			-keyform engine -key "pkcs11:id=%$id;type=private" -subj /CN=me \
			-out req 2>said || { status=$?; cat said >&2; fail "openssl req with $id: $status"; }
		expect "verify OK" openssl req -in req -noout -verify
		openssl req -in req -noout -pubkey >got
		same got pub.$id
	done
done

step "two processes on one card, through the proxy and through pkcs11-spy"
PKCS11SPY=$M
export PKCS11SPY
for path in "$proxy" "$(module pkcs11-spy.so)"; do
	[ -n "$path" ] || continue
	timeout 60 "$top_builddir/tests/interop/p11-drive" "$path" sign 9a 50 >first 2>&1 &
	first=$!
	timeout 60 "$top_builddir/tests/interop/p11-drive" "$path" sign 9c 50 >second 2>&1 ||
		{ cat second; fail "${path##*/}"; }
	wait $first || { cat first; fail "${path##*/}"; }
	grep -q "50 good" first && grep -q "50 good" second || fail "${path##*/}"
done

step "the proxy loaded and unloaded"
timeout 60 "$top_builddir/tests/interop/p11-drive" "$proxy" reload 60 >said 2>&1 ||
	{ cat said; fail "the proxy, again and again"; }
