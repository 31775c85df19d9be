#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Chromium logs in to a web site with a certificate that tamga has just enrolled:
# the user runs two commands, chooses the certificate and types the PIN.
kind=${kind:-piv}
. "${top_srcdir:?}/tests/interop/browser-lib.sh"
CARDS="--card $kind"
need chromium Xvfb xdotool import nginx certutil pcscd curl
enter_site "$0" "$@"
home

step "a certificate, and a Chromium that knows the card"
enroll --slot "$first" --type "${type:-rsa:2048}"
site
register
trusts "$HOME/.pki/nssdb"

step "the login"
screen
ctl mark >/dev/null
chromium_visits || {
	import -window root page.png
	picture page.png chromium-failed.png
	cat chromium.log nginx.log >&2
	ctl log >&2
	fail "not logged in"
}
echo "page after $ms ms with the questions, start included"
let_in
[ "$pins" = 1 ] || fail "the PIN was asked for $pins times"
frugal "${reads:-11}"
sleep 0.3	# the title is there before the page is drawn
import -window root page.png
picture asked.png chromium-pin.png
picture page.png chromium.png
