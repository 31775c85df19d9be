#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every kind of key on an OpenPGP card through our module: made in each place by the
# administrator, with the usage that the place has, and used by the user.
. "$top_srcdir/tests/interop/p11-lib.sh"
need python3 openssl jq
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd --card openpgp -- sh "$0" inside
work
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
export TAMGA_VCARD_SOCKET
tamga=$top_builddir/tamga
echo "$TAMGA_TEST_ADMIN" >admin
name=$("$tamga" list --json --no-pcsc | jq -r '.tokens[0].label')
for kind in none 2048 3072 4096 P-256 P-384 P-521 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 \
    25519; do
	step "$kind"
	"$tamga" reset --destroy "$name" --admin-key-file admin --no-pcsc >said 2>&1 || { cat said; fail "reset"; }
	python3 -B "$top_srcdir/tests/interop/openpgp-p11.py" "$M" "$TAMGA_TEST_CTL" $kind || fail "$kind"
done
echo "every kind, in every place"
