# SPDX-License-Identifier: BSD-2-Clause
# What the tests of the CMP client share; after enroll-lib.sh.
# The certificates judged here are this CA's, not tamga-ra's.
openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=CMP Root" -days 30 \
	-keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null || fail "no CA"
TAMGA_TEST_RA_CA=$work/ca.pem
echo "correct horse" >"$work/secret"

# key SUBJECT [TYPE]: a fresh card with a key in 9a, and its certificate in leaf.pem
key() {
	fresh_card --yubikey
	run 0 "$tamga" key generate $local 9a --type "${2:-ec:p256}" -q -o "$work/pub.pem"
	leaf "$1" "$work/pub.pem" "$work/leaf.pem"
}
# leaf SUBJECT PUBLIC OUT
leaf() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$work/any.key" -utf8 -subj "$1" 2>/dev/null |
		openssl x509 -req -force_pubkey "$2" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
			-days 20 -out "$3" 2>/dev/null || fail "no certificate for $1"
}
# mock OPTION...: openssl's CMP server, which answers with leaf.pem; its address in mock
mock() {
	[ -z "${mock_pid:-}" ] || { kill "$mock_pid" && wait "$mock_pid"; } 2>/dev/null || :
	rm -f "$work/mock.log"
	: >"$work/mock.log"
	openssl cmp -config "" -port 0 -srv_cert "$work/ca.pem" -srv_key "$work/ca.key" \
		-srv_trusted "$work/ca.pem" -rsp_cert "$work/leaf.pem" -rsp_capubs "$work/ca.pem" \
		-verbosity 7 "$@" >>"$work/mock.log" 2>&1 &
	mock_pid=$!
	children="$children $mock_pid"
	n=0
	until port=$(sed -n 's/^ACCEPT .*:\([0-9]*\) PID.*/\1/p' "$work/mock.log") && [ -n "$port" ]; do
		n=$((n + 1))
		[ $n -lt 100 ] || { cat "$work/mock.log"; fail "openssl cmp -port does not serve"; }
		sleep 0.05
	done
	mock="--ca cmp+http://127.0.0.1:$port --ca-option path=/ --ca-file $work/ca.pem"
	ctl mark
}
# serve_cmp: cmp-server.c, its port in served and its folder in $work/cmp
serve_cmp() {
	[ -x "$top_builddir/tests/interop/cmp-server" ] ||
		{ echo "skipped: tests/interop/cmp-server is not built"; exit 77; }
	mkdir "$work/cmp"
	cp "$work/ca.pem" "$work/ca.key" "$work/cmp"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=CMP Root" \
		-days 30 -keyout "$work/cmp/foreign.key" -out "$work/cmp/foreign.pem" 2>/dev/null
	for who in "ra extendedKeyUsage=1.3.6.1.5.5.7.3.28" "subscriber extendedKeyUsage=clientAuth"; do
		set -- $who
		echo "$2" >"$work/extensions"
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
			-keyout "$work/cmp/$1.key" 2>/dev/null |
			openssl x509 -req -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 20 \
				-extfile "$work/extensions" -out "$work/cmp/$1.pem" 2>/dev/null
	done
	mkfifo "$work/cmp/told"
	start_cmp
}
# start_cmp [PORT]: once more, with nothing in its memory
start_cmp() {
	"$top_builddir/tests/interop/cmp-server" "$work/cmp" "$(cat "$work/secret")" "$@" \
		>"$work/cmp/told" 2>>"$work/cmp/said" &
	cmp_pid=$!
	children="$children $cmp_pid"
	read -r served <"$work/cmp/told"
}
# at HOW: what tamga is told of that server
at() { echo "--ca cmp+http://127.0.0.1:$served/$1 --ca-file $work/ca.pem"; }
# asked BODY...: what cmp-server heard and did since the last time, general
# messages left out
asked() {
	did=$(grep -v '^genm' "$work/cmp/log" | tr '\n' ' ' | sed 's/ $//')
	: >"$work/cmp/log"
	[ "$did" = "$*" ] || fail "the authority noted \"$did\", not \"$*\""
}
# heard BODY...: what the server was asked, in this order, but for general messages
heard() {
	said=$(sed -n 's/^CMP DEBUG: received //p' "$work/mock.log" | grep -v '^GENM' | tr '\n' ' ')
	[ "$said" = "$*${*:+ }" ] || fail "the server heard \"$said\", not \"$*\""
}
secret="--user kid1 --password-file $work/secret"
mac="-srv_ref kid1 -srv_secret file:$work/secret"
