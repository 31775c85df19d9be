#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A certificate that another program writes is seen by whoever starts over: asks
# for the slots, opens the first session, logs in.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256"
need pcscd yubico-piv-tool openssl
enter "$0" "$@"
work
yubico-piv-tool -a read-certificate -s 9a -o old.pem
openssl x509 -in old.pem -noout -pubkey >9a.pub
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
	-subj /CN=CA -out ca.pem 2>/dev/null

# renew NAME: another certificate for the key, written by another program.
renew() {
	openssl req -new -key ca.key -subj "/CN=$1" -out csr
	openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial \
		-force_pubkey 9a.pub -days 9 -out "$1.pem" 2>/dev/null
	yubico-piv-tool -a import-certificate -s 9a -i "$1.pem" >said 2>&1 ||
		{ cat said; fail "$1 cannot be written"; }
	openssl x509 -in "$1.pem" -outform DER -out "$1.der"
}

# told WHAT: the program has said so, within five seconds.
told() {
	for _ in $(seq 250); do
		grep -q "^$1" became && return
		sleep 0.02
	done
	cat became
	fail "it never says \"$1\""
}

mkfifo go
"$top_builddir/tests/interop/p11-drive" "$M" written 9a <go >became 2>&1 &
driven=$!
exec 9>go
told ready
openssl x509 -in old.pem -outform DER -out old.der
same first old.der
for way in slots session login; do
	step "$way"
	renew "by-$way"
	ctl mark >/dev/null
	echo $way >&9
	told "$way done"
	same $way "by-$way.der"
	# the certificate, the login's VERIFY, and SELECT before either
	[ "$(ctl count)" -le 4 ] || { ctl log; fail "$way: too much is asked"; }
done
exec 9>&-
wait $driven || { cat became; fail "it did not end well"; }
