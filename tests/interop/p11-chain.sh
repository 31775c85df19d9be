#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Certificates of authorities on the token: written by pkcs11-tool and p11tool,
# read by them and by programs that are not ours, shown without a key, deleted.
. "$top_srcdir/tests/interop/p11-lib.sh"
case ${1:-} in
'')
	need pkcs11-tool p11tool openssl yubico-piv-tool pcscd
	for card in piv,provisioned=ec:p256 piv,provisioned=ec:p256,standard; do
		"$top_srcdir/tests/with-card" --card "$card" -- sh "$0" inside "$card"
	done
	sh "$0" other
	exit ;;
other)
	. "$top_srcdir/tests/interop/other-lib.sh"
	# on one a user's retired key, off the card another's certificate
	world
	for family in "standard --provision 9a=p256,82=p256" "applet --provision 9a=p256"; do
		# shellcheck disable=SC2086
		card $family
		openssl req -x509 -newkey rsa:2048 -nodes -keyout key -subj /CN=Root -days 9 \
			-outform DER -out Root.der 2>said || { cat said >&2; fail "openssl req"; }
		step "a card by another hand: $family"
		p11 --login --pin $PIN -O >before
		p11 --login --pin $PIN --write-object Root.der --type cert --label Root >/dev/null
		p11 --read-object --type cert --label Root -o got
		same got Root.der
		p11 --login --pin $PIN -O >after
		[ "$(grep -c "Private Key Object" before)" = "$(grep -c "Private Key Object" after)" ] ||
			{ cat after; fail "a key that was not there"; }
		[ "$(grep -c "Public Key Object" before)" = "$(grep -c "Public Key Object" after)" ] ||
			{ cat after; fail "a public key that was not there"; }
		p11 --login --pin $PIN --delete-object --type cert --label Root >/dev/null
		p11 --login --pin $PIN -O >after
		same before after
		card_end
	done
	exit ;;
esac
work
XDG_STATE_HOME=$work XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8 GNUTLS_PIN=$PIN
export XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL GNUTLS_PIN
"$top_builddir/tamga" cert export 9a -o mine.pem 2>said || { cat said >&2; fail "9a"; }

# authority NAME: NAME.pem, NAME.der
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
		-subj "/CN=$1" -days 9 -addext keyUsage=critical,keyCertSign -out "$1.pem" \
		2>said || { cat said >&2; fail "openssl req"; }
	openssl x509 -in "$1.pem" -outform DER -out "$1.der"
}
authority Root
authority Issuing

step "$2: two authorities, by two programs"
p11 --login --pin $PIN --write-object Root.der --type cert >/dev/null
p11tool --provider "$M" --login --write --load-certificate Issuing.pem --label Issuing \
	"pkcs11:" >said 2>&1 || { cat said >&2; fail "p11tool --write"; }
p11 --login --pin $PIN -O >list
for id in 82 83; do
	grep -q "Unique ID: *certificate-$id" list || { cat list; fail "no certificate in $id"; }
	! grep -qE "Unique ID: *(public|private)-$id" list || { cat list; fail "a key in $id"; }
done
[ "$(grep -c "Private Key Object" list)" = 4 ] || { cat list; fail "not four keys"; }

step "read back, by their numbers and by their names, without a PIN"
p11 --read-object --type cert --id 82 -o got
same got Root.der
p11tool --provider "$M" --export "pkcs11:object=Issuing;type=cert" --outfile got.pem 2>said ||
	{ cat said >&2; fail "p11tool --export"; }
openssl x509 -in got.pem -outform DER -out got
same got Issuing.der
p11tool --provider "$M" --list-all-certs "pkcs11:" >list 2>/dev/null
[ "$(grep -c "CKA_CERTIFICATE_CATEGORY=CA" list)" = 2 ] || { cat list; fail "not two authorities"; }
yubico-piv-tool -r "$TAMGA_TEST_READER" -a read-certificate -s 82 -o got.pem
openssl x509 -in got.pem -outform DER -out got
same got Root.der

step "what is there already is not written twice"
ctl mark >/dev/null
p11 --login --pin $PIN --write-object Root.der --type cert >/dev/null
! ctl log | grep -q '^[0-9]* .. DB' || fail "it was written again"

step "tamga shows them without a key"
"$top_builddir/tamga" list --uris >list 2>/dev/null
grep -A1 "  82  *no key" list | grep -q CN=Root || { cat list; fail "tamga list"; }
[ "$(grep -c "type=private" list)" = 4 ] || { cat list; fail "URIs of keys that are not there"; }

step "one that is nobody's goes where the card can tell that it is"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -subj /CN=Other \
	-addext basicConstraints=CA:FALSE -days 9 -outform DER -out Other.der 2>/dev/null
case $2 in
*standard)
	refuse CKR_TEMPLATE_INCONSISTENT pkcs11-tool --module "$M" --login --pin $PIN \
		--write-object Other.der --type cert ;;
*)
	p11 --login --pin $PIN --write-object Other.der --type cert >/dev/null
	p11 --login --pin $PIN -O >list
	! grep -qE "Unique ID: *(public|private)-84" list || { cat list; fail "a key in 84"; }
	p11 --login --pin $PIN --keypairgen --key-type EC:prime256v1 >said
	grep -q "ID: *85" said || { cat said; fail "the key is not in 85"; } ;;
esac

step "deleted"
p11 --login --pin $PIN --delete-object --type cert --id 82 >/dev/null
p11 --login --pin $PIN --delete-object --type cert --label Issuing >/dev/null
p11 -O >list
! grep -qE "Unique ID: *certificate-8[23]" list || { cat list; fail "they are still there"; }
p11 --read-object --type cert --id 9a -o got
openssl x509 -in mine.pem -outform DER | cmp -s - got || fail "9a has another certificate"
