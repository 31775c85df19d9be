#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A renewed key gets the place of the old one, which goes aside with its
# certificate: in the end, and when the process is killed at any write or send
# on the way (fault/disaster-lib.sh).
# shellcheck disable=SC2034,SC2086,SC2154
set -u
kind=piv,version=5.7.1
. "$top_srcdir/tests/interop/enroll-lib.sh"
credentials="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"

# spki SLOT FILE: the public key of the certificate there
cert_of() { "$tamga" cert export --no-pcsc "$1" -o "$work/$2" 2>"$work/said"; }
# assert_swapped WHERE: 9A has the new pair, 83 the old one, 82 nothing
assert_swapped() {
	cert_of 9a new.pem || fail "$1: no certificate in 9A"
	cert_of 83 aside.pem || fail "$1: no certificate in 83"
	! cert_of 82 none.pem || fail "$1: a certificate is left in 82"
	cmp -s "$work/aside.pem" "$work/old.pem" || fail "$1: another certificate in 83"
	! cmp -s "$work/new.pem" "$work/old.pem" || fail "$1: the old certificate in 9A"
	"$tamga" info --no-pcsc --json >"$work/out" || fail "$1: tamga info"
	[ "$(jq -r '[.slots[] | select(.key) | .slot] | sort | join(" ")' "$work/out")" = "83 9a" ] ||
		fail "$1: keys are elsewhere"
	head -c 50 /dev/urandom >"$work/text"
	for place in 9a:new 83:aside; do
		run 0 "$tamga" sign $local ${place%:*} "$work/text" -o "$work/signature"
		openssl x509 -in "$work/${place#*:}.pem" -noout -pubkey >"$work/key.pem"
		openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" \
			"$work/text" >/dev/null || fail "$1: the key in ${place%:*} is another"
	done
	[ "$(state | sort | uniq -c | tr -d ' \n')" = 2done ] || fail "$1: $(state)"
}
enrolled() {
	fresh_card --yubikey=5.7.1
	run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Swapped" --quiet
	cert_of 9a old.pem || fail "enroll"
}

# ---- in the end -------------------------------------------------------------------
enrolled
ctl mark
run 0 "$tamga" renew 9a $local --json
[ "$(jq -r .enrollment.slot "$work/out")" = 9a ] || fail "the new key's place"
signed=$(ctl log | grep -cE ' 00 87 [0-9A-F]{2} (9A|82) .* 9000 ')
[ "$signed" = 3 ] || { ctl log; fail "$signed signatures, not those of request, TLS and proof"; }
assert_swapped "once"
cert_of 9a before.pem
mv "$work/before.pem" "$work/old.pem"
run 0 "$tamga" renew 9a $local
cert_of 9a new.pem
"$tamga" info --no-pcsc --json >"$work/out"
[ "$(jq -r '[.slots[] | select(.key) | .slot] | sort | join(" ")' "$work/out")" = "82 84 9a" ] ||
	[ "$(jq -r '[.slots[] | select(.key) | .slot] | sort | join(" ")' "$work/out")" = "83 84 9a" ] ||
	fail "a second renewal: $(jq -c '[.slots[] | select(.key) | .slot]' "$work/out")"
run 0 "$tamga" renew 9a $local --no-swap --json
[ "$(jq -r .enrollment.slot "$work/out")" = 82 ] || fail "--no-swap"
ok "the new key has the old one's place, the old one is aside"

# ---- what was put aside stays as it is, however soon its certificate ends -----------
enrolled
sleep 1		# the next certificate ends later
run 0 "$tamga" renew 9a $local
run 0 "$tamga" renew --all --within 400 $local $credentials --json
[ "$(jq '.renewals | length' "$work/out")" = 1 ] || { cat "$work/out"; fail "the old key was renewed too"; }
cert_of 83 aside.pem && cmp -s "$work/aside.pem" "$work/old.pem" || fail "83 has changed"
ok "renew --all leaves alone what was put aside"

# ---- a card that moves no keys -------------------------------------------------------
fresh_card --yubikey=5.4.3
run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Unmoved" --quiet
run 0 "$tamga" renew 9a $local --json
[ "$(jq -r .enrollment.slot "$work/out")" = 82 ] || fail "where no key moves"
ok "where no key moves, each stays"

# ---- killed on the way ------------------------------------------------------------------
world=$top_builddir/tests/fault/.libs/world.so
if [ -e "$world" ] && ! ldd "$tamga" 2>/dev/null | grep -q libasan; then
	binding=est
	. "$top_srcdir/tests/fault/disaster-lib.sh"
	. "$top_srcdir/tests/fault/disaster-ra.sh"
	card_kind=--yubikey=5.7.1 slot_renew=9a which=", swapped"
	TAMGA_TEST_PLACES=${TAMGA_TEST_PLACES:-24}
	wish() { asks="$official --subject CN=Swapped"; }
	# In one place or in the other, always; and in the end as it should be.
	stands_renew() {
		{ cert_of 9a now.pem && cmp -s "$work/now.pem" "$work/old.pem"; } ||
			{ cert_of 83 now.pem && cmp -s "$work/now.pem" "$work/old.pem"; } ||
			fail "$(here): the old certificate is gone"
		[ "$(journals)" != 2 ] || open_journal || assert_swapped "$(here)"
	}
	# typed again, `renew 9a` goes on, or says what to go on with: its key may be
	# between two places
	finish_it() {
		if open_journal && ! "$tamga" $begin >"$work/out" 2>"$work/err"; then
			grep -q "is not finished; resume it" "$work/err" ||
				fail "$(here): typed again: $(cat "$work/err")"
			run 0 "$tamga" enroll --resume $local $credentials
		fi
		[ "$(journals)" = 2 ] || run 0 "$tamga" $begin
	}
	enrolled_once
	everywhere renew killed
fi
echo "renew-swapped: all held"
