# SPDX-License-Identifier: BSD-2-Clause
# What the tests of `tamga enroll` share; each begins with
#	kind=piv; . "$top_srcdir/tests/interop/enroll-lib.sh"
# and then runs with one virtual card and one authority of its own.
# libtool's wrapper is a shell script; what is counted and killed is the program
tamga=$top_builddir/.libs/tamga
[ -x "$tamga" ] || tamga=$top_builddir/tamga
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
for program in "$tamga" "$top_builddir/tamga-vcard" "$top_builddir/tools/ra/tamga-ra"; do
	[ -x "$program" ] || { echo "skipped: $program is not built"; exit 77; }
done
if [ -z "${TAMGA_ENROLL_INSIDE:-}" ]; then
	TAMGA_ENROLL_INSIDE=yes
	export TAMGA_ENROLL_INSIDE
	exec "$top_srcdir/tests/with-card" --no-pcscd --card "${kind:-piv}" -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
fi

# A library that builds on this one may be read after this one: one folder, one card.
[ -z "${enroll_lib_read:-}" ] || return 0
enroll_lib_read=yes
work=$(mktemp -d "${TMPDIR:-/tmp}/enroll.XXXXXX")
children=
finish() {
	for child in $children; do kill "$child" 2>/dev/null || :; done
	rm -rf "$work" "$work.trace"
}
# ended PID: it was waited for; its number may be somebody else's by now
ended() {
	kept=
	for child in $children; do [ "$child" = "$1" ] || kept="$kept $child"; done
	children=$kept
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config HOME=$work LC_ALL=C.UTF-8
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
export XDG_STATE_HOME XDG_CONFIG_HOME HOME LC_ALL TAMGA_VCARD_SOCKET
if [ -n "${TAMGA_TEST_USB:-}" ]; then	# the card is in a USB token of with-usb
	unset TAMGA_VCARD_SOCKET
	mkdir -p "$XDG_CONFIG_HOME/tamga"
	echo 'readers = { usb = "always"; };' >"$XDG_CONFIG_HOME/tamga/tamga.conf"
fi
printf '%s\n' "$TAMGA_TEST_PIN" >"$work/pin"
name='CN=Әсел Қазбекқызы,O=Öğrətmən Ltd,C=KZ'
official="--ca $TAMGA_TEST_RA_EST --ca-file $TAMGA_TEST_RA_CA \
--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
local="--no-pcsc --pin-file $work/pin"
. "$top_srcdir/tests/interop/kinds.sh"

ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
fail() {
	echo "FAILED: $*"
	cat "$work/out" "$work/said" 2>/dev/null
	tail -n 5 "$TAMGA_TEST_RA_LOG"
	exit 1
}
# run STATUS COMMAND...: output in $work/out, words in $work/said; no terminal
run() {
	want=$1
	shift
	status=0
	setsid -w timeout 60 "$@" >"$work/out" 2>"$work/said" || status=$?
	[ "$status" = "$want" ] || fail "status $status, not $want: $*"
}
# says TEXT: the last error names it
says() { grep -q -e "$1" "$work/said" || fail "does not say \"$1\""; }
ok() { echo "ok: $*"; }

# An authority with profiles of the test's own, made in $work/ra by tamga-ra init:
# served, its address in url, and what tamga is told of its portal in ca.
ra() { "$top_builddir/tools/ra/tamga-ra" "$@" --dir "$work/ra"; }
serve_ra() {
	mkfifo "$work/url"
	"$top_builddir/tools/ra/tamga-ra" serve "$work/ra" --listen 127.0.0.1:0 \
		>"$work/url" 2>"$work/ra.log" &
	children="$children $!"
	read -r url <"$work/url"
	ca="--ca portal+https://localhost:${url##*:} --ca-file $work/ra/ca.pem"
}
# Whether keys in folders were configured in.
has_folders() { "$tamga" list --token "file:$work" >/dev/null 2>&1; }

journals() { ls "$work/state/tamga" 2>/dev/null | grep -c 'json$'; }
state() { sed -n 's/^ "step": "\(.*\)",$/\1/p' "$work"/state/tamga/*.json; }
applications() { "$TAMGA_TEST_RA" list | grep -c .; }
submitted() { "$TAMGA_TEST_RA" list --state submitted | awk 'NR == 1 { print $1 }'; }
# "10 00 47 00 9A 5 9000 70": number, command, bytes in, status word, bytes out
generated() { ctl log | grep -c " $generates .* 9000 "; }
verified() { ctl log | grep -c " 00 20 00 $verifies "; }
written() { ctl log | grep -c " $writes "; }
# by short commands an RSA signature is fetched in two
signatures() { ctl log | grep -c " $signs .* \(9000\|61..\) "; }

# A new card of the same kind in the reader, as from the shop.
fresh_card() {
	[ -z "${card:-}" ] || { kill "$card"; wait "$card"; ended "$card"; } 2>/dev/null
	mkfifo "$work/ready" 2>/dev/null
	rm -f "$work/card.sock" "$work/card.ctl"
	"$TAMGA_VCARD" "$@" --listen "$work/card.sock" --control "$work/card.ctl" \
		--ready-fd 3 3>"$work/ready" >"$work/card.said" 2>&1 &
	card=$!
	children="$children $card"
	read -r _ <"$work/ready"
	[ -S "$work/card.sock" ] || fail "no card: $(cat "$work/card.said")"
	TAMGA_TEST_VCARD=$work/card.sock TAMGA_TEST_CTL=$work/card.ctl
	plug_card
	rm -rf "$work/state"
}
# The card is where tamga finds it: a token that is one is pulled and plugged.
plug_card() {
	if [ -z "${TAMGA_TEST_USB:-}" ]; then
		TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
		export TAMGA_VCARD_SOCKET
		return
	fi
	for word in unplug "card $TAMGA_TEST_VCARD" plug; do
		"$TAMGA_VCARD" ctl "$TAMGA_TEST_USB" $word >"$work/plugged" || fail "$word: $(cat "$work/plugged")"
	done
	tries=0
	until "$tamga" readers --usb 2>/dev/null | grep -q usb:; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || fail "the token is not found again"
		sleep 0.05
	done
}
signed_by() { # DIGEST
	openssl pkeyutl -verify -certin -inkey "$work/cert.pem" -rawin -digest "$1" \
		-sigfile "$work/signature" -in "$work/text" >/dev/null 2>&1
}
# The certificate on the card is for the key on the card, under the test root.
assert_installed() {
	run 0 "$tamga" cert export --no-pcsc "$1" -o "$work/cert.pem"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/cert.pem" >/dev/null 2>&1 ||
		fail "openssl does not verify the certificate in $1"
	head -c 100 /dev/urandom >"$work/text"
	# shellcheck disable=SC2086
	run 0 "$tamga" sign $local "$1" "$work/text" -o "$work/signature"
	# by the digest that tamga sign takes when nobody chooses
	signed_by sha256 || signed_by sha384 || fail "the key in $1 is not the certificate's"
}

[ -z "${TAMGA_TEST_USB:-}" ] || plug_card

# scepserver_at PORT [OPTION...]: micromdm's, on the CA in $work/depot, which it makes;
# scep_pid is its process.  Waits until it serves; fails if it ends.
scepserver_at() {
	port=$1
	shift
	[ -d "$work/depot" ] || {
		mkdir "$work/depot"
		(cd "$work" && scepserver ca -init -depot depot -key-password "" -keySize 2048 \
			>/dev/null 2>&1) || fail "scepserver makes no CA"
	}
	scepserver -depot "$work/depot" -port "$port" -allowrenew 0 "$@" >>"$work/go.log" 2>&1 &
	scep_pid=$!
	children="$children $scep_pid"
	for _ in $(seq 600); do
		kill -0 "$scep_pid" 2>/dev/null || return 1
		! curl -s -o /dev/null --max-time 2 \
			"http://127.0.0.1:$port/scep?operation=GetCACaps" || return 0
		sleep 0.1
	done
	return 1
}
# scepserver_anywhere [OPTION...]: at a free port, which somebody else may have by then
scepserver_anywhere() {
	for _ in 1 2 3; do
		! scepserver_at "$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')" \
			"$@" || return 0
	done
	cat "$work/go.log" >&2
	fail "scepserver does not serve"
}
