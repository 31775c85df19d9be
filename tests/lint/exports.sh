#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Headers = version maps = what the libraries export = manual pages.
set -eu
LC_ALL=C
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
status=0

same() { # WHAT WANTED FOUND
	if ! diff "$2" "$3" >"$work/diff"; then
		echo "$1 (< wanted, > found):"
		cat "$work/diff"
		status=1
	fi
}

# A declaration stands in the header as TMG_API, its type, and on the next
# line its name.
declared() { sed -n '/^TMG_API/,/;/p' "$@" | grep -ohE '^tmg_[a-z0-9_]+' | sort; }
mapped() { sed -n '/^global:/,/^local:/s/^[[:space:]]*\(tmg_[a-z0-9_]*\);$/\1/p' "$1" | sort; }
exported() { nm -D --defined-only "$1" | sed 's/@.*//' | awk '$2 == "T" { print $3 }' | sort; }

enroll=$(ls "$top_srcdir"/include/tamga/*.h | grep -e /binding.h -e /enroll.h -e /http.h -e /provision.h)
core=$(ls "$top_srcdir"/include/tamga/*.h | grep -v -e /binding.h -e /enroll.h -e /http.h -e /provision.h)

declared $core >"$work/core"
declared $enroll >"$work/enroll"
[ -s "$work/core" ] && [ -s "$work/enroll" ]

for library in core enroll; do
	case $library in
	core) file=libtamga ;;
	enroll) file=libtamga-enroll ;;
	esac
	mapped "$top_srcdir/src/$file.map" >"$work/mapped"
	same "src/$file.map" "$work/$library" "$work/mapped"
	[ -f "$top_builddir/.libs/$file.so" ] || continue
	exported "$top_builddir/.libs/$file.so" >"$work/exported"
	same "$file.so exports" "$work/$library" "$work/exported"
done

# Inline functions have pages too, so the pages hold more than the exports.
ls "$top_builddir/doc/man3" | sed -n 's/^\(tmg_.*\)\.3$/\1/p' | sort >"$work/pages"
cat "$work/core" "$work/enroll" | sort | comm -12 - "$work/pages" >"$work/paged"
cat "$work/core" "$work/enroll" | sort >"$work/all"
same "manual pages" "$work/all" "$work/paged"
exit $status
