#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SIGKILL at what an enrollment over ACME writes down and sends (TAMGA_TEST_ALL=1:
# at every place); resuming ends with one key, one account, one order finalized,
# one certificate, and nothing left in the web server's folder.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/acme-lib.sh"
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0
export PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT PEBBLE_AUTHZREUSE
start_pebble
mkdir "$work/www"
python3 -m http.server -b 127.0.0.1 -d "$work/www" "$http_port" >/dev/null 2>&1 &
children="$children $!"
answers "http://127.0.0.1:$http_port/"
wish="$local $ca --ca-option terms=$terms --ca-option webroot=$work/www --slot 9a"
accounts() { grep -c 'There are now [0-9]* accounts' "$work/pebble.log"; }
proofs() { find "$work/www" -type f | wc -l; }

kill_everywhere() { # WHAT LEAST EVERY
	fresh_card --yubikey
	host="--subject CN=counted.example --san dns:counted.example"
	run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" "$tamga" enroll $wish $host
	total=$(cat "$work/count")
	[ "$total" -ge "$2" ] || fail "only $total places"
	at=1 killed=0
	while [ "$at" -le "$total" ]; do
		fresh_card --yubikey
		issued=$(finalized) known=$(accounts) status=0
		host="--subject CN=k$at.example --san dns:k$at.example"
		LD_PRELOAD=$shim TAMGA_FAULT_AT=$at timeout 60 "$tamga" enroll $wish $host \
			>"$work/out" 2>"$work/said" || status=$?
		[ "$status" = 137 ] && killed=$((killed + 1))
		if [ "$(journals)" = 1 ] && [ "$(state)" != done ]; then
			run 0 "$tamga" enroll --resume --now $local
		else
			run 0 "$tamga" enroll $wish $host
		fi
		found="$(generated) $(($(accounts) - known)) $(($(finalized) - issued)) $(proofs)"
		[ "$found $(journals) $(state)" = "1 1 1 0 1 done" ] ||
			fail "$1, place $at: keys, accounts, certificates, proofs: $found, $(state)"
		at=$((at + $3))
	done
	[ "$killed" -gt 0 ] || fail "$1: never killed"
	ok "$1: $killed times killed at $total places, resumed each time"
}

every=11
[ -z "${TAMGA_TEST_ALL:-}" ] || every=1
TAMGA_FAULT=kill-durable
export TAMGA_FAULT
kill_everywhere "what is written down" 60 $every
TAMGA_FAULT=kill
kill_everywhere "everything" 200 "${TAMGA_TEST_EVERY:-$((every * every))}"
