#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `tamga renew` killed at the fsyncs and renames of its journal and at writes
# and sends between them, and its card pulled out at each APDU: until it is
# done the old certificate stands, and taking it up again, by resuming or by
# typing it once more, ends with one new key and one new certificate.
# TAMGA_TEST_ALL=1: at every place, instead of at some.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi
credentials="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"

pending() { state | grep -vc '^done$'; }
# The card and the journal of somebody who has enrolled once.
enrolled() {
	[ ! -e "$work/card.was" ] || cp "$work/card.was" "$work/card.state"
	fresh_card --yubikey --state "$work/card.state"
	[ ! -e "$work/state.was" ] || cp -a "$work/state.was" "$work/state"
	ctl mark >/dev/null
}
old_stands() {
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/now.pem"
	cmp -s "$work/now.pem" "$work/old.pem" || fail "$where: the old certificate is gone"
}
# As a person would: what is pending is resumed, or the command typed again.
taken_up() {
	old_stands
	if [ "$(journals)" = 2 ] && [ "$(pending)" = 0 ]; then
		:
	elif [ $((n % 2)) = 0 ] && [ "$(pending)" = 1 ]; then
		run 0 "$tamga" enroll --resume $local $credentials
	else
		run 0 "$tamga" renew 9a $local
	fi
	old_stands
	# whose answer nobody heard is not among them
	[ "$(generated)" -le 1 ] || fail "$where: $(generated) keys"
	run 0 "$tamga" info --no-pcsc --json
	[ "$(jq -r '[.slots[] | select(.key) | .slot] | join(" ")' "$work/out")" = "9a 82" ] ||
		fail "$where: keys elsewhere"
	[ "$(applications)" = $((before + 1)) ] ||
		fail "$where: $(applications) certificates, not $((before + 1))"
	[ "$(journals)" = 2 ] || fail "$where: $(journals) journals"
	[ "$(pending)" = 0 ] || fail "$where: the journal says $(state)"
	assert_installed 82
}

kill_everywhere() { # WHAT LEAST EVERY
	[ -z "${TAMGA_TEST_ALL:-}" ] || set -- "$1" "$2" 1
	enrolled
	run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" \
		"$tamga" renew 9a $local --quiet
	total=$(cat "$work/count")
	[ "$total" -ge "$2" ] || fail "$1: only $total places"
	n=$((1 + ${TAMGA_TEST_SEED:-$$} % $3)) tried=0 killed=0
	while [ "$n" -le "$total" ]; do
		where="$1, place $n"
		enrolled
		before=$(applications)
		status=0
		LD_PRELOAD=$shim TAMGA_FAULT_AT=$n timeout 60 "$tamga" renew 9a $local \
			--quiet >"$work/out" 2>"$work/said" || status=$?
		[ "$status" != 137 ] || killed=$((killed + 1))
		taken_up
		tried=$((tried + 1)) n=$((n + $3))
	done
	[ "$killed" -ge $((tried * 3 / 4)) ] || fail "$1: only $killed of $tried killed"
	ok "$1: killed $killed times at $total places, taken up each time"
}

pull_everywhere() { # FAULT EVERY
	[ -z "${TAMGA_TEST_ALL:-}" ] || set -- "$1" 1
	n=$((1 + ${TAMGA_TEST_SEED:-$$} % $2)) pulled=0
	while :; do
		where="$1 at APDU $n"
		enrolled
		before=$(applications)
		ctl fault "$n:$1" >/dev/null
		status=0
		timeout 60 "$tamga" renew 9a $local >"$work/out" 2>"$work/said" || status=$?
		[ "$status" = 0 ] && [ "$(ctl count | grep -o '[0-9]*$')" -lt "$n" ] && break
		case $status in 0|1|3) ;; *) fail "$where: status $status" ;; esac
		ctl fault none >/dev/null
		ctl insert >/dev/null
		taken_up
		pulled=$((pulled + 1)) n=$((n + $2))
	done
	[ $n -gt 10 ] || fail "$1: only $n APDUs"
	ok "$1 at $pulled APDUs of fewer than $n, put back, taken up"
}

enrolled
run 0 "$tamga" enroll $local $official --slot 9a --subject "$name"
run 0 "$tamga" cert export --no-pcsc 9a -o "$work/old.pem"
cp "$work/card.state" "$work/card.was"
cp -a "$work/state" "$work/state.was"
TAMGA_FAULT=kill-durable
export TAMGA_FAULT
kill_everywhere "the journal" 40 6
TAMGA_FAULT=kill
kill_everywhere "everything" 150 48
for fault in remove remove-after; do
	pull_everywhere $fault 3
done
