#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An enrollment waits, and meanwhile the card is exchanged for an equal one that even
# has its serial number: neither --resume nor the process that waits writes anything
# there, and with the right card it ends well.
# shellcheck disable=SC2086
set -u
kind=piv,serial=77
. "$top_srcdir/tests/interop/enroll-lib.sh"
waits="--ca $TAMGA_TEST_RA_EST/$TAMGA_TEST_RA_OFFICER --ca-file $TAMGA_TEST_RA_CA \
--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
resume() {
	run "$1" "$tamga" enroll --resume "$id" $local --user "$TAMGA_TEST_RA_USER" \
		--password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
}

# put STATE OPTIONS...: that card, and no other, is in the reader at $work/card.sock
put() {
	holds=$1
	shift
	[ -z "${card:-}" ] || { kill "$card"; wait "$card"; ended "$card"; } 2>/dev/null
	rm -f "$work/card.sock" "$work/card.ctl"
	[ -p "$work/ready" ] || mkfifo "$work/ready"
	"$TAMGA_VCARD" "$@" --state "$work/$holds" --listen "$work/card.sock" \
		--control "$work/card.ctl" --ready-fd 3 3>"$work/ready" >"$work/card.said" 2>&1 &
	card=$!
	children="$children $card"
	read -r _ <"$work/ready"
}
TAMGA_VCARD_SOCKET=$work/card.sock TAMGA_TEST_CTL=$work/card.ctl
export TAMGA_VCARD_SOCKET
one() { put one --app piv --yubikey --serial 77; }
twin() { put twin --app piv --yubikey --serial 77 "$@"; }
# untouched: nobody logged in to that card, or wrote to it
untouched() {
	[ "$(verified)$(generated)$(written)" = 000 ] || { ctl log; fail "the other card was written to"; }
}
still_open() { [ "$(state)" = submitted ] || fail "the journal is at $(state)"; }

# ---- between two processes ------------------------------------------------------
for what in empty full; do
	rm -rf "$work/state" "$work/one" "$work/twin"
	one
	run 6 "$tamga" enroll $local $waits --slot 9a --subject "CN=Swapped $what" --json
	id=$(sed -n 's/^    "id": "\(.*\)",$/\1/p' "$work/out")
	run 0 "$TAMGA_TEST_RA" approve "$(submitted)"
	if [ $what = full ]; then twin --provision; else twin; fi
	ctl mark
	resume 1
	says "PIV-77"
	untouched
	[ "$what" = empty ] || run 0 "$tamga" cert export --no-pcsc 9a -o "$work/theirs.pem"
	one
	resume 0
	assert_installed 9a
	ok "an equal card, $what: nothing was written there; the right one ends it"
done

# ---- beneath a process that waits ------------------------------------------------
rm -rf "$work/state" "$work/one" "$work/twin"
one
("$tamga" enroll $local $waits --slot 9a --subject "CN=Waits" --wait=50 \
	>"$work/wait.out" 2>"$work/wait.said"; echo $? >"$work/wait.status") &
children="$children $!"
waiting=$!
for _ in $(seq 600); do
	[ -z "$(submitted)" ] || break
	sleep 0.1
done
[ -n "$(submitted)" ] || fail "nothing was submitted"
twin
ctl mark
run 0 "$TAMGA_TEST_RA" approve "$(submitted)"
wait "$waiting"
ended "$waiting"
[ "$(cat "$work/wait.status")" != 0 ] || fail "installed on another card"
grep -q 'tamga: ' "$work/wait.said" || fail "no reason given: $(cat "$work/wait.said")"
untouched
one
id=$(sed -n 's/^ "id": "\(.*\)",$/\1/p' "$work"/state/tamga/*.json)
resume 0
assert_installed 9a
ok "exchanged beneath a process that waits: told, and nothing written"
