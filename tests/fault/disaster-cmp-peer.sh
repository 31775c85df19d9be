#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Killed on the way over CMP, with an authority that decides at once and wants a
# confirmation, and with one that decides later: disaster-lib.sh.  It is cmp-server.c,
# which forgets all when it ends, so it is not restarted.
# shellcheck disable=SC2034,SC2154
set -u
binding=cmp
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"
serve_cmp
TAMGA_TEST_PLACES=${TAMGA_TEST_PLACES:-33}
wish() { asks="$(at $way) $credentials --subject CN=$1"; }
held() { grep -c '^issued' "$work/cmp/log"; }
way=explicit which=", confirmed" credentials=$secret
everywhere enroll killed
way=quick which=", decided later" credentials="$secret --wait"
everywhere enroll killed
total
