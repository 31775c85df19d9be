# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# A card is pulled out before and after every APDU of an enrollment, of a new
# certificate and a new key in the place of the old, and of their deletion: it can
# always be read, what others wrote is there, and going on ends with one key and one
# certificate.  TAMGA_TEST_ALL=1: at every APDU, instead of at some, which a seed
# chooses that is told.  Sourced, after these were set; what comes behind runs inside
# with-card, and inside with-ra where that is wanted:
#
#	cards        with-card's options
#	ra           not empty: an authority is wanted
#	programs     that are wanted beside openssl and jq; may be none
#	own theirs   slots: of the test, and one that holds a key and a certificate
#	others       keys of others on the card
#	with         what the card wants beside the PIN, as options; may be none
#
# Tests of something else take pull_everywhere(), with an is_readable() of their own.
: "${ra:=}" "${programs:=}" "${with:=}"
for program in openssl jq $programs; do
	command -v "$program" >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ -z "$ra" ] || [ -x "$top_builddir/tools/ra/tamga-ra" ] || { echo "skipped: no tamga-ra"; exit 77; }
# shellcheck disable=SC2086 # options
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" $cards -- \
	${ra:+sh "$top_srcdir/tests/with-ra" --} sh "$0" inside

work=$(mktemp -d "${TMPDIR:-/tmp}/pulled.XXXXXX") || exit 1
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
	# shellcheck disable=SC2086 # options
	tamga enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" --pin-file pin $with \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" "$@"
}
enroll() { authority --slot "$own" --type "$type" --subject "CN=Holder"; }
again() { authority --slot "$own" --type "$type" --subject "CN=Holder" --destroy; }
# What a cut enrollment wants: to be gone on with, or to be begun.
go_on() {
	tamga enroll --list --json
	if [ "$(jq '.enrollments | length' out)" -gt 0 ]; then
		# shellcheck disable=SC2086 # options
		tamga enroll --resume --pin-file pin $with --user "$TAMGA_TEST_RA_USER" \
			--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
	else
		again
	fi
}
slot_has() { # FILTER: what the list told of it
	jq -e "[.tokens[].keys[] | select(.slot == \"$own\" and $1)] | length > 0" had >/dev/null
}
delete() {
	tamga list --json || return
	cp out had
	! slot_has '.certificate != null' || tamga cert delete "$own" --yes --pin-file pin || return
	! slot_has .key || tamga key delete "$own" --yes --pin-file pin
}

# ---- what must be true ---------------------------------------------------------------
# The card can be read and has what others wrote.
is_readable() {
	tamga list --json || { wrong "it cannot be read"; return 1; }
	jq -e --arg s "$theirs" '[.tokens[].keys[] | select(.slot == $s and .key and
		.certificate != null)] | length == 1' out >/dev/null || { cat out >err; wrong "what others wrote is gone"; }
}
has_keys() { jq -e --argjson n "$1" '[.tokens[].keys[] | select(.key)] | length == $n' out >/dev/null; }
# One key and one certificate, and they are a pair.
is_one() {
	is_readable || return
	has_keys $((others + 1)) || wrong "not one key more"
	tamga cert export "$own" -o cert.pem || { wrong "no certificate"; return; }
	tamga sign "$own" pin --pin-file pin -o sig || { wrong "no signature"; return; }
	openssl x509 -in cert.pem -noout -pubkey >pub
	openssl dgst -sha256 -verify pub -signature sig pin >err 2>&1 || wrong "no pair"
}
is_none() {
	is_readable && { has_keys "$others" || wrong "there is still something"; }
}

. "$top_srcdir/tests/lib/seed.sh"
# sampled N: one of N places from here on, or all of them
sampled() {
	every=$1
	[ -z "${TAMGA_TEST_ALL:-}" ] || every=1
	first=$((seed % every + 1))
}

# pull_everywhere WHAT STATE DO GO-ON JUDGE LEAST
pull_everywhere() {
	for fault in remove remove-after; do
		n=$first pulled=0
		first=$((first % every + 1))	# elsewhere the next time
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

