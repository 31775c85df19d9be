#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/p11-kit.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need p11-kit p11tool pkcs11-tool openssl python3 pcscd
enter "$0" "$@"
here
authority

# What make install would write, and nobody else's modules.
mkdir "$work/modules"
sed "s|^module:.*|module: $MODULE|" "$top_builddir/share/p11-kit/modules/tamga.module" \
	>"$work/modules/tamga.module"
mount --bind "$work/modules" /usr/share/p11-kit/modules

page p11-kit
