#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A key in a folder, and SIGKILL before and after each fsync and rename of its
# enrollment, and a disk that is full at each write: the key is never lost, and in
# the end one container stands there, and nothing beside it.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
has_folders || { echo "skipped: built without keys in folders"; exit 77; }
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi
unset TAMGA_VCARD_SOCKET
printf 'sw0rdfish\n' >"$work/secret"
# the old algorithms iterate less, and what is tested is the order of writes
begin() {
	rm -rf "$work/state" "$work/keys"
	mkdir -m 700 "$work/keys"
}
wish="--token file+legacy:$work/keys $official --subject CN=Killed --type ec:p256 --quiet
--new-pin-file $work/secret"
key_of() { # the public half that the folder holds, whatever form it has
	if [ -e "$work/keys/tamga-1.p12" ]; then
		openssl pkcs12 -in "$work/keys/tamga-1.p12" -passin "file:$work/secret" \
			-nocerts -nodes 2>/dev/null | openssl pkey -pubout 2>/dev/null
	elif [ -e "$work/keys/tamga-1.pem" ]; then
		openssl pkey -in "$work/keys/tamga-1.pem" -pubout 2>/dev/null
	fi
}
# step PLACE: what is there now is there afterwards, and it can be finished
finish_it() {
	key_of >"$work/before.pub"
	# a file that stands there is always whole
	if [ -n "$(cd "$work/keys" && ls -d tamga-1.p12 tamga-1.pem 2>/dev/null)" ]; then
		[ -s "$work/before.pub" ] || fail "no key can be read at $1: $(ls "$work/keys")"
	fi
	before=$(state)
	run 0 "$tamga" enroll $wish --pin-file "$work/secret"
	[ "$(ls -A "$work/keys")" = tamga-1.p12 ] || fail "in the folder at $1: $(ls -A "$work/keys")"
	key_of >"$work/after.pub"
	[ -s "$work/after.pub" ] || fail "the container cannot be opened at $1"
	case $before in
	key | request | submitted | issued | installed | done)
		cmp -s "$work/before.pub" "$work/after.pub" || fail "the key was lost at $1" ;;
	esac
	[ "$(journals) $(state)" = "1 done" ] || fail "$(journals) journals, $(state), at $1"
}

TAMGA_FAULT=kill-durable
export TAMGA_FAULT
begin
run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" "$tamga" enroll $wish
total=$(cat "$work/count")
[ "$total" -ge 40 ] || fail "only $total places"
n=1 killed=0
while [ "$n" -le "$total" ]; do
	begin
	status=0
	LD_PRELOAD=$shim TAMGA_FAULT_AT=$n timeout 60 "$tamga" enroll $wish \
		>"$work/out" 2>"$work/said" || status=$?
	[ "$status" = 137 ] && killed=$((killed + 1))
	finish_it "place $n"
	n=$((n + ${TAMGA_TEST_EVERY:-5}))
done
[ "$killed" -ge 10 ] || fail "only $killed killed"
ok "killed $killed times at $total places: no key lost, one container"

TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=ENOSPC TAMGA_FAULT_WHOSE=ours
export TAMGA_FAULT_ERROR TAMGA_FAULT_WHOSE
begin
run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" "$tamga" enroll $wish
total=$(cat "$work/count")
n=1 failed=0
while [ "$n" -le "$total" ]; do
	begin
	status=0
	LD_PRELOAD=$shim TAMGA_FAULT_AT=$n TAMGA_FAULT_ON=1 timeout 60 "$tamga" enroll $wish \
		>"$work/out" 2>"$work/said" || status=$?
	[ "$status" -lt 128 ] || fail "status $status at $n"
	[ "$status" = 0 ] || failed=$((failed + 1))
	finish_it "write $n"
	n=$((n + ${TAMGA_TEST_EVERY:-11}))
done
[ "$failed" -ge 10 ] || fail "only $failed failed"
ok "no space $failed times at $total places: no key lost, one container"
