#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The module's settings: readers, budget, transcript; silence whatever happens;
# and tamga doctor, who tells what the module cannot.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,standard,provisioned=ec:p256 --card piv,standard,reader=Other"
need pcscd
enter "$0" "$@"
work
drive="$top_builddir/tests/interop/p11-drive"
TAMGA_CONF=$work/conf
export TAMGA_CONF

# slots N: so many cards are seen, and nobody else has said a word.
slots() {
	"$drive" "$M" look >said 2>errors || { cat said errors; fail "look"; }
	[ ! -s errors ] || { cat errors; fail "words on standard error"; }
	grep -vE "^(start|slot) " said && fail "words on standard output"
	grep -q "^start .* $1 cards" said || { cat said conf; fail "not $1 cards"; }
}

step "which readers"
: >conf
slots 2
echo 'pkcs11 = { readers = [ "VPCD*" ]; };' >conf
slots 1
echo 'pkcs11 = { ignore-readers = [ "VPCD*", "Other*" ]; };' >conf
slots 0
echo 'readers = { pcsc = false; };' >conf
slots 0
echo "readers = { pcsc = false; vcard = \"$TAMGA_TEST_VCARD\"; };" >conf
slots 1

step "how long a look may take"
for n in 1 2 3; do ctl fault $n:slow=300; done
echo 'pkcs11 = { readers = [ "VPCD*" ]; probe-ms = 200; };' >conf
slots 1
grep -qE "token not recognized in ([2-9][0-9]{2}|1[0-8][0-9]{2}) ms, again" said || { cat said; fail "200 ms"; }
ctl fault none

step "a transcript, without the PIN"
echo 'pkcs11 = { readers = [ "VPCD*" ]; trace = "'"$work"'/trace"; };' >conf
for id in 9a 9c; do
	"$drive" "$M" sign $id 2 >said 2>errors || { cat said errors; fail "sign"; }
	[ ! -s errors ] && [ "$(cat said)" = "2 good" ] || { cat said errors; fail "words"; }
done
grep -q "> 00A40400" trace || { cat trace; fail "no SELECT"; }
grep -q "> 00200080" trace || { cat trace; fail "no VERIFY"; }
! grep -qi 313233343536 trace || fail "the PIN is in the transcript"
[ "$(stat -c %a trace)" = 600 ] || fail "others may read it"
echo 'pkcs11 = { readers = [ "VPCD*" ]; trace = "/dev/full"; };' >conf
slots 1
ln -s trace link
echo 'pkcs11 = { readers = [ "VPCD*" ]; trace = "'"$work"'/link"; };' >conf
cp trace before
slots 1
same trace before

step "a file that is wrong counts as none, and the doctor tells the line"
printf '# ours\npkcs11 = { readers = [ "VPCD*" ];\n  probe-ms = 1; };\n' >conf
slots 2
"$top_builddir/tamga" doctor >said 2>&1 && fail "the doctor finds nothing"
grep -q "$work/conf:3: 'pkcs11.probe-ms'" said || { cat said; fail "the doctor"; }
printf 'pkcs11 = {\n' >conf
slots 2
"$top_builddir/tamga" doctor >said 2>&1 && fail "the doctor finds nothing"
grep -q "$work/conf:2:" said || { cat said; fail "the doctor"; }
echo 'pkcs11 = { readers = [ "VPCD*" ]; }; other = "of another version";' >conf
slots 1

step "a refused PIN, a pulled card and no daemon are not talked about"
: >conf
"$drive" "$M" sign 77 1 >said 2>errors && fail "a key that is not there"
[ ! -s errors ] || { cat errors; fail "words on standard error"; }
ctl remove
sleep 1
slots 1
kill "$TAMGA_TEST_PCSCD_PID"
slots 0
