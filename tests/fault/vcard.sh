#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Inputs, outputs and allocations of tamga-vcard fail, each once or all from
# one place on, while it starts, takes a certificate and makes a key; then it
# is killed.  What it had is never lost; what it acknowledged is there.
# TAMGA_TEST_ALL=1: at every place, instead of at some.
: "${top_srcdir:?}" "${top_builddir:?}"	# make check-interop sets them
set -u
if [ "${1:-}" != inside ]; then
	exec "$top_srcdir/tests/with-card" --no-pcscd -- sh "$0" inside
fi
driver=$top_builddir/tests/interop/piv-driver
shim=$top_builddir/tests/fault/.libs/shim.so
for needed in "$driver" "$shim"; do
	[ -e "$needed" ] || { echo "skipped: $needed is not built"; exit 77; }
done
program=$top_builddir/.libs/tamga-vcard	# not libtool's wrapper
[ -x "$program" ] || program=$TAMGA_VCARD
if ldd "$program" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi
. "$top_srcdir/tests/lib/seed.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/vcard.XXXXXX") || exit 1
card=
finish() {
	down KILL
	rm -rf "$work"
}
down() {
	[ -z "$card" ] || { kill -"$1" "$card"; wait "$card"; } 2>/dev/null
	card=
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
cd "$work" || exit 1
mkfifo ready
MALLOC_PERTURB_=165
export MALLOC_PERTURB_
wrong=0 places=0

fail() { echo "FAILED: $*"; cat said; exit 1; }
wrong() {
	wrong=$((wrong + 1))
	echo "WRONG: $what, at $n: $*"
	grep -vE 'shim.so|libc.so' told 2>/dev/null | sed -n 's/^/    /;1,8p'
}
up() { # NAME=VALUE...: false when it does not start
	rm -f card.sock
	env "$@" "$program" --yubikey --listen "$work/card.sock" --state "$work/state" \
		--ready-fd 3 3>ready >/dev/null 2>said &
	card=$!
	read -r _ <ready && return
	down KILL
	return 1
}
driver() { timeout 60 "$driver" "unix:$work/card.sock" "$@" >out 2>said; }
certificate() { # NAME: something that looks like one, of 1236 bytes
	{ printf '0\202\004\320'; head -c 616 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; } >"$1"
}
is_whole() {
	driver cert 9c && cmp -s out there || wrong "the certificate from before is lost"
	driver sign 9c ec:p256 there || wrong "the key from before is lost"
	openssl dgst -sha256 -verify there.pem -signature out there >/dev/null 2>&1 ||
		wrong "the key from before is another"
	driver cert 9d
	status=$?
	[ $status != 0 ] || cmp -s out new || wrong "half a certificate"
	[ "$installed" != 0 ] || [ $status = 0 ] || wrong "an acknowledged certificate is lost"
	[ "$generated" = 0 ] || return
	driver sign 9a ec:p256 new || wrong "an acknowledged key is lost"
	openssl dgst -sha256 -verify new.pem -signature out new >/dev/null 2>&1 ||
		wrong "an acknowledged key is another"
}

sweep() { # WHAT STRIDE NAME=VALUE...
	what=$1 stride=$2
	shift 2
	[ -z "${TAMGA_TEST_ALL:-}" ] || stride=1
	n=$((1 + seed % stride)) tried=0 acknowledged=0
	while :; do
		cp whole state
		rm -f told state.*
		installed=1 generated=1
		if up LD_PRELOAD="$shim" TAMGA_FAULT_AT=$n TAMGA_FAULT_TOLD="$work/told" "$@"; then
			driver install 9d new && installed=0
			driver generate 9a ec:p256 && generated=0
			[ $generated != 0 ] ||
				openssl pkey -pubin -inform DER -in out -out new.pem || wrong "no key"
			down KILL
		fi
		[ -s told ] || break
		tried=$((tried + 1))
		[ $installed$generated != 00 ] || acknowledged=$((acknowledged + 1))
		if up TAMGA_FAULT=; then is_whole; else wrong "does not start again"; fi
		down KILL
		n=$((n + stride))
	done
	[ $installed$generated = 00 ] || wrong "nothing is broken and yet it fails"
	[ $tried -ge 3 ] || fail "$what: only $tried places"
	places=$((places + tried))
	echo "$what: $tried places, $acknowledged acknowledged all the same"
}

certificate there
certificate new
up TAMGA_FAULT= || fail "no card"
driver generate 9c ec:p256 || fail "no key"
openssl pkey -pubin -inform DER -in out -out there.pem
driver install 9c there || fail "no certificate"
down TERM
cp state whole

sweep "files EIO" 2 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EIO
sweep "files ENOSPC, for good" 2 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=ENOSPC TAMGA_FAULT_ON=1
sweep "files EDQUOT, for good" 2 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EDQUOT TAMGA_FAULT_ON=1
sweep "files EACCES" 2 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EACCES
sweep "files EMFILE" 2 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=EMFILE
sweep "files short" 1 TAMGA_FAULT=io-files TAMGA_FAULT_ERROR=short
sweep "sockets ECONNRESET" 9 TAMGA_FAULT=io-sockets TAMGA_FAULT_ERROR=ECONNRESET
sweep "allocations" 1500 TAMGA_FAULT=alloc
sweep "allocations, for good" 2500 TAMGA_FAULT=alloc TAMGA_FAULT_ON=1
[ $wrong = 0 ] || fail "$wrong defects"
echo "vcard: $places places, nothing lost"
