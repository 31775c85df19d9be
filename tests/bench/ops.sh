#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run inside with-card: each operation by each program on
# one card.  RUNS is how often each is timed; B is the folder of what was built.
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}" "${CARD:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
cd "$work"
export XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work LC_ALL=C.UTF-8
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
tamga=$STAGE/bin/tamga
opensc=$(ls /usr/lib/*/opensc-pkcs11.so | head -n 1)
ykcs11=$(ls /usr/lib/*/libykcs11.so.2 | head -n 1)

echo "$TAMGA_TEST_PIN" >pin
head -c 32 /dev/urandom >hash
admin=$TAMGA_TEST_ADMIN
echo "$admin" | sed 's/../&:/g; s/:$//' >admin		# piv-tool's way of writing it
"$tamga" cert export 9a -o pem
openssl x509 -in pem -outform DER -out der
"$tamga" cert export 9c --der -o der9c

# row WHAT PROGRAM RUNS COMMAND...: what fails is said, not hidden
row() {
	local what=$1 who=$2 runs=$3 count figures
	shift 3
	ctl mark >/dev/null
	if ! "$@" >out 2>err </dev/null; then
		printf '%-24s %-30s %6s\n' "$what" "$who" "cannot: $(grep -v '^Using' err | head -n 1 | cut -c 1-60)"
		return
	fi
	count=$(ctl count)
	figures=$("$B/measure" "$runs" "$@" 2>err) || { cat err >&2; exit 1; }
	# shellcheck disable=SC2086
	printf '%-24s %-30s %6d %8.1f %8.1f\n' "$what" "$who" "$count" \
	    ${figures% *} "$(awk "BEGIN { print ${figures#* } / 1024 }")"
}
p11() { local module=$1; shift; echo pkcs11-tool --module "$module" "$@"; }
user="--login --pin $TAMGA_TEST_PIN"
so="--login --login-type so --so-pin $admin"
few=$(((RUNS + 4) / 5))

echo
echo "card: $CARD, certificate of $(wc -c <der) bytes"
printf '%-24s %-30s %6s %8s %8s\n' operation program APDUs ms MiB
# shellcheck disable=SC2046,SC2086
{
row "a what is in the readers" "tamga readers" "$RUNS" "$tamga" readers
row "" "opensc-tool -l" "$RUNS" opensc-tool -l
row "" "pkcs11-tool -L, OpenSC" "$RUNS" $(p11 "$opensc" -L)
row "" "pkcs11-tool -L, ykcs11" "$RUNS" $(p11 "$ykcs11" -L)
row "b list 4 certificates" "libtamga (desktop)" "$RUNS" "$B/desktop" list
row "" "tamga list" "$RUNS" "$tamga" list
row "" "pkcs11-tool -O, OpenSC" "$RUNS" $(p11 "$opensc" -O --type cert)
row "" "pkcs11-tool -O, ykcs11" "$RUNS" $(p11 "$ykcs11" -O --type cert)
row "" "yubico-piv-tool -a status" "$RUNS" yubico-piv-tool -r "" -a status
row "c login, 1 signature" "libtamga (desktop)" "$RUNS" "$B/desktop" sign 9a 1
row "" "  its certificate in a file" "$RUNS" "$B/desktop" known 9a 1 der
row "" "tamga sign" "$RUNS" "$tamga" sign 9a hash --digest --pin-file pin -o sig
row "" "  --cert FILE" "$RUNS" "$tamga" sign 9a hash --digest --cert pem --pin-file pin -o sig
row "" "pkcs11-tool --sign, OpenSC" "$RUNS" $(p11 "$opensc" $user --sign -m ECDSA --id 01 -i hash -o sig)
row "" "pkcs11-tool --sign, ykcs11" "$RUNS" $(p11 "$ykcs11" $user --sign -m ECDSA --id 01 -i hash -o sig)
row "" "yubico-piv-tool --sign" "$RUNS" yubico-piv-tool -r "" -a verify-pin \
    -P "$TAMGA_TEST_PIN" --sign -s 9a -A ECCP256 -H SHA256 -i hash -o sig
row "d login, 100 signatures" "libtamga (desktop)" "$few" "$B/desktop" sign 9a 100
row "" "  its certificate in a file" "$few" "$B/desktop" known 9a 100 der
row "" "OpenSC's module" "$few" "$B/module" "$opensc" sign 01 100
row "" "ykcs11" "$few" "$B/module" "$ykcs11" sign 01 100
row "  PIN always (9c)" "libtamga (desktop)" "$few" "$B/desktop" sign 9c 100
row "" "  its certificate in a file" "$few" "$B/desktop" known 9c 100 der9c
row "" "OpenSC's module" "$few" "$B/module" "$opensc" sign 02 100
row "" "ykcs11" "$few" "$B/module" "$ykcs11" sign 02 100
row "e make a P-256 key" "libtamga (desktop)" "$RUNS" "$B/desktop" generate 9e
row "" "tamga key generate" "$RUNS" "$tamga" key generate 9e --replace --pin-file pin
row "" "pkcs11-tool, ykcs11" "$RUNS" $(p11 "$ykcs11" $so --keypairgen --key-type EC:secp256r1 --id 04)
row "" "yubico-piv-tool -a generate" "$RUNS" yubico-piv-tool -r "" -a generate -s 9e -A ECCP256 -o pub
row "f write a certificate" "libtamga (desktop)" "$RUNS" "$B/desktop" install 9a der
row "" "tamga cert install" "$RUNS" "$tamga" cert install 9a pem --replace --pin-file pin
row "" "pkcs11-tool, ykcs11" "$RUNS" $(p11 "$ykcs11" $so --write-object der --type cert --id 01)
row "" "yubico-piv-tool, import" "$RUNS" yubico-piv-tool -r "" -a import-certificate -s 9a -i pem
# OpenSC's own writer ends with the length modulo 256 when all is well
export PIV_EXT_AUTH_KEY=$work/admin
row "" "piv-tool -C" "$RUNS" sh -c 'piv-tool -A M:9B:03 -C 9A -i pem; [ $? -gt 127 ]'
}
