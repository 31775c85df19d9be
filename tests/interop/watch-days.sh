#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The command of tamga-watch.service, day after day by a clock that faketime moves:
# a certificate's end is told 30, 14, 7 and 1 days before and when it is there,
# once each, whatever other certificates the same person has; also of a token
# that is not here, and after a computer was off.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
command -v faketime >/dev/null || { echo "skipped: no faketime"; exit 77; }
# faketime's library comes before a sanitizer's
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS

mkdir -p "$work/config/tamga"
cat >"$work/show" <<E2
#!/bin/sh
shift \$((\$# - 1))
printf '%s\n' "\$1" >>"$work/shown"
E2
chmod +x "$work/show"
echo "watch = { notify = \"$work/show\"; }; readers = { vcard = \"$TAMGA_TEST_VCARD\"; };" \
	>"$work/config/tamga/tamga.conf"
command=$(sed -n 's/^ExecStart=[^ ]* //p' "$top_builddir/share/systemd/tamga-watch.service")
[ "$command" = watch ] || fail "the service runs $command"

# days STATUS DAY...: the timer's command on each of those days
days() {
	status=$1
	shift
	: >"$work/shown"
	for day; do
		run $status faketime -f "+${day}d" "$tamga" $command
	done
}
# told NUMBER...: of CN=kettle, 9a, so many days before its end, and nothing else
told() {
	sed 's/.*CN=kettle (.*, 9a) ends in \([0-9]*\) days\{0,1\},.*/\1/; s/.*CN=kettle (.*, 9a) has ended.*/0/' \
		"$work/shown" | tr '\n' ' ' >"$work/told"
	[ "$(cat "$work/told")" = "$* " ] || { cat "$work/shown"; fail "told $(cat "$work/told")and not $*"; }
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 900 \
	-keyout "$work/ca.key" -out "$work/own.pem" -subj /CN=own 2>/dev/null
# put SLOT DAYS: a key, and a certificate of the same name that ends in so many days
put() {
	run 0 "$tamga" key generate $local $1 --type ec:p256
	run 0 "$tamga" csr $local $1 --subject 'CN=kettle' -o "$work/csr.pem"
	faketime -f -300d openssl x509 -req -in "$work/csr.pem" -CA "$work/own.pem" \
		-CAkey "$work/ca.key" -days $((300 + $2)) -out "$work/leaf.pem" 2>/dev/null ||
		fail "no certificate"
	run 0 "$tamga" cert install $local $1 "$work/leaf.pem"
}
put 9a 35
put 9e 400

days 0 0 1 2 3 4 5 6 7 10 15 19 20 21 22 23 26 27 28 29 30 33 34 35 36 40
told 30 14 7 1 0
ok "30, 14, 7 and 1 days before and at the end, once each; another of the same name lives on"

rm "$work/state/tamga/watch.json"
days 0 0 24 25 26 40 41
told 11 0
ok "told once after the computer was off"

# ---- of a token that is not here --------------------------------------------------------
rm "$work/state/tamga/watch.json"
for slot in 9c 9d; do
	run 0 "$tamga" enroll $official --slot $slot --subject CN=drawer $local
done
run 0 "$tamga" cert show --no-pcsc 9d --json
end=$(( ($(date -d "$(jq -r .not_after "$work/out")" +%s) - $(date +%s)) / 86400 ))
echo "watch = { notify = \"$work/show\"; };" >"$work/config/tamga/tamga.conf"
unset TAMGA_VCARD_SOCKET
days 0 $((end - 40)) $((end - 29)) $((end - 28)) $((end + 2)) $((end + 3))
[ "$(grep -c 'CN=drawer .* ends in \(29\|30\) days' "$work/shown") $(grep -c 'CN=drawer .*has ended' "$work/shown")" = "2 2" ] &&
	[ "$(wc -l <"$work/shown")" = 4 ] || { cat "$work/shown"; fail "not twice of each"; }
for slot in 9c 9d; do
	grep -q "CN=drawer (PIV-[0-9]*, $slot) ends" "$work/shown" || { cat "$work/shown"; fail "not named: $slot"; }
done
ok "both of a token that is in a drawer"
