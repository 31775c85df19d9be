# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra with every door that its clients know, which can be ended and started
# again; its addresses in tls and plain.  After disaster-lib.sh.
# shellcheck disable=SC2034,SC2154
sed 's/^listen_http = .*//' "$TAMGA_RA_CONFIG" >"$TAMGA_TEST_RA_DIR/doors.conf"
cat >>"$TAMGA_TEST_RA_DIR/doors.conf" <<'C'
cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; };
scep: { key = "scep.key"; };
C
# the first time on any port, then on the same one
tls=https://127.0.0.1:0 plain=http://127.0.0.1:0
serve() {
	sed -i '/^listen_http/d' "$TAMGA_TEST_RA_DIR/doors.conf"
	echo "listen_http = \"${plain#http://}\";" >>"$TAMGA_TEST_RA_DIR/doors.conf"
	[ -p "$work/url" ] || mkfifo "$work/url"
	"$TAMGA_TEST_RA" serve --config "$TAMGA_TEST_RA_DIR/doors.conf" \
		--listen "127.0.0.1:${tls##*:}" >"$work/url" 2>>"$work/ra.log" &
	serving=$!
	children="$children $serving"
	{ read -r tls && read -r plain; } <"$work/url" || fail "no server: $(cat "$work/ra.log")"
	tls=https://localhost:${tls##*:}
}
halt() {
	kill -KILL $serving
	wait $serving 2>/dev/null || :
	ended $serving
}
# applications, and those that got a certificate
held() {
	"$TAMGA_TEST_RA" list | awk '{ all++ } $2 == "issued" || $2 == "installed" { issued++ }
		END { print all + 0, issued + 0 }'
}
