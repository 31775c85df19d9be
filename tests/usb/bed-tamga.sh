#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bed B: tamga by itself at a real kernel, beside the daemon.  Whoever holds a token is named,
# and both go on when the other has gone; tamga's udev rule marks the tokens; a token is pulled
# and plugged.  Of each token, at each level, the same is said, signed and answered by itself
# and through pcscd and libccid.  What a command costs the kernel is counted, which no other work
# changes: two calls by itself, one that sends and one that reads, and nobody wakes up for it.
set -u

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

cat >"$dir/script" <<'GUEST'
fail() { echo "FAILED $*"; cat /run/said; tail -n 20 /run/pcscd.log; exit 1; }
# run STATUS COMMAND...: what it says in /run/said
run() {
	want=$1
	shift
	"$@" >/run/said 2>&1
	status=$?
	[ $status -eq "$want" ] || fail "status $status, not $want: $*"
}
says() { grep -q -e "$1" /run/said || fail "does not say \"$1\""; }
echoes() { run 0 hub $1 $2 echo $3; cat /run/said | tr '\n' ' '; echo "$1 $2"; }
start_pcscd() {
	pcscd --foreground -c /run/reader.conf >/run/pcscd.log 2>&1 &
	daemon=$!
	until [ -S /run/pcscd/pcscd.comm ]; do usleep 20000; done
}
echo 123456 >/run/pin
echo "what is signed" >/run/text
. /test/both.sh
for n in 3 4 5 6 7; do tamga-vcard ctl /run/$n.ctl unplug >/dev/null; done
# calls NAME: what 400 commands more have of this call; clocks are read without one where the
# processor can
calls() {
	awk -v name=$1 'function wanted(w) { return name == "all" ? w != "clock_gettime" && w != "total" : w == name }
		{ sign = FILENAME ~ /420$/ ? 1 : -1 } NF >= 5 && wanted($NF) { n += sign * $4 } END { print n + 0 }' \
		/run/calls.20 /run/calls.420
}
long="1 48 52 112 116 176 180 240 244 1500"	# with their heads some fill whole packets

# ---- by itself: nobody else is there
run 0 tamga readers
says YubiKey
says "Unlisted TPDU"
echoes usb Unlisted "$long"
run 0 hub usb YubiKey time 100 00A4040005A000000308
echo "direct $(cat /run/said)"
for n in 20 420; do
	run 0 strace -f -c -o /run/calls.$n hub usb YubiKey time $n 00A4040005A000000308
done
# threads that begin and end wait for each other now and then, whatever is sent
[ $(calls ioctl) -eq 800 ] && [ $(calls all) -lt 900 ] ||
	{ cat /run/calls.20 /run/calls.420; fail "$(calls all) calls of the kernel for 400 commands, $(calls ioctl) of them ioctl"; }
echo "by itself: $(calls ioctl) calls of ioctl, $(calls all) of the kernel, for 400 commands"

# ---- beside the daemon, which has what it knows
start_pcscd
both_there pcscd YubiKey
run 0 hub pcsc YubiKey time 100 00A4040005A000000308
echo "pcscd $(cat /run/said)"
for n in 20 420; do
	strace -f -c -o /run/calls.daemon -p $daemon &
	tracer=$!
	until grep -q "^TracerPid:.$tracer\$" /proc/$daemon/status; do usleep 20000; done
	run 0 strace -f -c -o /run/calls.client hub pcsc YubiKey time $n 00A4040005A000000308
	kill -INT $tracer
	wait $tracer
	cat /run/calls.daemon /run/calls.client >/run/calls.$n
done
echo "through pcscd and libccid: about $(calls all) calls of the kernel for 400 commands"
run 3 tamga list --reader usb:1-1
says "pcscd ($daemon) holds the card in reader usb:1-1"
says "systemctl stop pcscd.socket"
run 0 tamga readers --usb
says "pcscd ($daemon)"
run 1 tamga doctor				# beside those that it shows
says "does not show .*Unlisted"
! grep "does not show .*YubiKey" /run/said || fail "the daemon shows it"
echoes usb Unlisted "$long"			# in nobody's list
kill $daemon
wait $daemon
run 0 tamga list --usb
says 'CN=tamga-vcard 9A'

# ---- the daemon that comes later finds the token free
start_pcscd
run 0 tamga list --json
kill $daemon
wait $daemon

# ---- who may open it, and who is let by tamga's rule
node=$(ls /dev/bus/usb/*/* | while read -r n; do
	udevadm info -q property -n $n | grep -q '^ID_MODEL_ID=0407' && echo $n; done)
udevadm info -q property -n "$node" >/run/said
says '^ID_SMARTCARD_READER=1'
says '^TAGS=.*:uaccess:'
run 3 su -s /bin/sh user -c "HOME=/tmp/user tamga list --reader usb:1-1"
says '60-tamga.rules'

# ---- pulled, and plugged again
tamga-vcard ctl /run/1.ctl unplug >/dev/null
until ! [ -e "$node" ]; do usleep 20000; done
run 0 tamga readers --usb
! grep YubiKey /run/said || fail "a token that is gone"
tamga-vcard ctl /run/1.ctl plug >/dev/null
for n in $(seq 500); do
	! tamga readers --usb | grep -q YubiKey || break
	usleep 20000
done
run 0 tamga list --usb
says 'CN=tamga-vcard 9A'

# ---- the same script by itself and through the daemon: at each level
bytes() { # WAY
	both_bytes $1 yubikey YubiKey long
	both_bytes $1 etoken-5300 eToken
	both_bytes $1 rutoken-ecp Rutoken
	both_bytes $1 gnuk Gnuk long
	both_bytes $1 jacarta JaCarta
}
# alone WAY N READER: no other reader is there
alone() {
	for n in 1 2 3 4 5 6 7; do [ $n = $2 ] || tamga-vcard ctl /run/$n.ctl unplug >/dev/null; done
	tamga-vcard ctl /run/$2.ctl plug >/dev/null
	both_there $1 $3
}
texts() { # WAY
	alone $1 3 eToken
	both_tamga $1 etoken-5300 eToken few
	alone $1 4 Rutoken
	both_tamga $1 rutoken-ecp Rutoken few
	alone $1 7 GemPC
	both_typed $1 gempc-pinpad GemPC /run/7.ctl
	alone $1 1 YubiKey
	both_tamga $1 yubikey YubiKey
}
for n in 3 4 5 6; do tamga-vcard ctl /run/$n.ctl plug >/dev/null; done
both_there direct JaCarta
bytes direct
start_pcscd
bytes pcscd
run 0 tamga readers
! grep Unlisted /run/said || fail "libccid drives what its list has not: compare that as well"
echo "not compared: unlisted-tpdu, which pcscd and libccid do not show"
kill $daemon
wait $daemon
# cards with keys, where the small ones were
for n in 3 4 7; do
	tamga-vcard --yubikey --state /test/state.$n --listen /run/card.$n --control /run/card.$n.ctl &
	until [ -S /run/card.$n ]; do usleep 20000; done
	tamga-vcard ctl /run/$n.ctl card /run/card.$n >/dev/null
done
texts direct
start_pcscd
texts pcscd
kill $daemon
wait $daemon
both_same
cat "/run/direct/yubikey sign" "/run/direct/yubikey cert"
GUEST

rules=/usr/lib/udev/rules.d
set -- --program "$top_builddir/tamga" --program "$top_builddir/tests/usb/hub" --program "$(command -v strace)" \
	--file "$top_srcdir/tests/usb/both.sh" test/both.sh --card "--yubikey --state /test/state.1" \
	--file "$top_srcdir/share/udev/60-tamga.rules" $rules/60-tamga.rules \
	--file $rules/70-uaccess.rules $rules/70-uaccess.rules
for n in 1 3 4 7; do
	sh "$top_srcdir/tests/with-card" --no-pcscd --card "piv,provisioned=rsa:2048,serial=$n,state=$dir/state.$n" -- \
		true || exit 1
	set -- "$@" --file "$dir/state.$n" test/state.$n
done
timeout 400 sh "$top_srcdir/tests/with-guest" "$@" yubikey,card=/run/card unlisted-tpdu etoken-5300 rutoken-ecp \
	gnuk jacarta,t0 gempc-pinpad -- "$dir/script" >"$dir/out" 2>&1
status=$?
cat "$dir/out"
[ $status -eq 0 ] || exit $status

echo "what is signed" >"$dir/text"
sed -n 's/^ *"signature": "\(.*\)".*/\1/p' "$dir/out" | base64 -d >"$dir/signature"
sed -n '/BEGIN CERT/,/END CERT/p' "$dir/out" | openssl x509 -pubkey -noout >"$dir/key.pem" &&
	openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/signature" "$dir/text" ||
	{ echo "bed-tamga.sh: the signature is wrong"; exit 1; }
awk '$1 == "direct" { d = $3 } $1 == "pcscd" { p = $3 }
	END { printf "a command: %d us by itself, %d us through pcscd and libccid: %.2f\n", d, p, d / p }' "$dir/out"
