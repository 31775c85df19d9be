#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Killed on the way over CMP: an authority that decides at once and
# wants a confirmation, and one that decides later; SIGKILL before and after every fsync and rename, and at some of the
# writes, sends and card commands between them (TAMGA_TEST_ALL=1: at all).
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/killed-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"
serve_cmp

credentials=$secret
applications() { grep -c '^issued' "$work/cmp/log"; }

TAMGA_FAULT=kill-durable
export TAMGA_FAULT
official="$(at explicit) $secret"
kill_everywhere "CMP: the journal" 40 ${TAMGA_TEST_EVERY:-3} 1 --yubikey
official="$(at quick) $secret --wait"
credentials="$secret --wait"
kill_everywhere "CMP: the journal, decided later" 50 ${TAMGA_TEST_EVERY:-4} 1 --yubikey
official="$(at explicit) $secret"
TAMGA_FAULT=kill
every=13
[ -z "${TAMGA_TEST_ALL:-}" ] || every=1
kill_everywhere "CMP: everything" 200 $every 1 --yubikey
