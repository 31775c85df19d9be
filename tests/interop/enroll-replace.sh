#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `tamga enroll --replace` where the authority says no, by every protocol: the old key
# and its certificate are there and work, whoever refused is named, and what to do next.
# shellcheck disable=SC2034,SC2086,SC2154
set -u
approval=officer
. "$top_srcdir/tests/interop/every-lib.sh"
mkdir "$work/elsewhere"
our="--ca-file $TAMGA_TEST_RA_CA --slot 9a --replace"
password="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
printf 'not the secret\n' >"$work/wrong"
printf '{"who": "Portal"}\n' >"$work/answers"

# ---- what must be there ---------------------------------------------------------------
# A card whose slot 9A holds a key and a certificate that are in use.
taken() { # VERSION
	fresh_card --yubikey="$1"
	run 0 "$tamga" enroll $local --ca "est+$tls" $password ${our% --replace} --subject CN=Old --quiet
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/old.pem"
	ctl mark
}
# Which of the slots have a key of this card's own making, with or without a certificate.
slots() {
	for slot in 82 83 9a; do
		! "$tamga" key attest $local "$slot" >/dev/null 2>&1 || echo $slot
	done | tr '\n' ' '
}
# signs_as FILE: the key in 9A is that of the certificate, which is in 9A
signs_as() {
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/now.pem"
	cmp -s "$work/now.pem" "$1" || fail "$here: another certificate in 9A"
	echo text >"$work/text"
	run 0 "$tamga" sign $local 9a "$work/text" -o "$work/signature"
	openssl x509 -in "$1" -noout -pubkey >"$work/key.pem"
	openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" "$work/text" \
		>/dev/null || fail "$here: another key in 9A"
}
# kept WHY [SLOTS]: what the last command said; the keys there are
kept() {
	says "$1"
	cp "$work/said" "$work/why"
	signs_as "$work/old.pem"
	[ "$(slots)" = "${2:-82 9a }" ] || fail "$here: keys in $(slots)"
}
# What was made meanwhile is told of, and taken away as it says.
goes_on() {
	grep -q 'Slot 9a holds what it held' "$work/why" || fail "$here: nobody says that nothing is lost"
	id=$(sed -n 's/.*--resume //p' "$work/why" | head -n 1)
	[ -n "$id" ] || { cat "$work/why"; fail "$here: nobody says how to go on"; }
}
given_up() {
	goes_on
	run 0 "$tamga" enroll --cancel "$id"
	signs_as "$work/old.pem"
	run 0 "$tamga" key delete --yes $local 82
	[ "$(slots)" = "9a " ] || fail "$here: keys in $(slots)"
}
# replaced ANCHORS [BETWEEN]: 9A has a new pair, nothing is left elsewhere
replaced() {
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/new.pem"
	! cmp -s "$work/new.pem" "$work/old.pem" || fail "$here: nothing was replaced"
	openssl verify -CAfile "$1" ${2:+-untrusted "$2"} "$work/new.pem" >/dev/null ||
		fail "$here: its chain"
	signs_as "$work/new.pem"
	[ "$(slots)" = "9a " ] || fail "$here: keys in $(slots)"
	! "$tamga" cert export --no-pcsc 82 >/dev/null 2>&1 || fail "$here: a certificate is left in 82"
	mv "$work/new.pem" "$work/old.pem"
	ok "$here: refused, then replaced"
}
secret() { # REFERENCE
	"$TAMGA_TEST_RA" secret add "$1" --config "$TAMGA_TEST_RA_DIR/doors.conf" >"$work/secret" ||
		fail "secret add $1"
}

# ---- refused before a key is made --------------------------------------------------------
here=EST
taken 5.7.1
run 7 "$tamga" enroll $local --ca "est+$tls" --user "$TAMGA_TEST_RA_USER" \
	--password-file "$work/wrong" $our --subject CN=New
kept "does not accept this user name and password" "9a "
[ "$(generated)" = 0 ] || fail "$here: a key was made for nothing"

# ---- refused, rejected afterwards: each protocol ------------------------------------------
est="--ca est+$tls/$TAMGA_TEST_RA_OFFICER $password"
run 6 "$tamga" enroll $local $est $our --subject CN=New
kept "Slot 9a holds what it held"
"$TAMGA_TEST_RA" reject "$(submitted)" --reason "no such person" >/dev/null || fail "reject"
run 7 "$tamga" enroll --resume --now $local $password
kept "no such person"
given_up
run 6 "$tamga" enroll $local $est $our --subject CN=New
"$TAMGA_TEST_RA" approve "$(submitted)" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume --now $local $password
replaced "$TAMGA_TEST_RA_CA"

here=CMP
secret cmp-1
run 7 "$tamga" enroll $local --ca "cmp+$plain" --user cmp-1 --password-file "$work/wrong" $our \
	--subject CN=cmp-1
kept "secret" "9a "
cmp="--ca cmp+$plain/.well-known/cmp/p/$TAMGA_TEST_RA_OFFICER $our --subject CN=cmp-1"
run 6 "$tamga" enroll $local $cmp --user cmp-1 --password-file "$work/secret"
kept "Slot 9a holds what it held"
"$TAMGA_TEST_RA" reject "$(submitted)" --reason "no such person" >/dev/null || fail "reject"
run 7 "$tamga" enroll --resume --now $local --user cmp-1 --password-file "$work/secret"
kept "no such person"
given_up
secret cmp-2
run 0 "$tamga" enroll $local --ca "cmp+$plain" --user cmp-2 --password-file "$work/secret" $our \
	--subject CN=cmp-2
replaced "$TAMGA_TEST_RA_CA"

here=SCEP
run 7 "$tamga" enroll $local --ca "scep+$plain/scep" --challenge-file "$work/wrong" $our \
	--type ec:p256 --subject CN=New
kept "challenge"
given_up
"$TAMGA_TEST_RA" challenge new employee >"$work/challenge" || fail "challenge new"
run 0 "$tamga" enroll $local --ca "scep+$plain/scep" --challenge-file "$work/challenge" $our \
	--type ec:p256 --subject CN=New
replaced "$TAMGA_TEST_RA_CA"

here=ACME
acme="--ca acme+$acme --ca-file $work/ca.pem --ca-option terms=$terms --slot 9a --replace
	--subject CN=new.example --san dns:new.example"
run 7 "$tamga" enroll $local $acme --ca-option webroot="$work/elsewhere"
kept "new.example"
given_up
run 0 "$tamga" enroll $local $acme --ca-option webroot="$work/www"
curl -s --cacert "$work/tls.pem" "$control/intermediates/0" >"$work/between.pem"
replaced "$work/root.pem" "$work/between.pem"

here=portal
walk="--ca portal+$tls --profile walk --answers $work/answers
	--agree $(sha256sum <"$folder/terms" | cut -d' ' -f1)"
run 6 "$tamga" enroll $local $walk $our
kept "Slot 9a holds what it held"
"$TAMGA_TEST_RA" reject "$(submitted)" --reason "no such person" >/dev/null || fail "reject"
run 7 "$tamga" enroll --resume --now $local
kept "no such person"
given_up
run 7 "$tamga" enroll $local $walk $our
kept "no such person; say the same again" "9a "
run 6 "$tamga" enroll $local $walk $our
"$TAMGA_TEST_RA" approve "$(submitted)" >/dev/null || fail "approve"
run 0 "$tamga" enroll --resume --now $local
replaced "$TAMGA_TEST_RA_CA"

# ---- a slot that wants its PIN for each signature: so does the key that waited for it ---------
here="slot 9c"
run 0 "$tamga" enroll $local --ca "est+$tls" $password ${our% --slot*} --slot 9c --subject CN=Old --quiet
run 0 "$tamga" enroll $local --ca "est+$tls" $password ${our% --slot*} --slot 9c --replace \
	--subject CN=New --quiet
"$tamga" info --no-pcsc 2>/dev/null | grep -i '^9c' | grep -q always || fail "$here: $("$tamga" info --no-pcsc)"
ok "$here: its key keeps to the slot's PIN policy"
