#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed B: who waits for a card sleeps until the reader tells of it, without waking up once;
# whoever else wants the reader gets it meanwhile.  Two who wait share it by looking.  The module
# does not wake up either, with the daemon, without it, and when it comes and goes.  Where no
# udevd runs the nodes tell.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
fail() { echo "FAILED $*"; cat /run/said*; exit 1; }
ctl() { tamga-vcard ctl /run/1.ctl "$@" >/dev/null || fail "ctl $*"; }
# how often any thread of the process stopped running
switches() {
	cat /proc/$1/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'
}
# until LINES lines are said, and the process sleeps
said() {
	for n in $(seq 3000); do
		[ $(wc -l </run/said) -lt $1 ] || return 0
		usleep 10000
	done
	fail "not $1 lines"
}
# settle PID: until it rests for 2 seconds; a reader that was looked at is let go by then
settle() {
	last=-1
	for n in $(seq 60); do
		now=$(switches $1)
		[ $now != $last ] || return 0
		last=$now
		sleep 2
	done
	fail "it never rests"
}
wakes() { # SECONDS: how often in that time
	before=$(switches $waiter)
	sleep $1
	echo $(($(switches $waiter) - before))
}

ctl remove
hub usb Unlisted wait 3 >/run/said 2>&1 &
waiter=$!
said 1
settle $waiter
empty=$(wakes 5)
ctl insert
said 2
settle $waiter
full=$(wakes 5)
ctl remove
said 3
echo "woke $empty and $full times in 5 seconds"
[ $empty -eq 0 ] && [ $full -eq 0 ] || fail "it wakes up for nothing"

# ---- others get it
ctl insert
said 4
wait $waiter || fail "hub wait"
tail -n 4 /run/said | tr '\n' ' ' | grep -q 'absent present absent present' || fail "not what happened"
hub usb Unlisted wait 1 >/run/said 2>&1 &
waiter=$!
said 1
settle $waiter
hub usb Unlisted echo 1 48 >/run/said2 2>&1 || fail "another program of ours does not get it"
settle $waiter
[ $(wakes 5) -eq 0 ] || fail "it wakes up for nothing when it has the reader back"

# ---- two who wait take it from each other, and look
hub usb Unlisted wait 1 >/run/said2 2>&1 &
other=$!
sleep 2
two=$(wakes 4)
echo "woke $two times in 4 seconds while another program waited, too"
[ $two -ge 4 ] || fail "it does not look"
kill $other
wait $other
settle $waiter
[ $(wakes 5) -eq 0 ] || fail "it wakes up for nothing after that"
kill -0 $waiter || fail "it told of something"
kill $waiter
wait $waiter

# ---- a browser's wait, where the daemon is wanted and does not run: nobody looks for it in the
# end, and it is noticed all the same
sockets() { ls -l /proc/$waiter/fd 2>/dev/null | grep -c socket:; }
begin_module() {
	p11-drive /usr/lib/tamga-pkcs11.so events $1 >/run/said 2>&1 &
	waiter=$!
	said 1
	settle $waiter
}
begin_module 2
browser=$(wakes 5)
echo "the module woke $browser times in 5 seconds without the daemon"
[ $browser -eq 0 ] || fail "the module looks for the daemon"
before=$(sockets)
pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
daemon=$!
for n in $(seq 1000); do
	[ $(sockets) -le $before ] || break
	usleep 20000
done
[ $(sockets) -gt $before ] || fail "the daemon came, and the module did not notice"
settle $waiter
browser=$(wakes 5)
echo "and $browser times with the daemon that came, and the USB reader"
[ $browser -eq 0 ] || fail "the module takes turns"
ctl remove
said 2
ctl insert
said 3
wait $waiter || fail "the module"

# ---- both from the beginning; a card in one, then the daemon's end
export XDG_CONFIG_HOME=/run/conf
mkdir -p /run/conf/tamga
echo 'readers = { usb = "always"; };' >/run/conf/tamga/tamga.conf
begin_module 2
browser=$(wakes 5)
echo "and $browser times with both from the beginning"
[ $browser -eq 0 ] || fail "the module takes turns"
ctl remove
said 2
kill $daemon
wait $daemon
settle $waiter
browser=$(wakes 5)
echo "and $browser times after the daemon's end"
[ $browser -eq 0 ] || fail "the module looks for the daemon"
ctl insert
said 3
wait $waiter || fail "the module with both"
rm /run/conf/tamga/tamga.conf

# ---- no udevd: who waits sees what is plugged all the same
ctl unplug
kill $(pidof systemd-udevd)
while pidof systemd-udevd >/dev/null; do usleep 20000; done
rm -f /run/udev/control
hub usb Unlisted wait 6 >/run/said 2>&1 &
waiter=$!
said 1
settle $waiter
none=$(wakes 5)
echo "woke $none times in 5 seconds without udevd and without a reader"
[ $none -eq 0 ] || fail "it looks for plugs"
ctl plug
said 2
settle $waiter
none=$(wakes 5)
echo "woke $none times in 5 seconds without udevd"
[ $none -eq 0 ] || fail "it looks for what it is told of"
ctl unplug
said 3
ctl plug
said 4
ctl remove
said 5
ctl insert
said 6
ctl unplug
said 7
wait $waiter || fail "hub wait without udevd"
[ "$(tr '\n' ' ' </run/said)" = "none present none present absent present none " ] || fail "not what happened without udevd"
echo "without udevd: $(tr '\n' ' ' </run/said)"
GUEST

timeout 900 sh "$top_srcdir/tests/with-guest" --program "$top_builddir/tests/usb/hub" \
	--program "$top_builddir/tests/interop/p11-drive" \
	--file "$top_builddir/.libs/tamga-pkcs11.so" usr/lib/tamga-pkcs11.so unlisted -- "$dir/script" >"$dir/out" 2>&1
status=$?
cat "$dir/out"
exit $status
