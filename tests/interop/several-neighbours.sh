#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One card makes another's operation no slower: what a card is asked by tamga and by our
# module is counted alone, then beside a card of every other kind and one of its own, in two
# orders of readers.
. "$top_srcdir/tests/interop/p11-lib.sh"
need pcscd pkcs11-tool openssl jq
! ldd "$M" 2>/dev/null | grep -q 'libasan\|libtsan' || {
	echo "skipped: a sanitizer must be in the program that loads the module"
	exit 77
}
tamga=$top_builddir/tamga self=$top_srcdir/tests/interop/several-neighbours.sh
kinds='piv openpgp gids pkcs15 myeid isoapplet'

# card KIND: as it is in every run, its keys too
card() {
	case $1 in
	piv) echo "piv,serial=77,provisioned=rsa:2048" ;;
	other) echo "piv,serial=78,provisioned=rsa:2048" ;;
	openpgp) echo "openpgp,serial=305419896,provisioned=rsa:2048" ;;
	*) echo "$1,serial=1234,provisioned=rsa:2048" ;;
	esac
}
# key KIND: one that signs, as tamga names it, and its CKA_ID
key() {
	case $1 in
	piv) echo 9a 9a ;;
	openpgp) echo aut 03 ;;
	gids) echo 00 00 ;;
	*) echo 45 45 ;;
	esac
}
# at N: the control socket of the card in that reader
at() { if [ "$1" = 1 ]; then echo "$TAMGA_TEST_CTL"; else eval "echo \$TAMGA_TEST_CTL_$1"; fi; }
called() { if [ "$1" = 1 ]; then echo "$TAMGA_TEST_READER"; else eval "echo \$TAMGA_TEST_READER_$1"; fi; }
# costs WHAT CTL COMMAND...: one line of what that card was asked for it
costs() {
	what=$1 socket=$2
	shift 2
	"$TAMGA_VCARD" ctl "$socket" mark >/dev/null
	"$@" >said 2>&1 || { cat said >&2; fail "$kind: $what: $*"; }
	echo "$what: $("$TAMGA_VCARD" ctl "$socket" count)"
}
# one KIND N: every operation on that card
one() {
	kind=$1 ctl=$(at "$2") reader=$(called "$2")
	# shellcheck disable=SC2046 # two words
	set -- $(key "$kind")
	label=$("$tamga" list --json | jq -r --arg r "$reader" '.tokens[] | select(.reader == $r).label')
	[ -n "$label" ] || fail "$kind: no token in $reader"
	costs "list" "$ctl" "$tamga" list
	costs "info by label" "$ctl" "$tamga" info "$label"
	costs "info by reader" "$ctl" "$tamga" info "$reader"
	costs "sign by label" "$ctl" "$tamga" sign "$1" data --token "$label" --pin-file pin -o sig
	costs "sign by reader" "$ctl" "$tamga" sign "$1" data --token "$reader" --pin-file pin -o sig
	costs "module, slots" "$ctl" pkcs11-tool --module "$M" -L
	costs "module, objects" "$ctl" pkcs11-tool --module "$M" --token-label "$label" -O
	costs "module, signature" "$ctl" pkcs11-tool --module "$M" --token-label "$label" --login \
		--pin "$PIN" --sign --id "$2" --mechanism SHA256-RSA-PKCS -i data -o sig
}
case ${1:-} in
'')
	work
	mkdir state
	for kind in $kinds other; do
		set -- "$@" --card "$(card "$kind"),state=$work/state/$kind"
	done
	step "each alone"
	for kind in $kinds; do
		"$top_srcdir/tests/with-card" --card "$(card "$kind"),state=$work/state/$kind" -- \
			sh "$self" inside "$work" alone "$kind"
	done
	step "all at once"
	"$top_srcdir/tests/with-card" "$@" -- sh "$self" inside "$work" beside "$kinds"
	set --
	for kind in other $kinds; do	# backwards
		set -- --card "$(card "$kind"),state=$work/state/$kind" "$@"
	done
	backwards=
	for kind in $kinds; do backwards="$kind $backwards"; done
	"$top_srcdir/tests/with-card" "$@" -- sh "$self" inside "$work" backwards "$backwards"
	for kind in $kinds; do
		for how in beside backwards; do
			diff "$kind.alone" "$kind.$how" || fail "$kind: a neighbour makes it dearer"
		done
		sed "s/^/$kind, /" "$kind.alone"
	done
	echo "no card costs another a command"
	exit ;;
esac
cd "$2"
mkdir -p "$3"
XDG_STATE_HOME=$2/$3 XDG_CONFIG_HOME=$2/$3 LC_ALL=C.UTF-8
export XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL
echo "$TAMGA_TEST_PIN" >pin
echo "what is signed" >data
n=0
for kind in $4; do
	n=$((n + 1))
	one "$kind" $n >"$kind.$3"
done
