#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pulled-lib.sh over PKCS #15 cards that pkcs15-init began.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--card isoapplet --card myeid" ra=yes programs="pkcs15-init pcscd"
own=45 theirs=4C others=1
. "$top_srcdir/tests/fault/pulled-lib.sh"

# begun NUMBER OPTIONS: pkcs15-init puts its own key and certificate there
begun() {
	# shellcheck disable=SC2086
	quiet pkcs15-init --generate-key rsa/2048 --id 4c --label theirs $2
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=theirs -out ca.pem 2>/dev/null
	# shellcheck disable=SC2086
	quiet pkcs15-init --store-certificate ca.pem --id 4c $2
}
only_not() {
	echo "app default { ignored_readers = \"${1% 00 00}\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
only_not "$TAMGA_TEST_READER_2"
quiet pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk 1234567890123456 --label test
begun 1 "--auth-id ff --so-pin 123456 --pin 123456"
cp "$TAMGA_TEST_STATE" iso.begun
only_not "$TAMGA_TEST_READER"
quiet pkcs15-init --erase-card
quiet pkcs15-init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
quiet pkcs15-init --store-pin --auth-id 01 --label PIN --pin 123456 --puk 12345678 --so-pin 87654321
quiet pkcs15-init --finalize
begun 2 "--auth-id 01 --pin 123456 --so-pin 87654321"
cp "$TAMGA_TEST_STATE_2" myeid.begun

sampled 7
life myeid myeid.begun ec:p256
sampled 15
life isoapplet iso.begun rsa:2048
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and nothing was lost"
