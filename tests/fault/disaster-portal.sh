#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever happens to an application at a portal, from before it is begun until
# the authority knows that its certificate is installed: disaster-lib.sh.
# shellcheck disable=SC2034,SC2086,SC2154
set -u
binding=portal
. "$top_srcdir/tests/fault/disaster-lib.sh"
. "$top_srcdir/tests/fault/disaster-ra.sh"
folder=$TAMGA_TEST_RA_DIR/profiles
sed -e '/^flow/,$d' -e '/^renewal/,/^};/d' "$top_srcdir/share/profiles/employee.profile" \
	>"$folder/walk.profile"
cat >>"$folder/walk.profile" <<'P'
flow: { steps = ["agreed", "filled", "key", "submitted", "downloaded", "installed"]; };
renewal: { approval = "automatic"; };
consent: { text = "terms"; };
fields = ({ name = "who"; label = "Who"; kind = "text"; required = true; });
contents = ({ into = "subject.CN"; text = "${who}"; });
P
echo "be good" >"$folder/terms"
hash=$(sha256sum <"$folder/terms" | cut -d' ' -f1)
# Who begins more than sixty is slowed down, which is not what is tried here.
command -v sqlite3 >/dev/null || { echo "skipped: no sqlite3"; exit 77; }
wish() {
	sqlite3 -cmd '.timeout 5000' "$TAMGA_TEST_RA_DIR/store.db" 'DELETE FROM mark' ||
		fail "sqlite3"
	echo "{\"who\": \"$1\"}" >"$work/answers"
	credentials=
	asks="--ca portal+$tls --ca-file $TAMGA_TEST_RA_CA --profile walk --answers $work/answers --agree $hash"
}
serve

# what the slot forbids is said before the authority has an application
fresh_card --yubikey
wish first
run 0 "$tamga" enroll $local $asks --slot 9a
had=$(held)
wish second
run 1 "$tamga" enroll $local $asks --slot 9a
says "nothing was sent"
[ "$(held)" = "$had" ] || fail "an application for an occupied slot"

disasters enroll renew
total
