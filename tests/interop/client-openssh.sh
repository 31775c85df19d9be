#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/openssh.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need ssh sshd ssh-agent git openssl python3 pcscd
[ "$(id -u)" -eq 0 ] || { echo "skipped: only root runs sshd"; exit 77; }
enter "$0" "$@"
here
authority

# sshd wants a user of its own, and that who logs in is not locked: in our
# private mount namespace both are so.
sed "/^sshd:/d" /etc/passwd >"$work/passwd"
echo "sshd:x:109:65534::/run/sshd:/bin/false" >>"$work/passwd"
sed "s/^root:[^:]*:/root:*:/" /etc/shadow >"$work/shadow"
mount --bind "$work/passwd" /etc/passwd
mount --bind "$work/shadow" /etc/shadow

page openssh
