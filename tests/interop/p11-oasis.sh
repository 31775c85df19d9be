#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The test cases of PKCS #11 Profiles 3.1, on the virtual card through pcscd and
# on a PIV card by another hand.
. "$top_srcdir/tests/interop/p11-lib.sh"
. "$top_srcdir/tests/interop/other-lib.sh"
CARDS="--card piv,provisioned=rsa:2048/ec:p256/rsa:2048/ec:p384"
need pcscd
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
world
step "tamga-vcard, through pcscd"
"$python" -B "$top_srcdir/tests/interop/p11-oasis.py" "$M" "$TAMGA_TEST_CTL"
for traits in applet standard; do
	step "other-card.py, $traits"
	card $traits --provision 9a=rsa2048,9c=rsa2048,9d=p256,9e=p256
	"$python" -B "$top_srcdir/tests/interop/p11-oasis.py" "$M"
done
