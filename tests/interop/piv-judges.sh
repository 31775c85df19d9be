#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Through pcscd, with programs that nobody here wrote: a key made by one is
# used by the other, a certificate written by one is read by the other.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -eu
for program in yubico-piv-tool pkcs11-tool openssl pcscd; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
if [ "${1:-}" != inside ]; then
	exec "$top_srcdir/tests/with-card" -- sh "$0" inside
fi
driver() {
	"$top_builddir/tests/interop/piv-driver" "$TAMGA_TEST_READER" "$@"
}
fail() { echo "FAILED: $*" >&2; exit 1; }
step() { echo "== $*"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
cd "$work"
echo "what is signed" >data

verified() {
	openssl dgst -sha256 -verify "$1" -signature "$2" data >said || fail "$3"
}
self_signed() {		# KEY CERT: a certificate of about 1.2 KiB
	openssl req -x509 -key "$1" -subj "/CN=from outside" -days 9 -outform DER \
		-addext "nsComment=$(head -c 700 /dev/zero | tr '\0' x)" -out "$2"
}

for alg in RSA2048:rsa:2048 ECCP256:ec:p256 ECCP384:ec:p384; do
	theirs=${alg%%:*}
	ours=${alg#*:}

	step "$ours: born of yubico-piv-tool, used by us"
	yubico-piv-tool -a generate -s 9a -A "$theirs" -o pub 2>said
	driver sign 9a "$ours" data >sig
	verified pub sig "our signature with their key"

	step "$ours: born of us, used by yubico-piv-tool"
	driver generate 9c "$ours" >spki
	openssl pkey -pubin -inform DER -in spki -out pub
	yubico-piv-tool -a verify-pin -P "$TAMGA_TEST_PIN" --sign -s 9c -A "$theirs" \
		-H SHA256 -i data -o sig 2>said
	verified pub sig "their signature with our key"

	step "$ours: imported by yubico-piv-tool, used by us"
	case $ours in
	rsa:*) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key 2>said ;;
	ec:p*) openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${ours#ec:p}" -out key 2>said ;;
	esac
	openssl pkey -in key -pubout -out pub
	yubico-piv-tool -a import-key -s 9d -i key 2>said
	driver sign 9d "$ours" data >sig
	verified pub sig "our signature with their imported key"
done

step "a certificate written by us, read by them"
self_signed key cert.der
driver install 9d cert.der
yubico-piv-tool -a read-certificate -s 9d -K DER -o got.der 2>said
cmp cert.der got.der || fail "yubico-piv-tool reads another certificate"
pkcs11-tool --module opensc-pkcs11.so --read-object --type cert --id 03 -o got2.der \
	>said 2>&1 || { cat said; fail "OpenSC does not find our certificate"; }
cmp cert.der got2.der || fail "OpenSC reads another certificate"

step "a certificate written by them, plain and compressed, read by us"
yubico-piv-tool -a import-certificate -s 9e -K DER -i cert.der 2>said
driver cert 9e >got.der
cmp cert.der got.der || fail "we read another certificate"
gzip -9n <cert.der >packed
n=$(wc -c <packed)
# shellcheck disable=SC2059
{ printf '\160\202'; printf "\\$(printf %03o $((n / 256)))\\$(printf %03o $((n % 256)))"
	cat packed; printf '\161\001\001\376\000'; } >object
yubico-piv-tool -a write-object --id 0x5fc101 -f binary -i object 2>said ||
	{ cat said; fail "yubico-piv-tool does not write the object"; }
driver cert 9e >got.der
cmp cert.der got.der || fail "we unpack another certificate"

step "OpenSC signs with a key that we made"
driver generate 9a ec:p256 >spki
openssl pkey -pubin -inform DER -in spki -out pub
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca
openssl req -new -x509 -key ca -subj /CN=ca -days 9 -out ca.pem
openssl req -new -key ca -subj "/CN=card" -out csr
openssl x509 -req -in csr -CA ca.pem -CAkey ca -days 9 -force_pubkey pub \
	-outform DER -out card.der 2>said
driver install 9a card.der
pkcs11-tool --module opensc-pkcs11.so --sign --id 01 -m ECDSA-SHA256 \
	--signature-format openssl --pin "$TAMGA_TEST_PIN" -i data -o sig >said 2>&1 ||
	{ cat said; fail "OpenSC does not sign"; }
verified pub sig "OpenSC's signature with our key"

ykcs11=$(find /usr/lib -name "libykcs11.so*" | head -1)
if [ -n "$ykcs11" ]; then
	step "born of pkcs11-tool and ykcs11, used by us"
	pkcs11-tool --module "$ykcs11" --login --login-type so \
		--so-pin "$TAMGA_TEST_ADMIN" --keypairgen --key-type EC:prime256v1 \
		--id 03 >said 2>&1 || { cat said; fail "ykcs11 makes no key"; }
	pkcs11-tool --module "$ykcs11" --read-object --type pubkey --id 03 -o spki \
		>said 2>&1 || { cat said; fail "ykcs11 shows no public key"; }
	openssl pkey -pubin -inform DER -in spki -out pub
	driver sign 9d ec:p256 data >sig
	verified pub sig "our signature with the key of ykcs11"

	step "an agreed secret is the same for openssl and for us"
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out mine
	openssl pkey -in mine -pubout -outform DER -out mine.pub
	driver derive 9d ec:p256 mine.pub >secret
	openssl pkeyutl -derive -inkey mine -peerkey pub -out secret2
	cmp secret secret2 || fail "two secrets"
fi

step "management keys set by one open for the other"
theirs=0123456789abcdeffedcba98765432100123456789abcdef
ours=112233445566778811223344556677aa112233445566778b
yubico-piv-tool -a set-mgm-key -n $theirs >said 2>&1 || { cat said; fail "set-mgm-key"; }
driver admin-key 9b $theirs $ours
yubico-piv-tool -k$ours -a set-mgm-key -n "$TAMGA_TEST_ADMIN" >said 2>&1 ||
	{ cat said; fail "yubico-piv-tool does not open with our key"; }

step "everything of ours through pcscd"
# OpenSC leaves the card logged in
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" reset >said
driver all

if [ -n "$ykcs11" ]; then
	# libykpiv takes a PIN for the management key that is kept behind it
	opens() {
		pkcs11-tool --module "$ykcs11" --login --login-type so \
			--so-pin "$TAMGA_TEST_PIN" --keypairgen --key-type EC:prime256v1 \
			--id 01 >said 2>&1 || { cat said; fail "ykcs11 does not open $1"; }
	}
	ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@" >said; }
	ready() {
		for _ in $(seq 200); do
			opensc-tool -r "$TAMGA_TEST_READER" -a >said 2>&1 && return
			sleep 0.05
		done
		fail "the card does not come back"
	}

	step "a management key that we keep behind the PIN opens for ykcs11"
	driver protect 9b
	opens "the card"
	driver protect 9b
	opens "the card after the second key"

	step "and while another is taking its place"
	ctl mark
	ctl fault 13:remove	# the command that would set it
	! driver protect 9b 2>said || fail "nothing was pulled"
	ctl log
	tail -n 1 said | grep -q ' 00 FF .* 0000 0' || { cat said; fail "pulled elsewhere"; }
	ctl fault none
	ctl insert
	ready
	opens "the card that was pulled out"
	driver protect 9b
	opens "the card that was put back"
	driver opens 9b
fi
