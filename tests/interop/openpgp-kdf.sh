#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An OpenPGP card gets a KDF object from `tamga setup --kdf`: gpg sees it and logs in as
# tamga does; and the other way round, one that gpg's kdf-setup made serves tamga.
. "$top_srcdir/tests/interop/vcard-lib.sh"
CARDS="--card openpgp --card openpgp,no-kdf"
need openssl pcscd gpg gpgconf gpg-connect-agent jq
[ -x "$(gpgconf --list-dirs libexecdir)/scdaemon" ] || { echo "skipped: no scdaemon"; exit 77; }
enter "$0" "$@"
work
gnupg_home
trap 'gnupg_ends; rm -rf "$work" "$GNUPGHOME"' EXIT
printf 'disable-ccid\nreader-port "%s"\n' "$TAMGA_TEST_READER" >"$GNUPGHOME/scdaemon.conf"
printf 'pinentry-program %s/pinentry\n' "$work" >"$GNUPGHOME/gpg-agent.conf"
cat >pinentry <<END
#!/bin/sh
echo "OK ready"
while read -r word rest; do
	case \$word in
	GETPIN) echo "D \$(cat "$work/typed")"; echo OK ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
END
chmod +x pinentry
XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config LC_ALL=C.UTF-8
export XDG_STATE_HOME XDG_CONFIG_HOME LC_ALL
echo 12345678 >first
echo 654321 >pin
echo 87654321 >admin
echo 12345 >short
echo "what is signed" >data
reader=$TAMGA_TEST_READER
tamga() { "$top_builddir/tamga" "$@" --reader "$reader" >out 2>err; }
ok() { tamga "$@" || { cat out err >&2; fail "tamga $*"; }; }
# wants CODE COMMAND...
wants() {
	want=$1 code=0
	shift
	tamga "$@" || code=$?
	[ $code = "$want" ] || { cat out err >&2; fail "exit $code, not $want: tamga $*"; }
}
kdf="setup --kdf --new-pin-file pin --new-admin-key-file admin --admin-key-file"
# let_go: gpg's programs end, and the card is ours
let_go() {
	gnupg_ends
	for _ in $(seq 600); do ! tamga list || return 0; sleep 0.1; done
	fail "scdaemon keeps the card"
}
# checked PIN: gpg's word for the right one
checked() {
	echo "$1" >typed
	serial=$(gpg-connect-agent 'scd serialno openpgp' /bye | sed -n 's/^S SERIALNO //p')
	gpg-connect-agent "scd checkpin $serial" /bye >said 2>&1
	let_go
	grep -q '^OK' said
}
signs() {
	ok sign sig data --pin-file "$1" -o sig
	openssl dgst -sha256 -verify sig.pub -signature sig data >/dev/null || fail "signature"
}

step "what is no PIN, and who is no admin, change nothing"
wants 1 setup --kdf --new-pin-file short --new-admin-key-file admin --admin-key-file first
wants 4 $kdf admin
ok key generate sig --type ec:p256 --admin-key-file first -o sig.pub
step "the card is sent hashes, of new PINs"
ok $kdf first
grep -q "hashed" out || fail "what was done is not told"
wants 1 $kdf admin
grep -q "already" err || { cat err; fail "a second time"; }
gpg --no-tty --card-status >status 2>&1 || { cat status; fail "gpg"; }
grep -q '^KDF setting.*: on' status || { cat status; fail "gpg sees no KDF object"; }
let_go
signs pin
! tamga sign sig data --pin-file first -o sig || fail "the PIN of before is taken"
step "gpg logs in"
checked 654321 || { cat said; fail "gpg's scdaemon is refused"; }
! checked 111111 || fail "any PIN is right"
checked 654321 || { cat said; fail "gpg's scdaemon is refused"; }
step "PINs are changed, by hash"
echo 246802 >other
ok pin change --pin-file pin --new-pin-file other
signs other
checked 246802 || { cat said; fail "gpg's scdaemon is refused"; }
step "reset, and set up by gpg: tamga logs in"
ok info --json
ok reset --destroy "$(jq -r .label out)" --admin-key-file admin
echo 12345678 >typed
printf 'admin\nkdf-setup\nquit\n' | gpg --no-tty --command-fd 0 --edit-card >said 2>&1 ||
	{ cat said; fail "gpg's kdf-setup"; }
gpg --no-tty --card-status >status 2>&1 || { cat status; fail "gpg"; }
grep -q '^KDF setting.*: on' status || { cat said status; fail "gpg made no KDF object"; }
let_go
echo 123456 >given
ok key generate sig --type ec:p256 --admin-key-file first -o sig.pub
signs given
wants 1 $kdf first
step "a card that knows no such thing"
reader=$(reader 2)
wants 1 $kdf first
grep -q "never hashed" err || { cat err; fail "that is not told"; }
echo "all as it should be"
