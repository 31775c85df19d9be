#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients: each page has a row in the table and a test, what it installs
# stands in tests/packages, and the table's figures are what the test counts.
set -u
cd "$top_srcdir" || exit 1
status=0
wrong() { echo "$*" >&2; status=1; }

index=doc/clients/README.md
pages=0
for page in doc/clients/*.md; do
	[ "$page" != "$index" ] || continue
	pages=$((pages + 1))
	name=$(basename "$page" .md)
	grep -qx "page $name" "tests/interop/client-$name.sh" ||
		wrong "$page: tests/interop/client-$name.sh does not run it"
	row=$(grep -F "]($name.md) |" $index) || wrong "$page: no row in $index"
	for count in $(echo "${row##*| }" | sed 's/[0-9]*[^0-9 ,|;][^ ]*//g' | tr -cs 0-9 ' '); do
		grep -qE "^\`\`\`sh.* apdus=$count( |$)" "$page" ||
			wrong "$index: $name.md counts no $count APDUs"
	done
	for package in $(sed -n 's/^apt-get install //p' "$page"); do
		grep -qE "^(build|check|daemon) $package\$" tests/packages ||
			wrong "$page: $package is not in tests/packages"
	done
done
[ $pages -gt 0 ] || wrong "no page in doc/clients"
for name in $(sed -n 's/^| \[.*\](\(.*\)\.md) |.*/\1/p' $index); do
	[ -f "doc/clients/$name.md" ] || wrong "$index: there is no $name.md"
done
exit $status
