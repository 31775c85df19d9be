#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run inside with-card and with-ra: a login to a web site by
# each browser with each PKCS#11 module, every question answered.  One browser
# start each: the commands are what counts.  usage: browsers.sh all|tamga
. "$top_srcdir/tests/interop/browser-lib.sh"
for program in firefox-esr chromium Xvfb xdotool import nginx certutil jq; do
	command -v $program >/dev/null || { echo "no page loads: there is no $program"; exit 0; }
done
home
enroll --slot 9a --type ec:p256
site
firefox_home
trusts_chromium() { mkdir -p "$HOME/.pki/nssdb"; trusts "$HOME/.pki/nssdb"; }
trusts_chromium
screen

row() { printf '%-34s %-20s %6s %8s %8s\n' "$@"; }
pins_sent() { ctl log | grep -c ' 00 20 00 80 8 '; }

echo
echo "web site logins, browser started afresh; PINs: asked for, sent to the card"
row browser module APDUs ms PINs
for which in tamga OpenSC ykcs11; do
	case $which in
	tamga) MODULE=$STAGE/lib/pkcs11/tamga-pkcs11.so ;;
	OpenSC) [ "$1" = all ] || continue; MODULE=$(module opensc-pkcs11.so) ;;
	ykcs11) [ "$1" = all ] || continue; MODULE=$(module libykcs11.so.2) ;;
	esac
	register
	ctl mark >/dev/null
	if firefox_visits 5 "$profile" 2>err; then
		row Firefox $which "$(ctl count)" "$(jq .ms seen)" \
			"$(jq '[.asked[] | select(.what == "pin")] | length' seen), $(pins_sent)"
	else
		row Firefox $which cannot: "$(head -c 60 err)" ""
	fi
	ctl mark >/dev/null
	if chromium_visits 2>err; then
		row Chromium $which "$(ctl count)" "$ms" "$pins, $(pins_sent)"
	else
		row Chromium $which cannot: "no page after 60 s" ""
	fi
	kill "$chromium" && wait "$chromium" 2>/dev/null || :
	take_away "$work/data"
done
