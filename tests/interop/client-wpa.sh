#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/wpa.md, as it stands.
. "$top_srcdir/tests/interop/client-lib.sh"
need eapol_test hostapd openssl python3 pcscd
enter "$0" "$@"
here
authority

# wpa_supplicant takes providers from /usr/lib only: ours is there, for us.
folder=$(ls -d /usr/lib/*/pkcs11 | head -n 1)
mkdir "$work/pkcs11"
cp "$MODULE" "$work/pkcs11"
mount --bind "$work/pkcs11" "$folder"
MODULE=$folder/tamga-pkcs11.so

page wpa
