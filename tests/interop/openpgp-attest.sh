#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Attestations of a YubiKey's OpenPGP keys: what tamga gets is what ykman gets, an
# authority that wants one takes it, and no certificate is lost by it.
# shellcheck disable=SC2086
set -u
. "$top_srcdir/tests/interop/vcard-lib.sh"
need openssl pcscd jq ykman
[ "${1:-}" = inside ] || exec "$top_srcdir/tests/with-card" \
	--card "openpgp,version=5.7.1,serial=305419896,touch-time=1,reader=Yubico YubiKey CCID" \
	-- sh "$0" inside
tamga=$top_builddir/tamga
work
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config HOME=$work LC_ALL=C.UTF-8
export XDG_STATE_HOME XDG_CONFIG_HOME HOME LC_ALL
echo "$TAMGA_TEST_PIN" >pin
echo "$TAMGA_TEST_ADMIN" >admin
printf '%s\n%s\n' "$TAMGA_TEST_PIN" y >answers
secrets="--pin-file pin --admin-key-file admin"
ykman() { command ykman -r "$TAMGA_TEST_READER" openpgp "$@"; }
# body FILE: what the statement says, without what is another each time
body() { openssl x509 -in "$1" -noout -text -certopt no_serial,no_sigdump,no_signame; }

step "a key that was made there is attested"
quiet "$tamga" key generate aut --touch-policy cached --admin-key-file admin -o aut.pub
quiet "$tamga" cert export att -o maker.pem
quiet "$tamga" key attest aut $secrets -o aut.pem
expect 'aut.pem: OK' openssl verify -CAfile maker.pem aut.pem
openssl x509 -in aut.pem -noout -pubkey >pub
same pub aut.pub
"$tamga" info --json | jq -e '.. | objects | select(.slot? == "aut") | .certificate == null' \
	>/dev/null || fail "the statement stays behind as the key's certificate"

step "with a certificate beside it, which stays"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca \
	-keyout ca.key -out ca.pem 2>/dev/null
openssl x509 -new -force_pubkey aut.pub -subj /CN=mine -CA ca.pem -CAkey ca.key -days 2 \
	-out mine.pem 2>/dev/null || { openssl req -new -key ca.key -subj /CN=mine -out r.csr &&
	openssl x509 -req -in r.csr -force_pubkey aut.pub -CA ca.pem -CAkey ca.key \
		-CAcreateserial -days 2 -out mine.pem 2>/dev/null; } || fail "no certificate"
quiet "$tamga" cert install aut mine.pem --admin-key-file admin
quiet "$tamga" key attest aut $secrets -o again.pem
quiet "$tamga" cert export aut -o kept.pem
openssl x509 -in mine.pem -outform DER -out mine.der
openssl x509 -in kept.pem -outform DER -out kept.der
same mine.der kept.der

step "ykman gets the same, and sees what tamga set"
ykman info >info || fail "ykman"
grep -q '^Authentication key *Cached' info || { cat info; fail "ykman sees another touch policy"; }
quiet "$tamga" key generate sig --admin-key-file admin
ykman keys set-touch -f -a "$TAMGA_TEST_ADMIN" sig fixed || fail "ykman set-touch"
"$tamga" info --json | jq -e '.. | objects | select(.slot? == "sig") | .touch_policy == "always"' \
	>/dev/null || fail "tamga does not see what ykman set"
refuse "fixed as long as this key is in it" \
	"$tamga" key policy sig --touch-policy never --admin-key-file admin
yes | ykman keys attest -P "$TAMGA_TEST_PIN" aut theirs.pem >said 2>&1 || { cat said; fail "ykman attest"; }
body aut.pem >ours
body theirs.pem >theirs
same ours theirs

step "what is not attested is refused in words"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out soft.key 2>/dev/null
quiet "$tamga" key import aut soft.key --replace --admin-key-file admin
refuse "slot aut was brought from outside" "$tamga" key attest aut $secrets
refuse "slot dec holds no key" "$tamga" key attest dec $secrets
refuse "does not attest the key in slot att" "$tamga" key attest att $secrets
echo "all as it should be"
