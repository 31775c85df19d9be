#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A key that wants a finger: tamga says so while it waits, not afterwards.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
case ${1:-} in
'')
	for who in auto never; do
		"$top_srcdir/tests/with-card" --no-pcscd \
			--card "piv,touch=$who,touch-time=1500" -- sh "$0" $who
	done
	exit ;;
esac
who=$1
world
tamga() { "$top_builddir/tamga" "$@" --no-pcsc --vcard "$TAMGA_TEST_VCARD"; }
echo "$TAMGA_TEST_PIN" >pin
echo "what is signed" >data
wants 0 tamga key generate 9a --touch-policy always -o 9a.pub --pin-file pin
wants 0 tamga key generate 9e --touch-policy cached -o 9e.pub --pin-file pin
wants 0 tamga key generate 9d -o 9d.pub --pin-file pin

# signing SLOT: starts it, and waits until it says that a touch is wanted.
signing() {
	rm -f sig err
	tamga sign "$1" data --pin-file pin -o sig 2>err &
	pid=$!
	tries=0
	until grep -q "Touch token PIV" err 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] && kill -0 $pid 2>/dev/null ||
			{ cat err >&2; fail "$1: it does not say that a touch is wanted"; }
		sleep 0.05
	done
	[ ! -e sig ] || fail "$1: it said so when it was over"
}

if [ "$who" = auto ]; then
	step "somebody touches it"
	for slot in 9a 9e; do
		signing $slot
		wait $pid || { cat err >&2; fail "$slot: the signature"; }
		openssl dgst -sha256 -verify $slot.pub -signature sig data >/dev/null ||
			fail "the signature of $slot"
		[ "$(grep -c Touch err)" = 1 ] || { cat err >&2; fail "said more than once"; }
	done
	step "a key that wants no finger asks for none"
	wants 0 tamga sign 9d data --pin-file pin -o sig
	! grep -q Touch err || fail "a touch for 9d"
else
	step "nobody touches it"
	signing 9a
	code=0
	wait $pid || code=$?
	[ $code = 1 ] && [ ! -e sig ] || fail "exit $code without a touch"
	says err "it came too late"
fi
echo "touches are asked for: $who"
