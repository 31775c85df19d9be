#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever a field of a form can be given that it should not: every field of every
# profile that is shipped, on its page and through the interface, and every
# other field that a page has.  What is asked for is read from the profiles.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

for role in officer operator; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	    -keyout $role.key -out $role.cert -subj "/CN=$role" 2>/dev/null
	"$ra" user add $role --role $role --certificate $role.cert || die "account $role"
done
printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' > "$TAMGA_TEST_RA_DIR/individuals.csv"
printf 'BIN,organisation\n120340001230,"Үлгі ЖШС"\n' > "$TAMGA_TEST_RA_DIR/legal-entities.csv"
printf 'FIN,surname,given,birth\n5ABC12D,Sınaq,Ülviyyə,1990-12-31\n' > "$TAMGA_TEST_RA_DIR/citizens.csv"
/usr/bin/python3 "$top_srcdir/tests/interop/ra-fields.py" \
    "https://localhost:${TAMGA_TEST_RA_URL##*:}" "$TAMGA_TEST_RA_CA" \
    "$TAMGA_TEST_RA_DIR/store.db" || die "see above"
# nothing of it was obeyed: the store is whole, and so is the log
"$ra" audit verify >/dev/null || die audit
same 'the store' "$(sqlite3 "$TAMGA_TEST_RA_DIR/store.db" 'PRAGMA integrity_check')" ok
