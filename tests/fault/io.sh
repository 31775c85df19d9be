#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every input and output fails once: of a command there remain a documented exit
# code and a message; of card and journal, a state to go on from.
# TAMGA_TEST_MOST=N: so many failures in each command, instead of a few.
set -u
kind=piv
. "$top_srcdir/tests/fault/fault-lib.sh"
TAMGA_FAULT=io
export TAMGA_FAULT

for error in EIO ENOSPC EINTR short; do
	TAMGA_FAULT_ERROR=$error
	export TAMGA_FAULT_ERROR
	commands ${TAMGA_TEST_MOST:-8} ${TAMGA_TEST_MOST:-10}
done
# A card's other applications are asked for between its slots and its labels: a
# few places, which a sample misses.
TAMGA_FAULT_ERROR=EIO
# shellcheck disable=SC2154
whole=whole_signature
run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
openssl x509 -in "$work/cert.pem" -noout -pubkey >"$work/key.pem"
sweep "sign by label, everywhere" 1000 no_file found_or_no_memory "$tamga" sign "$label" \
	$local "$work/text" -o "$work/file"
[ $wrong = 0 ] || fail "$wrong defects"
ok "nothing but errors"
