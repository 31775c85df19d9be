#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The PC/SC reader with a real pcscd: hotplug, resets, removal, exclusive
# holders, turns, the daemon's end and its return; T=0 and T=1.
set -eu

with_card=$top_srcdir/tests/with-card
client=$top_builddir/tests/interop/pcsc-client

if [ -z "${PCSC_SH_STAGE:-}" ]; then
	for stage in session:piv t0:piv,t0 short:piv,short; do
		status=0
		PCSC_SH_STAGE=${stage%%:*} timeout 120 sh "$with_card" \
			--card "${stage#*:}" -- sh "$0" || status=$?
		[ $status -eq 0 ] || exit $status
	done
	exit 0
fi

dir=$(mktemp -d)
pids=
clean() {
	exec 3>&- 5>&-
	for pid in $pids; do kill "$pid" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap clean EXIT
trap 'exit 143' TERM INT HUP

fail() { echo "pcsc.sh: $PCSC_SH_STAGE: $*" >&2; cat "$dir"/*.err >&2; exit 1; }

# Two programs, driven in step: a on descriptors 3 and 4, b on 5 and 6.
start() {
	mkfifo "$dir/$1.in" "$dir/$1.out"
	"$client" <"$dir/$1.in" >"$dir/$1.out" 2>"$dir/$1.err" &
	pids="$! $pids"
}
start a
exec 3>"$dir/a.in" 4<"$dir/a.out"
start b
exec 5>"$dir/b.in" 6<"$dir/b.out"

a() { echo "$*" >&3; read -r got <&4 || fail "a ended at: $*"; }
b() { echo "$*" >&5; read -r got <&6 || fail "b ended at: $*"; }
# The last answer matches the pattern, or the test fails.
is() {
	# shellcheck disable=SC2254
	case $got in $1) ;; *) fail "wanted $1, got $got" ;; esac
}
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@" >/dev/null; }
select=00A40400A000000308000010000100
reader=$TAMGA_TEST_READER

# Waits for changes until the list matches: one change may be told in steps.
wait_list() {
	tries=0
	while a list; do
		# shellcheck disable=SC2254
		case $got in $1) return ;; esac
		tries=$((tries + 1))
		[ $tries -lt 20 ] || fail "wanted $1, got $got"
		a wait 5000
		is "TMG_OK*"
	done
}

a hub pcsc
is "TMG_OK*"
b hub pcsc
is "TMG_OK*"
a list
is "*$reader|present|3B*"

if [ "$PCSC_SH_STAGE" != session ]; then
	# Short APDUs: an answer in parts, a command in parts.
	a open "$reader"; is "TMG_OK*"
	a show; is "*extended 0*"
	a begin; is "TMG_OK*"
	a send $select; is "TMG_OK 9000 *"
	long=$(printf '%0600d' 0)
	a send "00DB3FFF5C035FC105$long"; is "TMG_OK 6* 0*"
	a send "00CB3FFF5C017E"; is "TMG_OK 9000 20 7E12*"
	a end
	a close
	exit 0
fi

# ---- nobody there ------------------------------------------------------------
got=$(echo "hub pcsc" | PCSCLITE_CSOCK_NAME=$dir/none "$client" 2>/dev/null)
is "TMG_NOT_FOUND *systemctl start pcscd*"

# ---- hotplug -------------------------------------------------------------------
a wait 50; is "TMG_PENDING*"
a cancel 100; is "TMG_CANCELLED*"
ctl remove
a wait 5000; is "TMG_OK*"
wait_list "*$reader|absent||*"
a open "$reader"; is "TMG_REMOVED *"
ctl insert
a wait 5000; is "TMG_OK*"
wait_list "*$reader|present|3B*"

# ---- another program resets the card between two turns -------------------------
a open "$reader"; is "TMG_OK*"
a show; is "epoch 0 aid 0 unlocked 0 extended 1 *"
a begin; is "TMG_OK*"
a send $select; is "TMG_OK 9000 *"
a end
a unlocked
a show; is "epoch 0 aid 11 unlocked 1*"
b raw-reset "$reader"; is "00000000"
a begin; is "TMG_OK*"
a show; is "epoch 1 aid 0 unlocked 0*"
a send $select; is "TMG_OK 9000 *"
a end
# our own reset is one too, and the turn still works
a reset; is "TMG_OK*"
a show; is "epoch 2 aid 0*"
a begin; is "TMG_OK*"
a send $select; is "TMG_OK 9000 *"
a end

# ---- turns of two programs -------------------------------------------------------
b open "$reader"; is "TMG_OK*"
echo "turns 25 5" >&3
echo "turns 25 5" >&5
read -r got <&4; echo "a: $got"; is "TMG_OK 25 turns*"
read -r got <&6; echo "b: $got"; is "TMG_OK 25 turns*"
b close

# ---- taken out under a command ----------------------------------------------------
a begin; is "TMG_OK*"
ctl fault 1:remove
a send $select; is "TMG_REMOVED *"
a end
a begin; is "TMG_REMOVED *$reader*"
ctl insert
wait_list "*$reader|present|3B*"
a begin; is "TMG_REMOVED *"	# this connection stays what it was
a close
a open "$reader"; is "TMG_OK*"
a begin; is "TMG_OK*"
a send $select; is "TMG_OK 9000 *"
a end

# ---- logged in: the card forgets it when the connection ends ------------------------
a begin; is "TMG_OK*"
a send $select; is "TMG_OK 9000 *"
a send "00200080313233343536FFFF"; is "TMG_OK 9000 *"
a send 00200080; is "TMG_OK 9000 *"
a end
a unlocked
a close
b open "$reader"; is "TMG_OK*"
b begin; is "TMG_OK*"
b send $select; is "TMG_OK 9000 *"
b send 00200080; is "TMG_OK 63C3 *"
b end
b close
! grep -q 313233343536 "$dir/a.err" || fail "the transcript holds the PIN"
grep -q '> 00200080 \[' "$dir/a.err" || fail "the transcript lacks the VERIFY"

# ---- somebody holds the card for himself ----------------------------------------------
b raw-exclusive "$reader"; is "00000000"
a open "$reader"; is "TMG_BUSY *pcsc-client (*) holds the card for itself*"
a list; is "*$reader|held|3B*|pcsc-client (*"
b raw-release
a open "$reader"; is "TMG_OK*"

# ---- the daemon ends and comes back -----------------------------------------------------
kill -9 "$TAMGA_TEST_PCSCD_PID"
a wait 5000; is "TMG_OK*"
a begin; is "TMG_REMOVED *"
a close
a list; is "0"
a wait 50; is "TMG_PENDING*"
"$(PATH=$PATH:/usr/sbin command -v pcscd)" --foreground -c "$TAMGA_TEST_PCSCD_CONF" \
	>"$dir/pcscd.log" 2>&1 &
pids="$! $pids"
a wait 10000; is "TMG_OK*"
wait_list "*$reader|present|3B*"
a open "$reader"; is "TMG_OK*"
a begin; is "TMG_OK*"
a send $select; is "TMG_OK 9000 *"
a end
a close
