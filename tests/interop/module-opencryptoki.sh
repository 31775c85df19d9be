#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A foreign PKCS #11 module as a source of tokens, openCryptoki: its software token,
# behind a daemon of our own whose folders nobody else sees.
# shellcheck disable=SC2086
set -u
lib=
for found in /usr/lib/*/pkcs11/libopencryptoki.so; do
	[ ! -f "$found" ] || lib=$found
done
[ -n "$lib" ] || { echo "skipped: opencryptoki is not installed"; exit 77; }
PATH=$PATH:/usr/sbin
# The daemon goes with its namespace of processes.
if [ -z "${TAMGA_OCK_INSIDE:-}" ]; then
	spaces=mpi
	[ "$(id -u)" = 0 ] || spaces=rmpi
	unshare -$spaces -f --mount-proc true 2>/dev/null || { echo "skipped: no namespaces to be had here"; exit 77; }
	TAMGA_OCK_INSIDE=yes
	export TAMGA_OCK_INSIDE
	exec unshare -$spaces -f --kill-child --mount-proc -- sh "$0"
fi
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/module-lib.sh"

# ---- a daemon of our own ------------------------------------------------------------------
mount --make-rprivate / 2>/dev/null
for folder in /etc/opencryptoki /var/lib/opencryptoki /run /dev/shm; do
	mount -t tmpfs -o mode=755 private $folder || fail "no tmpfs at $folder"
done
mkdir -p /run/lock/opencryptoki/swtok /var/lib/opencryptoki/swtok/TOK_OBJ
chmod -R 770 /run/lock/opencryptoki /var/lib/opencryptoki
chgrp -R pkcs11 /run/lock/opencryptoki /var/lib/opencryptoki 2>/dev/null
printf 'version opencryptoki-3.1\nslot 0\n{\nstdll = libpkcs11_sw.so\n}\n' \
	>/etc/opencryptoki/opencryptoki.conf
named "$lib"
run 1 "$tamga" list $at
says "libopencryptoki.so[.0-9]* does not start (C_Initialize"
pkcsslotd >"$work/slotd.log" 2>&1 || { cat "$work/slotd.log"; fail "pkcsslotd"; }
for _ in $(seq 100); do
	[ ! -S /run/pkcsslotd.socket ] || break
	sleep 0.1
done
ok "without its daemon the module says what is missing"

# ---- a new token gets a PIN and another --------------------------
run 3 "$tamga" list $at
says 'has no token that can be used'
pkcs11-tool --module "$lib" --init-token --slot-index 0 --so-pin 87654321 --label ock \
	>/dev/null 2>&1 || fail "init-token"
run 0 "$tamga" list $at
run 0 "$tamga" info $at

printf '87654321\n' >"$work/so"
printf '12345678\n' >"$work/first"
run 0 "$tamga" pin unblock $at --puk-file "$work/so" --new-pin-file "$work/first"
run 0 "$tamga" pin change $at --pin-file "$work/first" --new-pin-file "$work/pin"

# ---- keys: this token makes RSA alone ---------------------------------------------------------
run 1 "$tamga" key generate 01 $with --type ec:p256
says 'token ock makes no keys of the kind ec:p256'
born 02:rsa:2048 04:rsa:3072
signs 02:sha256 02:sha512 02:sha256:pss 04:sha384
decrypts 02 pkcs1 oaep:sha1 oaep:sha256
run 0 "$tamga" key delete 04 $with --yes
imported 05:rsa:rsa_keygen_bits:2048
type=rsa:2048
enrolled 06
replaced 06
emptied 06
ok "keys are born, imported, sign, decrypt, and are enrolled"
printf '9999\n' >"$work/bad"
run 4 "$tamga" pin verify $at --pin-file "$work/bad"
says 'the PIN of token ock is wrong'
