#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed B: the model at a real kernel's virtual host controller.  pcscd and libccid
# judge it there too: two tokens at once, long messages, the card out and in, the
# token pulled in the middle of a command and plugged again.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
fail() { echo "FAILED $*"; tail -n 20 /run/pcscd.log; tamga-vcard ctl /run/1.ctl log | tail -n 30; exit 1; }
one() { tamga-vcard ctl /run/1.ctl "$@" >/dev/null || fail "ctl $*"; }
pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
until [ -S /run/pcscd/pcscd.comm ]; do usleep 20000; done

cat >/run/short <<END
apdu 00A404000AA0000003080000100001
echo 1
echo 54
echo 240
apdu 00ED0200
END
{ cat /run/short; echo "echo 1500"; echo "time 50 00EE0008"; } >/run/long
scard YubiKey </run/long || fail "yubikey"
scard 5300 </run/short || fail "etoken-5300"

mkfifo /run/in /run/out
scard YubiKey </run/in >/run/out 2>&1 &
exec 3>/run/in 4</run/out
ask() { echo "$*" >&3; got=; read -r got <&4; echo "$got"; }
read -r got <&4
one remove
[ "$(ask absent)" = absent ] || fail "the card does not leave"
one insert
case $(ask present) in T=*) ;; *) fail "the card does not come back" ;; esac
[ "$(ask echo 200)" = "echo 200" ] || fail "an echo after that"

# a command that never ends, and the token pulled under it
echo "apdu 00EF0000" >&3
until tamga-vcard ctl /run/1.ctl log | grep -q 'apdu 00ef0000'; do usleep 20000; done
one unplug
read -r got <&4
case $got in transmit:*) echo "pulled: $got" ;; *) fail "pulled: $got" ;; esac
exec 3>&- 4<&-
one plug
scard YubiKey </run/short || fail "plugged again"
GUEST

timeout 400 sh "$top_srcdir/tests/with-guest" yubikey etoken-5300 -- "$dir/script" >"$dir/out" 2>&1
status=$?
cat "$dir/out"
[ $status -eq 0 ] || exit $status
[ "$(grep -c '^echo 240$' "$dir/out")" -eq 3 ] && grep -q '^echo 1500$' "$dir/out" &&
	grep -q '^pulled: ' "$dir/out" || { echo "bed-kernel.sh: something is missing above"; exit 1; }
