#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gpg and its scdaemon on our OpenPGP card: status, key attributes, generate,
# sign, decrypt, the key for ssh; RSA and Curve25519.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card openpgp,serial=305419896"
need gpg gpgconf gpg-connect-agent ssh-add ssh-keygen pcscd
[ -x "$(gpgconf --list-dirs libexecdir)/scdaemon" ] || { echo "skipped: no scdaemon"; exit 77; }
enter "$0" "$@"
work
gnupg_home
trap 'gnupg_ends; rm -rf "$work" "$GNUPGHOME"' EXIT
printf 'disable-ccid\nreader-port "%s"\n' "$TAMGA_TEST_READER" >"$GNUPGHOME/scdaemon.conf"
printf 'allow-loopback-pinentry\nenable-ssh-support\npinentry-program %s\n' "$work/pinentry" \
	>"$GNUPGHOME/gpg-agent.conf"
cat >pinentry <<END
#!/bin/sh
echo OK
while read -r word _; do
	case \$word in GETPIN) echo D 12345678 ;; esac
	echo OK
done
END
chmod +x pinentry
SSH_AUTH_SOCK=$(gpgconf --list-dirs agent-ssh-socket)
export SSH_AUTH_SOCK

# One passphrase answers for both passwords: PW1 becomes what PW3 is.
g() { gpg --no-tty --yes --pinentry-mode loopback --passphrase 12345678 "$@"; }
edit() { printf '%s\n' "$@" >edit; g --expert --command-file edit --status-fd 1 --card-edit; }

step "a fresh card"
g --card-status >status
for line in 'Application ID ...: D276000124010304FFFE123456780000' 'Version ..........: 3.4' \
    'PIN retry counter : 3 0 3' 'Signature counter : 0' 'Signature key ....: \[none\]'; do
	grep -q "^$line" status || { cat status; fail "no \"$line\""; }
done
expect '^OK' gpg-connect-agent 'scd apdu 00 24 00 81 0E 31 32 33 34 35 36 31 32 33 34 35 36 37 38' /bye

# life NAME KIND QUESTIONS...: generates and uses the three keys.
life() {
	step "$1: generate, sign, decrypt, ssh"
	name=$1 kind=$2
	shift 2
	expect 'KEY_CREATED B' edit admin generate n "$@" 0 "$name" k@example.org "" o quit
	echo "what is signed" >data
	g -u "$name" -o signed --sign data
	expect "Good signature from \"$name" g --verify signed
	g --trust-model always -r "$name" -o sealed --encrypt data
	g -o opened --decrypt sealed
	same data opened
	expect "^$kind .*cardno:" ssh-add -L
	# what ssh asks its agent for to log in
	grep "cardno:" said >key.pub
	quiet ssh-keygen -Y sign -f key.pub -n test data
	echo "me $(cut -d' ' -f1,2 key.pub)" >allowed
	expect 'Good "test" signature' ssh-keygen -Y verify -f allowed -I me -n test -s data.sig <data
	rm -f signed sealed opened data.sig
}
life "Card Rsa" ssh-rsa
edit admin key-attr 2 1 2 1 2 1 quit >edited
expect '^Key attributes ...: ed25519 cv25519 ed25519' g --card-status
life "Card Curve" ssh-ed25519 y

step "what the card counted"
g --card-status >status
grep -q '^PIN retry counter : 3 0 3' status || fail "tries"
! grep -q '^Signature counter : 0' status || fail "no signature was counted"
echo "all as it should be"
