#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An OpenPGP card is pulled out before and after every APDU of a key that is brought to
# it, into an empty slot and in the place of another, and of `tamga setup --kdf`: its
# other keys sign, the PINs are the old ones or the new ones and tamga says how to find
# out, and the same command once more finishes.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--no-pcscd --card openpgp --card openpgp,provisioned"
own=sig theirs=aut others=2
. "$top_srcdir/tests/fault/pulled-lib.sh"
app=openpgp
cp "$TAMGA_TEST_STATE" bare
cp "$TAMGA_TEST_STATE_2" full
echo 12345678 >admin
echo 654321 >fresh
echo 87654321 >chief
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ec.key 2>/dev/null

# signs SLOT PUBLIC PIN-FILE
signs() {
	tamga sign "$1" pin --hash sha256 --pin-file "$3" -o sig || { wrong "no signature by $1"; return; }
	openssl dgst -sha256 -verify "$2" -signature sig pin >err 2>&1 || wrong "another key in $1"
}
# pull WHAT STATE DO GO-ON JUDGE LEAST
pull() {
	for fault in remove remove-after; do
		n=1
		while :; do
			where="$1, $fault at APDU $n"
			card_like "$2"
			ctl mark >/dev/null
			ctl fault "$n:$fault" >/dev/null
			if $3 && [ "$(ctl count | grep -o '[0-9]*$')" -lt "$n" ]; then break; fi
			grep -q '^tamga: ' err || wrong "no reason"
			cp err why
			ctl fault none >/dev/null
			ctl insert >/dev/null
			$4 || wrong "going on: $?"
			$5
			n=$((n + 1))
			[ $wrong -lt 5 ] || exit 1
		done
		[ $n -gt "$6" ] || fail "$1: only $((n - 1)) APDUs"
		echo "ok: $1, $fault at $((n - 1)) APDUs"
	done
}

# ---- a key from outside ------------------------------------------------------------------
brings() { tamga key import "$own" $key --replace --admin-key-file admin; }
# What is there now is whole: the old key and its certificate, or the new one.
between() {
	tamga list --json || return
	brings
}
is_brought() {
	signs "$own" "$key.pub" pin
	tamga info --json || wrong "it cannot be read"
	jq -e --arg s "$own" '[.slots[] | select(.slot == $s and .origin == "imported")] | length == 1' \
		out >/dev/null || wrong "it is not told as brought"
	[ -z "$kept" ] || signs aut aut.pub pin
}
key=rsa.key kept=
openssl pkey -in rsa.key -pubout -out rsa.key.pub
openssl pkey -in ec.key -pubout -out ec.key.pub
pull "RSA into an empty slot" bare brings between is_brought 6
card_like full
tamga cert export aut -o aut.pem || fail "its certificate"
openssl x509 -in aut.pem -noout -pubkey >aut.pub
key=ec.key kept=yes
pull "P-384 in the place of another" full brings between is_brought 6

# ---- PINs that are hashed --------------------------------------------------------------------
hashes() { tamga setup --kdf --new-pin-file fresh --new-admin-key-file chief --admin-key-file admin; }
# One of both pairs of PINs is right, and with the old ones the command is tried again.
hashed() {
	if tamga pin verify --pin-file fresh --last-try; then
		grep -q 'the new ones hold, or those of before' why || { wrong "nobody says which PINs may hold"; return 1; }
		! hashes || { wrong "twice"; return 1; }
		grep -q already err || { wrong "that it is done is not told"; return 1; }
	else
		tamga pin verify --pin-file pin --last-try || { wrong "no PIN is right"; return 1; }
		hashes
	fi
}
is_hashed() {
	signs aut aut.pub fresh
	tamga key generate dec --type ec:p256 --replace --admin-key-file chief || wrong "not the admin PIN"
}
pull "PINs that are hashed" full hashes hashed is_hashed 5
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and the same command finished"
