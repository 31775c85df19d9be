#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run inside with-card: each operation by each PKCS#11 module
# on one card, by the same small program (module.c).
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}" "${CARD:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export XDG_CONFIG_HOME=$work LC_ALL=C.UTF-8
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
names=(tamga OpenSC ykcs11)
modules=("$STAGE/lib/pkcs11/tamga-pkcs11.so" "$(ls /usr/lib/*/opensc-pkcs11.so | head -n 1)"
    "$(ls /usr/lib/*/libykcs11.so.2 | head -n 1)")
# CKA_IDs of 9a, 9c, and where a key is made: tamga's are the slots' numbers and
# it writes over no key; the others count, and ykcs11 writes over the one in 9e
ids=("9a 9c -" "01 02 04" "01 02 04")
"$STAGE/bin/tamga" cert export 9a --der -o der

# row WHAT RUNS OPERATION...: by every module; @1 is the first of its IDs
row() {
	local what=$1 runs=$2 i count figures id
	shift 2
	for i in 0 1 2; do
		read -ra id <<<"${ids[i]}"
		local -a operation=("${@/@1/${id[0]}}")
		operation=("${operation[@]/@2/${id[1]}}")
		operation=("${operation[@]/@3/${id[2]}}")
		ctl mark >/dev/null
		if ! "$B/module" "${modules[i]}" "${operation[@]}" >out 2>err </dev/null; then
			printf '%-34s %-20s %6s\n' "$what" "${names[i]}" "cannot: $(head -n 1 err | cut -c 1-60)"
		else
			count=$(ctl count)
			figures=$("$B/measure" "$runs" "$B/module" "${modules[i]}" "${operation[@]}")
			# shellcheck disable=SC2086
			printf '%-34s %-20s %6d %8.1f %8.1f\n' "$what" "${names[i]}" "$count" \
			    ${figures% *} "$(awk "BEGIN { print ${figures#* } / 1024 }")"
		fi
		what=
	done
}
few=$(((RUNS + 4) / 5))

echo
echo "PKCS#11 modules; card: $CARD, certificate of $(wc -c <der) bytes"
printf '%-34s %-20s %6s %8s %8s\n' operation module APDUs ms MiB
row "C_Initialize to C_GetSlotList" "$RUNS" start
row "list all, read attributes" "$RUNS" list
row "login, 1 signature" "$RUNS" sign @1 1
row "login, 100 signatures" "$few" sign @1 100
row "login, 100 with PIN always" "$few" sign @2 100
row "make a P-256 key" "$few" generate @3
row "write a certificate" "$RUNS" write @1 der
