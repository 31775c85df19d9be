#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/node.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need node openssl python3 pcscd
[ -d "$top_builddir/npm/node_modules/pkcs11js/build/Release" ] ||
	{ echo "skipped: no pkcs11js; ./check installs it"; exit 77; }
enter "$0" "$@"
here
authority
ln -s "$top_builddir/npm/node_modules" node_modules
page node
