#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Killed while it issues, at every write and every sync of the store, at each
# part of an answer and at odd moments: nothing acknowledged is lost, nothing is issued twice.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

strace -o trace true 2>/dev/null || { echo "SKIP: strace cannot trace here"; exit 77; }
db=$TAMGA_TEST_RA_DIR/store.db
server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || :; rm -rf "$work"' EXIT

# start [COMMAND...]: a server of its own, below COMMAND
start() {
	rm -f ready
	mkfifo ready
	"$@" "$ra" serve "$TAMGA_TEST_RA_DIR" --listen 127.0.0.1:0 >ready 2>>log &
	server=$!
	read -r url < ready || die "no server: $(tail -n 3 log)"
	EST=$url/.well-known/est
}

# enroll NAME [WHERE]: out.NAME is the answer, or what came of it; code.NAME its status
enroll() {
	: >"out.$1"
	curl -sS --max-time 10 --cacert "$TAMGA_TEST_RA_CA" $auth \
	    -H 'Content-Type: application/pkcs10' --data-binary "@$1.b64" \
	    -w '%{http_code}' -o "out.$1" "$EST${2:-}/simpleenroll" >"code.$1" 2>/dev/null ||
		echo ', broken off' >>"code.$1"
}

names=
fresh() {
	new_csr "$1" "/CN=Crash $1"
	names="$names $1"
}

# At the n-th write or sync of the store while one request is served, and
# between the parts of an answer: its head alone acknowledges nothing.  The
# server inherits the tracer's standard output, so it is ended by the signal.
for call in pwrite64 fdatasync sendmsg; do
	n=1
	while :; do
		fresh $call.$n
		start strace -f -qq -o trace -e trace=$call \
		    -e inject=$call:signal=SIGKILL:when=$n
		enroll $call.$n
		if [ "$(cat code.$call.$n)" = 200 ]; then
			child=$(pgrep -P $server) && kill "$child" || :	# killed after its answer
			wait $server 2>/dev/null || :
			server=
			break
		fi
		wait $server 2>/dev/null || :
		server=
		same "$call.$n: all or nothing" "$(sqlite3 "$db" "SELECT count(*)
		    FROM certificate WHERE der IS NULL")" 0
		n=$((n + 1))
		[ $n -lt 60 ] || die "$call never ends"
	done
	echo "killed at each of $((n - 1)) calls of $call"
	[ $n -gt 2 ] || die "no request was killed at $call"
done

# What an officer approves is two steps: at each sync of the approval.
half=0 n=1
start
while :; do
	new_csr o$n "/CN=Crash reviewed $n"
	names="$names o$n"
	enroll o$n /$TAMGA_TEST_RA_OFFICER
	same "o$n" "$(cat code.o$n)" 202
	id=$(sqlite3 "$db" "SELECT id FROM application ORDER BY rowid DESC LIMIT 1")
	strace -f -qq -o trace -e trace=fdatasync -e inject=fdatasync:signal=SIGKILL:when=$n \
	    "$ra" approve --dir "$TAMGA_TEST_RA_DIR" "$id" >>log 2>&1 && break
	half=$((half + $(sqlite3 "$db" "SELECT count(*) FROM certificate
	    WHERE der IS NULL AND application = '$id'")))
	n=$((n + 1))
	[ $n -lt 60 ] || die "approve never ends"
done
kill -9 $server
wait $server 2>/dev/null || :
server=
[ $half -gt 0 ] || die "no kill fell between the serial number and the certificate"
echo "killed at each of $((n - 1)) syncs of an approval, $half between serial number and certificate"

# Four requests at once, at odd moments.
fresh warm
round=0
while [ $round -lt 8 ]; do
	start
	enroll warm
	pids=
	for j in 1 2 3 4; do
		fresh r$round.$j
		enroll r$round.$j &
		pids="$pids $!"
	done
	sleep "0.0$((20 + round * 4))"
	kill -9 $server
	wait $pids || :
	wait $server 2>/dev/null || :
	server=
	round=$((round + 1))
done

# What was killed before it was approved waits still.
approve_pending() {
	[ "$(post $TAMGA_TEST_RA_OFFICER/simpleenroll $1.b64 $auth)" = 202 ] || return 0
	"$ra" approve --dir "$TAMGA_TEST_RA_DIR" "$(sqlite3 "$db" "SELECT id
	    FROM application WHERE state = 'submitted' AND
	    subject = 'CN=Crash reviewed ${1#o}'")" >>log || die "$1: approve"
}

# What was begun is finished by the start alone; then everybody asks again.
start
same 'half done' "$(sqlite3 "$db" "SELECT count(*) FROM certificate
    WHERE der IS NULL")" 0
same 'in between' "$(sqlite3 "$db" "SELECT count(*) FROM application
    WHERE state IN ('approved','issuing')")" 0
all=0 acknowledged=0 broken=0
for name in $names; do
	all=$((all + 1)) door=simpleenroll
	case $name in o*)
		door=$TAMGA_TEST_RA_OFFICER/simpleenroll
		approve_pending $name ;;
	esac
	same "$name" "$(post $door $name.b64 $auth)" 200
	case $(cat "code.$name") in
	200) acknowledged=$((acknowledged + 1)) as_told=body ;;
	200*) head -c "$(stat -c %s "out.$name")" body >begun; as_told=begun broken=$((broken + 1)) ;;
	*) as_told= ;;
	esac
	[ -z "$as_told" ] || cmp -s "$as_told" "out.$name" || die "$name: acknowledged as another certificate"
	issued "$name"
done
echo "acknowledged before a kill: $acknowledged of $all, and $broken whose answer broke off"
same 'one each' "$(sqlite3 "$db" "SELECT count(*) FROM certificate
    WHERE application <> ''")" $all
same 'issued once each' "$("$ra" audit list --json |
    jq '[.[] | select(.event=="issue")] | group_by(.application) | map(length) | max')" 1
same 'each audited' "$("$ra" audit list --json |
    jq '[.[] | select(.event=="issue")] | length')" $all
"$ra" audit verify || die audit
kill $server
wait $server || die "SIGTERM: exit status $?"
server=
echo "crash: all held"
