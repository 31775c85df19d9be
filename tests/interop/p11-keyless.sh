#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A certificate that lies alone is shown as what it is, by tamga and by the module: an
# authority's on a PKCS #15 card, one whose key was deleted on a GIDS card.  And keys
# without a certificate are told apart by their names.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card myeid,provisioned --card gids,provisioned"
need jq openssl pcscd pkcs11-tool pkcs15-init
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
enter "$0" "$@"
work
echo "$PIN" >pin
echo "what is signed" >data
ok() { "$top_builddir/tamga" "$@" >out 2>err || { cat out err >&2; fail "tamga $*"; }; }
myeid=$TAMGA_TEST_READER gids=$TAMGA_TEST_READER_2

# lists LABEL: what the module shows of that token after a login
lists() { p11 --token-label "$1" --login --pin "$PIN" -O >list; }
# of CLASS ID: how many such objects of that id were listed
of() {
	awk -v class="$1" -v id="$2" '/ Object/ { is = index($0, class) == 1 }
		is && $1 == "ID:" && $2 == id { n++ } END { print n + 0 }' list
}
# alone ID: a certificate, no key
alone() {
	[ "$(of Certificate "$1") $(of Public "$1") $(of Private "$1")" = "1 0 0" ] ||
		{ cat list >&2; fail "the certificate $1 is shown as a key"; }
}
keyless() { # keyless READER SLOT
	ok list --json --reader "$1"
	jq -e --arg slot "$2" '[.tokens[0].keys[] | select(.slot == $slot)] |
		length == 1 and (.[0].key | not) and .[0].certificate != null' out >said ||
		{ cat out >&2; fail "tamga shows a key in $2"; }
	! "$top_builddir/tamga" sign "$2" data --pin-file pin -o sig --reader "$1" >out 2>err ||
		fail "signed with $2"
	grep -q "holds no key" err || { cat err >&2; fail "of $2 it says something else"; }
}

step "an authority's certificate on a PKCS #15 card"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
	-subj /CN=authority -out ca.pem 2>said
quiet pkcs15-init --reader "$myeid" --store-certificate ca.pem --authority --id 60 --verify-pin \
	--auth-id 01 --pin "$PIN"
keyless "$myeid" 60
p11 -L >slots
lists "$(sed -n 's/.*token label *: \(tamga-MyEID.*\)/\1/p' slots)"
alone 60
[ "$(of Private 45)" = 1 ] || { cat list >&2; fail "and the keys are gone"; }

step "a GIDS card, whose key was deleted and whose certificate was not"
ok key delete 00 --yes --pin-file pin --reader "$gids"
keyless "$gids" 00
label=$(sed -n 's/.*token label *: \(GIDS-.*\)/\1/p' slots)
lists "$label"
alone 00
[ "$(of Private 01)" = 1 ] || { cat list >&2; fail "and the other key is gone"; }

step "keys without a certificate have names of their own"
for slot in 02 03; do
	ok key generate $slot --type ec:p256 --pin-file pin --reader "$gids"
done
lists "$label"
for slot in 02 03; do
	[ "$(grep -c "label: *Key container ($slot)\$" list)" = 2 ] ||
		{ cat list >&2; fail "the two halves of the key in $slot have no name of their own"; }
	p11 --token-label "$label" --login --pin "$PIN" --sign -m ECDSA-SHA256 \
		--id $slot -i data -o sig --signature-format openssl
	p11 --token-label "$label" --read-object --type pubkey --label "Key container ($slot)" -o pub.der
	openssl pkey -pubin -inform DER -in pub.der -out pub
	expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
done
echo "what lies alone is no key"
