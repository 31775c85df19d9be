#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/openssl.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need openssl curl python3 pcscd
module engines-3/pkcs11.so >/dev/null || { echo "skipped: no engine pkcs11"; exit 77; }
enter "$0" "$@"
here
authority
page openssl
