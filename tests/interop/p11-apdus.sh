#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What our module costs a card, counted by the card: nothing to start, no more
# for a signature than PIV demands, nothing to be asked twice.
. "$top_srcdir/tests/interop/p11-lib.sh"
keys=provisioned=ec:p256	# certificates of 1.2 KiB: 1, or 5 when short
ids=		# as p11-count takes them
count() { # WHAT MAX
	ctl mark >/dev/null
	# shellcheck disable=SC2086
	"$top_builddir/tests/interop/p11-count" "$M" "$TAMGA_TEST_CTL" "$1" "$2" $ids ||
		{ ctl log | head -n 40 >&2; fail "$kind: $1 takes more than $2"; }
}
case ${1:-} in
'')
	need pcscd
	# data objects: SELECT and the places that need no PIN, seven of the standard's
	# and as many of Yubico's
	# card; cold signature; the same with PIN always, which is one VERIFY more;
	# certificates; everything there is to see without a login: what a public
	# key is, the certificate that was read tells
	while read -r options sign always certs list data; do
		"$top_srcdir/tests/with-card" --card "piv,$keys$options" -- \
			sh "$0" inside "card$options" "$sign" "$always" "$certs" "$list" "$data"
	done <<-END
	,version=5.4.3 4 5 6 6 15
	,short 4 5 22 22 15
	,standard 5 6 6 6 8
	,standard,short 10 11 22 22 8
	END
	# VERIFY, what the key is, and VERIFY again before the signature
	"$top_srcdir/tests/with-card" --card "piv,$keys,pin-policy=always" -- \
		sh "$0" odd 9a
	# SELECT, 6E, F9, VERIFY with 82, 47 81, and with 81 where each signature wants it;
	# three certificates by GET NEXT DATA
	"$top_srcdir/tests/with-card" --card openpgp,provisioned -- \
		sh "$0" other openpgp "03 01 3 1" 6 7 5 5
	"$top_srcdir/tests/with-card" --card gids,provisioned -- \
		sh "$0" other gids "00 00 2 3" 9 0 8 8
	exit ;;
other)
	kind=$2 ids=$3
	step "$kind"
	count sign "$4"
	[ "$5" = 0 ] || count always "$5"
	count certs "$6"
	count list "$7"
	exit ;;
odd)
	kind=$2
	step "$kind wants its PIN every time"
	count odd 4
	exit ;;
esac
kind=$2
step "$kind"
count sign "$3"
count always "$4"
count certs "$5"
count list "$6"
count data "$7"
[ "$kind" = card,version=5.4.3 ] || exit 0
count derive 4
count generate 9
