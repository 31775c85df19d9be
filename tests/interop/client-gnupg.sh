#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/gnupg.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need gpgsm gnupg-pkcs11-scd git openssl python3 pcscd
enter "$0" "$@"
here
authority
# gpg-agent stays behind when a command of the page fails.
trap 'GNUPGHOME=$HOME/gnupg gpgconf --kill all || :; finish' EXIT
page gnupg
