#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A PKCS #15 card is pulled out of `tamga cert install`, where the new row takes the place
# of a shorter one with more behind it than one command carries: for a moment there are
# both.  The same command again ends with one certificate there, the new one, and what
# others wrote is there.
# TAMGA_TEST_ALL=1: at every APDU, instead of at some that a seed chooses, and behind each
# UPDATE BINARY.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
cards="--card isoapplet --card myeid" programs="pkcs15-init pcscd"
own=45 theirs=none others=7
. "$top_srcdir/tests/fault/pulled-lib.sh"

openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem 2>err || fail "a key"
# certificate NAME
certificate() {
	openssl req -x509 -key key.pem -subj "/CN=$1" -days 20 -out "$1.pem" 2>err || fail "a certificate"
}
certificate old
certificate new
certificate other
certificate third

# begun OPTIONS: a key, its certificate by another hand, and more of them behind it
begun() {
	# shellcheck disable=SC2086 # options
	quiet pkcs15-init --store-private-key key.pem --id "$own" --key-usage sign $1
	# shellcheck disable=SC2086 # options
	quiet pkcs15-init --store-certificate old.pem --id "$own" --label x $1
	for id in 51 52 53 54 55 56 57; do
		# shellcheck disable=SC2086 # options
		quiet pkcs15-init --store-certificate other.pem --id $id --label "Somebody else" $1
	done
}
only_not() {
	echo "app default { ignored_readers = \"${1% 00 00}\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
only_not "$TAMGA_TEST_READER_2"
quiet pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk 1234567890123456 --label test
begun "--auth-id ff --so-pin 123456 --pin 123456"
cp "$TAMGA_TEST_STATE" isoapplet.begun
only_not "$TAMGA_TEST_READER"
quiet pkcs15-init --erase-card
quiet pkcs15-init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
quiet pkcs15-init --store-pin --auth-id 01 --label PIN --pin 123456 --puk 12345678 --so-pin 87654321
quiet pkcs15-init --finalize
begun "--auth-id 01 --pin 123456 --so-pin 87654321"
cp "$TAMGA_TEST_STATE_2" myeid.begun

put() { tamga cert install "$own" "$new.pem" --pin-file pin --replace; }
certificates() { jq '[.tokens[].keys[] | select(.certificate != null)] | length' out; }
# What others wrote is there, and the key has a certificate: the old one or the new one.
is_readable() {
	tamga list --json || { wrong "it cannot be read"; return 1; }
	jq -e --argjson n "$others" '[.tokens[].keys[] | select(.certificate != null and
		(.slot | startswith("5")))] | length == $n' out >/dev/null ||
		{ cat out >err; wrong "what others wrote is gone"; return 1; }
	[ "$(certificates)" -le $((others + 1)) ] || both=$((both + 1))
	tamga cert export "$own" -o is.pem || { wrong "the key has no certificate"; return 1; }
	cmp -s is.pem old.pem || cmp -s is.pem new.pem || cmp -s is.pem third.pem ||
		wrong "the key has another certificate"
}
is_new() {
	is_readable || return
	tamga list --json
	[ "$(certificates)" = $((others + 1)) ] || { cat out >err; wrong "more than one is left"; }
	cmp -s is.pem "$new.pem" || wrong "not the certificate that was brought"
	tamga sign "$own" pin --pin-file pin -o sig || wrong "no signature"
}
# at_updates STATE GO-ON: pulled behind each UPDATE BINARY of put
at_updates() {
	card_like "$1"
	ctl mark >/dev/null
	put || fail "installed on $app"
	where="$app, at once"
	is_new
	updates=$(ctl log | awk '$3 == "D6" { print $1 }')
	for n in $updates; do
		where="$app, behind UPDATE BINARY at APDU $n"
		card_like "$1"
		ctl fault "$n:remove-after" >/dev/null
		! put || wrong "it was not cut"
		ctl fault none >/dev/null
		ctl insert >/dev/null
		is_readable
		$2 || wrong "going on: $?"
		is_new
		[ $wrong -lt 5 ] || exit 1
	done
}
# The one that is brought then is another: none of an attempt before may stay.
put_third() { new=third; put; }

sampled 5
for app in isoapplet myeid; do
	both=0 new=new
	at_updates "$app.begun" put
	[ "$both" -gt 0 ] || fail "$app: there were never both, so nothing was to be finished"
	echo "ok: $app, behind each UPDATE BINARY, $both with both"
	new=new
	pull_everywhere "the certificate" "$app.begun" put put is_new 20
done
app=myeid
at_third() {
	card_like myeid.begun
	new=new
	ctl fault "$1:remove-after" >/dev/null
	! put || wrong "it was not cut"
	ctl fault none >/dev/null
	ctl insert >/dev/null
	put_third || wrong "going on: $?"
	is_new
}
for n in $updates; do
	where="$app, another one after UPDATE BINARY at APDU $n"
	at_third "$n"
done
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and the key has the certificate that was brought"
