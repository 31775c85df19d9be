#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A portal that answers wrongly, at every step in every way: words that name the
# cause, nothing written, no signature wasted, and the same command finishes with
# one application, one key, one request once the portal answers as it should.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
python3 -c 'import cryptography' 2>/dev/null ||
	{ echo "skipped: no python3 with cryptography"; exit 77; }

mkdir "$work/portal"
: >"$work/portal/mode"
mkfifo "$work/told"
python3 "$top_srcdir/tests/interop/bad-portal.py" "$work/portal" >"$work/told" 2>"$work/server" &
children="$children $!"
read -r port hash <"$work/told" || { cat "$work/server"; fail "the portal does not serve"; }
echo '{"who": "Walker"}' >"$work/answers"
wish="$local --ca portal+https://localhost:$port --ca-file $work/portal/ca.pem --profile p
--answers $work/answers --agree $hash --slot 9a"
# patience HOW: little where the answer takes long on purpose
patience() { case $1 in slow) echo --timeout 2 ;; esac; }
asked() { grep -c "^$1\$" "$work/portal/asked"; }

# The words of the last run are fit for a terminal and for a person.
fit() {
	LC_ALL=C grep -q "$(printf '\033')" "$work/said" && fail "$1: an escape code reaches the terminal"
	grep -q '^tamga: .\{15\}' "$work/said" || fail "$1: no words"
	grep -q -i '<html\|Traceback' "$work/said" && fail "$1: the answer itself is shown"
	[ "$(wc -c <"$work/said")" -lt 3000 ] || fail "$1: too many words"
}

# bad STEP HOW KEYS SIGNATURES [WORDS]: what it may cost until it is noticed
bad() {
	fresh_card --yubikey
	ctl mark
	: >"$work/portal/asked"
	echo "$1 $2" >"$work/portal/mode"
	status=0
	setsid -w timeout 60 "$tamga" enroll $wish $(patience "$2") >"$work/out" 2>"$work/said" || status=$?
	case $status in 1 | 2 | 6 | 7) ;; *) fail "$1 $2: status $status" ;; esac
	fit "$1 $2"
	[ -z "${5:-}" ] || grep -q -e "$5" "$work/said" || fail "$1 $2: does not say \"$5\""
	[ "$(generated)" = "$3" ] || fail "$1 $2: $(generated) keys"
	[ "$(signatures)" = "$4" ] || fail "$1 $2: $(signatures) signatures"
	[ "$1" = installed ] || [ "$(written)" = 0 ] || fail "$1 $2: the certificate was written"
	words=$(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-90)
}
# and then the portal is well again
good() {
	: >"$work/portal/mode"
	run 0 "$tamga" enroll $wish
	[ "$(generated) $(journals) $(state)" = "1 1 done" ] ||
		fail "$1: $(generated) keys, $(journals) journals, $(state)"
	[ "$(asked begin)" -le 2 ] || fail "$1: begun $(asked begin) times"
}
everywhere='html type redirect cut shut 500 503 403 418 huge slow'
json='types array null empty deep twice utf8 nul number'

# ---- before there is a key: every way at one step, some at every step ------------------
for how in $everywhere $json; do
	bad status $how 0 0
done
good status
ok "status: $words"
bad status slow 0 0 'within 2 seconds'
for step in profile begin answers contents; do
	for how in html cut 500 types null; do
		bad $step $how 0 0
	done
	good $step
	ok "$step: $words"
done
bad begin number 0 0
good "begin number"
for how in html cut 500; do
	bad ca $how 0 0
done
good ca
ok "ca: $words"

# ---- with the request: one key, one signature, kept -----------------------------------------
for how in html cut shut 500 types number; do
	bad request $how 1 1
	good "request $how"
	[ "$(signatures)" = 2 ] || fail "request $how: $(signatures) signatures in all"
done
ok "request: $words"

# ---- the certificate -------------------------------------------------------------------------
for how in html cut 503 garbage nothing private other-key other-ca; do
	bad certificate $how 1 1
	good "certificate $how"
	[ "$(signatures)" = 2 ] || fail "certificate $how: $(signatures) signatures in all"
done
bad certificate other-key 1 1 'another key'
bad certificate other-app 1 1 'Somebody Else'
run 1 "$tamga" enroll --resume --now $local
good "certificate other-app"
ok "certificate: $words"

# ---- the proof ---------------------------------------------------------------------------------
for how in 500 redirect; do
	bad installed $how 1 2
	good "installed $how"
done
ok "installed: $words"

# ---- the application, printed: saved whole and as what it is, or not at all -----------------------
number=$(sed -n 's,.*/applications/\([A-Z0-9-]*\)".*,\1,p' "$work"/state/tamga/*.json | head -n 1)
paper="$tamga application print $number -o $work/paper.pdf"
for how in html type redirect cut shut 500 404 huge slow; do
	echo "print $how" >"$work/portal/mode"
	status=0
	setsid -w timeout 60 $paper $(patience $how) >"$work/out" 2>"$work/said" || status=$?
	case $status in 1 | 7) ;; *) fail "print $how: status $status" ;; esac
	fit "print $how"
	[ ! -e "$work/paper.pdf" ] || fail "print $how: something was saved"
done
: >"$work/portal/mode"
run 0 $paper
printf '%%PDF-1.4 a zero \0 within' | cmp -s - "$work/paper.pdf" || fail "not what was printed"
ok "print: saved whole or not at all"
