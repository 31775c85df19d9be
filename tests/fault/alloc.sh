#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every allocation fails once: of a command there remain a documented exit
# code and a message; of card and journal, a state to go on from.
# TAMGA_TEST_MOST=N: so many failures in each command, instead of a few;
# TAMGA_TEST_SEED=N: the same ones again.
set -u
kind=piv
. "$top_srcdir/tests/fault/fault-lib.sh"
TAMGA_FAULT=alloc
export TAMGA_FAULT

commands ${TAMGA_TEST_MOST:-25} ${TAMGA_TEST_MOST:-12}
# Three allocations of these let half of the tokens pass for all: a sample misses them.
sweep "list --json, everywhere" 100000 nothing same_words "$tamga" list --no-pcsc --json
[ $wrong = 0 ] || fail "$wrong defects"
ok "nothing but errors"
