#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Readers change their names: pcscd ends while an officer decides, and when it is back
# each of two equal cards is in the reader that was the other's.  A journal, a URI and
# a configuration name the token, not the reader.
. "${top_srcdir:?}/tests/interop/vcard-lib.sh"
need openssl jq pcscd
[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" --card piv,serial=77,reader=Left \
	--card piv,serial=78,reader=Right -- sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
work
daemon=
finish() {
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state LC_ALL=C.UTF-8
export XDG_CONFIG_HOME XDG_STATE_HOME LC_ALL
echo "$TAMGA_TEST_PIN" >pin
echo "what is signed" >data
ra="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
# wants STATUS COMMAND...
wants() {
	want=$1 code=0
	shift
	timeout 60 "$top_builddir/tamga" "$@" >out 2>err || code=$?
	[ $code = "$want" ] || { cat out err >&2; fail "status $code, not $want: tamga $*"; }
}
# in_reader SERIAL: the name of the reader that has that card, by a query of all
in_reader() {
	wants 0 list --json
	jq -r --arg s "$1" '.tokens[] | select(.serial == $s) | .reader' out
}
begin() {
	# shellcheck disable=SC2086 # words
	wants 6 enroll --ca "$TAMGA_TEST_RA_EST/$TAMGA_TEST_RA_OFFICER" --ca-file "$TAMGA_TEST_RA_CA" \
		$ra --pin-file pin --token PIV-77 --slot 9a --subject "CN=Holder" --json
	id=$(jq -r '.. | .id? // empty' out | head -n 1)
}

[ "$(in_reader 77)" = "Left 00 00" ] && [ "$(in_reader 78)" = "Right 00 00" ] || { cat out; fail "readers"; }
step "an enrollment on the card in the left reader"
begin
quiet "$TAMGA_TEST_RA" approve "$("$TAMGA_TEST_RA" list --state submitted | awk 'NR == 1 { print $1 }')"
wants 0 key generate 9a --token PIV-78 --pin-file pin -o other.pub

step "pcscd comes back, and the readers have each other's names"
kill "$TAMGA_TEST_PCSCD_PID"
for _ in $(seq 600); do kill -0 "$TAMGA_TEST_PCSCD_PID" 2>/dev/null || break; sleep 0.1; done
sed -i 's/"Left"/"Middle"/; s/"Right"/"Left"/; s/"Middle"/"Right"/' "$TAMGA_TEST_PCSCD_CONF"
set -- --foreground -c "$TAMGA_TEST_PCSCD_CONF"
PATH=$PATH:/usr/sbin
! pcscd --help 2>&1 | grep -q -- --disable-polkit || set -- "$@" --disable-polkit
pcscd "$@" >pcscd.log 2>&1 &
daemon=$!
for _ in $(seq 600); do
	"$top_builddir/tamga" list --json >out 2>err || :
	[ "$(jq '.tokens | length' out 2>/dev/null)" != 2 ] || break
	sleep 0.1
done
[ "$(in_reader 77)" = "Right 00 00" ] && [ "$(in_reader 78)" = "Left 00 00" ] ||
	{ cat out; fail "the readers are called as before"; }

step "it ends on the card where it began"
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" mark >/dev/null
# shellcheck disable=SC2086 # words
wants 0 enroll --resume "$id" --pin-file pin $ra
wants 0 cert export 9a --token PIV-77 -o cert.pem
expect OK openssl verify -CAfile "$TAMGA_TEST_RA_CA" cert.pem
wants 0 sign 9a data --token PIV-77 --pin-file pin -o sig
openssl x509 -in cert.pem -noout -pubkey >pub
expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
wants 1 cert export 9a --token PIV-78 -o none.pem
! "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" log | grep -E ' 00 (20 00 80 8|DB|47) ' ||
	fail "the other card was written to"
wants 0 sign 9a data --token PIV-78 --pin-file pin -o sig
expect "Verified OK" openssl dgst -sha256 -verify other.pub -signature sig data

step "what is called by its URI is found, by its reader's old name not taken for another"
wants 0 list --json --uris
uri=$(jq -r '.tokens[] | select(.serial == "77") | .uri' out)
wants 0 info --token "$uri"
grep -q "Right 00 00" out || { cat out; fail "another card"; }
wants 0 info --token "Left 00 00"
grep -q "PIV-78" out || { cat out; fail "not the card that is there"; }
echo "all as it should be"
