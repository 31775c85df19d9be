#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Modules that hang, crash, end the process, or lie, one function at a time: liar.so
# over SoftHSM.  Apart (modules.apart in tamga.conf) none of it is more than an error
# in words and in time; what a lie can be seen by is seen in one process, too.
# shellcheck disable=SC2086
set -u
tamga=$top_builddir/.libs/tamga
[ -x "$tamga" ] || tamga=$top_builddir/tamga
liar=$top_builddir/tests/interop/.libs/liar.so
host=$top_builddir/tamga-module-host
draw=$top_builddir/tests/interop/.libs/draw
[ -x "$draw" ] || draw=$top_builddir/tests/interop/draw
TAMGA_LIAR_OVER=
for at in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
	[ ! -f "$at" ] || TAMGA_LIAR_OVER=$at
done
[ -n "$TAMGA_LIAR_OVER" ] || { echo "skipped: softhsm2 is not installed"; exit 77; }
for file in "$tamga" "$liar" "$host" "$draw"; do
	[ -e "$file" ] || { echo "skipped: $file is not built"; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/apart.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8
TMPDIR=$work/tmp SOFTHSM2_CONF=$work/softhsm.conf TAMGA_CONF=$work/conf
export LD_LIBRARY_PATH HOME XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL TMPDIR SOFTHSM2_CONF \
	TAMGA_CONF TAMGA_LIAR_OVER
unset TAMGA_LIAR TAMGA_VCARD_SOCKET P11_KIT_SERVER_ADDRESS
mkdir "$work/tmp" "$work/tokens"
cd "$work" || exit 1
echo "directories.tokendir = $work/tokens" >softhsm.conf
echo 83915527 >pin
echo 12345678 >so
echo text >text
SECONDS_LEFT=3
# apart SECONDS; together: how modules run from here on
apart() {
	echo "modules = { apart = [ \"*/liar.so\" ]; seconds = $1; host = \"$host\"; };" >conf
	TAMGA_TEST_HOST=$host TAMGA_TEST_SECONDS=$1
	export TAMGA_TEST_HOST TAMGA_TEST_SECONDS
}
together() {
	: >conf
	unset TAMGA_TEST_HOST TAMGA_TEST_SECONDS
}
at="--token module:$liar"
with="$at --pin-file pin"
fail() {
	echo "FAILED: $*"
	exit 1
}
ok() { echo "ok: $*"; }
# run STATUS COMMAND...: output in out, words in said
run() {
	want=$1 status=0
	shift
	timeout 60 "$@" >out 2>said || status=$?
	[ "$status" = "$want" ] || { cat out said; fail "status $status, not $want: $*"; }
}

# ---- a well-behaved one, in both ways -------------------------------------------------
softhsm2-util --init-token --free --label alpha --so-pin 12345678 --pin 83915527 >/dev/null ||
	fail "softhsm2-util"
together
run 0 "$tamga" key generate 01 $with --type ec:p256 -o 01.pub
apart 30
run 0 "$tamga" key generate 02 $with --type rsa:2048 -o 02.pub
run 0 "$tamga" sign $with 01 text -o sig
openssl dgst -sha256 -verify 01.pub -signature sig text >/dev/null || fail "signature"
run 0 "$tamga" sign $with 02 text -o sig --pss
openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify 02.pub -signature sig text >/dev/null ||
	fail "signature, PSS"
openssl pkeyutl -encrypt -pubin -inkey 02.pub -in text -out cipher || fail "encrypt"
run 0 "$tamga" decrypt $with 02 cipher -o plain
cmp -s plain text || fail "decrypt"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
	-subj /CN=ca 2>/dev/null || fail "CA"
openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out key.pem 2>/dev/null
openssl pkey -in key.pem -pubout -out peer.pub 2>/dev/null || fail "peer"
run 0 "$tamga" csr 01 $with --subject CN=x -o 01.csr
openssl x509 -req -in 01.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out 01.pem 2>/dev/null ||
	fail "certificate"
printf '9999\n' >bad
run 4 "$tamga" sign $at --pin-file bad 01 text -o sig
P11_KIT_SERVER_ADDRESS=unix:path=/nowhere run 0 "$tamga" list $at
pkcs11-tool --module "$TAMGA_LIAR_OVER" --login --pin 83915527 --keypairgen --key-type rsa:2048 \
	--id 05 --always-auth >out 2>said || { cat said; fail "a key that wants its PIN each time"; }
run 0 "$tamga" sign $with 05 text -o sig
openssl pkeyutl -encrypt -pubin -inkey 05.pub -in text -out cipher5 2>/dev/null || {
	run 0 "$tamga" csr 05 $with --subject CN=x -o 05.csr
	openssl req -in 05.csr -noout -pubkey >05.pub
	openssl pkeyutl -encrypt -pubin -inkey 05.pub -in text -out cipher5 || fail "encrypt"
}
run 0 "$tamga" decrypt $with 05 cipher5 -o plain
cmp -s plain text || fail "decrypt"
run 0 "$draw" "module:$liar" 32
[ "$(sort -u out | grep -cE '^[0-9a-f]{64}$')" = 2 ] || { cat out; fail "not 32 random bytes, twice"; }
ok "apart, all is as in one process"

# ---- what a row does --------------------------------------------------------------------
# Every row has a folder with a copy of the tokens, so that rows run side by side.
words() {
	case $1 in
	list) echo list $at ;;
	sign) echo sign $with 01 text -o sig ;;
	decrypt) echo decrypt $with 02 cipher -o plain ;;
	generate) echo key generate 03 $with --type ec:p256 ;;
	import) echo key import 04 key.pem $with ;;
	delete) echo key delete 02 $with --yes ;;
	install) echo cert install 01 01.pem $with ;;
	change) echo pin change $with --new-pin-file so ;;
	unblock) echo pin unblock $at --puk-file so --new-pin-file pin ;;
	reset) echo reset $at --destroy alpha --puk-file so --new-pin-file pin ;;
	derive) echo decrypt $with 01 --peer peer.pub -o plain ;;
	each) echo sign $with 05 text -o sig ;;
	open) echo decrypt $with 05 cipher5 -o plain ;;
	draw) echo module:$liar 32 ;;
	esac
}
# row FUNCTION HOW COMMAND STATUS PATTERN: its verdict in FUNCTION.HOW.COMMAND/verdict
row() {
	here=$work/rows/$1.$2.$3
	mkdir -p "$here"
	(
		cd "$here" || exit 1
		cp -r "$work/tokens" tokens
		cp ../../pin ../../so ../../text ../../cipher ../../cipher5 ../../key.pem ../../peer.pub \
			../../01.pem .
		echo "directories.tokendir = $here/tokens" >softhsm.conf
		began=$(date +%s) status=0
		program=$tamga also=
		case $3 in
		draw) program=$draw ;;
		each | open) also=C_Login:context, ;;	# what began has to be ended
		esac
		SOFTHSM2_CONF=$here/softhsm.conf TAMGA_LIAR=$also$1:$2 timeout 60 \
			"$program" $(words "$3") >out 2>said || status=$?
		took=$(($(date +%s) - began))
		if [ "$status" != "$4" ]; then echo "status $status, not $4"
		elif [ -n "$5" ] && ! grep -q -- "$5" said; then echo "not said: $5"
		elif [ "$took" -gt "$most" ]; then echo "$took s, more than $most"
		else echo fine; fi >verdict
	)
}
# all ROWS...: 16 at a time
all() {
	rm -rf "$work/rows"
	running=0
	while read -r function how command status pattern; do
		[ -n "$function" ] || continue
		row "$function" "$how" "$command" "$status" "$pattern" &
		running=$((running + 1))
		[ $((running % 16)) != 0 ] || wait
	done
	wait
	for verdict in "$work"/rows/*/verdict; do
		[ "$(cat "$verdict")" = fine ] && continue
		folder=${verdict%/verdict}
		echo "${folder##*/}: $(cat "$verdict")"
		cat "$folder/out" "$folder/said"
		touch "$work/wrong"
	done
	[ ! -e "$work/wrong" ] || exit 1
	set -- "$work"/rows/*/verdict
	echo $#
}

# ---- every function that the driver calls, hanging and crashing ----------------------------
# C_CloseSession and C_Finalize come when all is done, and C_Logout after a PIN was
# changed: what was asked for has happened.
functions='C_GetFunctionList list C_Initialize
C_Initialize list C_Initialize
C_GetInfo list C_GetInfo
C_GetSlotList list C_GetSlotList
C_GetSlotInfo list C_GetSlotInfo
C_GetTokenInfo list C_GetTokenInfo
C_GetMechanismList generate C_GetMechanismList
C_GetMechanismInfo generate C_GetMechanismInfo
C_OpenSession list C_OpenSession
C_FindObjectsInit list C_FindObjectsInit
C_FindObjects list C_FindObjects
C_FindObjectsFinal list C_FindObjectsFinal
C_GetAttributeValue list C_GetAttributeValue
C_Login sign C_Login
C_SignInit sign C_SignInit
C_Sign sign C_Sign
C_DecryptInit decrypt C_DecryptInit
C_Decrypt decrypt C_Decrypt
C_GenerateKeyPair generate C_GenerateKeyPair
C_CreateObject import C_CreateObject
C_CreateObject install C_CreateObject
C_DestroyObject delete C_DestroyObject
C_SetAttributeValue install C_SetAttributeValue
C_SetPIN change C_SetPIN
C_InitPIN unblock C_InitPIN
C_InitToken reset C_InitToken
C_SignFinal each 4
C_DecryptFinal open 4
C_GenerateRandom draw C_GenerateRandom
C_Logout change -
C_CloseSession list -
C_Finalize list -'
# C_SignFinal and C_DecryptFinal end what a PIN that is refused has begun.
# p11-kit 0.24 carries no C_DeriveKey, which is told, below and in module-softhsm.sh, in
# one process; and C_CloseAllSessions it does by itself, session by session.
elsewhere='C_DeriveKey C_CloseAllSessions'
for function in $(grep -ho '>C_[A-Za-z]*(' "$top_srcdir"/drivers/module/*.c | tr -d '>(' | sort -u); do
	echo "$functions" | grep -q "^$function " || case " $elsewhere " in
	*" $function "*) ;;
	*) fail "no row for $function, which the driver calls" ;;
	esac
done
expand() {
	echo "$functions" | while read -r function command named; do
		if [ "$named" = - ]; then echo "$function $1 $command 0"
		elif [ "$named" = 4 ]; then echo "$function $1 $command 4 refused for the use"
		else echo "$function $1 $command 1 liar.so $2 $named $3"; fi
	done
}
apart 30
most=20
cannot='passes no key agreement on to a module in a process of its own'
n=$(echo "C_DeriveKey crash derive 1 $cannot
C_DeriveKey end derive 1 $cannot
C_DeriveKey hang derive 1 $cannot
C_CloseAllSessions crash reset 0
C_CloseAllSessions end reset 0
C_CloseAllSessions hang reset 0" | all) || { echo "$n"; exit 1; }
ok "$n rows: what p11-kit does not pass on harms nobody, and is told"
n=$(expand crash 'crashed in' '(signal 6); try again' | all) || { echo "$n"; exit 1; }
ok "$n rows: a function crashes"
n=$(expand end 'ended its process in' '(status 3); try again' | all) || { echo "$n"; exit 1; }
ok "$n rows: a function ends the process"
apart $SECONDS_LEFT
most=$((SECONDS_LEFT + 12))
n=$(expand hang 'did not return from' "within $SECONDS_LEFT seconds and was ended; try again" | all) ||
	{ echo "$n"; exit 1; }
ok "$n rows: a function hangs"

# ---- what the others see of it, and what is left when tamga is gone ---------------------------
# hosts: the processes that run a module for this test
hosts() {
	for process in /proc/[0-9]*; do
		case $(cat "$process/cmdline" 2>/dev/null | tr '\0' ' ') in
		"$host "*) ! cat "$process/environ" 2>/dev/null | tr '\0' '\n' | grep -qx "HOME=$work" ||
			echo "${process#/proc/}" ;;
		esac
	done
}
# until_hosts N: there are so many, a watcher and a worker each
until_hosts() {
	tries=0
	while [ "$(hosts | wc -l)" != "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || fail "$(hosts | wc -l) processes of a module, not $1"
		sleep 0.1
	done
}
if [ -r /proc/1/environ ]; then
	until_hosts 0
	apart 60
	TAMGA_LIAR=C_Sign:hang "$tamga" sign $with 01 text -o sig >out 2>said &
	hung=$!
	until_hosts 2
	tries=0
	while ! grep -q 'liar: hangs' said; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || fail "it does not hang"
		sleep 0.1
	done
	for process in $(hosts); do
		! grep -q 83915527 "/proc/$process/cmdline" "/proc/$process/environ" ||
			fail "the PIN can be seen"
	done
	[ -z "$(ls tmp)" ] || fail "left in TMPDIR: $(ls tmp)"
	kill -9 $hung
	wait $hung 2>/dev/null
	until_hosts 0
	ok "no PIN in arguments or environment, and nothing is left of it when tamga is killed"
else
	echo "skipped: other processes' environment is root's to read"
fi

# ---- lies ---------------------------------------------------------------------------------
lies="C_GetInfo nothing list 0
C_GetSlotList many list 1 100000 slots where there was room for 64
C_GetSlotList grow list 0
C_GetSlotList fail list 1 answered to C_GetSlotList:
C_GetTokenInfo nothing list 3 has no token that can be used
C_GetMechanismList many sign 0
C_GetMechanismList nothing generate 1 makes no keys of the kind
C_OpenSession nothing list 1 answered to C_OpenSession has the wrong form
C_Login nothing sign 1 alpha
C_FindObjects many list 1 answered to C_FindObjects has the wrong form
C_FindObjects endless list 0
C_FindObjects vanished list 0
C_FindObjects nothing sign 1 alpha
C_GetAttributeValue long sign 1 alpha
C_GetAttributeValue short list 1 answered to C_GetAttributeValue has the wrong form
C_GetAttributeValue nothing sign 1 01
C_SignInit nothing sign 1 alpha
C_Sign long sign 1 answered to C_Sign has the wrong form
C_Sign short sign 1 answered to C_Sign has the wrong form
C_Sign blank sign 1 answered to C_Sign has the wrong form
C_Sign nothing sign 1 answered to C_Sign has the wrong form
C_Decrypt long decrypt 1 answered to C_Decrypt has the wrong form
C_Decrypt nothing decrypt 1 answered to C_Decrypt has the wrong form
C_GenerateKeyPair nothing generate 1 alpha
C_CreateObject nothing import 1 answered to C_CreateObject has the wrong form
C_CreateObject nothing install 1 answered to C_CreateObject has the wrong form
C_DestroyObject nothing delete 1 answered to C_DestroyObject has the wrong form
C_Sign absent sign 1 has no C_Sign
C_CloseAllSessions crash reset 0
C_Login context each 4 refused for the use
C_DeriveKey nothing derive 1 answered to C_DeriveKey has the wrong form
C_DeriveKey fail derive 1 answered to C_DeriveKey:
C_DeriveKey absent derive 1 has no C_DeriveKey
C_GenerateRandom nothing draw 1 answered to C_GenerateRandom has the wrong form
C_GenerateRandom fail draw 1 answered to C_GenerateRandom:
C_InitToken nothing reset 1 answered to C_InitToken has the wrong form
C_GetTokenInfo final sign 4 one try of the PIN of token
C_GetTokenInfo final unblock 4 one try of the
C_GetTokenInfo locked sign 5 the PIN of token alpha is locked"
together
most=20
n=$(echo "$lies" | all) || { echo "$n"; exit 1; }
ok "$n rows: a function lies, in one process"
