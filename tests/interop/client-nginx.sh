#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/nginx.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need nginx openssl curl python3 pcscd
module engines-3/pkcs11.so >/dev/null || { echo "skipped: no engine pkcs11"; exit 77; }
[ "$(id -u)" -eq 0 ] || { echo "skipped: only root's nginx has workers of its own"; exit 77; }
enter "$0" "$@"
here
authority
quietly openssl x509 -in 9e.pem -noout -pubkey -out "$work/pub"
issue "$work/pub" /CN=localhost DNS:localhost "extendedKeyUsage=serverAuth" card-server.pem
page nginx
