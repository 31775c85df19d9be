#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The audit log: unbroken, and every way to change it is seen.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

new_csr a '/CN=A'
same enroll "$(post simpleenroll a.b64 $auth)" 200
new_csr b '/CN=B'
same pending "$(post "$TAMGA_TEST_RA_OFFICER/simpleenroll" b.b64 $auth)" 202
"$ra" audit verify --json > report
same valid "$(jq .valid report)" true
head=$(jq -r .head report)
"$ra" audit verify --head "$head" >/dev/null || die "the head is not found"
"$ra" revoke "$("$ra" list --json | jq -r '.[] | select(.subject=="CN=A").application')" >/dev/null
"$ra" audit verify --head "$head" >/dev/null || die "an older head is not found"

db=$TAMGA_TEST_RA_DIR/store.db
for secret in store.db store.db-wal ca.key server.key; do
	same "mode of $secret" "$(stat -c %a "$TAMGA_TEST_RA_DIR/$secret")" 600
done
for sql in "UPDATE audit SET actor='x' WHERE seq=3" "DELETE FROM audit WHERE seq=3"; do
	! sqlite3 "$db" "$sql" 2>/dev/null || die "the store lets: $sql"
done

# tamper EXPECTED SQL: in a copy whose triggers are gone
tamper() {
	rm -rf copy
	mkdir copy
	cp -r "$TAMGA_TEST_RA_DIR"/. copy/
	sqlite3 copy/store.db "DROP TRIGGER audit_kept; DROP TRIGGER audit_unchanged; $2"
	rc=0
	"$ra" audit verify --dir copy ${3:+--head "$3"} >/dev/null 2>err || rc=$?
	same "tampered: $2" $rc 7
	grep -q "$1" err || die "$2: $(cat err)"
}
tamper 'was changed' "UPDATE audit SET actor='officer:mallory' WHERE seq=3"
tamper 'was changed' "UPDATE audit SET at=at+1 WHERE seq=4"
tamper 'was changed' "UPDATE audit SET detail=detail||' ' WHERE seq=6"
tamper 'is missing' "DELETE FROM audit WHERE seq=5"
tamper 'cut off' "DELETE FROM audit WHERE seq > 2; DELETE FROM application;" "$head"
tamper 'in the audit log' "DELETE FROM audit WHERE seq=(SELECT max(seq) FROM audit)"
tamper 'in the audit log' "UPDATE application SET state='issued' WHERE state='submitted'"
tamper 'missing in the store' "DELETE FROM application WHERE state='submitted'"
"$ra" audit verify >/dev/null || die "the original"
echo "audit: all held"
