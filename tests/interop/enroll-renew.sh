#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Where a renewed key goes, on a card that makes keys in retired slots and on
# one that does not, and what tamga renew --all says.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

renewed() { jq -r '.enrollment.slot' "$work/out"; }

# ---- a renewed key lives among its like ------------------------------------------
run 0 "$tamga" enroll $local $official --slot 9a --subject "$name"
run 0 "$tamga" enroll $local $official --slot 9d --subject "$name"
run 0 "$tamga" renew 9a $local --json
[ "$(renewed)" = 82 ] || fail "the key of 9a was renewed into $(renewed)"
run 0 "$tamga" renew 9d $local --json
[ "$(renewed)" = 83 ] || fail "the key of 9d was renewed into $(renewed)"
sleep 1	# a later end than that of 83, which still is in use
run 0 "$tamga" renew 82 $local --json
[ "$(renewed)" = 84 ] || fail "the key of 82 was renewed into $(renewed)"
run 0 "$tamga" info --no-pcsc --json
jq -e '.slots | map(select(.slot == "9c" or .slot == "9e") | .key) | any | not' \
	"$work/out" >/dev/null || fail "a key got into 9C or 9E"
ok "retired slots take renewed keys; 9C and 9E stay empty"

# ---- all of them, once -------------------------------------------------------------
run 0 "$tamga" renew --all $local
grep -q 'needs to be renewed' "$work/out" || fail "silent about nothing to do"
run 0 "$tamga" renew --all $local --json
jq -e '.renewals == []' "$work/out" >/dev/null || fail "not one document"
run 0 "$tamga" renew --all --within 400 $local --json
# 9A, 9D, 82 were renewed before; 83 and 84 are, and what they became is not
jq -e '.renewals | length == 5' "$work/out" >/dev/null || fail "not each once"
jq -e '[.renewals[] | select(.steps | length > 0)] | length == 2' "$work/out" >/dev/null ||
	fail "not two new ones"
run 0 "$tamga" renew --all --within 400 -n $local --json
jq -e '.renewals | all(.dry_run)' "$work/out" >/dev/null || fail "the rehearsal"
ok "each certificate once, in one document"

# ---- a standard card -----------------------------------------------------------------
"$TAMGA_VCARD" --listen "$work/standard" --exit-with-parent --ready-fd 3 3>"$work/ready" &
children="$children $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$work/ready" ] && break; sleep 0.2; done
standard="--vcard $work/standard"
run 0 "$tamga" enroll $local $official $standard --slot 9a --subject "$name"
run 1 "$tamga" renew 9a $local $standard
says "same-key"
says "free: 9c, 9d, 9e"
run 0 "$tamga" status --json
jq -e '.enrollments | all(.state == "done")' "$work/out" >/dev/null ||
	fail "a renewal without a place was begun"
run 0 "$tamga" renew 9a --same-key $local $standard
run 0 "$tamga" renew 9a --slot 9d $local $standard
run 1 "$tamga" renew 9a --slot 9d $local $standard --type rsa:2048
says "replace"
ok "a standard card: told what is free, nothing begun"
