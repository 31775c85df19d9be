#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A PKCS #15 card is pulled out before and after every APDU of an enrollment, of a
# new certificate and a new key in the place of the old, and of their deletion: it
# can always be read, what others wrote is there, and going on ends with one key and
# one certificate.  TAMGA_TEST_ALL=1: at every APDU, instead of at some.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
for program in openssl jq pkcs15-init pcscd; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
if [ "${1:-}" != inside ]; then
	exec "$top_srcdir/tests/with-card" --card isoapplet --card myeid -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$0" inside
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pkcs15.XXXXXX") || exit 1
card=
down() {
	[ -z "$card" ] || { kill "$card"; wait "$card"; } 2>/dev/null
	card=
}
finish() {
	down
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
cd "$work" || exit 1
mkfifo ready
XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/journals LC_ALL=C.UTF-8
export XDG_CONFIG_HOME XDG_STATE_HOME LC_ALL
echo 123456 >pin
wrong=0

fail() { echo "FAILED: $*"; cat out err; exit 1; }
wrong() {
	wrong=$((wrong + 1))
	echo "WRONG: $where: $*"
	sed -n 's/^/    /;1,9p' err
}
ctl() { "$TAMGA_VCARD" ctl "$work/ctl" "$@"; }
tamga() { timeout 60 "$top_builddir/tamga" "$@" --no-pcsc --vcard "$work/card" >out 2>err; }
# card_like STATE: the same card again, in the state it was in then
card_like() {
	down
	rm -rf card ctl state journals
	cp "$1" state
	"$TAMGA_VCARD" --app "$app" --listen "$work/card" --control "$work/ctl" \
		--state "$work/state" --ready-fd 3 3>ready >/dev/null 2>&1 &
	card=$!
	read -r _ <ready
}
quiet() { "$@" >out 2>err || fail "$*"; }

# ---- what is done -----------------------------------------------------------------
authority() {
	tamga enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" --pin-file pin \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" "$@"
}
enroll() { authority --slot 45 --type "$type" --subject "CN=Holder"; }
again() { authority --slot 45 --type "$type" --subject "CN=Holder" --replace; }
# What a cut enrollment wants: to be gone on with, or to be begun.
go_on() {
	tamga enroll --list --json
	if [ "$(jq '.enrollments | length' out)" -gt 0 ]; then
		tamga enroll --resume --pin-file pin --user "$TAMGA_TEST_RA_USER" \
			--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
	else
		again
	fi
}
slot_has() { # FILTER: what the list told of slot 45
	jq -e "[.tokens[].keys[] | select(.slot == \"45\" and $1)] | length > 0" had >/dev/null
}
delete() {
	tamga list --json || return
	cp out had
	! slot_has '.certificate != null' || tamga cert delete 45 --yes --pin-file pin || return
	! slot_has .key || tamga key delete 45 --yes --pin-file pin
}

# ---- what must be true ---------------------------------------------------------------
# The card can be read and has what others wrote.
is_readable() {
	tamga list --json || { wrong "it cannot be read"; return 1; }
	jq -e '[.tokens[].keys[] | select(.slot == "4C" and .key and .certificate != null)] |
		length == 1' out >/dev/null || { cat out >err; wrong "what others wrote is gone"; }
}
# One key and one certificate, and they are a pair.
is_one() {
	is_readable || return
	jq -e '[.tokens[].keys[]] | length == 2' out >/dev/null || wrong "not two keys"
	tamga cert export 45 -o cert.pem || { wrong "no certificate"; return; }
	tamga sign 45 pin --pin-file pin -o sig || { wrong "no signature"; return; }
	openssl x509 -in cert.pem -noout -pubkey >pub
	openssl dgst -sha256 -verify pub -signature sig pin >err 2>&1 || wrong "no pair"
}
is_none() {
	is_readable && { jq -e '[.tokens[].keys[]] | length == 1' out >/dev/null ||
		wrong "there is still something"; }
}

# pull_everywhere WHAT STATE DO GO-ON JUDGE LEAST
pull_everywhere() {
	for fault in remove remove-after; do
		n=$first pulled=0
		[ $every = 1 ] || first=$((first % every + 2))	# elsewhere the next time
		while :; do
			where="$app, $1, $fault at APDU $n"
			card_like "$2"
			ctl mark >/dev/null
			ctl fault "$n:$fault" >/dev/null
			if $3 && [ "$(ctl count | grep -o '[0-9]*$')" -lt "$n" ]; then break; fi
			pulled=$((pulled + 1))
			ctl fault none >/dev/null
			ctl insert >/dev/null
			is_readable
			$4 || wrong "going on: $?"
			$5
			n=$((n + every))
			[ $wrong -lt 5 ] || exit 1
		done
		[ $(((pulled + 1) * every)) -ge "$6" ] || fail "$1: only $pulled APDUs"
		echo "ok: $app, $1, $fault at $pulled APDUs"
	done
}

# life APP STATE TYPE
life() {
	app=$1 type=$3
	pull_everywhere "the first key" "$2" enroll go_on is_one 30
	card_like "$2"
	enroll || fail "enrolled on $app"
	cp state "$app.full"
	pull_everywhere "another in its place" "$app.full" again go_on is_one 30
	pull_everywhere "its end" "$app.full" delete delete is_none 15
}

# begun NUMBER OPTIONS: pkcs15-init puts its own key and certificate there
begun() {
	# shellcheck disable=SC2086
	quiet pkcs15-init --generate-key rsa/2048 --id 4c --label theirs $2
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=theirs -out ca.pem 2>/dev/null
	# shellcheck disable=SC2086
	quiet pkcs15-init --store-certificate ca.pem --id 4c $2
}
only_not() {
	echo "app default { ignored_readers = \"${1% 00 00}\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
only_not "$TAMGA_TEST_READER_2"
quiet pkcs15-init --create-pkcs15 --so-pin 123456 --so-puk 1234567890123456 --label test
begun 1 "--auth-id ff --so-pin 123456 --pin 123456"
cp "$TAMGA_TEST_STATE" iso.begun
only_not "$TAMGA_TEST_READER"
quiet pkcs15-init --erase-card
quiet pkcs15-init --create-pkcs15 --so-pin 87654321 --so-puk 87654321 --label test
quiet pkcs15-init --store-pin --auth-id 01 --label PIN --pin 123456 --puk 12345678 --so-pin 87654321
quiet pkcs15-init --finalize
begun 2 "--auth-id 01 --pin 123456 --so-pin 87654321"
cp "$TAMGA_TEST_STATE_2" myeid.begun

first=1 every=1
[ -n "${TAMGA_TEST_ALL:-}" ] || { first=5 every=7; }
life myeid myeid.begun ec:p256
[ -n "${TAMGA_TEST_ALL:-}" ] || { first=9 every=15; }
life isoapplet iso.begun rsa:2048
[ $wrong = 0 ] || fail "$wrong wrong"
echo "pulled out everywhere, and nothing was lost"
