#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# CMP authorities that answer wrongly, slowly, or as somebody else: nothing is
# believed that should not be, the words name the cause, and the key that was
# made stays the one the enrollment goes on with.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"
serve_cmp

# answers STATUS[,STATUS] HOW WORDS: what comes of it, at first and when resumed
answers() {
	fresh_card --yubikey
	ctl mark
	run "${1%,*}" "$tamga" enroll $local $(at "$2") $secret --slot 9a --subject CN=Asel
	case $1 in *,*) ;; *) says "$3" ;; esac
	[ "$(generated) $(signatures)" = "1 1" ] ||
		fail "$2: $(generated) keys, $(signatures) signatures"
	[ "$(written)" = 0 ] || fail "$2: the certificate was written"
	grep -q 'enroll --resume' "$work/said" || fail "$2: no way on"
	run "${1#*,}" "$tamga" enroll --resume $local $secret
	says "$3"
	[ "$(generated) $(signatures)" = "1 1" ] || fail "$2: resuming signed or made a key"
	ok "$2: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
}
# stops STATUS HOW WORDS: before a key is made, by the question that comes first
stops() {
	fresh_card --yubikey
	ctl mark
	run "$1" "$tamga" enroll $local $(at "$2") $secret --slot 9a --subject CN=Asel
	says "$3"
	[ "$(generated)$(verified)$(journals)" = 000 ] || fail "$2: something was begun"
	ok "$2: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
}

answers 1 transaction "another transaction"
answers 6,1 again "to another message"
answers 1 echo "to another message"
answers 1 open "not protected"
answers 1 openwait "not protected"
answers 1 badmac "not protected by your secret"
answers 1 othermac "protected by PBMAC1"
answers 1 otherkey "another key"
answers 1 otherroot "chain"
answers 1 mods "Mods"
answers 1 never "no time after which"
answers 1 minus "no time after which"
answers 1 circle "without an end"
answers 1 cut "cannot be read"
stops 1 foreign "by anybody who leads to the CA"
stops 1 sha-one "SHA-1 or worse"
stops 1 md-five "SHA-1 or worse"
stops 1 subscriber "no authority's"
stops 1 empty "cannot be read"
stops 1 garbage "cannot be read"
stops 1 huge "longer than"
stops 1 html "web page"
stops 1 type "text/plain"
stops 1 close "without an answer"
stops 1 redirect "elsewhere.test"
stops 7 login "login over HTTP"
stops 1 busy "out of service"
stops 1 nowhere "no such service"
echo another >"$work/secret"
stops 1 good "reference and secret right"
