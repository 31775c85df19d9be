#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra in front of a SCEP server that takes its time: other-scep-server.py, which
# was written from RFC 8894 alone and judges every message.  Polled across restarts of
# both, refused in its own words at once and after waiting, lied to.
# shellcheck disable=SC2086
set -u
/usr/bin/python3 -c 'import asn1crypto, cryptography' 2>/dev/null ||
	{ echo "skipped: no python3 with asn1crypto and cryptography"; exit 77; }
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/upstream-lib.sh"
make_front employee
trust=$TAMGA_TEST_RA_CA
dir=$work/slow
mkdir "$dir"

openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=Registration office" -days 5 \
    -keyout "$front/office.key" -out "$front/office.pem" 2>/dev/null
chmod 600 "$front/office.key"
office=$(openssl x509 -in "$front/office.pem" -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1)
# behaves OPTION...: what the server does from now on; it never reads half of it
behaves() {
	printf '%s\n' --office "$office" "$@" > "$dir/options.new"
	mv "$dir/options.new" "$dir/options"
}
port=0
serve_slow() {
	rm -f "$work/port"
	mkfifo "$work/port"
	/usr/bin/python3 -B "$top_srcdir/tests/interop/other-scep-server.py" "$work" "$port" \
	    >"$work/port" 2>>"$work/server.log" &
	slow_pid=$!
	children="$children $slow_pid"
	read -r port < "$work/port"
	[ -n "$port" ] || { cat "$work/server.log"; fail "the server does not serve"; }
}
behaves
serve_slow
url=http://127.0.0.1:$port/slow/scep
curl -sS --fail "$url?operation=GetCACert" | openssl x509 -inform DER > "$front/ca.pem" || fail "GetCACert"
TAMGA_TEST_RA_CA=$front/ca.pem
printf 'upstream: {\n  url = "scep+%s";\n  timeout_seconds = 2;\n  retry_seconds = 1;\n  certificate = "office.pem"; key = "office.key";\n  changes = "accept";\n};\n' \
    "$url" >> "$front/ra.conf"

# asked TYPE COUNT: so many messages of that type came since the log was emptied
asked() {
	count=$(grep -c "^$1 " "$dir/requests")
	[ "$count" = "$2" ] || fail "$count messages of type $1, not $2: $(cat "$dir/requests")"
}
issued() { wc -l < "$dir/issued"; }
# post NAME: handed in, and taken by the front
post() {
	: > "$dir/requests"
	front_csr "$1" "/CN=$1"
	[ "$(front_post "$1")" = 202 ] || fail "$1: $(cat "$work/body") $(tail "$work/front.log")"
	id=$(front_app "CN=$1")
}
shows() { until_ "$1" sh -c "'$ra_program' show $id --dir '$front' | grep -q '$1'"; }

# ---- PENDING, CertPoll, restarts of both ------------------------------------------
behaves --pending 1000
serve_front
post anna
shows 'upstream  *asked of .* since .*next try at'
stop_front -KILL
kill "$slow_pid"
wait "$slow_pid" 2>/dev/null || :
ended "$slow_pid"
again_front
shows 'upstream  *asked of .*next try at .*: '
serve_slow
until_ 'CertPoll' grep -q '^20 ' "$dir/requests"
stop_front -KILL
behaves --pending 2
again_front
front_gets anna
asked 19 1
[ "$(issued)" = 1 ] || fail "$(issued) certificates"
[ "$(openssl x509 -in "$work/anna.pem" -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1)" = \
    "$(cat "$dir/issued")" ] || fail "not the certificate that was issued"
ok "PENDING: one PKCSReq, $(grep -c '^20 ' "$dir/requests") CertPoll, one certificate, across kill -9 of us and a restart there"

# ---- refused, in its words ----------------------------------------------------------
behaves --fail 2 --fail-text 'no such person here'
post bert
shows 'refused: .*badRequest.*no such person here'
front list --state issue-failed | grep -q "$id" || fail "bert is not with the officer"
behaves --pending 1000
run 0 "$ra_program" act retry "$id" --dir "$front"
shows 'upstream  *asked of .* since'
until_ 'CertPoll' grep -q '^20 ' "$dir/requests"
behaves --pending 1000 --fail 4 --fail-text 'your file was closed'
shows 'refused: .*badCertId.*your file was closed'
front audit list | grep "$id" | grep -q 'your file was closed' || fail "the log does not say why"
run 0 "$ra_program" reject "$id" --reason 'the authority refuses' --dir "$front"
[ "$(front_post bert)" = 403 ] || fail "rejected"
ok "refused at once and after waiting: its failInfo and its words, to the officer"

# ---- answers that prove nothing are no refusals ----------------------------------------
for lie in nonce transaction signature; do
	before=$(issued)
	behaves --lie $lie
	post "$lie"
	shows 'upstream  *to be asked of .*next try at .*: '
	behaves
	front_gets "$lie"
	[ "$(issued)" = $((before + 1)) ] || fail "$lie: $(issued) certificates after $before"
done
for lie in issuer key; do
	behaves --lie $lie
	post "$lie"
	shows 'refused: '
done
ok "a wrong nonce, transaction, signature: asked again, one certificate each; of another CA or key: refused"

[ ! -s "$dir/violations" ] || fail "broke a clause: $(cat "$dir/violations")"
front audit verify >/dev/null || fail "the audit log"
stop_front
echo "ra-upstream-wait: all held"
