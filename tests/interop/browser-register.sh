#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga browser: what it writes is read by NSS's own modutil and by p11-kit,
# comes out again byte for byte, and harms nothing that others wrote.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
for program in modutil certutil p11-kit setpriv; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
M=$top_builddir/.libs/tamga-pkcs11.so
[ -f "$M" ] || fail "$M is not built"
world
HOME=$work/home
export HOME
unset XDG_CONFIG_HOME XDG_DATA_HOME
PATH=/usr/bin:/bin
mozilla=$HOME/.config/mozilla/firefox
mkdir -p "$mozilla/a.default" "$HOME/.mozilla/firefox" "$work/far" "$HOME/.config/chromium"
browser() { verb=$1; shift; tamga browser "$verb" --user --module "$M" "$@"; }
lists() { modutil -dbdir "sql:$1" -list 2>/dev/null | grep -A1 '[0-9]\. tamga' | grep -qF "$2"; }

step "nothing that could be told"
wants 2 tamga browser register --user --system
wants 2 tamga browser register --user --root /
wants 2 tamga browser register --user --module none.so
wants 2 tamga browser
wants 1 tamga browser register --user --module "$work/none.so"
says err "make install"
wants 1 env HOME="$work/nobody" PATH="$work" "$top_builddir/tamga" browser status --user \
	--module "$M"
says err "start it once"

step "profiles that NSS made, old place and new, and a list for Chromium"
certutil -N -d "sql:$mozilla/a.default" --empty-password
certutil -N -d "sql:$work/far" --empty-password
modutil -dbdir "sql:$work/far" -add Card -libfile "$M" -force >/dev/null 2>&1
sed -i 's|^library=/.*|library=/lib/somebody-elses.so|' "$work/far/pkcs11.txt"
cat >"$mozilla/profiles.ini" <<END
[Profile1]
Name=gone
IsRelative=1
Path=gone.away

[Profile0]
Name=default
IsRelative=1
Path=a.default
END
printf '[Profile0]\nName=Алыс\nIsRelative=0\nPath=%s\n' "$work/far" >"$HOME/.mozilla/firefox/profiles.ini"
cp -p "$mozilla/a.default/pkcs11.txt" near.was
cp -p "$work/far/pkcs11.txt" far.was
wants 1 browser status --json
json '.ok == false and ([.places[] | select(.kind == "nss") | .state] | unique) == ["missing"]'
wants 0 browser register --json
json '.ok and ([.places[] | select(.changed)] | length) == 3'
json '[.places[].profile] | index("Алыс") != null and index("gone") == null'
for db in "$mozilla/a.default" "$work/far" "$HOME/.pki/nssdb"; do
	[ "$db" != "$HOME/.pki/nssdb" ] || certutil -N -d "sql:$db" --empty-password
	lists "$db" "$M" || { modutil -dbdir "sql:$db" -list; fail "NSS does not list tamga in $db"; }
done
modutil -dbdir "sql:$work/far" -list 2>/dev/null | grep -q somebody-elses || fail "the other module is gone"
[ "$(stat -c %a "$HOME/.pki/nssdb/pkcs11.txt")" = 600 ] || fail "others may read the list"

step "again: not a byte changes"
cp -p "$work/far/pkcs11.txt" far.is
stat -c %Y.%i "$work/far/pkcs11.txt" >stamp.is
wants 0 browser register --json
json '[.places[] | select(.changed)] == []'
cmp far.is "$work/far/pkcs11.txt" || fail "registered twice"
stat -c %Y.%i "$work/far/pkcs11.txt" | cmp - stamp.is || fail "written without need"
wants 0 browser status

step "NSS's own tool takes it out and puts it in"
modutil -dbdir "sql:$work/far" -delete tamga -force >/dev/null 2>&1
wants 1 browser status --database "$work/far" --json
json '.places[0].state == "missing"'
modutil -dbdir "sql:$work/far" -add "My card" -libfile "$M" -force >/dev/null 2>&1
wants 0 browser status --database "$work/far"
modutil -dbdir "sql:$mozilla/a.default" -delete tamga -force >/dev/null 2>&1
modutil -dbdir "sql:$mozilla/a.default" -add tamga -libfile "$top_builddir/.libs/libtamga.so" -force >/dev/null 2>&1 || :
printf 'library=/old/tamga-pkcs11.so\nname=tamga\n\n' >>"$mozilla/a.default/pkcs11.txt"
wants 1 browser status --database "$mozilla/a.default" --json
json '.places[0] | .state == "other" and .other == "/old/tamga-pkcs11.so"'
wants 0 browser register --database "$mozilla/a.default"

step "out again: as it was"
wants 0 browser unregister --json
json '[.places[] | select(.kind == "nss") | .state] | unique == ["missing"]'
cmp near.was "$mozilla/a.default/pkcs11.txt" || fail "the profile is not as it was"
cmp far.was "$work/far/pkcs11.txt" || fail "the other profile is not as it was"
for db in "$mozilla/a.default" "$work/far"; do
	lists "$db" "$M" && fail "NSS still lists tamga in $db"
	[ ! -e "$db/pkcs11.txt.before-tamga" ] || fail "a copy is left in $db"
done
# NSS has databases there now; without them the folders would be gone too
[ ! -e "$HOME/.pki/nssdb/pkcs11.txt" ] || ! grep -q tamga "$HOME/.pki/nssdb/pkcs11.txt" || fail "still in nssdb"
wants 0 browser unregister

step "a browser that runs is told to start again"
touch "$mozilla/a.default/.parentlock"
/usr/bin/python3 -c 'import fcntl, sys, time
f = open(sys.argv[1], "w"); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); time.sleep(60)' \
	"$mozilla/a.default/.parentlock" >locked &
holder=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s locked ] && break; sleep 0.1; done
wants 0 browser register
says out "restart it"
wants 0 browser status --json
json '[.places[] | select(.profile == "default")][0].running'
kill $holder
wait $holder 2>/dev/null || :
wants 0 browser unregister
grep -q "restart it" out && fail "nobody runs"

step "one that cannot be changed does not keep the others from it"
rm "$work/far/pkcs11.txt"
mkdir "$work/far/pkcs11.txt"
wants 1 browser register --json
json '.ok == false and ([.places[] | .state] | sort) == ["registered", "registered", "unclear"]
	or ([.places[] | select(.kind != "p11-kit") | .state] | sort) == ["registered", "registered", "unclear"]'
rmdir "$work/far/pkcs11.txt"
wants 0 browser unregister

step "browsers in a box"
mkdir -p "$HOME/snap/firefox" "$HOME/.var/app/org.chromium.Chromium"
wants 1 browser status --json
json '.sandboxed == [{"browser": "Firefox", "by": "Snap"}, {"browser": "Chromium", "by": "Flatpak"}]'
wants 1 tamga doctor --no-pcsc --json
json '[.checks[] | select(.check == "sandbox")] | length == 2 and (.[0].fix | test("package"))'
json '[.checks[] | select(.check == "module")] | length == 1'
json '[.checks[] | select(.check == "browser" and .state == "wrong")] == []'

step "everybody's: policies.json and p11-kit, in a system below a folder"
root=$work/root
mkdir -p "$root/usr/lib/firefox" "$root/usr/lib/thunderbird" "$root/etc/thunderbird/policies" "$root$(dirname "$M")"
cp "$M" "$root$M"
policy=$root/etc/firefox/policies/policies.json
everybody() { verb=$1; shift; tamga browser "$verb" --system --root "$root" --module "$M" "$@"; }
printf '{ "policies": {\n\t"DisableTelemetry" : true } }' >thunderbird.was
cp thunderbird.was "$root/etc/thunderbird/policies/policies.json"
wants 1 everybody status
wants 0 everybody register --json
json '[.places[].kind] == ["policy", "policy", "p11-kit"] and .ok'
jq -e --arg m "$M" '.policies.SecurityDevices.Add.tamga == $m' "$policy" >/dev/null || fail "no policy"
jq -e --arg m "$M" '.policies.DisableTelemetry and .policies.SecurityDevices.Add.tamga == $m' \
	"$root/etc/thunderbird/policies/policies.json" >/dev/null || fail "the other's policy"
grep -qx "module: $M" "$root/etc/pkcs11/modules/tamga.module" || fail "no p11-kit file"
[ "$(stat -c %a "$policy")" = 644 ] || fail "not everybody may read the policy"
wants 0 everybody status
wants 0 everybody unregister
cmp thunderbird.was "$root/etc/thunderbird/policies/policies.json" || fail "not as it was"
[ ! -e "$root/etc/firefox" ] && [ ! -e "$root/etc/pkcs11" ] || fail "something is left"
printf '{ "policies": { // mine\n' >"$root/etc/thunderbird/policies/policies.json"
wants 1 everybody register
says out "left alone"
printf '{ "policies": { // mine\n' | cmp - "$root/etc/thunderbird/policies/policies.json" || fail "harmed"
rm "$root$M"
wants 0 everybody unregister --database "$work/far"	# the module may be gone first
wants 1 everybody register

# p11-kit reads no user's settings for root.
user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
	chown -R 65534:65534 "$work"
	user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
fi
if LD_LIBRARY_PATH=$top_builddir/.libs user "$top_builddir/.libs/tamga" version >/dev/null 2>&1; then
	step "a user's own p11-kit"
	program() { LD_LIBRARY_PATH=$top_builddir/.libs user "$top_builddir/.libs/tamga" "$@"; }
	mine() { program browser "$@" --module "$M"; }
	mine register >out 2>err || { cat out err >&2; fail "as a user"; }
	user p11-kit list-modules >modules 2>/dev/null || :
	grep -qi "^ *\(module: \)\?tamga" modules || { cat modules >&2; fail "p11-kit does not list tamga"; }
	mine status >out || fail "status as a user"
	mine unregister >out || fail "unregister as a user"
	[ ! -e "$HOME/.config/pkcs11" ] || fail "p11-kit's folder is left"

	# The doctor looks for the module where make install puts it.
	if program browser status >out 2>&1 || ! grep -q "there is no module" out; then
		step "the doctor, before and after"
		program doctor --no-pcsc --json >out || :
		json '[.checks[] | select(.check == "browser" and .state == "warning")] |
			length >= 3 and (.[0].fix | test("tamga browser register"))'
		program browser register >said || { cat said >&2; fail "the installed module"; }
		program doctor --no-pcsc --json >out || :
		json '[.checks[] | select(.check == "module").state] == ["ok"]'
		json '[.checks[] | select(.check == "browser" and .state == "ok")] | length >= 3'
		json '[.checks[] | select(.check == "browser" and .state != "ok")] == []'
		program browser unregister >said || fail "the installed module comes out"
	fi
	[ "$(id -u)" != 0 ] || {
		# root keeps its hands off what is another user's
		wants 1 browser register --database "$mozilla/a.default"
		says out "without sudo"
		cmp near.was "$mozilla/a.default/pkcs11.txt" || fail "root wrote there"
	}
fi
