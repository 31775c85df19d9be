#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pulled-lib.sh over an OpenPGP card, whose keys cannot be deleted: an enrollment into
# an empty slot, and another in the place of the first.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--no-pcscd --card openpgp" ra=yes
own=sig theirs=aut others=1 with="--admin-key-file admin"
. "$top_srcdir/tests/fault/pulled-lib.sh"
echo 12345678 >admin
app=openpgp type=ec:p256
card_like "$TAMGA_TEST_STATE"
tamga key generate aut --type ec:p256 --pin-file pin --admin-key-file admin -o aut.pub || fail "a key"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj /CN=ca \
	-out ca.pem 2>/dev/null
openssl x509 -new -force_pubkey aut.pub -CA ca.pem -CAkey ca.key -subj /CN=theirs -out aut.pem 2>/dev/null
tamga cert install aut aut.pem --pin-file pin --admin-key-file admin || fail "a certificate"
cp state begun

sampled 4
pull_everywhere "the first key" begun enroll go_on is_one 15
card_like begun
enroll || fail "enrolled"
cp state full
pull_everywhere "another in its place" full again go_on is_one 15
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and nothing was lost"
