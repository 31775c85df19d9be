#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Settings, profiles and the server's certificate read anew by a running server:
# whole or not at all, under load, and those who are under way keep their way.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

profiles=$TAMGA_TEST_RA_DIR/profiles
id_of() {
	"$ra" list --json | jq -r --arg s "$1" 'map(select(.subject==$s))[0].application'
}
# logged PATTERN COUNT: waits until the log holds that many such lines
logged() {
	for i in $(seq 100); do
		[ "$(grep -c "$1" "$TAMGA_TEST_RA_LOG")" -lt "$2" ] || return 0
		sleep 0.1
	done
	die "the log does not say $1 $2 times"
}
days() {
	openssl x509 -in "$1.pem" -noout -enddate -dateopt iso_8601 | cut -d= -f2 |
	    xargs -0 date -u +%s -d | awk -v now="$(date +%s)" '{ printf "%.0f\n", ($1 - now) / 86400 }'
}
enroll() {
	new_csr "$1" "/CN=$1"
	same "$1" "$(post employee/simpleenroll "$1.b64" $auth)" 200
	issued "$1"
}

enroll before
same 'days before' "$(days before)" 365

# somebody waits for an officer when the profile stops asking for one
new_csr waits '/CN=waits'
same pending "$(post employee-reviewed/simpleenroll waits.b64 $auth)" 202
sed -i 's/^validity_days = .*/validity_days = 100;/' "$profiles/employee.profile"
sed -i 's/^approval = .*/approval = "automatic";/' "$profiles/employee-reviewed.profile"
"$ra" reload "$TAMGA_TEST_RA_PID" > said
grep -q 'profiles are good; told 1' said || die "reload: $(cat said)"
logged 'profiles anew' 1
enroll after
same 'days after' "$(days after)" 100
same 'still waits' "$(post employee-reviewed/simpleenroll waits.b64 $auth)" 202
new_csr soon '/CN=soon'
same 'needs nobody' "$(post employee-reviewed/simpleenroll soon.b64 $auth)" 200
"$ra" approve "$(id_of CN=waits)" > /dev/null
same 'approved' "$(post employee-reviewed/simpleenroll waits.b64 $auth)" 200

# a mistake in one file: nothing of any file is taken
cp "$profiles/device-tls.profile" good
sed -i 's/^validity_days = .*/validity_days = 50;/' "$profiles/employee.profile"
sed -i '5s/.*/validity_days = "many";/' "$profiles/device-tls.profile"
rc=0; "$ra" reload "$TAMGA_TEST_RA_PID" 2>err || rc=$?
same 'a bad file' $rc 7
grep -q 'device-tls.profile:5' err || die "without file and line: $(cat err)"
kill -HUP "$TAMGA_TEST_RA_PID"
logged 'stay as they were: .*device-tls.profile:5' 1
enroll kept
same 'days kept' "$(days kept)" 100

# a profile that somebody under way needs
cp good "$profiles/device-tls.profile"
new_csr device '/CN=d.example' -addext subjectAltName=DNS:d.example
sed -i 's/^approval = .*/approval = "officer";/' "$profiles/device-tls.profile"
"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
logged 'profiles anew' 2
same 'device waits' "$(post device/simpleenroll device.b64 $auth)" 202
mv "$profiles/device-tls.profile" gone
rc=0; "$ra" reload "$TAMGA_TEST_RA_PID" 2>err || rc=$?
same 'a profile in use' $rc 7
grep -q "$(id_of CN=d.example)" err || die "names no application: $(cat err)"
kill -HUP "$TAMGA_TEST_RA_PID"
logged 'stay as they were: .*device' 1
"$ra" reject "$(id_of CN=d.example)" --reason no > /dev/null
"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
logged 'profiles anew' 3
same 'gone' "$(get $auth "$EST/device/csrattrs")" 404
for pid in 0 1 -1 x 99999999999; do
	rc=0; "$ra" reload -- "$pid" 2>/dev/null || rc=$?
	[ $rc -ne 0 ] || die "reload told the process $pid"
done

# the server's certificate, and settings that a mail or an answer shows
shown() {
	openssl s_client -connect "${TAMGA_TEST_RA_URL#https://}" -servername localhost \
	    </dev/null 2>/dev/null | openssl x509 -noout -serial
}
reloads() { grep -c 'profiles anew' "$TAMGA_TEST_RA_LOG" || :; }
conf=$TAMGA_TEST_RA_DIR/ra.conf
cp "$conf" ra.conf.good
first=$(shown)
new_server() { # new_server NAME: another certificate of this authority's for localhost
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
	    -keyout "$TAMGA_TEST_RA_DIR/$1.key" -out "$1.csr" 2>/dev/null
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > ext
	openssl x509 -req -in "$1.csr" -CA "$TAMGA_TEST_RA_DIR/ca.pem" \
	    -CAkey "$TAMGA_TEST_RA_DIR/ca.key" -days 20 -extfile ext \
	    -out "$TAMGA_TEST_RA_DIR/$1.pem" 2>/dev/null
}
new_server next
new_server other
chmod 600 "$TAMGA_TEST_RA_DIR"/*.key
at=$(reloads)
sed -i 's/server\.pem/next.pem/; s/server\.key/next.key/' "$conf"
sed -i 's/^retry_after.*/retry_after = 123;/' "$conf"
same 'before it is told' "$(shown)" "$first"
# one connection from before goes on with what it was shown
mkfifo slow
openssl s_client -quiet -connect "${TAMGA_TEST_RA_URL#https://}" < slow > slow.out 2>/dev/null & held=$!
exec 4> slow
"$ra" reload "$TAMGA_TEST_RA_PID" > said
grep -q 'settings and' said || die "reload: $(cat said)"
logged 'profiles anew' $((at + 1))
same 'the new certificate' "$(shown)" \
    "$(openssl x509 -in "$TAMGA_TEST_RA_DIR/next.pem" -noout -serial)"
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&4
wait "$held" || :
exec 4>&-
grep -q '200 OK' slow.out || die "a connection from before was cut: $(cat slow.out)"
sed -i 's/^approval = .*/approval = "officer";/' "$profiles/employee-reviewed.profile"
"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
logged 'profiles anew' $((at + 2))
new_csr told '/CN=told'
same 'asked to wait' "$(post employee-reviewed/simpleenroll told.b64 $auth)" 202
has_header 'Retry-After: 123'

# whole or not at all: a good setting beside each of these is not taken
refused() { # refused WORDS: the file as it stands is not taken
	rc=0; "$ra" reload "$TAMGA_TEST_RA_PID" 2>err >said || rc=$?
	if [ "$rc" -ne 0 ]; then kill -HUP "$TAMGA_TEST_RA_PID"; fi
	logged "stay as they were: .*$1" 1
	same "$1: asked to wait" "$(post employee-reviewed/simpleenroll told.b64 $auth)" 202
	has_header 'Retry-After: 123'
	same "$1: the certificate" "$(shown)" \
	    "$(openssl x509 -in "$TAMGA_TEST_RA_DIR/next.pem" -noout -serial)"
	cp ra.conf.now "$conf"
}
cp "$conf" ra.conf.now
sed -i 's/retry_after = 123/retry_after = 9/' "$conf"
sed -i 's/next\.key/other.key/' "$conf"
refused 'do not belong together'
sed -i 's/retry_after = 123/retry_after = 9/' "$conf"
sed -i 's/^threads = .*/threads = 3;/' "$conf"
grep -q '^threads = 3' "$conf" || echo 'threads = 3;' >> "$conf"
refused 'threads .*takes a restart'
sed -i 's/retry_after = 123/retry_after = 9/' "$conf"
echo 'colour = "blue";' >> "$conf"
refused 'colour'
sed -i 's/retry_after = 123/retry_after = 9/' "$conf"
echo 'payment: { key_file = "nowhere.key"; };' >> "$conf"
refused 'nowhere.key'
sed -i 's/retry_after = 123/retry_after = 9/' "$conf"
sed -i 's/next\.pem/nothing.pem/' "$conf"
refused 'nothing.pem'

# under load: four clients, and the profiles change all the time
load() {
	mkdir "load$1"
	cd "load$1"
	for n in $(seq 6); do
		new_csr "l$n" "/CN=load-$1-$n"
		answer=$(post employee/simpleenroll "l$n.b64" $auth)
		[ "$answer" = 200 ] || { cp body "../failed.$1"; return 1; }
		issued "l$n"
		case $(days "l$n") in 10|20) ;; *) days "l$n" > "../failed.$1"; return 1 ;; esac
	done
}
reloads=$(grep -c 'profiles anew' "$TAMGA_TEST_RA_LOG")
sed -i 's/^validity_days = .*/validity_days = 10;/' "$profiles/employee.profile"
"$ra" reload "$TAMGA_TEST_RA_PID" > /dev/null
logged 'profiles anew' $((reloads + 1))
clients=
for c in 1 2 3 4; do
	(load $c) & clients="$clients $!"
done
for n in $(seq 12); do
	sed "s/^validity_days = .*/validity_days = $((10 + n % 2 * 10));/" \
	    "$profiles/employee.profile" > "$profiles/new"
	mv "$profiles/new" "$profiles/employee.profile"
	which=$([ $((n % 2)) = 0 ] && echo next || echo other)
	sed "s/next\\./$which./" ra.conf.now > "$TAMGA_TEST_RA_DIR/new"
	mv "$TAMGA_TEST_RA_DIR/new" "$conf"
	kill -HUP "$TAMGA_TEST_RA_PID"
	sleep 0.05
done
for client in $clients; do
	wait "$client" || die "under load: $(cat failed.*)"
done
kill -0 "$TAMGA_TEST_RA_PID" || die "the server ended"
"$ra" audit verify > /dev/null || die "audit verify"
