#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The pages of those who work here: an officer enters an application for who
# comes in person; an operator looks after accounts, mails, audit and profiles.
. "$top_srcdir/tests/interop/walk-lib.sh"
authority
mails
officer olga
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-keyout "$work/oskar.key" -out "$work/oskar.cert" -subj /CN=oskar 2>/dev/null
ra user add oskar --role operator --certificate "$work/oskar.cert" || fail "operator"
serve
walk staff
