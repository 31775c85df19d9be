#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga card report: what mends tamga is in it, what is the owner's is not.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --no-pcscd \
	--card piv,provisioned,serial=19391635 --card multiapp,provisioned=rsa:2048 --card openpgp,provisioned \
	--card gids,provisioned --card pkcs15,provisioned --card myeid,provisioned \
	--card isoapplet,provisioned=rsa:2048 --card cosmo,provisioned=rsa:2048 -- sh "$0" inside
world
one=$TAMGA_TEST_VCARD two=$TAMGA_TEST_VCARD_2 three=$TAMGA_TEST_VCARD_3
tamga() { "$top_builddir/tamga" "$@" --no-pcsc; }
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
lacks() { # lacks WORD: out has it in no case
	! grep -qiF -e "$1" out || { cat out >&2; fail "the report holds $1"; }
}

step "what a card is and does"
wants 0 tamga card report --vcard "$one"
says out "9000  PIV "
says out "61{4F=000010000100"
says out "driver piv: YubiKey PIV"
says out "slot 9a: key ec:p256"
says out "certificate TMG_OK"
says out "> 00A4040005A00000030800"
says out "6A82  OpenPGP"

step "a card that a certificate and a number make somebody's"
# owner_of SOCKET: what tells whose card it is, in the forms it could have in a report
owner_of() {
	wants 0 tamga list --json --vcard "$1"
	jq -r '.tokens[] | .serial, .label, .uri, (.keys[] | .uri, (.certificate | select(. != null) |
		.subject, .common_name, .serial, .sha256, .uri))' out >words
	for slot in $(jq -r '.tokens[].keys[] | select(.certificate != null) | .slot' out); do
		tamga cert export "$slot" --der -o cert.der --vcard "$1" >/dev/null
		head -c 24 cert.der | od -v -An -tx1 | tr -d ' \n' >>words
		echo >>words
		openssl base64 -A -in cert.der | cut -c 1-24 >>words
	done
	printf '%08X\n' 19391635 >>words
	printf '%s\n' 'Holder<<Asel' holder@example.kz holder.example >>words
	dirname "$1" >>words
	grep . words | sort -u >texts
	while read -r word; do
		echo "$word"
		printf %s "$word" | od -v -An -tx1 | tr -d ' \n'
		echo
		printf %s "$word" | openssl base64 -A | tr -d = | sed 's/.$//'
		echo
	done <texts >owner
	grep -q '^30' owner || fail "no certificate to look for"
}
echo 12345678 >pw3
wants 0 tamga data write Name --text 'Holder<<Asel' --admin-key-file pw3 --vcard "$three"
wants 0 tamga data write 'Login Data' --text holder@example.kz --admin-key-file pw3 --vcard "$three"
wants 0 tamga data write 'URL of Public Key' --text https://holder.example.kz/ --admin-key-file pw3 --vcard "$three"
for card in "$one" "$two" "$three" "$TAMGA_TEST_VCARD_4" "$TAMGA_TEST_VCARD_5" \
    "$TAMGA_TEST_VCARD_6" "$TAMGA_TEST_VCARD_7" "$TAMGA_TEST_VCARD_8"; do
	owner_of "$card"
	for form in "" --json; do
		wants 0 tamga card report --vcard "$card" $form
		cp out report
		while read -r word; do lacks "$word"; done <owner
	done
	json '(.tokens | length) == 1 and (.transcript | length) > 20'
	! grep -q '"bit-' out || fail "what the card can do has no word"
done

step "nothing changes, and no PIN is tried"
ctl mark
wants 0 tamga card report --vcard "$one" -o report
grep -q "driver piv" report || fail "no report in the file"
ctl log >log
grep -q " CB 3F FF" log || fail "the log shows nothing: $(tail -n 3 log)"
! grep -E "00 (24|2C|DB|47|FB|FF) |00 20 00 8. [1-9]" log || fail "written, or tried"
tamga info --json --vcard "$one" >out
json '.pin.tries_left == 3 and .puk.tries_left == 3'

step "of several cards one is named; no card; no reader"
wants 3 tamga card report --vcard "$one" --vcard "$two"
says err "more than one reader has a card: vcard $one, vcard $two; name one with --reader"
wants 0 tamga card report --vcard "$one" --vcard "$two" --reader "$two"
wants 3 tamga card report --vcard "$one" --reader nobody
says err "tamga readers"
ctl remove >/dev/null
wants 3 tamga card report --vcard "$one"
says err "no card"
wants 2 tamga card report --token "file:$work"
says err "--reader"
ctl insert >/dev/null

step "a card that fails half way is told about up to there"
ctl fault 4:truncated
wants 0 tamga card report --vcard "$one"
says out "9000  PIV "
says out "6A82  PKCS#15"
says out "TMG_E_MALFORMED  GIDS"
lacks IsoApplet
says out "> 00A4040005A00000030800"
says out "driver piv"
says err "tamga: "
ctl fault 4:remove
wants 0 tamga card report --vcard "$one"
says out "TMG_REMOVED  GIDS"
lacks "driver piv"
ctl insert >/dev/null
ctl fault 4:mute
wants 0 tamga card report --vcard "$one" --json
json '.answers | length == 4 and .[3].what == "GIDS" and (.[3].sw | startswith("TMG_"))'
ctl reset >/dev/null

step "what a token can do is said whole"
wants 0 tamga card report --vcard "$three"
says out "driver openpgp"
says out " give-pin"

step "a target that cannot be written, and one that is no file"
wants 1 tamga card report --vcard "$one" -o .
says err "cannot be written"
wants 3 tamga card report --vcard "$one" -o nowhere/report
says err "cannot be written"
ln -s /dev/full full
wants 1 tamga card report --vcard "$one" -o full
says err "No space left"
[ -L full ] || fail "a link to a device was replaced"
: >private
chmod 600 private
ln -s private link
wants 0 tamga card report --vcard "$one" -o link
[ -L link ] && [ "$(stat -c %a private)" = 600 ] && grep -q "driver piv" private ||
	fail "a link, or the mode of a file, was lost"
mkfifo pipe
cat pipe >piped &
wants 0 tamga card report --vcard "$one" -o pipe
wait $!
grep -q "driver piv" piped || fail "nothing came through a pipe"
got=0
tamga card report --vcard "$one" >/dev/full 2>err || got=$?
[ $got = 1 ] || fail "a full standard output: exit $got"
says err "No space left"

step "the trace is not lost by it"
wants 0 tamga card report --vcard "$one" --trace trace
grep -q "A0000003080000" trace || fail "the trace knows no SELECT"
echo "a card is told about, its owner is not"
