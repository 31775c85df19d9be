#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every kind of key that tamga makes on an OpenPGP card, and some that it brings there, is
# gpg's: it knows fingerprint and date, makes an OpenPGP key of what lies on the card, signs
# and decrypts with it, and its agent has the authentication key for ssh.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card openpgp"
need gpg gpgconf gpg-connect-agent ssh-add pcscd openssl jq
[ -x "$(gpgconf --list-dirs libexecdir)/scdaemon" ] || { echo "skipped: no scdaemon"; exit 77; }
enter "$0" "$@"
work
gnupg_home
trap 'gnupg_ends; rm -rf "$work" "$GNUPGHOME"' EXIT
printf 'disable-ccid\nreader-port "%s"\n' "$TAMGA_TEST_READER" >"$GNUPGHOME/scdaemon.conf"
printf 'allow-loopback-pinentry\nenable-ssh-support\n' >"$GNUPGHOME/gpg-agent.conf"
SSH_AUTH_SOCK=$(gpgconf --list-dirs agent-ssh-socket)
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8
export SSH_AUTH_SOCK XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL
tamga=$top_builddir/tamga
echo "$TAMGA_TEST_ADMIN" >admin
echo "what is signed" >data
name=$("$tamga" list --json | jq -r '.tokens[0].label')

g() { gpg --no-tty --yes --pinentry-mode loopback --passphrase "$TAMGA_TEST_PIN" "$@"; }
# told WHICH FIELD: of the keys that gpg sees on the card
told() { gpg --no-tty --with-colons --card-status 2>/dev/null | grep "^$2:" | cut -d : -f $(($1 + 1)); }
# answered TIME COMMANDS... -- GPG ARGUMENTS: it asks, and is answered
# (gpg lets its clock run on where it is to be stopped at the present second)
answered() {
	at=$1
	shift
	while [ "$(date +%s)" -le "$at" ]; do sleep 0.1; done
	: >commands
	while [ "$1" != -- ]; do echo "$1" >>commands; shift; done
	shift
	g --expert --faked-system-time "$at!" --command-fd 0 --status-fd 1 "$@" <commands >said 2>&1 ||
		{ cat said >&2; fail "gpg $*"; }
}
# key HOW SLOT KIND
key() {
	if [ "$1" = made ]; then
		quiet "$tamga" key generate "$2" --type "$3" --replace --admin-key-file admin
		return
	fi
	case $3 in
	rsa:*) quiet openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${3#rsa:}" -out key ;;
	ec:*) quiet openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-${3#ec:p}" -out key ;;
	*) quiet openssl genpkey -algorithm "$3" -out key ;;
	esac
	quiet "$tamga" key import "$2" key --replace --admin-key-file admin
}
# life HOW KIND [KIND OF DEC] GPG'S NAME, SSH'S
life() {
	step "$1: $2"
	gnupg_ends	# scdaemon held the card
	for _ in $(seq 600); do ! "$tamga" info >/dev/null 2>&1 || break; sleep 0.1; done
	quiet "$tamga" reset --destroy "$name" --admin-key-file admin
	key "$1" sig "$2"
	key "$1" dec "$3"
	key "$1" aut "$2"
	expect "^Key attributes ...: $4 " g --card-status
	answered "$(told 1 fprtime)" 14 1 q 0 "Somebody" k@example.org "" o -- --full-generate-key
	made=$(sed -n 's/.*KEY_CREATED P \([0-9A-F]*\).*/\1/p' said)
	[ -n "$made" ] && [ "$made" = "$(told 1 fpr)" ] || { cat said >&2; fail "gpg counts another fingerprint"; }
	answered "$(told 2 fprtime)" addkey 14 2 q 0 save -- --edit-key "$made"
	g --with-colons --list-keys --with-subkey-fingerprint "$made" >said
	grep -q "^fpr:.*:$(told 2 fpr):" said || { cat said >&2; fail "another fingerprint of dec"; }
	rm -f signed sealed opened
	quiet g -u "$made" -o signed --sign data
	expect "Good signature from \"Somebody" g --verify signed
	quiet g --trust-model always -r "$made" -o sealed --encrypt data
	quiet g -o opened --decrypt sealed
	same data opened
	[ -z "$5" ] || expect "^$5 .*cardno:" ssh-add -L
}
for kind in rsa:2048 rsa:3072 rsa:4096; do life made $kind $kind "rsa${kind#rsa:}" ssh-rsa; done
for n in 256 384 521; do life made ec:p$n ec:p$n nistp$n ecdsa-sha2-nistp$n; done
for n in 256 384 512; do life made ec:bp$n ec:bp$n brainpoolP${n}r1 ""; done	# ssh has none
life made ed25519 x25519 "ed25519 cv25519" ssh-ed25519
life brought rsa:2048 rsa:2048 rsa2048 ssh-rsa
life brought ec:p256 ec:p256 nistp256 ecdsa-sha2-nistp256
life brought ed25519 x25519 "ed25519 cv25519" ssh-ed25519
echo "every kind is gpg's"
