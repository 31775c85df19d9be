#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/pkcs11-tool.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need pkcs11-tool openssl python3 pcscd
enter "$0" "$@"
here
authority
page pkcs11-tool
