#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What must end in a refusal that names the cause and the next step, with the
# card as it was.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

# refused STATUS WORDS ARGUMENTS...: nothing on the card, no application
refused() {
	want=$1 words=$2
	shift 2
	before=$(applications)
	ctl mark
	run "$want" "$tamga" enroll --no-pcsc --subject "$name" "$@"
	says "$words"
	[ "$(generated)" = 0 ] || fail "a key was made: $*"
	[ "$(applications)" = "$before" ] || fail "an application was made: $*"
	[ "$(written)" = 0 ] || fail "something was written: $*"
	ok "$(sed -n 's/^tamga: //p' "$work/said" | cut -c 1-110)"
}
pin="--pin-file $work/pin"
printf '999999\n' >"$work/wrong"
printf '0102030405060708090A0B0C0D0E0F101112131415161718\n' >"$work/wrong-key"

# ---- usage -----------------------------------------------------------------------
refused 2 "say --ca" $pin
refused 2 "goes with --ca" $pin https://ra.example
refused 2 "--ca-file" $pin --ca "$TAMGA_TEST_RA_EST"
refused 2 "is no authority's address" $pin --ca htp://x
refused 1 "\"htp\" is no protocol" $pin --ca htp+https://x
refused 2 "is no authority's address" $pin --ca https://x --user anna
refused 2 "there is no such kind" $pin $official --type des
refused 2 "" $pin $official --subject nonsense
run 2 "$tamga" enroll --no-pcsc $official
says "say --subject"
refused 1 "cannot make keys of the type" $pin $official --type ec:p521
refused 1 "" $pin $official --slot 9f

# ---- PINs --------------------------------------------------------------------------
refused 4 "2" $official --pin-file "$work/wrong"
refused 4 "1" $official --pin-file "$work/wrong"
refused 4 "last-try" $official --pin-file "$work/wrong"
refused 5 "unblock" $official --pin-file "$work/wrong" --last-try
refused 5 "unblock" $official $pin
printf '%s\n' "$TAMGA_TEST_PUK" >"$work/puk"
run 0 "$tamga" pin unblock --no-pcsc --puk-file "$work/puk" --new-pin-file "$work/pin"

# ---- the authority --------------------------------------------------------------------
refused 1 "nobody answers" $pin $official --ca est+https://localhost:1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Other \
	-keyout "$work/other.key" -out "$work/other.pem" -days 2 2>/dev/null
refused 1 "" $pin --ca "$TAMGA_TEST_RA_EST" --ca-file "$work/other.pem" \
	--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE"
refused 1 "fingerprint" $pin --ca "$TAMGA_TEST_RA_EST" --ca-fingerprint "$(printf '%064d' 1)" \
	--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE"

# ---- the state folder -----------------------------------------------------------------
XDG_STATE_HOME=/proc/nowhere refused 1 "XDG_STATE_HOME" $pin $official
if [ "$(id -u)" -ne 0 ]; then
	mkdir -p "$work/locked" && chmod 500 "$work/locked"
	XDG_STATE_HOME=$work/locked refused 1 "writable" $pin $official
fi
# full at each write: what was begun is finished when there is room again
full() {
	mkdir -p "$work/full"
	mount -t tmpfs -o size=64k tmpfs "$work/full" 2>/dev/null || return 1
	XDG_STATE_HOME=$work/full
	mkdir -p "$work/full/tamga"
	head -c 1048576 /dev/zero >"$work/full/rest" 2>/dev/null
	refused 1 "No space left" $pin $official --slot 9e
	rm "$work/full/rest"
	run 0 "$tamga" enroll --no-pcsc $pin $official --slot 9e --subject "$name"
	XDG_STATE_HOME=$work/state
	umount "$work/full"
	ok "a full disk: refused, then done when there was room"
}
full || echo "not tried: a small tmpfs for a full disk (no mount here)"

# ---- an occupied slot ---------------------------------------------------------------
run 0 "$tamga" enroll $official --no-pcsc --subject "$name" $pin --slot 9a
refused 1 "replace" $pin $official --slot 9a --subject CN=Somebody
# this card has no second place for a key: somebody has to say that the old one may go
ctl mark
refused 1 "cannot keep what slot 9a holds" $pin $official --slot 9a --subject CN=Somebody --replace
says "--destroy lets it be destroyed"
says "free: 9c, 9d"
[ "$(generated)" = 0 ] || fail "a key was made"
assert_installed 9a
run 0 "$tamga" enroll $official --no-pcsc --subject "$name" $pin --slot 9a --subject CN=Somebody --destroy
assert_installed 9a
ok "--replace loses nothing unsaid; --destroy replaces"

# a request that will be refused costs no key
printf 'not the password\n' >"$work/wrong-password"
strangers="--ca $TAMGA_TEST_RA_EST --ca-file $TAMGA_TEST_RA_CA --user $TAMGA_TEST_RA_USER \
--password-file $work/wrong-password"
refused 7 "does not accept this user name and password" $pin $strangers --slot 9a \
	--subject CN=Somebody --destroy
says "--user NAME and --password-file FILE"
refused 7 "it wants to know who you are" $pin --ca "$TAMGA_TEST_RA_EST" \
	--ca-file "$TAMGA_TEST_RA_CA" --slot 9a --subject CN=Somebody --destroy
says "--user NAME and --password-file FILE"
assert_installed 9a

# ---- two at once --------------------------------------------------------------------
ctl mark
before=$(applications)
timeout 60 "$tamga" enroll $local $official --slot 9c --subject CN=Race >"$work/a" 2>&1 &
one=$!
timeout 60 "$tamga" enroll $local $official --slot 9c --subject CN=Race >"$work/b" 2>&1
second=$?
wait $one
first=$?
[ $first = 0 ] || [ $second = 0 ] || { cat "$work/a" "$work/b"; fail "neither finished"; }
run 0 "$tamga" enroll $local $official --slot 9c --subject CN=Race
[ "$(generated)" = 1 ] || fail "$(generated) keys made"
[ "$(applications)" = $((before + 1)) ] || fail "$(applications) applications"
ok "two processes at once: one key, one application ($first, $second)"

# ---- every shown slot is taken ---------------------------------------------------------
# A key that nobody can move, and retired slots that are free: they are named, and taken.
fresh_card --yubikey=5.4.3
for slot in 9a 9c 9d 9e; do
	run 0 "$tamga" key generate --no-pcsc $slot $pin -o "$work/pub"
done
run 0 "$tamga" enroll $official --no-pcsc --subject "$name" $pin --slot 9a --keep-key
refused 1 "cannot keep what slot 9a holds" $pin $official --slot 9a --subject CN=Somebody --replace
says "(free: 82-95)"
run 0 "$tamga" enroll $official --no-pcsc --subject CN=Somebody $pin --slot 82
refused 1 "cannot keep what slot 9a holds" $pin $official --slot 9a --subject CN=Somebody --replace
says "(free: 83-95)"
ok "retired slots are named where nothing else is free"

# ---- the management key -------------------------------------------------------------
fresh_card --yubikey
printf 'A1A2A3A4A5A6A7A8B1B2B3B4B5B6B7B8C1C2C3C4C5C6C7C8\n' >"$work/admin"
printf '010203040506070801020304050607080102030405060708\n' >"$work/factory"
if run 0 "$tamga" pin change --no-pcsc --admin-key --admin-key-file "$work/factory" \
    --new-admin-key-file "$work/admin" 2>/dev/null; then
	refused 4 "" $pin $official --admin-key-file "$work/wrong-key"
	run 0 "$tamga" enroll $official --no-pcsc --subject "$name" $pin --admin-key-file "$work/admin"
	ok "wrong management key refused, the right one taken"
fi

# ---- a person compares the fingerprint ------------------------------------------------
if command -v expect >/dev/null; then
	fresh_card --yubikey
	for answer in no yes; do
		cat >"$work/person" <<-END
			log_user 1
			set timeout 30
			spawn $tamga enroll --no-pcsc $pin --ca $TAMGA_TEST_RA_EST \\
			    --user $TAMGA_TEST_RA_USER \\
			    --password-file $TAMGA_TEST_RA_PASSWORD_FILE --subject CN=Asel
			expect "Type yes"
			send "$answer\r"
			expect eof
			exit [lindex [wait] 3]
		END
		status=0
		expect "$work/person" >"$work/out" 2>&1 || status=$?
		tr -d ':\r' <"$work/out" | grep -qi "$TAMGA_TEST_RA_FINGERPRINT" ||
			fail "the fingerprint is not shown"
		case $answer in
		no) [ $status = 1 ] && [ "$(generated)" = 0 ] && [ "$(journals)" = 0 ] ;;
		yes) [ $status = 0 ] && [ "$(generated)" = 1 ] ;;
		esac || fail "answered $answer: status $status"
	done
	assert_installed 9a
	ok "a fingerprint is shown, and believed only after yes"
fi
