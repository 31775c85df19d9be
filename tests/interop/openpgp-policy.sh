#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# When a key of an OpenPGP card wants the PIN and a touch: tamga sets it, gpg sees it,
# and the card does as it was told.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card openpgp,serial=305419896,touch-time=1"
need openssl pcscd gpg gpgconf gpg-connect-agent jq
[ -x "$(gpgconf --list-dirs libexecdir)/scdaemon" ] || { echo "skipped: no scdaemon"; exit 77; }
enter "$0" "$@"
tamga=$top_builddir/tamga
work
gnupg_home
trap 'gnupg_ends; rm -rf "$work" "$GNUPGHOME"' EXIT
printf 'disable-ccid\nreader-port "%s"\n' "$TAMGA_TEST_READER" >"$GNUPGHOME/scdaemon.conf"
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8
export XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL
echo "$TAMGA_TEST_PIN" >pin
echo "$TAMGA_TEST_ADMIN" >admin
echo "what is signed" >data
secrets="--pin-file pin --admin-key-file admin"

# policy SLOT OPTION...: done, and nothing asked twice
policy() {
	"$tamga" key policy "$@" --admin-key-file admin >out 2>&1 || { cat out; fail "key policy $*"; }
}
# shown SLOT PIN TOUCH: what tamga tells of the key
shown() {
	"$tamga" info --json >info || fail "info"
	jq -e --arg s "$1" --arg p "$2" --arg t "$3" '[.. | objects | select(.slot? == $s)][0] |
		.pin_policy == $p and .touch_policy == $t' info >/dev/null ||
		{ cat info; fail "slot $1 is not shown as $2, $3"; }
}
# gpg_sees LINE FLAG...: of the card's state as gpg reads it; this scdaemon has no words
# for the flags
gpg_sees() {
	gpg --no-tty --card-status >status 2>&1 || { cat status; fail "gpg"; }
	grep -q "^$1" status || { cat status; fail "gpg does not say \"$1\""; }
	shift
	tag=0
	for flag in "$@"; do
		gpg-connect-agent --hex "scd apdu 00 CA 00 D$((6 + tag)) 00" /bye >flags
		expect "$flag 20 90 00" cat flags
		tag=$((tag + 1))
	done
	gnupg_ends
	for _ in $(seq 600); do ! "$tamga" list >/dev/null 2>&1 || return 0; sleep 0.1; done
	fail "scdaemon keeps the card"
}
signs() {
	# shellcheck disable=SC2086
	"$tamga" sign "$1" data $secrets -o sig 2>said || { cat said; fail "sign $1"; }
	openssl dgst -sha256 -verify "$1.pub" -signature sig data >/dev/null || fail "signature of $1"
}

step "a key is made with the policies that were asked for"
"$tamga" key generate sig --pin-policy once --touch-policy always --admin-key-file admin \
	-o sig.pub >out 2>&1 || { cat out; fail "generate"; }
"$tamga" key generate aut --admin-key-file admin -o aut.pub >out 2>&1 || { cat out; fail "generate"; }
shown sig once always
shown aut once never
gpg_sees 'Signature PIN ....: not forced' 01 00 00
signs sig
grep -q 'Touch token' said || { cat said; fail "nobody was told to touch"; }
signs aut
! grep -q 'Touch token' said || { cat said; fail "told to touch for nothing"; }

step "policies of a key that is there"
policy sig --pin-policy always --touch-policy never
policy aut --touch-policy always
shown sig always never
shown aut once always
gpg_sees 'Signature PIN ....: forced' 00 00 01
signs sig
signs aut
grep -q 'Touch token' said || { cat said; fail "nobody was told to touch"; }

step "nothing is written that is so already"
ctl mark >/dev/null
policy sig --pin-policy always --touch-policy never
! ctl log | awk '$3 == "DA"' | grep . || fail "it was written again"

step "what the card has not is refused in words"
refuse "no touch policy 'cached' for slot aut" "$tamga" key policy aut --touch-policy cached --admin-key-file admin
refuse "no PIN policy 'never' for slot aut" "$tamga" key policy aut --pin-policy never --admin-key-file admin
refuse "say --pin-policy, --touch-policy or both" "$tamga" key policy aut
shown aut once always
echo "all as it should be"
