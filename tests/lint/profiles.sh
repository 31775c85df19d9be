#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the profiles say is in their template, and in every language of the pages.
set -eu
ra=$top_builddir/tools/ra/tamga-ra profiles=$top_srcdir/share/profiles
command -v msgcmp >/dev/null || { echo "gettext is not installed"; exit 77; }
[ -x "$ra" ] || { echo "tamga-ra is not built"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
wrong() { echo "$*"; bad=1; }

"$ra" texts "$profiles" > "$work/said"
sed 1d "$profiles/profiles.pot" | diff - "$work/said" ||
	wrong "profiles.pot is not what the profiles say: make update-po"

languages=$(sed -n 's/.*"tamga-ra-\([a-z]*\)" },$/\1/p' "$top_srcdir/tools/ra/profile/language.c")
[ -n "$languages" ]
for language in $languages; do
	po=$profiles/$language.po
	msgfmt --check -o "$work/mo" "$po" || wrong "$po is malformed"
	msgcmp "$po" "$work/said" || wrong "$po does not say all"
	# what has no letter of the language's script was copied, not translated
	case $language in bg|kk|ru)
		msgattrib --no-wrap --no-obsolete "$po" | sed -n 's/^msgstr "\(..*\)"$/\1/p' |
		    LC_ALL=C.UTF-8 grep -vP '\p{Cyrillic}' |
		    grep -vx 'FIPS 140-2\|${reason}\\n' && wrong "$po: not translated"
	esac
done
[ "$bad" = 0 ]
