#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An enrollment over SCEP killed at its writes, syncs and sends, some of them, other
# ones in each run (TAMGA_TEST_ALL=1: all; TAMGA_TEST_SEED=N: the same again): resuming
# ends with the same key, one application, and no secret left behind; with a key in
# software for the messages and by the textbook.
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
{ cat "$TAMGA_TEST_RA_DIR/ra.conf"; echo 'scep: { key = "scep.key"; };'; } \
	>"$TAMGA_TEST_RA_DIR/scep.conf"
mkfifo "$work/url"
"$TAMGA_TEST_RA" serve --config "$TAMGA_TEST_RA_DIR/scep.conf" --listen 127.0.0.1:0 \
	>"$work/url" 2>"$work/scep.log" &
children="$children $!"
{ read -r _ && read -r server; } <"$work/url"

# enroll NAME [PREFIX...]: what is run, with a challenge of its own
enroll() {
	"$TAMGA_TEST_RA" challenge new employee >"$work/challenge"
	enrolled=$1
	shift
	"$@" "$tamga" enroll $local --ca "scep+$server/scep" --ca-file "$TAMGA_TEST_RA_CA" \
		--challenge-file "$work/challenge" --slot 9a --type $type --subject "CN=$enrolled" --quiet
}
killed_at() { env LD_PRELOAD="$shim" TAMGA_FAULT_AT="$place" timeout 60 "$@"; }
counted() { env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" "$@"; }

# survives WHAT MOST: places of this kind, at most so many of them
survives() {
	fresh_card --yubikey
	enroll "Counted $type $1" counted >"$work/out" 2>"$work/said" || fail "$1: not even once"
	total=$(cat "$work/count")
	step=$((total / $2 + 1))
	[ -z "${TAMGA_TEST_ALL:-}" ] || step=1
	place=$((${TAMGA_TEST_SEED:-$(date +%S | sed 's/^0//')} % step + 1))
	killed=0 tried=0
	while [ "$place" -le "$total" ]; do
		fresh_card --yubikey
		status=0
		enroll "Killed $type $1 $place" killed_at >"$work/out" 2>"$work/said" || status=$?
		[ "$status" != 137 ] || killed=$((killed + 1))
		if [ "$(journals)" = 1 ] && [ "$(state)" != done ]; then
			run 0 "$tamga" enroll --resume $local --challenge-file "$work/challenge" --now --quiet
		else	# nothing was begun, or only the secret was not yet wiped
			enroll "Killed $type $1 $place" >"$work/out" 2>"$work/said" ||
				fail "$1: not asked again at place $place"
		fi
		[ "$(state)" = done ] || fail "$1: $(state) at place $place"
		[ "$(generated)" = 1 ] || fail "$1: $(generated) keys at place $place"
		! ls "$work"/state/tamga/*.state >/dev/null 2>&1 || fail "$1: a secret is left at place $place"
		[ "$("$TAMGA_TEST_RA" list | grep -c "CN=Killed $type $1 $place\$")" = 1 ] ||
			fail "$1: not one application at place $place"
		tried=$((tried + 1))
		place=$((place + step))
	done
	[ "$killed" -ge $((tried / 2)) ] || fail "$1: only $killed of $tried killed"
	ok "$type, $1: $killed of $total places, resumed each time"
}

export TAMGA_FAULT
for type in ec:p256 rsa:2048; do
	TAMGA_FAULT=kill-durable
	survives durable 4
	TAMGA_FAULT=kill
	survives any 3
done
