#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The units for users, run by systemd: a user's instance of its own, in a mount and a
# cgroup namespace of its own, starts the service by hand and by the timer; what is told is
# what `tamga watch` tells, and its exit status is the unit's.
set -u
kind=piv,version=5.7.1
systemd=/lib/systemd/systemd
[ -x "$systemd" ] && command -v systemctl >/dev/null && command -v faketime >/dev/null ||
	{ echo "skipped: no systemd or no faketime is installed"; exit 77; }
unshare -m -C true 2>/dev/null || { echo "skipped: no namespaces to be had here"; exit 77; }
. "$top_srcdir/tests/interop/enroll-lib.sh"

mkdir -p "$work/config/tamga" "$work/config/systemd/user"
cat >"$work/show" <<E2
#!/bin/sh
shift \$((\$# - 1))
printf '%s\n' "\$1" >>"$work/shown"
E2
chmod +x "$work/show"
: >"$work/shown"
echo "watch = { notify = \"$work/show\"; }; readers = { vcard = \"$TAMGA_TEST_VCARD\"; };" \
	>"$work/config/tamga/tamga.conf"
for unit in service timer; do
	sed "s,^ExecStart=[^ ]*,ExecStart=$tamga," "$top_builddir/share/systemd/tamga-watch.$unit" \
		>"$work/config/systemd/user/tamga-watch.$unit"
done

# a certificate that ends in five days
run 0 "$tamga" key generate $local 9e --type ec:p256
run 0 "$tamga" csr $local 9e --subject 'CN=kettle' -o "$work/csr.pem"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
	-keyout "$work/own.key" -out "$work/own.pem" -subj /CN=own 2>/dev/null
faketime -f -300d openssl x509 -req -in "$work/csr.pem" -CA "$work/own.pem" -CAkey "$work/own.key" -days 305 \
	-out "$work/leaf.pem" 2>/dev/null || fail "no certificate"
run 0 "$tamga" cert install $local 9e "$work/leaf.pem" --replace

# a renewal that was cut short when the card was pulled: nobody is there who knows its PIN
cat >"$work/due" <<E2
"$tamga" enroll $local $official --slot 9a --subject CN=samovar --quiet || exit
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" fault 14:remove >/dev/null
! "$tamga" renew 9a $local --quiet || exit
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" fault none >/dev/null
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" insert >/dev/null
"$tamga" enroll --list | grep samovar | grep -qv done
E2

cat >"$work/inside" <<'E2'
set -u
mount -t tmpfs none /run && mkdir -p /run/systemd/system && mkdir -m 700 -p /run/user/0 || exit 77
umount /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit 77
XDG_RUNTIME_DIR=/run/user/0 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/0/bus
export XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
"$1" --user --log-target=console --log-level=warning >"$2/systemd.log" 2>&1 &
manager=$!
trap 'kill $manager; wait $manager' EXIT
for try in $(seq 600); do
	[ ! -S /run/user/0/systemd/private ] || break
	kill -0 $manager || break
	sleep 0.1
done
[ -S /run/user/0/systemd/private ] || exit 6
ask() { timeout 30 systemctl --user "$@" || { echo "systemctl $*: $?"; return 1; }; }
property() { ask show -P "$2" "tamga-watch.$1"; }

ask start tamga-watch.service || exit 1
[ "$(property service Result)" = success ] || exit 2
[ "$(property service ExecMainStatus)" = 0 ] || exit 2
echo "told once: $(grep -c 'kettle' "$2/shown")"

# the timer as it is: waits for its day, and is there after the next login
ask enable --now tamga-watch.timer || exit 3
[ "$(property timer ActiveState)/$(property timer SubState)" = active/waiting ] || exit 3
[ -n "$(property timer NextElapseUSecRealtime)" ] || exit 3
ask is-enabled tamga-watch.timer || exit 3

# the same, with a day that is a second long: it starts the service by itself
mkdir -p "$2/config/systemd/user/tamga-watch.timer.d"
printf '[Timer]\nOnCalendar=\nOnCalendar=*:*:*\nRandomizedDelaySec=0\nAccuracySec=100ms\n' \
    > "$2/config/systemd/user/tamga-watch.timer.d/quick.conf"
rm -f "$2/state/tamga/watch.json"
: > "$2/shown"
ask daemon-reload && ask restart tamga-watch.timer || exit 4
for try in $(seq 600); do
	[ ! -s "$2/shown" ] || break
	sleep 0.1
done
echo "told by the timer: $(grep -c 'kettle' "$2/shown")"
ask stop tamga-watch.timer
ask stop tamga-watch.service
ask reset-failed

# what cannot go on is a unit that failed, a notice, and a line where systemd's journal gets its
# lines from; each time, until somebody acts
sh "$2/due" || exit 5
mkdir -p "$2/config/systemd/user/tamga-watch.service.d"
printf '[Service]\nStandardOutput=append:%s/lines\nStandardError=append:%s/lines\n' "$2" "$2" \
    > "$2/config/systemd/user/tamga-watch.service.d/lines.conf"
ask daemon-reload || exit 5
: > "$2/shown"
for time in 1 2; do
	ask start tamga-watch.service >/dev/null 2>&1
	echo "cannot go on: $(property service ActiveState) $(property service Result)" \
	    "$(property service ExecMainStatus)"
	ask reset-failed
done
exit 0
E2
# A manager moves all processes of its control group: it gets one of its own, which goes
# with it.
cat >"$work/around" <<'E2'
set -u
mount -t cgroup2 none /sys/fs/cgroup || exit 77
group=/sys/fs/cgroup/$(basename "$1")
shift
mkdir "$group" && echo $$ >"$group/cgroup.procs" || exit 77
unshare -m -C "$@"
status=$?
echo $$ >/sys/fs/cgroup/cgroup.procs
for try in $(seq 50); do
	find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null
	[ -d "$group" ] || exit $status
	sleep 0.1
done
echo "the control group is left"
exit 9
E2
status=0
setsid -w timeout 300 unshare -m sh "$work/around" "$work" sh "$work/inside" "$systemd" "$work" \
	>"$work/out" 2>"$work/said" || status=$?
[ "$status" != 77 ] || { echo "skipped: systemd runs no instance for a user here: $(cat "$work/said" "$work/systemd.log" 2>/dev/null)"; exit 77; }
[ "$status" = 0 ] || { cat "$work/systemd.log"; fail "status $status"; }
grep -q '^told once: 1$' "$work/out" || fail "the service told nothing"
grep -q '^told by the timer: 1$' "$work/out" || fail "the timer started nothing"
[ "$(grep -c '^cannot go on: failed exit-code 1$' "$work/out")" = 2 ] ||
	fail "what cannot go on is no failed unit"
[ "$(grep -c 'samovar is stuck: .* tamga enroll --resume' "$work/shown")" = 2 ] || {
	cat "$work/shown"
	fail "no notice says what is stuck, and why"
}
[ "$(grep -c 'samovar is stuck: .* tamga enroll --resume' "$work/lines")" = 2 ] || {
	cat "$work/lines"
	fail "no line for the journal says what is stuck, and what to do"
}
ok "systemd ran the service, the timer ran it, and what cannot go on failed"
echo "watch-systemd: all held"
