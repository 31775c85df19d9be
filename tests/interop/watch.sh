#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga watch, as a timer runs it: nobody at a terminal, notices through the
# configured program, and an exit status for what is stuck.
# shellcheck disable=SC2086
set -u
kind=piv,version=5.7.1
. "$top_srcdir/tests/interop/enroll-lib.sh"

mkdir -p "$work/config/tamga"
cat >"$work/show" <<E2
#!/bin/sh
printf '%s\n' "\$*" >>"$work/shown"
E2
chmod +x "$work/show"
echo "watch = { notify = \"$work/show\"; };" >"$work/config/tamga/tamga.conf"
shown() { cat "$work/shown" 2>/dev/null; : >"$work/shown"; }
# watch STATUS [OPTION]...
watch() {
	status=$1
	shift
	: >"$work/shown"
	run $status "$tamga" watch $local "$@"
}
tells() { grep -q -e "$1" "$work/shown" || { cat "$work/shown" "$work/said"; "$tamga" list --no-pcsc; cat "$work/state/tamga/watch.json"; fail "no notice \"$1\""; }; }
silent() { [ ! -s "$work/shown" ] || { cat "$work/shown"; fail "not silent: $1"; }; }

# ---- nothing to do ----------------------------------------------------------------
watch 0
silent "an empty card"
[ ! -e "$work/state/tamga/watch.json" ] || fail "something was noted"

# ---- reminded 30, 14 and 7 days before and when it has ended, once each ---------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
	-keyout "$work/ca.key" -out "$work/own.pem" -subj /CN=own 2>/dev/null
run 0 "$tamga" key generate $local 9e --type ec:p256
run 0 "$tamga" csr $local 9e --subject 'CN=kettle' -o "$work/csr.pem"
# ends NOT_BEFORE NOT_AFTER, in days from now
ends() {
	cat >"$work/ca.conf" <<E2
[ca]
default_ca = d
[d]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = p
[p]
commonName = supplied
E2
	: >"$work/index"
	openssl ca -batch -config "$work/ca.conf" -in "$work/csr.pem" -cert "$work/own.pem" \
		-keyfile "$work/ca.key" -notext -out "$work/leaf.pem" \
		-startdate "$(date -u -d "$1 days" +%Y%m%d%H%M%SZ)" \
		-enddate "$(date -u -d "$2 days" +%Y%m%d%H%M%SZ)" >"$work/out" 2>&1 ||
		fail "no certificate"
	run 0 "$tamga" cert install $local 9e "$work/leaf.pem" --replace
}
ends -300 40
watch 0
silent "40 days"
for days in 20 13 5; do
	ends -300 $days
	watch 0
	tells "--urgency=normal -- tamga The certificate of CN=kettle (.*, 9e) ends in $days days"
	watch 0
	silent "told before"
done
ends -300 -1
watch 0
tells "--urgency=critical -- tamga The certificate of CN=kettle .* has ended"
watch 0
silent "told that it ended"
# one that lives a month is not told of from its first day
ends -1 25
watch 0
silent "a short life, just begun"
ends -28 2
watch 0 --json
jq -e '.stuck == false and (.notices | length == 1) and .notices[0].urgency == "normal"' \
	"$work/out" >/dev/null || fail "the document"
echo damaged >"$work/state/tamga/watch.json"
watch 0
tells 'kettle'
run 0 "$tamga" cert delete $local 9e --yes
ok "reminded, once each"

# ---- in the journal, without a desktop --------------------------------------------------
ends -300 5
echo 'watch = { notify = "none"; };' >"$work/config/tamga/tamga.conf"
rm "$work/state/tamga/watch.json"
run 0 env JOURNAL_STREAM=1:2 "$tamga" watch $local
says '^<4>The certificate of CN=kettle'
echo "watch = { notify = \"$work/nosuch\"; };" >"$work/config/tamga/tamga.conf"
rm "$work/state/tamga/watch.json"
run 0 "$tamga" watch $local
says 'nosuch did not show it'
says '^The certificate of CN=kettle'
echo "watch = { notify = \"$work/show\"; };" >"$work/config/tamga/tamga.conf"
run 0 "$tamga" cert delete $local 9e --yes
ok "in the journal too"

# ---- an enrollment that waits -------------------------------------------------------------
waiting="--ca $TAMGA_TEST_RA_EST/$TAMGA_TEST_RA_OFFICER --ca-file $TAMGA_TEST_RA_CA \
--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
who="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
run 6 "$tamga" enroll $local $waiting --slot 9a --subject "$name"
# advised SECONDS: when the authority wants to be asked again
advised() { sed -i "s/^ \"retry-after\": [0-9]*/ \"retry-after\": $1/" "$work"/state/tamga/2*.json; }
advised 3600
asked=$(grep -c . "$TAMGA_TEST_RA_LOG")
watch 0 $who
silent "it is not time to ask"
[ "$(grep -c . "$TAMGA_TEST_RA_LOG")" = "$asked" ] || fail "asked before its time"
# the clock was ten days ahead when that was written
sed -i "s/^ \"changed\": [0-9]*/ \"changed\": $(($(date +%s) + 864000))/" "$work"/state/tamga/2*.json
watch 0 $who
silent "a moment that is yet to come"
[ "$(grep -c . "$TAMGA_TEST_RA_LOG")" != "$asked" ] || fail "waits for a clock that was wrong"
advised 0
watch 0 $who
silent "nobody has decided"
# a year is absurd: it is asked after a week
advised 31536000
sed -i "s/^ \"changed\": [0-9]*/ \"changed\": $(($(date +%s) - 6 * 86400))/" "$work"/state/tamga/2*.json
asked=$(grep -c . "$TAMGA_TEST_RA_LOG")
watch 0 $who
[ "$(grep -c . "$TAMGA_TEST_RA_LOG")" = "$asked" ] || fail "asked before a week was over"
sed -i "s/^ \"changed\": [0-9]*/ \"changed\": $(($(date +%s) - 8 * 86400))/" "$work"/state/tamga/2*.json
watch 0 $who
silent "nobody has decided"
[ "$(grep -c . "$TAMGA_TEST_RA_LOG")" != "$asked" ] || fail "silent for a year"
# without our name the authority refuses: told, and told again
advised 0
watch 1
tells '--urgency=critical -- tamga The certificate of .* is stuck: .* tamga enroll --resume'
watch 1
tells 'is stuck'
"$TAMGA_TEST_RA" approve "$(submitted)" >/dev/null || fail "approve"
# issued, and nobody there who knows the PIN: the card is as it was
: >"$work/shown"
run 1 "$tamga" watch --no-pcsc $who
tells 'is stuck'
watch 0 $who
tells '--urgency=low -- tamga The certificate of .* is in slot 9a, valid until'
[ "$(state | sort | uniq -c | tr -d ' \n')" = 1done ] || fail "not one enrollment, done"
watch 0 $who
silent "all is done"
ok "what waited is finished by itself, and told when it cannot be"

# ---- what ends is renewed ------------------------------------------------------------------
# nobody knows the PIN: told, with what to do; nothing is begun
: >"$work/shown"
run 1 "$tamga" watch --no-pcsc --within 400
tells "is stuck: .* tamga renew 'pkcs11:"
[ "$(state | sort -u)" = done ] || fail "a renewal without a PIN was begun"
watch 0 --within 400 --dry-run --json
jq -e ".notices == [] and (.renewals | length == 1) and .renewals[0].dry_run" "$work/out" >/dev/null ||
	fail "the rehearsal"
[ "$(state)" = done ] || fail "a rehearsal began something"
watch 0 --within 400
tells '--urgency=low -- tamga The certificate of .* was renewed'
[ "$(state | sort | uniq -c | tr -d ' \n')" = 2done ] || fail "not one renewal"
"$tamga" list --no-pcsc >"$work/out"
grep -q ' 83 ' "$work/out" || fail "the old key was not put aside"
! grep -q ' 82 ' "$work/out" || fail "something is left where the new key was made"
# whoever wants to be asked is reminded instead
echo "watch = { notify = \"$work/show\"; renew = false; };" >"$work/config/tamga/tamga.conf"
watch 0 --within 20
silent "it is far from its end"
ok "renewed by itself, and told when it cannot be"

# ---- by a part of its life -------------------------------------------------------------------
ends -30 300
echo "watch = { notify = \"$work/show\"; }; enroll = { renew-at = 50; };" \
	>"$work/config/tamga/tamga.conf"
run 0 "$tamga" renew --all $local $who
grep -q 'needs to be renewed' "$work/out" || fail "renewed at a tenth of its life"
sed -i 's/renew-at = 50/renew-at = 5/' "$work/config/tamga/tamga.conf"
# nobody here enrolled it, so it cannot be renewed: but it is due
run 1 "$tamga" renew --all $local $who
says 'CN=kettle\|no enrollment on this computer'
sed -i 's/renew-at = 5/renew-at = 100/' "$work/config/tamga/tamga.conf"
run 2 "$tamga" watch $local
says 'renew-at'
ok "enroll.renew-at"

# ---- the units ---------------------------------------------------------------------------------
units=$top_builddir/share/systemd
if command -v systemd-analyze >/dev/null; then
	mkdir "$work/units"
	for unit in service timer; do
		sed "s,^ExecStart=[^ ]*,ExecStart=$tamga," "$units/tamga-watch.$unit" \
			>"$work/units/tamga-watch.$unit"
	done
	mkdir -m 700 "$work/runtime"
	run 0 env XDG_RUNTIME_DIR="$work/runtime" systemd-analyze --user --man=no verify "$work/units/tamga-watch.timer" \
		"$work/units/tamga-watch.service"
	[ ! -s "$work/said" ] || fail "systemd-analyze complains"
fi
grep -q "^ExecStart=.*/bin/tamga watch$" "$units/tamga-watch.service" || fail "ExecStart"
ok "a timer for users"
