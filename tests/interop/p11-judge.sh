#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The module before a judge who read the specification and not the module:
# p11-judge.py calls its tables, over a card that is full and one that is empty, or
# has room; of the kind that another test sets before it reads this one.
. "$top_srcdir/tests/interop/p11-lib.sh"
case ${kind:=piv} in
piv)	CARDS="--card piv,provisioned=rsa:2048/ec:p256/rsa:2048/ec:p384 --card piv,version=5.7.1" ;;
openpgp)
	CARDS="--card $kind,pin-policy=once,provisioned=rsa:2048/rsa:2048/ec:p384 --card $kind" ;;
*)	CARDS="--card $kind,provisioned=rsa:2048/ec:p384 --card $kind,provisioned" ;;
esac
need python3 openssl pcscd
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
work
TAMGA_TEST_KIND=$kind \
python3 -B "$top_srcdir/tests/interop/p11-judge.py" "$M" "$TAMGA_TEST_CTL" "$TAMGA_TEST_CTL_2"
