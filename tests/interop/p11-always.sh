#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A key that wants its PIN before every use: a wrong one is refused where it is
# given, and what other programs do with the card between the PIN and the
# signature costs one PIN more, never a try.
. "$top_srcdir/tests/interop/p11-lib.sh"
CARDS="--card piv,provisioned=ec:p256"
need pcscd pkcs11-tool yubico-piv-tool python3
enter "$0" "$@"
work
drive="$top_builddir/tests/interop/p11-drive"
publics
head -c 32 /dev/urandom >digest

# verifies STATUS: how often a PIN went to the card since the mark, to that answer.
verifies() { ctl log | grep -cE "^[0-9]+ 00 20 00 80 8 $1" || :; }

# type PIN...: pkcs11-tool signs with 9C at a terminal where those are typed.
type() {
	rm -f sig
	python3 - "$M" "$@" <<-'END'
	import os, pty, sys, termios, time
	pid, terminal = pty.fork()
	if pid == 0:
	    os.execvp("pkcs11-tool", ["pkcs11-tool", "--module", sys.argv[1], "--login",
	        "--sign", "--id", "9c", "-m", "ECDSA", "-i", "digest", "-o", "sig",
	        "--signature-format", "openssl"])
	said, pins = b"", sys.argv[2:]
	while True:
	    try:
	        more = os.read(terminal, 4096)
	    except OSError:		# it has ended
	        more = b""
	    if not more:
	        break
	    said += more
	    if pins and said.rstrip().endswith(b"PIN:"):
	        # what is typed before it stops echoing is thrown away
	        while termios.tcgetattr(terminal)[3] & termios.ECHO:
	            time.sleep(0.01)
	        os.write(terminal, pins.pop(0).encode() + b"\n")
	        said += b"\n"
	print(said.decode())
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
}

step "pkcs11-tool: the right PIN"
ctl mark >/dev/null
expect "context specific PIN" type "$PIN" "$PIN"
expect "Verified OK|Success" openssl pkeyutl -verify -pubin -inkey pub.9c -in digest -sigfile sig
[ "$(verifies 9000)" = 2 ] || fail "the PIN went to the card more than twice"

step "pkcs11-tool: a wrong one"
ctl mark >/dev/null
refuse "C_Login failed: rv = CKR_PIN_INCORRECT" type "$PIN" 000000
[ "$(verifies 63C2)" = 1 ] || fail "it was not tried once"
[ -f sig ] && fail "something was signed"
expect "context specific PIN" type "$PIN" "$PIN"

# meanwhile COMMAND...: is run between the PIN and the signature.
meanwhile() {
	mkfifo go
	ctl mark >/dev/null
	"$drive" "$M" between 9c <go >became 2>&1 &
	driven=$!
	exec 9>go
	rm go
	tries=0
	until grep -q ready became; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || { cat became; fail "no signature was begun"; }
		sleep 0.02
	done
	ctl mark >/dev/null
	"$@" >said 2>&1 || { cat said; fail "$*"; }
	echo >&9
	exec 9>&-
	wait $driven || { cat became; fail "after $*"; }
	grep -q "signature ok good" became || { cat became; fail "after $*"; }
	[ "$(verifies 63C)" = 0 ] || { ctl log; fail "$*: a try was lost"; }
	[ "$(verifies 9000)" = "$again" ] || { ctl log; fail "$*: not $again PINs"; }
}

again=0
step "nobody comes between"
meanwhile true

again=2
step "another program is logged in and resets the card"
meanwhile yubico-piv-tool -a verify-pin -P "$PIN"

again=1
step "another program selects another application"
meanwhile opensc-tool -s 00A4040008A000000151000000
step "another program only reads"
meanwhile yubico-piv-tool -a read-certificate -s 9a
step "another program of ours lists"
meanwhile pkcs11-tool --module "$M" -O
