#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Chromium logs in to a web site with a certificate that tamga has just enrolled.
# It has no way to be asked from inside, so it gets a screen and a keyboard.
. "${top_srcdir:?}/tests/interop/browser-lib.sh"
CARDS="--card piv"
need chromium Xvfb xdotool import nginx certutil pcscd curl
enter_site "$0" "$@"
home

screen() {
	mkfifo display
	Xvfb -displayfd 3 -screen 0 1000x700x24 -nolisten tcp 3>display >xvfb.log 2>&1 &
	children="$children $!"
	read -r number <display || { cat xvfb.log >&2; fail "no screen"; }
	DISPLAY=:$number
	export DISPLAY
}

# A window may go while it is looked for.
window() { xdotool search --onlyvisible --name "$1" 2>/dev/null | head -n 1; }

chromium_starts() {
	root=
	[ "$(id -u)" != 0 ] || root="--no-sandbox --test-type"
	# shellcheck disable=SC2086
	chromium $root --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$work/data" \
		--app="$URL" >chromium.log 2>&1 &
	children="$children $!"
}

# The list of certificates is drawn into the page's own window, with the first
# one chosen: Return there takes it, and does nothing when the list is not there
# yet or no more.  The question for the PIN has a window of its own.
pins=0
answer() {
	asked=$(window '^Unlock Security Device')
	page=$(window '^localhost')
	if [ -n "$asked" ]; then
		pins=$((pins + 1))
		import -window root asked.png
		xdotool windowfocus "$asked" type --delay 5 "$TAMGA_TEST_PIN" &&
			xdotool key Return || :
		wait_for 5 gone '^Unlock Security Device' || fail "the question for the PIN stays"
	elif [ -n "$page" ]; then
		xdotool windowfocus "$page" key --window "$page" Return 2>/dev/null || :
	fi
	[ -n "$(window "^in: $NAME")" ]
}
gone() { [ -z "$(window "$1")" ]; }

step "a certificate, and a Chromium that knows the card"
enroll --slot 9a --type rsa:2048
site
register
trusts "$HOME/.pki/nssdb"

step "the login"
screen
ctl mark >/dev/null
began=$(date +%s%N)
chromium_starts
wait_for 60 answer ||
	{ import -window root page.png; picture page.png chromium-failed.png; cat chromium.log nginx.log >&2; ctl log; fail "not logged in"; }
echo "page after $((($(date +%s%N) - began) / 1000000)) ms with the questions, start included"
let_in
[ "$pins" = 1 ] || fail "the PIN was asked for $pins times"
frugal 10
sleep 0.3	# the title is there before the page is drawn
import -window root page.png
picture asked.png chromium-pin.png
picture page.png chromium.png
