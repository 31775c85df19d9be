#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What an issuance costs, counted: one durable commit, so many pages written to
# SQLite's log, so many allocations of memory.  doc/performance.md tells what they
# are.
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

# Allocations: libcrypto makes hundreds of them whenever it makes a key of a request
# or looks through what it knows, so work that is done twice shows.
shim=$top_builddir/tests/fault/.libs/shim.so
program=$top_builddir/tools/ra/.libs/tamga-ra	# not libtool's wrapper
[ -x "$program" ] || program=$ra
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
! ldd "$program" | grep -q libasan || { echo "allocations are not counted under ASan"; exit 0; }
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null; rm -rf "$work"' EXIT
mkfifo ready

# allocated FIRST LAST: by a server that issues for those requests and ends
allocated() {
	env LD_PRELOAD="$shim" TAMGA_FAULT=alloc TAMGA_FAULT_COUNT="$work/count" \
		"$program" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >ready 2>>log &
	server=$!
	read -r url <ready || die "no server: $(tail -n 3 log)"
	EST=$url/.well-known/est
	for k in $(seq "$1" "$2"); do
		new_csr "a$k" "/CN=Cost a$k"
		same "number a$k" "$(post simpleenroll "a$k.b64" $auth)" 200
	done
	kill "$server"
	wait "$server"
	server=
	said=$(cat count)
}
allocated 1 2
few=$said
allocated 3 $((4 + COUNT))
each=$(((said - few) / COUNT))
echo "$each allocations an issuance, with its TLS connection"
[ $each -gt 100 ] && [ $each -le 750 ] || die "an issuance got dearer"
