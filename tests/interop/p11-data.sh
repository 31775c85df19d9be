#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Data objects of a card through our module: by pkcs11-tool, p11tool and PyKCS11,
# judged by yubico-piv-tool on the virtual card, and on cards by another hand.
. "$top_srcdir/tests/interop/p11-lib.sh"
security=2.16.840.1.101.3.7.2.144.0
# write NAME FILE [OPTION]...: into the place of that name, as its user
write() {
	name=$1 file=$2
	shift 2
	p11 --login --pin $PIN --write-object "$file" --type data --label "$name" "$@" >/dev/null
}
refused() { # CODE COMMAND...
	code=$1
	shift
	refuse "$code" pkcs11-tool --module "$M" --login --pin $PIN "$@"
}
data() { p11tool --provider "$M" --list-all "pkcs11:type=data" 2>/dev/null | grep -c "Type: Data"; }

# What every card must do, with nothing in the places that are used here.
every_card() {
	echo "a signature over all of it" >one
	echo "another one" >two
	echo "ISSUED TO NOBODY" >printed
	before=$(data)

	step "$1: written by label and by object identifier, read back by either"
	write "Security Object" one
	p11 --read-object --type data --label "Security Object" -o got
	same got one
	p11 --read-object --type data --application-id $security -o got
	same got one
	p11 --login --pin $PIN --write-object printed --type data --private \
		--application-id 2.16.840.1.101.3.7.2.48.1 >/dev/null

	step "$1: what wants the PIN is not there without it"
	refuse "object not found" pkcs11-tool --module "$M" --read-object --type data \
		--label "Printed Information"
	p11 --login --pin $PIN --read-object --type data --label "Printed Information" -o got
	same got printed
	[ "$(data)" = $((before + 1)) ] || fail "$(data) data objects, $before before"

	step "$1: nothing is written over, and nowhere else"
	write "Security Object" one
	refused CKR_ATTRIBUTE_VALUE_INVALID --write-object two --type data --label "Security Object"
	refused CKR_TEMPLATE_INCONSISTENT --write-object two --type data --label "My Notes"
	refused CKR_TEMPLATE_INCONSISTENT --write-object two --type data --label "Discovery Object"
	refused CKR_TEMPLATE_INCONSISTENT --write-object two --type data \
		--label "Cardholder Facial Image"
	p11 --read-object --type data --label "Security Object" -o got
	same got one

	step "$1: deleted"
	p11 --login --pin $PIN --delete-object --type data --label "Security Object" >/dev/null
	refuse "object not found" pkcs11-tool --module "$M" --read-object --type data \
		--label "Security Object"
	[ "$(data)" = "$before" ] || fail "$(data) data objects, $before before"
}

case ${1:-} in
'')
	need pkcs11-tool p11tool yubico-piv-tool pcscd python3
	"$top_srcdir/tests/with-card" --card piv,provisioned=ec:p256 -- sh "$0" virtual
	"$top_srcdir/tests/with-card" --card piv,provisioned=ec:p256,short -- sh "$0" counted
	sh "$0" other ;;
virtual)
	work
	XDG_STATE_HOME=$work XDG_CONFIG_HOME=$work
	export XDG_STATE_HOME XDG_CONFIG_HOME
	every_card "the virtual card"
	step "what was written there, by a program that is not ours, and the other way"
	write "Security Object" one
	yubico-piv-tool -a read-object --id 0x5fc106 -f binary -o got 2>/dev/null
	same got one
	yubico-piv-tool -a write-object --id 0x5fc122 -f binary -i two 2>said ||
		{ cat said >&2; fail "yubico-piv-tool"; }
	p11 --read-object --type data --label "Secure Messaging Certificate Signer" -o got
	same got two
	step "PyKCS11 looks, and writes over what it found"
	/usr/bin/python3 -c 'import PyKCS11' 2>/dev/null || { echo "no PyKCS11"; exit 0; }
	M=$M /usr/bin/python3 - <<-'END'
		import os
		from PyKCS11 import *
		lib = PyKCS11Lib()
		lib.load(os.environ["M"])
		s = lib.openSession(lib.getSlotList(tokenPresent=True)[0], CKF_SERIAL_SESSION | CKF_RW_SESSION)
		s.login("123456")
		found = {}
		for o in s.findObjects([(CKA_CLASS, CKO_DATA)]):
		    label, oid, value, private = s.getAttributeValue(o, [CKA_LABEL, CKA_OBJECT_ID, CKA_VALUE, CKA_PRIVATE])
		    found[label] = (bytes(oid), bytes(value), private, o)
		oid, value, private, o = found["Security Object"]
		assert oid == bytes.fromhex("060b6086480165030702811000"), oid.hex()
		assert value == open("one", "rb").read() and not private
		assert found["Printed Information"][2] and found["Printed Information"][1] == open("printed", "rb").read()
		s.setAttributeValue(o, [(CKA_VALUE, b"anew")])
		assert bytes(s.getAttributeValue(o, [CKA_VALUE])[0]) == b"anew"
		fixed = found["Discovery Object"][3]
		for change in (lambda: s.setAttributeValue(fixed, [(CKA_VALUE, b"x")]), lambda: s.destroyObject(fixed)):
		    try:
		        change()
		    except PyKCS11Error as e:
		        assert e.value == 0x1B, e  # CKR_ACTION_PROHIBITED
		    else:
		        raise SystemExit("the discovery object was changed")
	END
	yubico-piv-tool -a read-object --id 0x5fc106 -f hex 2>/dev/null | grep -q 616e6577 ||
		fail "not what PyKCS11 wrote"
	step "a management key that is kept in the printed information stays there"
	p11 --login --pin $PIN --delete-object --type data --label "Printed Information" >/dev/null
	echo $PIN >pin
	echo 12345678 >puk
	echo 654321 >newpin
	echo 87654321 >newpuk
	"$top_builddir/tamga" setup --pin-file pin --puk-file puk --new-pin-file newpin \
		--new-puk-file newpuk >said 2>&1 || { cat said >&2; fail "tamga setup"; }
	PIN=654321
	refused '0x1b' --delete-object --type data --label "Printed Information"
	write "Pairing Code Reference Data Container" two --private ;;
counted)
	work
	XDG_STATE_HOME=$work XDG_CONFIG_HOME=$work
	export XDG_STATE_HOME XDG_CONFIG_HOME
	step "what it costs: a value one command, a listing of everything none"
	ctl mark >/dev/null
	p11 --read-object --type data --label "Discovery Object" -o got
	[ "$(ctl count)" = 2 ] || { ctl log >&2; fail "$(ctl count) commands for one value"; }
	ctl mark >/dev/null
	p11 -O >/dev/null
	[ "$(ctl count)" = 22 ] || { ctl log >&2; fail "$(ctl count) commands for a listing"; } ;;
other)
	. "$top_srcdir/tests/interop/other-lib.sh"
	world
	for family in standard applet; do
		card $family --provision 9a=p256
		every_card "a card by another hand, $family"
		card_end
	done ;;
esac
