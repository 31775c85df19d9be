#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The data of an OpenPGP card's holder: tamga writes them, gpg reads them, and the
# other way round.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card openpgp,serial=305419896"
need pcscd gpg gpgconf jq
[ -x "$(gpgconf --list-dirs libexecdir)/scdaemon" ] || { echo "skipped: no scdaemon"; exit 77; }
enter "$0" "$@"
tamga=$top_builddir/tamga
work
gnupg_home
trap 'gnupg_ends; rm -rf "$work" "$GNUPGHOME"' EXIT
printf 'disable-ccid\nreader-port "%s"\n' "$TAMGA_TEST_READER" >"$GNUPGHOME/scdaemon.conf"
echo allow-loopback-pinentry >"$GNUPGHOME/gpg-agent.conf"
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8
export XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL
echo "$TAMGA_TEST_PIN" >pin
echo "$TAMGA_TEST_ADMIN" >admin

put() { quiet "$tamga" data write "$@" --admin-key-file admin --pin-file pin; }
is() {
	quiet "$tamga" data read "$1" --pin-file pin --admin-key-file admin -o got
	printf %s "$2" | cmp -s - got || { od -c got; fail "$1 is not \"$2\""; }
}

step "tamga writes"
put Name --text 'Testova<<Asel'
put 'Language Preferences' --text kk
put Salutation --text 2
put 'URL of Public Key' --text https://keys.example/asel
printf asel >login
put 'Login Data' login
put 'Private Use 1' --text hint
is 'Login Data' asel
is 'Private Use 1' hint
"$tamga" data list --json >list || fail "data list"
jq -e '[.data[] | select(.name == "Name" and .text == "Testova<<Asel")] | length == 1' list \
	>/dev/null || { cat list; fail "it is not listed"; }

step "what is there is not overwritten unasked, nor what the card alone writes"
refuse 'overwrit' "$tamga" data write Name --text Other --admin-key-file admin
is Name 'Testova<<Asel'
put Name --text 'Testova<<Asel Nova' --replace
refuse 'written by the token alone' "$tamga" data write 'Key Derived Format' --text x --admin-key-file admin
refuse "no place for data that is called 'Nonsense'" "$tamga" data read Nonsense
refuse 'does not fit' "$tamga" data write 'Language Preferences' --text kkrubgazen --replace \
	--admin-key-file admin

step "gpg reads it, and writes"
gpg --no-tty --card-status >status 2>&1 || { cat status; fail "gpg"; }
for line in 'Name of cardholder: Asel Nova Testova' 'Language prefs ...: kk' 'Salutation .......: M' \
    'URL of public key : https://keys.example/asel' 'Login data .......: asel'; do
	grep -q "^$line" status || { cat status; fail "gpg does not say \"$line\""; }
done
printf '%s\n' admin login dinara quit >edit
quiet gpg --no-tty --yes --pinentry-mode loopback --passphrase 12345678 --command-file edit \
	--status-fd 1 --card-edit
gnupg_ends
for _ in $(seq 600); do ! "$tamga" list >/dev/null 2>&1 || break; sleep 0.1; done
is 'Login Data' dinara

step "whose card it is, and what its keys are called by gpg and by OpenSC"
quiet "$tamga" info
grep -q '^holder: Asel Nova Testova$' said || { cat said; fail "nobody says whose it is"; }
for words in 'sig   Signature key' 'dec   Encryption key' 'aut   Authentication key'; do
	grep -q "^$words " said || { cat said; fail "no $words"; }
done
"$tamga" info --json | jq -e '.holder == "Asel Nova Testova"' >/dev/null || fail "not in JSON"
printf 'Testova<<A\033[2Jsel' >evil
put Name evil --replace
quiet "$tamga" info
! grep -q "$(printf '\033')" said || fail "a card steers the terminal"
quiet "$tamga" data delete Name --yes --admin-key-file admin
quiet "$tamga" info
! grep -q '^holder' said || fail "nobody's card has a holder"
put Name --text 'Testova<<Asel Nova'

step "and it is deleted"
quiet "$tamga" data delete 'Login Data' --yes --admin-key-file admin
refuse 'no Login Data' "$tamga" data read 'Login Data'
echo "all as it should be"
