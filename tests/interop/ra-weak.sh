#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keys that others have: lists in both forms, made by our command and by openssl's,
# read anew while the server runs, and held against every door.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
umask 022

conf=$TAMGA_TEST_RA_DIR/ra.conf
logged() {
	for i in $(seq 100); do
		[ "$(grep -c "$1" "$TAMGA_TEST_RA_LOG")" -lt "$2" ] || return 0
		sleep 0.1
	done
	die "the log does not say $1 $2 times"
}
# refused NAME: at EST and at the API, in words
refused() {
	same "$1" "$(post employee/simpleenroll "$1.b64" $auth)" 400
	says 'known-key'
}

for name in published shipped good der; do
	new_csr $name "/CN=$name"
done
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out debian.key 2>/dev/null
new_csr debian /CN=debian

# ---- lines are made of whatever holds a key, as openssl hashes it
openssl req -x509 -key published.key -subj /CN=p -days 1 -out published.pem
openssl pkey -in der.key -pubout -outform DER -out der.spki
echo 'weak_keys = [ "weak.keys", "debian.keys" ];' >> "$conf"
: > "$TAMGA_TEST_RA_DIR/debian.keys"
rc=0; "$ra" weak-keys check good.key 2>err || rc=$?
same 'a list that is not there' $rc 1
grep -q weak.keys err || die "names no file: $(cat err)"
"$ra" weak-keys add published.pem shipped.der der.spki > added
same 'added' "$(grep -c added added)" 3
for name in published shipped der; do
	hash=$(openssl pkey -in $name.key -pubout -outform DER | openssl sha256 -r | cut -c 1-64)
	grep -q "^$hash  # $name" "$TAMGA_TEST_RA_DIR/weak.keys" ||
	    die "no line of $name: $(cat "$TAMGA_TEST_RA_DIR/weak.keys")"
done
"$ra" weak-keys add shipped.key good.key good.key --list second > added
"$ra" weak-keys add shipped.key good.key --list second > added
same 'twice' "$(grep -c already added)" 2
same 'once each' "$(grep -c '#' second)" 2
openssl rsa -in debian.key -noout -modulus | openssl sha1 -r | cut -c 21-40 > \
    "$TAMGA_TEST_RA_DIR/debian.keys"

# ---- told by the command
"$ra" weak-keys check good.key > said || die "good.key: $(cat said)"
for name in published.key published.pem shipped.b64 der.der debian.key; do
	case $name in *.b64) openssl req -inform DER -in shipped.der -out shipped.csr; name=shipped.csr ;; esac
	rc=0; "$ra" weak-keys check good.key "$name" > said 2>/dev/null || rc=$?
	same "$name" "$rc" 7
	grep -q "$name: on a list" said || die "$name: $(cat said)"
done
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out small.key 2>/dev/null
rc=0; "$ra" weak-keys check --json small.key > said 2>/dev/null || rc=$?
same 'a small key' $rc 7
jq -e '.[0].is | contains("rsa-size")' said > /dev/null || die "a small key: $(cat said)"
openssl pkey -in good.key -aes256 -passout pass:x -out sealed.key
for name in sealed.key "$conf" /dev/null; do
	rc=0; "$ra" weak-keys check "$name" > said 2> err || rc=$?
	same "$name" $rc 7
	grep -q 'no certificate, request or unencrypted key' err || die "$name: $(cat err)"
done

# ---- and held by a server that reads them anew, for those who wait, too
new_csr waits /CN=waits
same 'somebody waits' "$(post employee-reviewed/simpleenroll waits.b64 $auth)" 202
"$ra" weak-keys add waits.der > added
"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
logged 'profiles anew' 1
for name in published shipped der debian; do refused $name; done
same good "$(post employee/simpleenroll good.b64 $auth)" 200
issued good
rc=0
"$ra" approve "$("$ra" list --state submitted --json | jq -r '.[0].application')" >said 2>&1 || rc=$?
[ $rc -ne 0 ] || die "a key that became known was certified: $(cat said)"
grep -q 'known-key' said || die "the officer is told: $(cat said)"

# ---- a list with a mistake changes nothing
echo '0123456789' >> "$TAMGA_TEST_RA_DIR/debian.keys"
rc=0; "$ra" reload "$TAMGA_TEST_RA_PID" 2>err || rc=$?
same 'a mistake' $rc 7
grep -q 'debian.keys:2: ' err || die "without file and line: $(cat err)"
kill -HUP "$TAMGA_TEST_RA_PID"
logged 'stay as they were: .*debian.keys:2' 1
refused debian
echo 'weak keys: all held'
