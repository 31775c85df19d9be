#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/gnutls.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need p11tool certtool gnutls-cli openssl python3 pcscd
enter "$0" "$@"
here
authority
page gnutls
