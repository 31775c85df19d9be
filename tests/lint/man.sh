#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every manual page is well-formed mdoc, and tables of the sources that people
# read about are there whole.
set -eu
command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
bad=$(for page in "$top_srcdir"/doc/man/*.[1-8] "$top_builddir"/doc/man3/tamga_*.3; do
	[ ! -e "$page" ] || mandoc -T lint -W warning "$page" || :
done)
printf '%s' "$bad"
test -z "$bad"

# told PAGE FILE...: the name of each row of the files' tables stands in PAGE
told() {
	page=$1
	shift
	sed -n 's/^	{ "\([a-z0-9-]*\)", .*/\1/p' "$@" | while read -r name; do
		grep -q "^\.It Li $name\$" "$page" || echo "$page: $name is missing"
	done
}
bad=$(told "$top_srcdir/doc/man/tamga-ra.8" "$top_srcdir/tools/ra/ca/lint.c")
bad=$bad$(told "$top_srcdir/doc/man/tamga-ra.8" "$top_srcdir/tools/ra/ca/weak.c" |
    grep -v ' \(RSA\|RSA-PSS\|EC\|ED25519\) ' || :)
printf '%s' "$bad"
test -z "$bad"

# Each setting of ra.conf stands in its page, and each there is one.
page=$top_srcdir/doc/man/tamga-ra.conf.5
settings=$(sed -n 's/^	RA_SET_[A-Z]*("\([a-z_.]*\)".*/\1/p' "$top_srcdir/tools/ra/desk/conf.c" | sort -u)
told=$(sed -n 's/^\.It Cm //p' "$page" | sed 's/ , /\n/g' | sort -u)
test -n "$settings"
if [ "$settings" != "$told" ]; then
	printf '%s\n' "$settings" > "${TMPDIR:-/tmp}/settings.$$"
	printf '%s\n' "$told" | diff "${TMPDIR:-/tmp}/settings.$$" - |
	    sed -n "s,^<,$page has not,p; s,^>,$page has what is no setting:,p"
	rm -f "${TMPDIR:-/tmp}/settings.$$"
	exit 1
fi
