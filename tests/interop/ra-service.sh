#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra as a service: what it tells the manager and takes from it, what it
# gives away, and what systemd-analyze thinks of the unit.
set -eu
. "$top_srcdir/tests/interop/ra-own-lib.sh"
command -v python3 >/dev/null || { echo "SKIP: no python3"; exit 77; }
wait_for() {
	for i in $(seq 100); do
		grep -q "$1" "$2" 2>/dev/null && return 0
		sleep 0.1
	done
	die "$2 does not say $1: $(cat "$2" 2>/dev/null)"
}
# the number of a field of /proc/PID/status
field() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

"$ra" init a --profiles "$top_srcdir/share/profiles" > /dev/null

# ---- told to the manager: ready, reloading, stopping; in an abstract name, too
cat > manager.py <<'PY'
import socket, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + name[1:] if name[0] == "@" else name)
print("listening", flush=True)
while True:
    print(s.recv(4096).decode().replace("\n", " "), flush=True)
PY
for name in "$work/notify" "@tamga-$$-$(basename "$work")"; do
	rm -f told log
	python3 manager.py "$name" > told &
	manager=$!
	started=$manager
	wait_for listening told
	NOTIFY_SOCKET=$name "$ra" serve a --listen 127.0.0.1:0 > url 2> log &
	server=$!
	started="$server $manager"
	wait_for READY=1 told
	[ -s url ] || die "ready before it serves"
	kill -HUP $server
	wait_for 'RELOADING=1 MONOTONIC_USEC=[0-9]' told
	wait_for 'read .* profiles anew' log
	kill $server
	wait $server || die "ended with $?"
	wait_for STOPPING=1 told
	[ "$(grep -c READY=1 told)" = 2 ] || die "told: $(cat told)"
	stop
done

# ---- a socket that systemd made
cat > activate.py <<'PY'
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
if sys.argv[1] == "listening":
    s.listen(5)
print(s.getsockname()[1], file=open("port", "w"), flush=True)
if s.fileno() != 3:
    os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
PY
rm -f url
python3 activate.py listening "$ra" serve a --listen 127.0.0.1:1 > url 2> log &
started=$!
wait_for https url
[ "$(cat url)" = "https://127.0.0.1:$(cat port)" ] || die "serves at $(cat url)"
[ "$(curl -s --cacert a/ca.pem "$(cat url)/healthz")" = ok ] || die "does not answer there"

# ---- what it gave away
[ "$(field $started NoNewPrivs)" = 1 ] || die "NoNewPrivs $(field $started NoNewPrivs)"
if grep -q '^#define WITH_SECCOMP 1' "$top_builddir/config.h"; then
	for task in /proc/$started/task/*; do
		[ "$(sed -n 's/^Seccomp:[[:space:]]*//p' "$task/status")" = 2 ] ||
		    die "a thread without a filter"
	done
fi
[ "$(awk '/^Max core/ { print $6 }' /proc/$started/limits)" = 0 ] || die "cores"
stop
rc=0
python3 activate.py silent "$ra" serve a > url 2> log || rc=$?
[ $rc -ne 0 ] || die "a socket that does not listen was taken"
grep -q 'handed over' log || die "says: $(cat log)"

# ---- the rights of root
reaches() {
	python3 -c 'import os, pwd, sys
who = pwd.getpwnam("nobody")
os.setgid(who.pw_gid); os.setuid(who.pw_uid)
sys.exit(not os.access(sys.argv[1], os.R_OK))' "$1" 2>/dev/null
}
chmod 755 .
if [ "$(id -u)" = 0 ] && getent passwd nobody > /dev/null && reaches "$work/activate.py"; then
	echo 'user = "nobody";' >> a/ra.conf
	chown -R nobody a
	rm -f url
	"$ra" serve a --listen 127.0.0.1:0 > url 2> log &
	started=$!
	wait_for https url
	uid=$(id -u nobody)
	[ "$(field $started Uid | tr '\t' ' ')" = "$uid $uid $uid $uid" ] ||
	    die "users: $(field $started Uid)"
	[ "$(field $started CapEff)" = 0000000000000000 ] || die "capabilities"
	for group in $(field $started Groups) $(field $started Gid); do
		[ "$group" != 0 ] || die "in the group of root"
	done
	curl -s --cacert a/ca.pem "$(cat url)/crl" | openssl crl -inform DER -noout ||
	    die "does nothing as nobody"
	[ -z "$(find a ! -user nobody)" ] || die "root's files: $(find a ! -user nobody)"
	stop
	for user in root no-such-account; do
		sed -i "s/^user = .*/user = \"$user\";/" a/ra.conf
		rc=0
		"$ra" serve a --listen 127.0.0.1:0 > url 2> log || rc=$?
		[ $rc -ne 0 ] || die "served as $user"
	done
	sed -i '/^user = /d' a/ra.conf
fi

# ---- the unit
! grep -E '@[a-z]+@' "$top_builddir/share/systemd/tamga-ra.service" ||
    die "a path of the unit is not filled in"
grep -q '^ExecStart=/' "$top_builddir/share/systemd/tamga-ra.service" || die "ExecStart"
command -v systemd-analyze > /dev/null || { echo "service: no systemd-analyze; the rest held"; exit 0; }
mkdir units
sed "s,^\(Exec[A-Za-z]*=\)[^ ]*/tamga-ra,\1$ra," "$top_builddir/share/systemd/tamga-ra.service" \
    > units/tamga-ra.service
cp "$top_builddir/share/systemd/tamga-ra.socket" units
SYSTEMD_UNIT_PATH=$work/units: systemd-analyze verify --man=no --recursive-errors=no \
    units/tamga-ra.service units/tamga-ra.socket > verify 2>&1 || die "verify: $(cat verify)"
! grep -q 'units/tamga-ra' verify || die "verify: $(cat verify)"
# 0 is nothing to attack, 10 everything; what is left are a network and a user
systemd-analyze security --offline=true --no-pager --threshold=20 units/tamga-ra.service \
    > security 2>&1 || die "security: $(tail -n 3 security)"
tail -n 1 security
echo "service: all held"
