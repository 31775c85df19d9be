# SPDX-License-Identifier: BSD-2-Clause
# What the tests on cards by another hand share; sourced by them.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
python=
for candidate in /usr/bin/python3 python3; do
	"$candidate" -c 'import cryptography' 2>/dev/null || continue
	python=$candidate
	break
done
[ -n "$python" ] || { echo "skipped: no python3 with cryptography"; exit 77; }
other=$(cd "$top_srcdir/tests/interop" && pwd)/other-card.py

# The log, a line a command: CLA INS P1 P2, bytes, what is selected, read or
# written, status word, bytes of answer.
card_pid=
card_end() {
	[ -z "$card_pid" ] || { kill "$card_pid" 2>/dev/null && wait "$card_pid" 2>/dev/null; } || :
	card_pid=
}

# card FAMILY [OPTION]...: a fresh card is what tamga(1) finds, and nothing else.
card() {
	card_end
	rm -f card.sock card.log
	"$python" "$other" "$@" --listen "$work/card.sock" --log "$work/card.log" &
	card_pid=$!
	trap 'card_end; rm -rf "$work"' EXIT
	trap 'exit 143' TERM INT HUP
	tries=0
	until [ -S card.sock ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] && kill -0 $card_pid || fail "the card does not start: $*"
		sleep 0.05
	done
	mkdir -p config/tamga
	echo "readers = { pcsc = false; vcard = \"$work/card.sock\"; };" >config/tamga/tamga.conf
	rm -rf state
	mark
}
mark() { marked=$(wc -l <card.log); }
apdus() { tail -n +$((marked + 1)) card.log; }
count() { echo $(($(wc -l <card.log) - marked)); }

# at_most N WHAT: since mark the card got N commands or fewer.
at_most() {
	n=$(count)
	echo "   $n APDUs: $2"
	[ "$n" -le "$1" ] || { apdus >&2; fail "$2: $n APDUs, not $1 or fewer"; }
}

# good_signature SLOT HASH: tamga signs "data", openssl agrees.
good_signature() {
	wants 0 tamga sign "$1" data --hash "$2" --pin-file pin -o sig
	openssl dgst "-$2" -verify "$1.pub" -signature sig data >/dev/null ||
		fail "the signature of $1"
}
