#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a person sees: prompts without echo, the last try confirmed, a spinner
# for a slow key, colours on a terminal and nowhere else, pinentry.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
for program in expect script; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
case ${1:-} in
'')
	exec "$top_srcdir/tests/with-card" --no-pcscd \
		--card piv,provisioned,keygen-time=2500 -- sh "$0" inside ;;
esac
world
T="$top_builddir/tamga --no-pcsc --vcard $TAMGA_TEST_VCARD"
echo "what is signed" >data
echo 999999 >bad

step "the PIN is asked once, by name, and not shown"
cat >ask.exp <<END
log_user 1
set timeout 10
spawn -noecho sh -c "$T sign 9a data -o sig; echo code=\\\$?"
expect -re {Enter PIN of token PIV.*serial .*for key 9a, 3 tries left: }
send "12\b2\b23456\r"
expect {code=0} {} default { exit 1 }
expect eof
END
expect -f ask.exp >seen || { cat seen >&2; fail "the prompt"; }
! grep -q 23456 seen || fail "the PIN was shown"
[ -s sig ] || fail "no signature"

step "^C leaves everything as it was"
cat >cancel.exp <<END
set timeout 10
spawn -noecho sh -c "$T sign 9a data -o sig2; echo code=\\\$?; stty -a"
expect {tries left: }
send "\003"
expect {code=1} {} default { exit 1 }
expect -re { echo } {} default { exit 1 }
expect eof
END
expect -f cancel.exp >seen || { cat seen >&2; fail "^C at the prompt"; }
[ ! -e sig2 ] || fail "signed all the same"

step "the last try wants a yes"
for n in 1 2; do wants 4 $T pin verify --pin-file bad; done
cat >last.exp <<END
set timeout 10
spawn -noecho sh -c "$T sign 9a data -o sig; echo code=\\\$?"
expect {Type yes to go on: }
send "no\r"
expect {code=4} {} default { exit 1 }
expect eof
spawn -noecho sh -c "$T sign 9a data -o sig; echo code=\\\$?"
expect {Type yes to go on: }
send "yes\r"
expect {1 try left: }
send "123456\r"
expect {code=0} {} default { exit 1 }
expect eof
END
expect -f last.exp >seen || { cat seen >&2; fail "the last try"; }

step "a new PIN is typed twice"
cat >new.exp <<END
set timeout 10
spawn -noecho sh -c "$T pin change; echo code=\\\$?"
expect {3 tries left: }
send "123456\r"
expect {a new PIN}
send "222222\r"
expect {again}
send "333333\r"
expect {differ}
expect {code=1} {} default { exit 1 }
expect eof
END
expect -f new.exp >seen || { cat seen >&2; fail "two different new PINs"; }

step "colours and a spinner on a terminal, and only there"
esc=$(printf '\033')
script -qec "$T info" seen >/dev/null
grep -q "$esc" seen || fail "no colour on a terminal"
NO_COLOR=1 script -qec "$T info" seen >/dev/null
! grep -q "$esc" seen || fail "colour in spite of NO_COLOR"
wants 0 $T info
! grep -q "$esc" out err || fail "escape codes in a file"
script -qec "$T key generate 9d --replace" seen >/dev/null
grep -q '[-|/\\] Token .*making a key' seen || { cat seen >&2; fail "no spinner"; }
wants 0 $T key generate 9d --replace
! grep -q "making a key" out err || fail "a spinner in a file"

step "pinentry is asked over Assuan"
cat >pinentry <<'END'
#!/bin/sh
echo "OK ready"
while read -r command rest; do
	echo "$command $rest" >>"$PINENTRY_LOG"
	case $command in
	GETPIN) echo "D ${PINENTRY_PIN:?}"; echo OK ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
END
chmod +x pinentry
PINENTRY_LOG=$work/asked PINENTRY_PIN=123456
export PINENTRY_LOG PINENTRY_PIN
wants 0 $T sign 9a data --pinentry="$work/pinentry" -o sig
grep -q "^SETDESC .*serial.*3 tries left" asked || { cat asked >&2; fail "the dialog"; }
wants 1 $T sign 9a data --pinentry=/nowhere/pinentry
says err "pinentry"
echo "all held"
