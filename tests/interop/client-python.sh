#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/python.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need openssl python3 pcscd
enter "$0" "$@"
here
authority
page python
