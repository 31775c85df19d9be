#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The card is pulled out at every single APDU of an enrollment, put back, and
# the same command typed again: one key, one application, the certificate.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

pull_everywhere() { # WHAT FAULT MOST-KEYS CARD-OPTIONS...
	what=$1 fault=$2 most=$3
	shift 3
	n=1
	while :; do
		fresh_card "$@"
		before=$(applications)
		ctl mark
		ctl fault "$n:$fault" >/dev/null
		status=0
		timeout 60 "$tamga" enroll $local $official --slot 9a \
			--subject "CN=Pulled $n" >"$work/out" 2>"$work/said" || status=$?
		[ "$status" = 0 ] && [ "$(ctl count | grep -o '[0-9]*$')" -lt "$n" ] && break
		[ "$status" = 0 ] || [ "$status" = 3 ] || [ "$status" = 1 ] ||
			fail "$what: status $status when pulled at APDU $n"
		[ "$status" = 0 ] || grep -q -i -e insert -e remove -e 'no token' -e 'put it back' \
			-e 'no card' "$work/said" || fail "$what: no advice at APDU $n"
		ctl fault none >/dev/null
		ctl insert >/dev/null
		run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Pulled $n"
		[ "$(generated)" -le "$most" ] || fail "$what: $(generated) keys at APDU $n"
		[ "$(applications)" = $((before + 1)) ] ||
			fail "$what: $(applications) applications, not $((before + 1)), at APDU $n"
		[ "$(journals)" = 1 ] || fail "$what: $(journals) journals at APDU $n"
		[ "$(state)" = done ] || fail "$what: $(state) at APDU $n"
		assert_installed 9a
		n=$((n + 1))
	done
	[ $n -gt 10 ] || fail "$what: only $((n - 1)) APDUs"
	ok "$what: pulled at each of $((n - 1)) APDUs, put back, finished"
}

# before the card has done what it was told, and after
for fault in remove remove-after; do
	pull_everywhere "a card that tells of its keys, $fault" $fault 1 --yubikey
	# without metadata a key nobody heard of is made again, in the same slot
	pull_everywhere "a card that does not, $fault" $fault 2
done
