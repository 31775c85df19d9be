#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# No PIN, management key, password or private key in a trace, the journal, the
# authority's log and store, the arguments and the environment of a program that
# is using it, or its core.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/fault/fault-lib.sh"

hex() { od -An -v -tx1 | tr -d ' \n'; }
# absent SECRET FILE...: not as text, not in hexadecimal
absent() {
	text=$1 code=$(printf %s "$1" | hex)
	shift
	for file in "$@"; do
		[ -s "$file" ] || fail "$file is empty: nothing was looked at"
		! grep -qaF -e "$text" "$file" || fail "a secret in $file"
		! tr -d ' :\n' <"$file" | grep -qaiF -e "$code" ||
			fail "a secret in hexadecimal in $file"
	done
}

fresh_card --yubikey
run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Secret" --trace "$work/trace"
cp "$TAMGA_TEST_RA_LOG" "$work/log"
for secret in "$TAMGA_TEST_PIN" "$TAMGA_TEST_PUK" "$TAMGA_TEST_RA_PASSWORD"; do
	absent "$secret" "$work/trace" "$work"/state/tamga/*.json
done
absent "$TAMGA_TEST_RA_PASSWORD" "$work/log" "$TAMGA_TEST_RA_DIR/store.db"
absent "$TAMGA_TEST_ADMIN" "$work/trace" "$work"/state/tamga/*.json
ok "traces, journal, log and store"

# ---- what anybody sees of a running program -----------------------------------
# Only this shell knows the secrets by heart; what it starts finds them in files.
for name in TAMGA_TEST_PIN TAMGA_TEST_PUK TAMGA_TEST_ADMIN TAMGA_TEST_RA_PASSWORD; do
	eval "value=\$$name; unset $name; $name=\$value"
done
fresh_card --yubikey
mkfifo "$work/url"
"$TAMGA_TEST_RA" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >"$work/url" 2>"$work/ra.log" &
server=$!
children="$children $server"
read -r url <"$work/url"
official="--ca est+https://localhost:${url##*:} --ca-file $TAMGA_TEST_RA_CA $credentials"
mkdir "$work/seen" "$work/secret"
letters() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"; }
letters 8 >"$work/secret/pin"
letters 8 >"$work/secret/puk"
head -c 24 /dev/urandom | hex >"$work/secret/admin"
printf %s "$TAMGA_TEST_RA_PASSWORD" >"$work/secret/password"
printf '%s\n' "$TAMGA_TEST_PUK" >"$work/puk"
printf '%s\n' "$TAMGA_TEST_ADMIN" >"$work/admin"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/imported.key" 2>/dev/null
scalar() { openssl ec -in "$1" -noout -text 2>/dev/null | sed -n '/^priv:/,/^pub:/{/^p/d;p;}' | tr -d ' :\n'; }
scalar "$work/imported.key" | sed 's/^00//' >"$work/secret/imported"
for key in "$TAMGA_TEST_RA_DIR"/*.key "$TAMGA_TEST_RA_DIR"/*/*.key; do
	[ ! -e "$key" ] || scalar "$key" | sed 's/^00//' >"$work/secret/$(basename "$key")"
done

family() { # PID: it and all that it started
	echo "$1"
	for of in $(cat "/proc/$1/task"/*/children 2>/dev/null); do family "$of"; done
}
looks=0
# paused N COMMAND...: the card takes long over its N-th APDU, and we look
paused() {
	at=$1
	shift
	ctl mark >/dev/null
	ctl fault "$at:slow=1000" >/dev/null
	"$@" >"$work/out" 2>"$work/said" </dev/null &
	running=$!
	until [ "$(ctl count | grep -o '[0-9]*$')" -ge "$at" ]; do
		kill -0 $running 2>/dev/null || fail "ended before APDU $at: $*"
		sleep 0.02
	done
	for pid in $(family $running) $card $server; do
		looks=$((looks + 1))
		cat "/proc/$pid/cmdline" >"$work/seen/$looks.cmdline" || fail "$pid is gone: $*"
		# whose memory may not be dumped, that is root's alone
		cat "/proc/$pid/environ" >"$work/seen/$looks.environ" 2>/dev/null ||
			rm "$work/seen/$looks.environ"
	done
	wait $running || fail "status $?: $*"
	ctl fault none >/dev/null
}
paused 3 "$tamga" pin change --no-pcsc --pin-file "$work/pin" --new-pin-file "$work/secret/pin"
cp "$work/secret/pin" "$work/pin"
paused 3 "$tamga" pin change --puk --no-pcsc --puk-file "$work/puk" \
	--new-puk-file "$work/secret/puk"
paused 3 "$tamga" pin change --admin-key --no-pcsc --admin-key-file "$work/admin" \
	--new-admin-key-file "$work/secret/admin"
admin="--admin-key-file $work/secret/admin"
paused 4 "$tamga" key generate 9c $local $admin --trace "$work/trace"
paused 4 "$tamga" key import 9d "$work/imported.key" $local $admin --trace "$work/trace"
paused 9 "$tamga" enroll $local $admin $official --slot 9a --subject "CN=Seen" \
	--trace "$work/trace"
paused 3 "$tamga" sign 9a $local "$work/said" -o "$work/signature"
kill $server
wait $server

# nowhere SECRET FILE...: neither in letters nor in hexadecimal nor as bytes
nowhere() {
	text=$(cat "$1") name=$(basename "$1") code=$(hex <"$1")
	shift
	for file in "$@"; do
		! grep -qaiF -e "$text" "$file" || fail "the $name in $file"
		! tr -d ' :\n' <"$file" | grep -qaiF -e "$code" -e "$text" ||
			fail "the $name in hexadecimal in $file"
		! hex <"$file" | grep -qiF -e "$text" || fail "the bytes of the $name in $file"
	done
}
printf 'PIN=%s' "$(cat "$work/secret/pin")" >"$work/control"
! (nowhere "$work/secret/pin" "$work/control") >/dev/null || fail "nothing is ever found"
[ "$(find "$work/secret" -size +0 | wc -l)" -ge 7 ] || fail "too few secrets: $(ls "$work/secret")"
for secret in "$work"/secret/*; do
	nowhere "$secret" "$work"/seen/* "$work/trace" "$work/out" "$work/said" "$work/ra.log" \
		"$work"/state/tamga/*.json "$TAMGA_TEST_RA_DIR"/store.db*
done
ok "arguments and environment of $looks programs, and what they wrote"

# ---- cores -----------------------------------------------------------------------
# As somebody else's, for to root every process is root's: what may not be
# dumped belongs to root in /proc.
other="setpriv --reuid 65534 --clear-groups"
mkfifo -m 644 "$work/silent"
exec 5<>"$work/silent"	# it stays silent
if [ "$(id -u)" = 0 ] && $other test -x "$tamga" 2>/dev/null; then
	# A TMPDIR may be its owner's alone: then the other looks elsewhere.
	chmod 755 "$work"
	any=$work/any
	mkdir "$any"
	if ! $other test -x "$any"; then
		any=$(mktemp -d /tmp/secrets.XXXXXX)
		trap 'finish; rm -rf "$any"' EXIT
	fi
	cp -r "$TAMGA_TEST_RA_DIR" "$any/ra"
	chown -R 65534 "$any"
	mkfifo -m 644 "$any/silent"
	exec 6<>"$any/silent"

	# has_begun PROGRAM: setpriv has become it (or libtool's name for it)
	has_begun() {
		case $(readlink "/proc/$waiting/exe") in
		*/"${1##*/}" | */lt-"${1##*/}") true ;;
		*) false ;;
		esac
	}
	owner() { stat -c %u "/proc/$waiting/environ"; }
	# looked_at PROGRAM ARGUMENT...: whose its /proc/PID is while it waits.
	# Begun late on a busy machine it has five seconds to become root's, and
	# must stay so; of one that has ended nothing can be told.
	looked_at() {
		HOME=$any XDG_CONFIG_HOME=$any XDG_STATE_HOME=$any TMPDIR=$any \
			$other "$@" >"$any/said" 2>&1 &
		waiting=$! left=50
		until { has_begun "$1" && [ "$(owner)" = 0 ]; } || [ $left = 0 ]; do
			kill -0 $waiting || break
			left=$((left - 1))
			sleep 0.1
		done
		sleep 0.2
		if has_begun "$1"; then owner; else echo "it ended: $(cat "$any/said")"; fi
		kill $waiting
		wait $waiting 2>/dev/null
	}
	not_dumped() { # PROGRAM ARGUMENT...
		found=$(looked_at "$@" 2>/dev/null)
		[ "$found" = 0 ] || fail "${1##*/} may be dumped: $found"
	}
	found=$(looked_at sleep 20 2>/dev/null)
	[ "$found" = 65534 ] || fail "/proc does not tell: $found"
	not_dumped "$tamga" key import 9d "$any/silent" --no-pcsc
	not_dumped "$TAMGA_VCARD" --listen "$any/card"
	not_dumped "$TAMGA_TEST_RA" serve "$any/ra" --listen 127.0.0.1:0
	ok "none of three programs may be dumped"
fi

# dumps COMMAND...: whether it leaves a core when it aborts while it waits
dumps() {
	mkdir "$work/core"
	(cd "$work/core" && ulimit -c unlimited && exec "$@") >/dev/null 2>&1 &
	waiting=$!
	sleep 0.5
	kill -ABRT $waiting || fail "$1 did not wait"
	wait $waiting 2>/dev/null
	found=$(ls "$work/core")
	rm -rf "$work/core"
	[ -n "$found" ]
}
if ! dumps sleep 20; then
	ok "cores are not written to folders here: not looked for"
	exit 0
fi
# The other end stays silent, so the program waits for its PIN.
! dumps "$tamga" sign 9a --no-pcsc --pin-file "$work/silent" "$work/pin" ||
	fail "a program that waits for a PIN leaves a core"
ok "no core"
