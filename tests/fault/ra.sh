#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-ra serves while its inputs, outputs and allocations fail, each once or
# all from one place on: an enrollment is refused with 5xx, cut off or granted;
# what was granted is in the store and in the audit trail; asking again gives
# that very certificate; and the server serves on.
# TAMGA_TEST_ALL=1: at every place, instead of at some; TAMGA_TEST_SEED=N: at
# some others.
# shellcheck disable=SC2086
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/lib/seed.sh"
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
program=$top_builddir/tools/ra/.libs/tamga-ra	# not libtool's wrapper
[ -x "$program" ] || program=$ra
if ldd "$program" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi
db=$TAMGA_TEST_RA_DIR/store.db
server=
finish() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
mkfifo ready
wrong=0 asked=0 places=0
: >all

wrong() {
	wrong=$((wrong + 1))
	echo "WRONG: $what, at $n: $*"
	grep -vE 'shim.so|libc.so' told | sed -n 's/^/    /;1,8p'
}

# serve STRIDE NAME=VALUE...: a server in which nothing fails before SIGUSR2
serve() {
	stride=$1
	[ -z "${TAMGA_TEST_ALL:-}" ] || stride=1
	first=$((1 + seed % stride))
	shift
	env LD_PRELOAD="$shim" TAMGA_FAULT_STEPS=$stride TAMGA_FAULT_AT=$first \
		TAMGA_FAULT_TOLD="$work/told" "$@" \
		"$program" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >ready 2>>log &
	server=$!
	read -r url <ready || die "no server: $(tail -n 3 log)"
	EST=$url/.well-known/est
}

arm() { # the next place, before anything is asked
	rm -f told told.armed
	kill -USR2 $server
	tries=0
	until [ -e told.armed ]; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || die "the fault is not armed"
		sleep 0.02
	done
}

ask() { # NAME: the status in $code, what was answered in NAME.body
	code=$(curl -s --max-time 20 --cacert "$TAMGA_TEST_RA_CA" $auth \
		-H 'Content-Type: application/pkcs10' --data-binary "@$1.b64" \
		-o "$1.body" -w '%{http_code}' "$EST/simpleenroll") || code=000
}

# One enrollment for each place that fails, until one meets no failure.
sweep() { # WHAT STRIDE NAME=VALUE...
	what=$1
	shift
	serve "$@"
	n=$first tried=0 granted=0
	ask warm	# the password is known from here on
	while :; do
		name=$(($(wc -l <all) + 1))
		echo "$name" >>all
		new_csr $name "/CN=Hurt $name"
		arm
		ask $name
		answer=$code
		[ -s told ] || break
		tried=$((tried + 1))
		case $code in
		200) granted=$((granted + 1)); mv $name.body $name.granted ;;
		000|5??) ;;
		*) wrong "answers $code: $(head -c 200 $name.body)" ;;
		esac
		kill -0 $server 2>/dev/null || { wrong "the server ended"; server=; serve "$@"; }
		n=$((n + stride))
	done
	[ "$answer" = 200 ] || wrong "answers $answer with nothing broken"
	kill $server
	wait $server || wrong "ends with status $?"
	server=
	[ $tried -ge 5 ] || die "$what: only $tried places"
	places=$((places + tried))
	echo "$what: $tried places, $granted granted all the same"
}

# A server whose first request fails serves the second one: nothing that is made
# when it is first needed stays half made.
cold() { # STRIDE NAME=VALUE...
	what="first $2" stride=$1 n=1 tried=0
	shift
	while :; do
		name=$(($(wc -l <all) + 1))
		echo "$name" >>all
		new_csr $name "/CN=Cold $name"
		serve $stride "$@" TAMGA_FAULT_AT=$n
		arm
		ask $name
		[ -s told ] || break
		tried=$((tried + 1))
		kill -0 $server 2>/dev/null || wrong "the server ended"
		ask $name
		[ "$code" = 200 ] || wrong "answers $code ever after"
		kill $server
		wait $server || wrong "ends with status $?"
		n=$((n + stride))
	done
	[ "$code" = 200 ] || wrong "answers $code with nothing broken"
	kill $server
	wait $server || wrong "ends with status $?"
	server=
	[ $tried -ge 5 ] || die "$what: only $tried places"
	places=$((places + tried))
	echo "$what: $tried places"
}

new_csr warm /CN=Warm
# disks: once, as on a bad sector, and from there on, as on a full one
sweep "files EIO" 4 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EIO
sweep "files ENOSPC, for good" 4 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=ENOSPC TAMGA_FAULT_ON=1
sweep "files EDQUOT" 4 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EDQUOT
sweep "files EMFILE" 4 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EMFILE
# networks
sweep "sockets ECONNRESET" 2 TAMGA_FAULT=io-sockets TAMGA_FAULT_ERROR=ECONNRESET
sweep "sockets EMFILE" 2 TAMGA_FAULT=io-sockets TAMGA_FAULT_ERROR=EMFILE
# memory
sweep "allocations" 100 TAMGA_FAULT=alloc
cold 450 TAMGA_FAULT=alloc

# Everybody asks once more, where nothing is broken.
EST=$TAMGA_TEST_RA_URL/.well-known/est
for name in $(cat all); do
	ask $name
	[ "$code" = 200 ] || die "$name: answers $code with nothing broken"
	[ ! -e $name.granted ] || cmp -s $name.body $name.granted ||
		die "$name: granted as another certificate"
done
# shellcheck disable=SC2034
cp $name.body body
issued $name
count=$(wc -l <all)
same 'one certificate each' "$(sqlite3 "$db" "SELECT count(*) FROM certificate
    WHERE der IS NOT NULL AND application <> ''")" $((count + 1))
same 'none half done' "$(sqlite3 "$db" "SELECT count(*) FROM certificate
    WHERE der IS NULL")" 0
"$ra" audit list --json >audit.json
same 'issued once each' "$(jq '[.[] | select(.event=="issue")] |
    group_by(.application) | map(length) | max' audit.json)" 1
same 'each audited' "$(jq '[.[] | select(.event=="issue")] | length' audit.json)" \
	$((count + 1))
"$ra" audit verify || die "the audit trail is broken"
[ $wrong = 0 ] || die "$wrong defects"
echo "ra: $places places, $count certificates, each once"
