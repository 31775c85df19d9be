# SPDX-License-Identifier: BSD-2-Clause
# What the tests of a tamga-ra in front of another authority share; sourced after
# enroll-lib.sh.  The authority of with-ra is the one upstream.
front=$work/front
ra_program=$top_builddir/tools/ra/tamga-ra
front() { "$ra_program" "$@" --dir "$front"; }
upstream() { "$TAMGA_TEST_RA" "$@" --dir "$TAMGA_TEST_RA_DIR"; }
EST=$TAMGA_TEST_RA_URL/.well-known/est

# from_upstream NAME PROFILE SUBJECT [openssl options]: NAME.key, NAME.pem, as an
# operator gets them
from_upstream() {
	name_=$1 profile_=$2 subject_=$3
	shift 3
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$work/$name_.key" 2>/dev/null
	chmod 600 "$work/$name_.key"
	openssl req -new -key "$work/$name_.key" -subj "$subject_" -outform DER "$@" |
	    openssl base64 > "$work/$name_.b64"
	curl -sS --fail --cacert "$TAMGA_TEST_RA_CA" \
	    -u "$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD" \
	    -H 'Content-Type: application/pkcs10' --data-binary "@$work/$name_.b64" \
	    "$EST/$profile_/simpleenroll" | base64 -d |
	    openssl pkcs7 -inform DER -print_certs -out "$work/$name_.pem" ||
		fail "no certificate for $name_"
}

# make_front PROFILE: a registration authority with that profile, its own part of
# ra.conf to be added
make_front() {
	from_upstream tls device-tls /CN=localhost \
	    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1'
	"$ra_program" init "$front" --profiles "$top_srcdir/share/profiles" \
	    --default-profile "$1" > "$work/out" 2>"$work/said" || fail "init"
	printf 'front password\n' > "$work/front.password"
	front user add anna --password-file "$work/front.password" || fail "user add"
	rm "$front/ca.key" "$front/server.key"
	cp "$TAMGA_TEST_RA_CA" "$front/ca.pem"
	cp "$work/tls.key" "$front/server.key"
	cp "$work/tls.pem" "$front/server.pem"
	# its key is upstream, and retries are quick here
	sed -i -e '/key = "ca.key"/d' -e '/passphrase_file/d' \
	    -e 's/^retry_after = .*/retry_after = 1;/' "$front/ra.conf"
	printf 'registers = ( { name = "individuals"; path = "i.csv"; },
	  { name = "legal-entities"; path = "l.csv"; },
	  { name = "citizens"; path = "c.csv"; } );\n' >> "$front/ra.conf"
}

# serve_front: its address in $front_url, for tamga in $ca, its process in $front_pid
serve_front() {
	rm -f "$work/front.url"
	mkfifo "$work/front.url"
	"$ra_program" serve "$front" --listen 127.0.0.1:0 \
		>"$work/front.url" 2>>"$work/front.log" &
	front_pid=$!
	children="$children $front_pid"
	read -r front_url <"$work/front.url"
	[ -n "$front_url" ] || { cat "$work/front.log"; fail "the front does not serve"; }
	# the port stays the same after a restart
	sed -i "s,^listen = .*,listen = \"127.0.0.1:${front_url##*:}\";," "$front/ra.conf"
	ca="--ca est+https://localhost:${front_url##*:} --ca-file $TAMGA_TEST_RA_CA \
--user anna --password-file $work/front.password"
}
stop_front() {
	kill "${1:--TERM}" "$front_pid"
	wait "$front_pid" 2>/dev/null || :
	ended "$front_pid"
}
# again_front: at the same port, which a client of another test may have for a moment; where
# it listens without TLS, if it does, is in $front_http
again_front() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		rm -f "$work/front.url"
		mkfifo "$work/front.url"
		"$ra_program" serve "$front" >"$work/front.url" 2>>"$work/front.log" &
		front_pid=$!
		children="$children $front_pid"
		front_url=
		{
			read -r front_url
			! grep -q '^listen_http' "$front/ra.conf" || read -r front_http
		} <"$work/front.url"
		[ -z "$front_url" ] || return 0
		wait "$front_pid" 2>/dev/null || :
		ended "$front_pid"
		sleep 1
	done
	cat "$work/front.log"
	fail "the front does not serve again"
}

# front_csr NAME SUBJECT; front_post NAME: prints the status, what came is NAME.pem
front_csr() {
	# shellcheck disable=SC2086
	openssl req -new -newkey ${csr_key:-ec -pkeyopt ec_paramgen_curve:P-256} -nodes \
	    -addext 'keyUsage=digitalSignature,nonRepudiation' \
	    -addext 'extendedKeyUsage=clientAuth,emailProtection' \
	    -keyout "$work/$1.key" -subj "$2" -outform DER 2>/dev/null |
	    openssl base64 > "$work/$1.b64"
}
# front_secret NAME CN CHALLENGE: the same with a challenge password in it
front_secret() {
	cat > "$work/secret.cnf" <<-EOF
	[req]
	prompt = no
	distinguished_name = dn
	attributes = said
	req_extensions = uses
	[dn]
	CN = $2
	[said]
	challengePassword = $3
	[uses]
	keyUsage = digitalSignature, nonRepudiation
	extendedKeyUsage = clientAuth, emailProtection
	EOF
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config "$work/secret.cnf" \
	    -keyout "$work/$1.key" -outform DER 2>/dev/null | openssl base64 > "$work/$1.b64"
}
front_post() {
	post_status=$(curl -sS --max-time 20 --cacert "${trust:-$TAMGA_TEST_RA_CA}" -u "anna:front password" \
	    -D "$work/headers" -o "$work/body" -w '%{http_code}' \
	    -H 'Content-Type: application/pkcs10' --data-binary "@$work/$1.b64" \
	    "$front_url/.well-known/est/${2:-}simpleenroll")
	[ "$post_status" != 200 ] || base64 -d "$work/body" |
	    openssl pkcs7 -inform DER -print_certs -out "$work/$1.pem"
	echo "$post_status"
}
# front_gets NAME: in the end there is a certificate, of the authority upstream.
# How far apart the tries are by then depends on how long everything else took.
front_gets() {
	for try in $(seq 450); do
		got=$(front_post "$1")
		[ "$got" != 202 ] && break
		sleep 0.2
	done
	[ "$got" = 200 ] || fail "$1: status $got: $(cat "$work/body") $(front upstream 2>&1)"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/$1.pem" >/dev/null ||
		fail "$1: does not lead to the authority upstream"
	[ "$(openssl x509 -in "$work/$1.pem" -noout -pubkey)" = \
	    "$(openssl pkey -in "$work/$1.key" -pubout)" ] || fail "$1: another key"
}
# front_app SUBJECT
front_app() {
	front list --json | jq -r --arg s "$1" 'map(select(.subject==$s))[0].application'
}
# upstream_count SUBJECT: applications the authority upstream has of it
upstream_count() {
	upstream list --json | jq --arg s "$1" 'map(select(.subject==$s)) | length'
}
# until WHAT COMMAND...: waits for it
until_() {
	what=$1
	shift
	for try in $(seq 600); do
		"$@" >"$work/out" 2>&1 && return 0
		sleep 0.1
	done
	fail "$what: $(front upstream 2>&1)"
}
