#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An officer decides: 202 until then, 200 or 403 after; commands beside a
# running server.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

door=$TAMGA_TEST_RA_OFFICER/simpleenroll
id_of() {
	"$ra" list --json | jq -r --arg s "$1" 'map(select(.subject==$s))[0].application'
}

# approved
new_csr yes '/CN=Бақыт Нұрғалиев'
for i in 1 2 3; do
	same pending "$(post $door yes.b64 $auth)" 202
	has_header 'Retry-After: 1'
	says 'waits for an officer'
done
same 'waiting' "$("$ra" list --state submitted --json | jq length)" 1
"$ra" list --state submitted | grep -q 'Бақыт Нұрғалиев' || die "the list does not show the name"
id=$(id_of 'CN=Бақыт Нұрғалиев')
"$ra" show "$id" | grep -q 'waits for an officer' || die show
"$ra" approve "$id" > approved
grep -q 'certificate issued' approved || die "approve: $(cat approved)"
same issued "$(post $door yes.b64 $auth)" 200
issued yes
same state "$("$ra" show "$id" --json | jq -r .state)" issued
same serial "$("$ra" show "$id" --json | jq -r .serial)" \
    "$(openssl x509 -in yes.pem -noout -serial | cut -d= -f2)"

# rejected, with the officer's words
new_csr no '/CN=No'
same pending "$(post $door no.b64 $auth)" 202
id=$(id_of CN=No)
rc=0; "$ra" reject "$id" 2>/dev/null || rc=$?
same 'reject without a reason' $rc 2
"$ra" reject "$id" --reason 'Паспорт мерзімі өткен' >/dev/null
same rejected "$(post $door no.b64 $auth)" 403
says 'Паспорт мерзімі өткен'
rc=0; "$ra" approve "$id" 2>err || rc=$?
same 'approve what was rejected' $rc 7
grep -q "$id" err || die "$(cat err)"
# the same key may come again with a corrected request
new_csr no '/CN=Corrected'
same corrected "$(post $door no.b64 $auth)" 202

# two officers at once: one decides
id=$(id_of CN=Corrected)
"$ra" approve "$id" >/dev/null 2>&1 & one=$!
"$ra" approve "$id" >/dev/null 2>&1 & two=$!
a=0 b=0
wait $one || a=$?
wait $two || b=$?
same 'two officers' "$((a + b))" 7
same certificates "$(sqlite3 "$TAMGA_TEST_RA_DIR/store.db" \
    "SELECT count(*) FROM certificate WHERE application='$id'")" 1
same approvals "$("$ra" audit list --json |
    jq --arg i "$id" 'map(select(.application==$i and .event=="approve")) | length')" 1

# commands and requests together
for i in 1 2 3 4; do
	new_csr m$i "/CN=M$i"
	post $door m$i.b64 $auth >/dev/null
done
pids=
for i in 1 2 3 4; do
	"$ra" approve "$(id_of CN=M$i)" >/dev/null & pids="$pids $!"
	same health "$(get "$TAMGA_TEST_RA_URL/healthz")" 200
done
for p in $pids; do wait $p || die "a command failed"; done
for i in 1 2 3 4; do
	same "m$i" "$(post $door m$i.b64 $auth)" 200
	issued m$i
done

rc=0; "$ra" approve NO-SUCH 2>err || rc=$?
same 'no such application' $rc 1
grep -q 'tamga-ra list' err || die "$(cat err)"
rc=0; "$ra" nonsense 2>/dev/null || rc=$?
same usage $rc 2
rc=0; "$ra" list --state nonsense 2>/dev/null || rc=$?
same usage $rc 2
"$ra" audit verify >/dev/null || die audit
echo "officer: all held"
