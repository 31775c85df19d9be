#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SIGKILL before and after every fsync and rename of an enrollment, which are
# the steps of its journal, and at some of the writes and sends between them
# (TAMGA_TEST_ALL=1: at all); resuming finishes with the same key and one
# application.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/killed-lib.sh"

credentials="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"

TAMGA_FAULT=kill-durable
export TAMGA_FAULT
kill_everywhere "the journal, a card that tells of its keys" 40 1 1 --yubikey
kill_everywhere "the journal, a card that does not" 40 3 2
TAMGA_FAULT=kill
every=13
[ -z "${TAMGA_TEST_ALL:-}" ] || every=1
kill_everywhere "everything, a card that tells of its keys" 200 $every 1 --yubikey
