#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Pages in the languages of those who read them: what the program says and what the
# provider says, from the first visit to the revoked certificate.
. "$top_srcdir/tests/interop/walk-lib.sh"
authority
# a certificate that was just issued can be renewed
sed -i '/^renewal/,/^};/{s/window_days = .*/window_days = 0;/;s/same_key = .*/same_key = true;/;}' \
	"$work/ra/profiles/employee-four-eyes.profile"
officer olga
officer omar
for who in kk az; do
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 \
		-keyout "$work/$who.pem" -out "$work/$who.csr" -subj '/title=Notary/CN=Anna Example' \
		-addext subjectAltName=email:anna@example.com 2>/dev/null || fail "request"
done
serve
WALK_CATALOGUES="$top_srcdir/po/ra $top_srcdir/share/profiles"
export WALK_CATALOGUES
walk languages
