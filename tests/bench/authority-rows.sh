#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# How long a status look-up, a desk's queue and an enrollment take when the
# store holds many applications, and what an idle connection costs.  A look-up
# twice: of applications that nobody has asked for since SQLite's file was last in
# the kernel's memory, with the pages that are read for each; and again.
#
#	top_srcdir=. tests/bench/authority-rows.sh [--postgresql] [ROWS]...
#
# ROWS rise; 1000 10000 100000 1000000 unless told.  10000000 by hand: some
# 12 GB of disk for a while.
TMPDIR=${TMPDIR:-/tmp}
export TMPDIR
if [ "${1:-}" = --postgresql ] && [ -z "${TAMGA_TEST_PG_URL:-}" ]; then
	exec "$top_srcdir/tests/with-postgres" -- sh "$0" "$@"
fi
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"
looks=300 store=$TAMGA_TEST_RA_DIR/store.db where=SQLite
if [ "${1:-}" = --postgresql ]; then
	store=$TAMGA_TEST_PG_ADMIN where=PostgreSQL
	shift
fi
[ $# -gt 0 ] || set -- 1000 10000 100000 1000000

# spread FILE: median and 99th of a hundred, in milliseconds
spread() {
	sort -n "$1" | awk '{ t[NR] = $1 * 1000 } END {
		printf "%.2f %.2f", t[int(NR / 2) + 1], t[int(NR * 99 / 100) + 1] }'
}

# looked PATH...: one connection; seconds of each
looked() {
	for path; do
		printf 'next\nurl = "%s"\ncacert = "%s"\n%s\noutput = "/dev/null"\nsilent\nwrite-out = "%%{http_code} %%{time_total}\\n"\n' \
		    "$U$path" "$TAMGA_TEST_RA_CA" "$as"
	done | sed 1d > looks
	curl -K looks > timed
	[ "$(grep -vc '^200' timed)" = 0 ] || die "$(grep -v '^200' timed | sort | uniq -c)"
	sed 's/^200 //' timed > seconds
	spread seconds
}

# SQLite's pages are let go by the kernel; PostgreSQL's are its own
forget() {
	[ "$where" = SQLite ] || return 0
	sync "$store"
	python3 -c 'import os, sys
f = os.open(sys.argv[1], os.O_RDONLY)
os.posix_fadvise(f, 0, 0, os.POSIX_FADV_DONTNEED)' "$store"
}
pages_read() { awk '/^read_bytes/ { print $2 / 4096 }' "/proc/$TAMGA_TEST_RA_PID/io"; }

same warm "$(new_csr warm '/CN=Warm'; post simpleenroll warm.b64 $auth)" 200
officer bench
echo "$where; milliseconds, median and 99th of a hundred"
printf '%10s %18s %7s %18s %18s %18s %10s\n' applications 'look-up, at first' pages again \
    "desk's queue" enrollment 'MiB stored'
for rows; do
	python3 "$top_srcdir/tests/bench/authority-fill.py" "$store" "$rows" $looks > filled
	grep -v '#' filled > ids
	as="user = \"$TAMGA_TEST_RA_USER:$TAMGA_TEST_RA_PASSWORD\""
	looked $(head -n 20 ids | sed 's,^,/api/v1/applications/,') > /dev/null
	sed -i 1,20d ids
	forget
	before=$(pages_read)
	first=$(looked $(sed 's,^,/api/v1/applications/,' ids))
	pages=$(echo "$before $(pages_read) $(wc -l < ids)" | awk '{ printf "%.1f", ($2 - $1) / $3 }')
	again=$(looked $(sed 's,^,/api/v1/applications/,' ids))
	as="cert = \"bench.cert\"
key = \"bench.key\""
	queue=$(looked $(yes /desk | head -40))
	rm -f seconds
	for i in $(seq 20); do
		rm -f e.key
		new_csr e "/CN=Bench $rows $i"
		post simpleenroll e.b64 $auth -w '%{http_code} %{time_total}\n' |
		    sed -n 's/^200 //p' >> seconds
	done
	same 'all issued' "$(wc -l < seconds)" 20
	printf '%10s %18s %7s %18s %18s %18s %10s\n' "$rows" "$first" "$pages" "$again" "$queue" \
	    "$(spread seconds)" "$(sed -n 's/^#//p' filled)"
done

python3 - "$U" "$TAMGA_TEST_RA_CA" "$TAMGA_TEST_RA_PID" <<-'PY'
	# TLS connections that have said nothing yet, and what the server grew by
	import itertools, re, socket, ssl, sys
	host, port = re.match(r"https://(.*):(\d+)", sys.argv[1]).groups()
	def rss():
	    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{sys.argv[3]}/status").read())[1])
	ctx = ssl.create_default_context(cafile=sys.argv[2])
	turn = itertools.count()
	def connect():
	    # of one address no more than connections_per_address are let in
	    source = ("127.0.0.%d" % (2 + next(turn) % 4), 0)
	    return ctx.wrap_socket(socket.create_connection((host, int(port)),
	        source_address=source), server_hostname=host)
	few = [connect() for _ in range(20)]
	before = rss()
	many = [connect() for _ in range(400)]
	print(f"an idle connection: {(rss() - before) / len(many):.0f} KiB of the server's memory")
	PY
