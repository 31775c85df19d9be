#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What an issuance costs the store, counted: one durable commit, and so many
# pages written to SQLite's log.  doc/performance.md tells what they are.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
store=$TAMGA_TEST_RA_DIR/store.db
[ -f "$store-wal" ] || { echo "the store is not SQLite's"; exit 77; }

COUNT=20
for k in $(seq 0 $COUNT); do
	new_csr "q$k" "/CN=Cost $k"
done
same 'the first one' "$(post simpleenroll q0.b64 $auth)" 200
size=$(stat -c %s "$store-wal")
for k in $(seq $COUNT); do
	same "number $k" "$(post simpleenroll "q$k.b64" $auth)" 200
done

# https://www.sqlite.org/fileformat2.html#walformat: a header of 32 bytes, then
# frames; the one that ends a transaction tells the size of the database
python3 - "$store-wal" "$size" "$COUNT" <<-'PY' || die "an issuance got dearer"
	import struct, sys
	log, start, count = open(sys.argv[1], "rb").read(), int(sys.argv[2]), int(sys.argv[3])
	frame = 24 + struct.unpack(">I", log[8:12])[0]
	heads = [struct.unpack(">II", log[at:at + 8]) for at in range(start, len(log), frame)]
	commits, pages = sum(size != 0 for page, size in heads), len(heads) / count
	print(f"{commits} commits, {pages:.2f} pages an issuance")
	sys.exit(commits != count or not 10 < pages <= 14)
	PY
