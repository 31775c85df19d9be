#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/java.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need java keytool openssl python3 pcscd
enter "$0" "$@"
here
authority
page java
