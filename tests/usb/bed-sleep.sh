#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed C: the machine sleeps under a program's session and under a PIN that was given for one
# signature; its USB controller loses power, and the reader is reset.  Both go on, without the
# daemon and with it alike.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
fail() { echo "FAILED $*"; cat /run/said; dmesg | tail -n 20; exit 1; }
resets() { dmesg | grep -c 'usb 1-1: reset'; }
# Every device is suspended, and woken a second later: without a clock that would have to wake
# the machine.
echo 1 >/sys/module/suspend/parameters/pm_test_delay
echo devices >/sys/power/pm_test
snooze() {
	before=$(resets)
	echo freeze >/sys/power/state || fail "the machine does not sleep"
	[ "$(resets)" -gt "$before" ] || fail "the reader did not notice"
}
mkfifo /run/in
across() { # COMMAND...: p11-drive says it is ready, the machine sleeps, it goes on
	p11-drive /usr/lib/tamga-pkcs11.so "$@" </run/in >/run/said 2>&1 &
	sleeper=$!
	exec 5>/run/in
	until grep -q ready /run/said; do
		kill -0 $sleeper 2>/dev/null || fail "$*"
		usleep 20000
	done
	snooze
	echo >&5
	exec 5>&-
	wait $sleeper || fail "$*"
	echo "$1: $(grep -v ready /run/said)"
}
both() {
	across hold
	across between 9c
	snooze
	p11-drive /usr/lib/tamga-pkcs11.so sign 9a 2 >/run/said 2>&1 || fail sign
	cat /run/said
}
both >/run/direct || { cat /run/direct; exit 1; }
pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
until [ -S /run/pcscd/pcscd.comm ]; do usleep 20000; done
scard "" </dev/null >/run/said 2>&1 || fail pcscd
both >/run/daemon || { cat /run/daemon; exit 1; }
cat /run/direct
cmp /run/direct /run/daemon || { cat /run/daemon; exit 1; }
GUEST

TAMGA_GUEST=$dir/script
export TAMGA_GUEST
timeout 400 sh "$top_srcdir/tests/with-card" --no-pcscd --card piv,t0,provisioned=ec:p256 -- sh -c '
	exec sh "$top_srcdir/tests/with-guest" --passthru "$TAMGA_TEST_VCARD" \
		--program "$top_builddir/tests/interop/p11-drive" \
		--file "$top_builddir/.libs/tamga-pkcs11.so" usr/lib/tamga-pkcs11.so -- "$TAMGA_GUEST"' >"$dir/out" 2>&1
status=$?
cat "$dir/out"
[ $status -eq 0 ] || exit $status
cat >"$dir/wanted" <<'END'
hold: token ok, session ok, the next logged in
between: signature ok good
2 good
END
cmp "$dir/out" "$dir/wanted"
