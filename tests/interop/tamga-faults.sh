#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is refused, with which exit code and which words: wrong and locked PINs,
# wrong keys, occupied slots, nothing to talk to.  And where no PIN may stand.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
case ${1:-} in
'')
	sh "$0" nothing
	exec "$top_srcdir/tests/with-card" --card piv --card piv,standard,absent \
		-- sh "$0" inside ;;
esac
world
echo "what is signed" >data

if [ "$1" = nothing ]; then
	step "wrong use"
	wants 2 tamga
	wants 2 tamga frobnicate
	says err "frobnicate"
	wants 2 tamga list --frobnicate
	says err "--frobnicate"
	wants 2 tamga sign
	wants 2 tamga list --pin-file
	says err "wants a value"
	wants 2 tamga --json pin verify a b
	json '.error.exit == 2 and .error.verdict == "TMG_E_USAGE"'
	wants 2 tamga list --pin-fd 77
	wants 2 tamga pin
	says err "pin unblock"
	wants 2 tamga list --frobnicate
	says err "tamga list --help"
	wants 2 tamga list extra
	says err "[OPTION]...; tamga"

	step "an answer that nobody gets is a failure"
	wants 1 sh -c '"$0" --help >&-' "$top_builddir/tamga"
	says err "standard output"
	wants 1 sh -c '"$0" --help >/dev/full' "$top_builddir/tamga"
	wants 1 sh -c '"$0" version --json >/dev/full' "$top_builddir/tamga"
	says err "standard output"

	wants 0 tamga --help
	wants 0 tamga sign --help
	says out "--pss"
	wants 0 tamga --version

	step "the manual knows every command and every option"
	page=$top_srcdir/doc/man/tamga.1
	tamga --help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\) .*/\1/p' | sort -u >names
	[ "$(wc -l <names)" -ge 20 ] || fail "the help lists too few commands"
	while read -r name; do
		grep -qx ".It Cm $name\( .*\)\{0,1\}" "$page" || fail "tamga(1) has no $name"
		tamga $name --help | sed -n 's/^  \(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' |
		while read -r option; do
			grep -q "Fl -$option\b" "$page" || fail "tamga(1) has no --$option"
		done
	done <names

	step "a configuration that is wrong names its line"
	mkdir -p config/tamga
	printf 'token = "x";\npin = { source = "argv"; };\n' >config/tamga/tamga.conf
	wants 2 tamga list
	says err "tamga.conf:2:"
	printf 'toke = "x";\n' >config/tamga/tamga.conf
	wants 2 tamga list --json
	json '.error.message | test("tamga.conf:1: .*toke")'
	printf 'token = \n' >config/tamga/tamga.conf
	wants 2 tamga list
	says err "syntax error"
	rm config/tamga/tamga.conf

	step "nothing to talk to"
	PCSCLITE_CSOCK_NAME=$work/nowhere
	export PCSCLITE_CSOCK_NAME
	if ! tamga readers >/dev/null 2>&1; then
		wants 3 tamga list
		says err "pcscd"
		wants 1 tamga doctor --json
		json '.ok == false'
		json '[.checks[] | select(.check == "daemon")][0].fix | test("pcscd.socket")'
	fi
	wants 3 tamga --no-pcsc list
	says err "--vcard"
	wants 3 tamga --no-pcsc --vcard "$work/none" list
	says err "$work/none"
	wants 1 tamga doctor --no-pcsc --vcard "$work/none"
	step "a locale and a folder that will not do"
	LC_ALL=C wants 1 tamga doctor --no-pcsc --vcard "$work/none" --json
	json '[.checks[] | select(.check == "locale")][0].state == "warning"'
	XDG_STATE_HOME=$work/data/x wants 1 tamga doctor --no-pcsc --json
	json '[.checks[] | select(.check == "state")][0] | .state == "wrong" and (.fix | test("mkdir"))'
	exit 0
fi

ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
# A card in a reader is seen a moment after it was put in.
until_sees() {
	for n in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(tamga list --json 2>/dev/null | jq '.tokens | length')" != "$1" ] ||
			return 0
		sleep 0.3
	done
	fail "there are not $1 tokens"
}
echo "$TAMGA_TEST_PIN" >pin
echo "$TAMGA_TEST_PUK" >puk
echo 999999 >bad
R="--reader=$TAMGA_TEST_READER"

step "the empty reader is no obstacle"
wants 0 tamga list
wants 3 tamga info --token nobody
says err "nobody"
wants 3 tamga info "pkcs11:serial=0"
wants 3 tamga info "pkcs11:?pin-value=$TAMGA_TEST_PIN"
! grep -qF "$TAMGA_TEST_PIN" err || fail "the PIN of a URI is repeated"

step "keys and slots"
wants 0 tamga key generate 9a --pin-file pin "$R"
wants 1 tamga key generate 9a --pin-file pin
says err "--replace"
wants 0 tamga key generate 9a --replace --pin-file pin -o 9a.pub
wants 0 tamga csr 9a -s CN=x --pin-file pin --json
json '.csr | startswith("-----BEGIN CERTIFICATE REQUEST-----")'
wants 2 tamga key generate 9d --type rsa:17
wants 1 tamga key generate 9d --type ed25519 --json
json '.error.verdict == "TMG_UNSUPPORTED"'
wants 3 tamga key generate 77
wants 1 tamga cert show 9a
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x 2>/dev/null
wants 1 tamga cert install 9a c.pem
says err "another key"
wants 1 tamga cert install 9a data
says err "no certificate"
wants 1 tamga key import 82 data
says err "no private key"
wants 1 tamga key delete 9a </dev/null
says err "--yes"

step "a wrong management key"
tamga setup --pin-file pin --puk-file puk --new-pin-file pin --new-puk-file puk \
	--admin-key-out admin.key >/dev/null
[ "$(stat -c %a admin.key)" = 600 ] || fail "the saved key can be read by others"
sed 's/^[Ff]/0/; t; s/./F/' admin.key >wrong.key
wants 4 tamga key generate 9d --admin-key-file wrong.key
says err "management key"
wants 0 tamga key generate 9d --admin-key-file admin.key
wants 1 tamga key generate 9e </dev/null
says err "--admin-key-file"

step "a wrong PIN; the last try; a locked PIN"
wants 4 tamga sign 9a data --pin-file bad --json
json '.error.verdict == "TMG_PIN_WRONG" and .error.tries_left == 2 and .error.exit == 4'
wants 4 tamga sign 9a data --pin-file bad
says err "1 try left"
ctl mark
wants 4 tamga sign 9a data --pin-file bad --json
json '.error.verdict == "TMG_LAST_TRY" and .error.tries_left == 1'
wants 4 tamga pin verify --pin-file bad
says err "--last-try"
ctl log | grep -q " 20 00 80 [1-9]" && fail "a try was sent without --last-try"
wants 0 tamga sign 9a data --pin-file pin --last-try -o sig
wants 0 tamga info --json
json '.pin.tries_left == 3'
for n in 1 2; do wants 4 tamga pin verify --pin-file bad; done
wants 5 tamga pin verify --pin-file bad --last-try
wants 5 tamga sign 9a data --pin-file pin --json
json '.error.verdict == "TMG_PIN_LOCKED" and .error.exit == 5 and .error.tries_left == 0'
wants 5 tamga pin verify --pin-file pin
says err "tamga pin unblock"
wants 1 tamga doctor
says out "locked"
echo 00000000 >badpuk
wants 4 tamga pin unblock --puk-file badpuk --new-pin-file pin --json
json '.error.tries_left == 2'
wants 0 tamga pin unblock --puk-file puk --new-pin-file pin
wants 0 tamga pin verify --pin-file pin

step "what is no PIN costs no try"
echo 12 >short
printf '' >empty
wants 4 tamga sign 9a data --pin-file short
wants 1 tamga sign 9a data --pin-file empty
says err "empty"
wants 1 tamga sign 9a data --pin-file none
wants 1 tamga pin change --pin-file pin --new-pin-file short
wants 1 tamga sign 9a data </dev/null
says err "--pin-file"
tamga info --json >out
json '.pin.tries_left == 3'

step "no PIN in a trace, a command line, or an environment"
mkfifo slow
(sleep 1; cat pin) >slow &
tamga sign 9a data --pin-file slow --trace trace -o sig &
pid=$!
sleep 0.3
tr '\0' '\n' </proc/$pid/cmdline | grep -qF "$TAMGA_TEST_PIN" && fail "PIN in argv"
wait $pid || fail "signing with a slow PIN"
hex=$(printf %s "$TAMGA_TEST_PIN" | od -An -tx1 | tr -d ' \n')
grep -qiE "$TAMGA_TEST_PIN|$hex|$(echo $hex | sed 's/../& /g;s/ $//')" trace &&
	fail "the PIN is in the trace"
grep -qE "0020|00 20" trace || { cat trace >&2; fail "the trace knows no VERIFY"; }
[ "$(stat -c %a trace)" = 600 ] || fail "the trace can be read by others"

step "the card is pulled"
ctl remove >/dev/null
sleep 0.5
wants 3 tamga sign 9a data --pin-file pin
wants 1 tamga doctor --json
json '[.checks[] | select(.check == "reader" and .state == "wrong")] | length >= 1'
ctl insert >/dev/null
until_sees 1
wants 0 tamga sign 9a data --pin-file pin -o sig

step "two cards: which one, and one that has nothing of Yubico's"
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_2" insert >/dev/null
until_sees 2
wants 3 tamga info
says err "$TAMGA_TEST_READER_2"
wants 3 tamga sign 9a data --pin-file pin --json
json '.error.verdict == "TMG_AMBIGUOUS"'
wants 0 tamga sign 9a data --pin-file pin "$R" -o sig
S="--reader=$TAMGA_TEST_READER_2"
echo 654321 >new
wants 1 tamga setup "$S" --new-pin-file new --new-puk-file puk </dev/null
says err "--pin-file"
wants 0 tamga setup "$S" --pin-file pin --puk-file puk --new-pin-file new \
	--new-puk-file puk --json
json '.pin == "changed" and .management_key == "unsupported" and (.token | test("serial="))'
wants 0 tamga key generate 9a "$S" -o std.pub
wants 1 tamga sign 9a data "$S" --pin-file new
says err "tamga key generate"
wants 0 tamga sign 9a data "$S" --pin-file new --public std.pub -o sig
openssl dgst -sha256 -verify std.pub -signature sig data >/dev/null ||
	fail "the signature of a card that cannot tell its key"
wants 1 tamga sign 9a data "$S" --pin-file new --public data
wants 1 tamga sign 9a data "$R" --pin-file pin --public std.pub --json
json '.error.verdict == "TMG_MISMATCH"'
wants 1 tamga key import 9d k.pem "$S"
json_words=$(tamga key import 9d k.pem "$S" --json | jq -r .error.verdict)
[ "$json_words" = TMG_UNSUPPORTED ] || fail "import on a standard card: $json_words"
step "a daemon whose socket is not for everybody"
socket=/run/pcscd/pcscd.comm
chmod 600 $socket
program=$top_builddir/.libs/tamga
[ -x "$program" ] || program=$top_builddir/tamga
cat >as-other <<-EOF
	#!/bin/sh
	exec setpriv --reuid 65534 --regid 65534 --clear-groups \
		env -u XDG_CONFIG_HOME -u XDG_STATE_HOME HOME=/nowhere \
		LD_LIBRARY_PATH="$top_builddir/.libs" "$program" "\$@"
	EOF
chmod 755 as-other
if ! setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$program" 2>/dev/null; then
	echo "(skipped: nobody else can run tamga here)"
else
	wants 0 tamga list
	wants 3 ./as-other list
	says err "$socket"
	! grep -q polkit err || fail "a rule of polkit would not help"
	wants 1 ./as-other doctor
	says out "ls -l $socket"
	says out SocketMode
	! grep -q 'polkit' out || fail "a rule of polkit would not help"
	chmod 666 $socket
	wants 0 ./as-other list --json
fi
chmod 666 $socket
echo "all held"
