#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Authorities that answer wrongly: nothing is written beside the key, the
# words name the cause, and resuming asks again with the same key.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }

mkfifo "$work/in" "$work/told"
python3 "$top_srcdir/tests/unit/est-server.py" <"$work/in" >"$work/told" 2>"$work/server" &
children="$children $!"
exec 4>"$work/in"
while read -r what value; do
	case $what in ready) break ;; *) eval "port_$what=\$value" ;; esac
done <"$work/told"
[ -n "${port_good:-}" ] || { cat "$work/server"; fail "the server does not serve"; }

# this server wants a challenge password; it does not look at it
echo secret >"$work/challenge"
anchor="--ca-file $port_dir/root.pem --challenge-file $work/challenge"
# answers STATUS LABEL WORDS: after the key, before the certificate
answers() {
	fresh_card --yubikey
	ctl mark
	run "$1" "$tamga" enroll $local $anchor --ca "est+https://localhost:$port_good/$2" \
		--slot 9a --subject CN=Asel
	says "$3"
	[ "$(generated)" = 1 ] || fail "$2: $(generated) keys made"
	[ "$(written)" = 0 ] || fail "$2: the certificate was written"
	[ "$1" = 6 ] || { grep -q 'enroll --resume' "$work/said" || fail "$2: no way on"; }
	run "$1" "$tamga" enroll --resume $local
	[ "$(generated)" = 1 ] || fail "$2: resuming made a key"
	ok "$2: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-100)"
}
answers 1 otherkey "another key"
answers 1 otherroot "chain\|issuer\|anchor\|root"
answers 1 sha1 "weak"
answers 1 ended "expired"
answers 1 cut ""
answers 1 empty ""
answers 1 html "web page"
answers 1 wrongtype ""
answers 7 400 "the key is too small"
answers 7 403 ""
answers 1 500 "500"
answers 6 pend5 "waits for a decision"
answers 6 pendnone "waits for a decision"
answers 6 pendlong "waits for a decision"

# stops STATUS PORT LABEL WORDS [OPTIONS]: before anything
stops() {
	fresh_card --yubikey
	ctl mark
	run "$1" "$tamga" enroll $local $anchor --ca "est+https://localhost:$2/$3" \
		--slot 9a --subject CN=Asel ${5:-}
	says "$4"
	[ "$(generated)$(verified)" = 00 ] || fail "$3: the card was asked"
	[ "$(journals)" = 0 ] || fail "$3: a journal was begun"
	ok "$3: $(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-100)"
}
stops 1 "$port_wrong" wrongname "name\|localhost"
stops 1 "$port_expired" expired "expired"
stops 1 "$port_untrusted" untrusted ""
stops 1 "$port_good" foreign ""
for label in attrshtml attrsbad truncated huge garbage close; do
	stops 1 "$port_good" $label ""
done
stops 1 "$port_good" slow "" "--timeout 3"

# without a password to tell, the request is linked to its connection
fresh_card --yubikey
run 0 "$tamga" enroll $local --ca-file "$port_dir/root.pem" \
	--ca "est+https://localhost:$port_good/nochallenge" --slot 9a --subject CN=Asel
ok "a challenge that nobody was told"

# what is merely unusual is taken
for label in wrapped crlf charset der chain; do
	fresh_card --yubikey
	run 0 "$tamga" enroll $local $anchor --ca "est+https://localhost:$port_good/$label" \
		--slot 9a --subject CN=Asel
	ok "$label is taken"
done

# what was left out or written otherwise is told; what is as it was asked for is not
fresh_card --yubikey
run 0 "$tamga" enroll $local $anchor --ca "est+https://localhost:$port_good/wrapped" \
	--slot 9a --subject CN=Asel --san dns:a.example --eku clientAuth
says "granted the request with changes: X509v3 Subject Alternative Name\$"
run 0 "$tamga" status --json
jq -e '.enrollments[0].note | contains("Alternative Name")' "$work/out" >/dev/null || fail "no note"
run 0 "$tamga" enroll $local $anchor --ca "est+https://localhost:$port_good/wrapped" \
	--slot 9c --subject CN=Asel --eku clientAuth
! grep -q "with changes" "$work/said" || fail "told of changes that are none"
ok "granted otherwise than asked for: told"
