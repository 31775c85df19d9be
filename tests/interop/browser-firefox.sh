#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Firefox logs in to a web site with a certificate that tamga has just enrolled:
# the user runs two commands, chooses the certificate and types the PIN.
kind=${kind:-piv}
. "${top_srcdir:?}/tests/interop/browser-lib.sh"
CARDS="--card $kind"
need firefox-esr nginx certutil pcscd jq curl
enter_site "$0" "$@"
home
reads=${reads:-11}

step "a certificate"
enroll --slot "$first" --type ec:p256
site

# visit PROFILE COMMAND...: one question for the certificate, which shows the
# name, and one for the PIN, which says of which token.
visit() {
	in=$1
	shift
	: >nginx.log
	ctl mark >/dev/null
	firefox_visits 1 "$in" "$@" || { cat seen firefox.log nginx.log >&2; fail "Firefox"; }
	let_in
	jq -e --arg name "$NAME" --arg called "$called" '.title == "in: " + $name and
		(.page | contains("CN=" + $name + ",") and contains("SUCCESS")) and
		([.asked[].what] | sort) == ["certificate", "pin"] and
		([.asked[] | select(.what == "certificate").text][0] | startswith($name)) and
		([.asked[] | select(.what == "pin").text][0] | contains($called))' seen >/dev/null ||
		{ cat seen >&2; fail "what Firefox asked and showed"; }
	frugal "$reads"
	jq -r '"page after \(.ms) ms with the questions; Firefox peaked at \(.peak_kib) KiB"' seen
}

step "a user registers, and logs in"
firefox_home
register
visit "$profile"
picture page.png firefox.png

step "the card was taken out and put in again, and nothing but the PIN is asked anew"
between="'$TAMGA_VCARD' ctl '$TAMGA_TEST_CTL' remove && sleep 1 &&
	'$TAMGA_VCARD' ctl '$TAMGA_TEST_CTL' insert &&
	'$TAMGA_VCARD' ctl '$TAMGA_TEST_CTL' mark && sleep 2"	# NSS looks once a second
firefox_visits 2 "$profile" || { cat seen firefox.log nginx.log >&2; fail "Firefox"; }
jq -e '([.again[].what] | sort) == ["certificate", "pin"]' seen >/dev/null ||
	{ cat seen >&2; fail "what Firefox asked"; }
frugal "$reads"
between=
# the rest has nothing to do with the card
case $kind in piv*) ;; *) exit 0 ;; esac

step "root registers for everybody, and a user who did nothing logs in"
firefox_profile other
cp -a /etc etc 2>/dev/null || :
with_etc() { unshare -m sh -c 'mount --bind "$0/etc" /etc && exec "$@"' "$work" "$@"; }
with_etc "$top_builddir/tamga" browser register --system --module "$MODULE" >said ||
	{ cat said >&2; fail "tamga browser register --system"; }
jq -e .policies etc/firefox/policies/policies.json >/dev/null || fail "no policy"
visit "$work/other" with_etc
