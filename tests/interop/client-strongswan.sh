#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/strongswan.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need pki openssl python3 pcscd
plugins=/usr/lib/ipsec/plugins
plugin=
for at in $plugins "$top_builddir/daemons$plugins"; do
	[ ! -f "$at/libstrongswan-pkcs11.so" ] || plugin=$at/libstrongswan-pkcs11.so
done
[ -n "$plugin" ] || { echo "skipped: strongSwan has no plugin pkcs11"; exit 77; }
enter "$0" "$@"
here
authority

# Its package wants half of systemd, so it is not installed for us.
cp -R $plugins "$work/plugins"
cp "$plugin" "$work/plugins"
mount --bind "$work/plugins" $plugins
page strongswan
