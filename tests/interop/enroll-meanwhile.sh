#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# While a PIN dialog stands open, another process enrolls into the same slot: who
# asked for the same has it, who asked for another is told, and no key is lost.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

# a dialog that is answered when another enrollment has ended
cat >"$work/pinentry" <<'END'
#!/bin/sh
echo "OK ready"
while read -r command rest; do
	case $command in
	GETPIN)
		sh "$MEANWHILE" >"$MEANWHILE.out" 2>&1 || echo "status $?" >>"$MEANWHILE.out"
		echo "D $TAMGA_TEST_PIN"; echo OK ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
END
chmod +x "$work/pinentry"
MEANWHILE=$work/meanwhile
export MEANWHILE tamga
# meanwhile SUBJECT: enrolled while the dialog for CN=First stands open
meanwhile() { # STATUS SUBJECT
	fresh_card --yubikey
	before=$(applications)
	echo "exec \"\$tamga\" enroll $local $official --slot 9a --subject $2 --quiet" >"$MEANWHILE"
	run $1 "$tamga" enroll --no-pcsc $official --slot 9a --subject CN=First \
		--pinentry="$work/pinentry"
	! grep -q '^status' "$MEANWHILE.out" || { cat "$MEANWHILE.out"; fail "the other one failed"; }
	[ "$(generated) $(journals) $(state)" = "1 1 done" ] || fail "$(generated) keys, $(state)"
	[ "$(applications)" = $((before + 1)) ] || fail "$(applications) applications"
	assert_installed 9a
}
meanwhile 0 CN=First
ok "the same wish twice: one key, one certificate"
meanwhile 1 CN=Other
ok "another one's certificate is not overwritten"
