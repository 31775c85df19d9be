#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run inside with-card and with-ra: the whole enrollment by
# tamga and by hand (manual.sh), on the same card through ykcs11 and on SoftHSM.
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$work/config SOFTHSM2_CONF=$work/softhsm.conf WORK=$work
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
ykcs11=$(ls /usr/lib/*/libykcs11.so.2 | head -n 1)
softhsm=/usr/lib/softhsm/libsofthsm2.so
echo "$TAMGA_TEST_PIN" >"$work/pin"
mkdir "$work/tokens"
echo "directories.tokendir = $work/tokens" >"$work/softhsm.conf"
softhsm2-util --init-token --free --label bench --so-pin 12345678 --pin "$TAMGA_TEST_PIN" >/dev/null

by_tamga() {	# a fresh state folder: the same again would be "done before"
	XDG_STATE_HOME=$(mktemp -d -p "$WORK") exec "$STAGE/bin/tamga" enroll \
	    --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" --user "$TAMGA_TEST_RA_USER" \
	    --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" --pin-file "$WORK/pin" \
	    --slot 9a --replace --subject CN=Bench
}
by_hand_on_card() {
	MODULE=$ykcs11 ID=01 BORN="--login --login-type so --so-pin $TAMGA_TEST_ADMIN" \
	    WRITES="--login --login-type so --so-pin $TAMGA_TEST_ADMIN" exec sh "$here/manual.sh"
}
by_hand_on_softhsm() {	# the same id twice would be two keys of one name
	echo >>"$WORK/ids"
	MODULE=$softhsm ID=$(printf %02x "$(($(stat -c %s "$WORK/ids")))") BORN="--login --pin $TAMGA_TEST_PIN" \
	    WRITES="--login --pin $TAMGA_TEST_PIN" exec sh "$here/manual.sh"
}
export -f by_tamga by_hand_on_card by_hand_on_softhsm
export ykcs11 softhsm here

# row WHAT FUNCTION COMMANDS
row() {
	local apdus processes files pins figures
	mkdir "$work/$2" && cd "$work/$2"
	ctl mark >/dev/null
	if ! bash -c "$2" >"$work/out" 2>&1 </dev/null; then
		printf '%-38s cannot: %s\n' "$1" "$(grep -iE 'error|fail' "$work/out" | head -n 1 | cut -c 1-80)"
		return
	fi
	apdus=$(ctl count)
	files=$(find . -type f | grep -c . || :)
	strace -f -qq -s 400 -e trace=execve -o "$work/trace" bash -c "$2" >/dev/null 2>&1
	# the shells that only start the rest are not counted
	processes=$(grep 'execve("' "$work/trace" | grep ' = 0$' | grep -vcE 'execve\("[^"]*/(bash|sh|mktemp|rm|stat)"' || :)
	pins=$(grep -oE "execve.*= 0\$" "$work/trace" | grep -v '/bin/sh"' |
	    grep -cE -e '--(so-)?pin", "|pin-value=' || :)
	figures=$("$B/measure" "$RUNS" bash -c "$2" 2>"$work/out") || { cat "$work/out" >&2; exit 1; }
	# shellcheck disable=SC2086
	printf '%-38s %8d %9d %6d %12d %6d %8.1f\n' "$1" "$3" "$processes" "$files" "$pins" "$apdus" ${figures% *}
}

echo
echo "enrollment by EST, P-256"
printf '%-38s %8s %9s %6s %12s %6s %8s\n' how commands processes files "PIN in argv" APDUs ms
row "tamga enroll" by_tamga 1
row "by hand, the same card and ykcs11" by_hand_on_card "$(grep -c '^do_ ' "$here/manual.sh")"
row "by hand, SoftHSM" by_hand_on_softhsm "$(grep -c '^do_ ' "$here/manual.sh")"
