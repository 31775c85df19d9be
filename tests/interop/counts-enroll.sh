#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One enrollment in figures: one process, one PIN prompt, one VERIFY, two
# signatures by the token (the request and the proof that the installed pair
# works), no file beside the journal, and exactly so many commands to the card.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
command -v strace >/dev/null || { echo "skipped: no strace"; exit 77; }

. "$top_srcdir/tests/interop/prompts-lib.sh"

counted() { ctl log | awk -v ins="$1" '$3 == ins' | grep -c .; }
# is WHAT GOT WANTED
is() { [ "$2" = "$3" ] || { ctl log; fail "$1: $2, not $3"; }; }

ctl mark
run 0 strace -f -qq -e trace=execve,openat,creat,mkdir,mkdirat -o "$work.trace" \
	"$tamga" enroll --no-pcsc $official --slot 9a --subject "$name" --pinentry="$work/pinentry"
mv "$work.trace" "$work/trace"
is "PIN prompts" "$(prompts)" 1
is "programs run, the PIN dialog aside" \
	"$(grep 'execve("' "$work/trace" | grep -vc 'execve("[^"]*/pinentry"')" 1
is "logins" "$(verified)" 1
is "signatures by the token" "$(signatures)" 2
is "keys made" "$(generated)" 1
is "applications" "$(applications)" 1
is "journals" "$(journals)" 1
grep -E 'O_CREAT|creat\(' "$work/trace" | grep -v -e "$work/state/tamga/" -e "$work/asked" \
	-e /dev/null >"$work/files"
[ ! -s "$work/files" ] || { cat "$work/files"; fail "files beside the journal"; }
is "files left" "$(find "$work/state" -type f ! -name '*.json' ! -name '*lock*' | grep -c .)" 0
assert_installed 9a
ok "1 process, 1 prompt, 1 login, 2 signatures, no file beside the journal"

# With the PIN from a file no dialog is fed and nothing asks for what it shows.
fresh_card --yubikey
ctl mark
run 0 "$tamga" enroll $local $official --slot 9a --subject "$name"
total=$(ctl count)
echo "commands: $total: SELECT $(counted A4), VERIFY $(counted 20), GENERAL AUTHENTICATE" \
	"$(counted 87), GENERATE $(counted 47), PUT DATA $(counted DB), GET DATA $(counted CB)," \
	"GET RESPONSE $(counted C0), metadata $(counted F7), version and serial" \
	"$(($(counted FD) + $(counted F8)))"
is "key generations" "$(counted 47)" 1
is "PUT DATA" "$(counted DB)" 1
is "commands" "$total" 14
ok "$total commands"
