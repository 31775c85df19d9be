#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/nss.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need certutil cmsutil tstclnt modutil pdfsig openssl python3 pcscd
enter "$0" "$@"
here
authority
page nss
