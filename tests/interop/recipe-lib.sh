# SPDX-License-Identifier: BSD-2-Clause
# What the tests of doc/recipes share: a page is typed as it stands, in a folder
# of its reader's, by a tamga that asks the virtual card.  Sourced after
# enroll-lib.sh.
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
mkdir "$work/here" "$work/bin"
cp "$work/pin" "$work/here"
printf '#!/bin/sh\nexec "%s" "$@" --no-pcsc\n' "$tamga" >"$work/bin/tamga"
chmod +x "$work/bin/tamga"

# type_page NAME SED: doc/recipes/NAME.md; SED puts our addresses in the place of
# the page's
type_page() {
	page=$1.md
	mkdir "$work/blocks"
	sed -e "$2" "$top_srcdir/doc/recipes/$page" >"$work/page.md"
	python3 "$top_srcdir/tests/interop/page.py" split "$work/page.md" "$work/blocks" ||
		fail "$page: split"
	typed=0
	for block in "$work"/blocks/*.sh; do
		. "${block%.sh}.options"
		status=0
		(cd "$work/here" && PATH=$work/bin:$PATH && export PATH && exec sh "$block") \
			>"$work/out" 2>"$work/said" </dev/null || status=$?
		[ "$status" = "$want_status" ] || fail "line $want_line of $page: status $status"
		if [ -e "${block%.sh}.want" ]; then
			cat "$work/said" "$work/out" >"$work/got"
			python3 "$top_srcdir/tests/interop/page.py" match "${block%.sh}.want" \
				"$work/got" || fail "line $want_line of $page says something else"
		fi
		typed=$((typed + 1))
	done
	rm -rf "$work/blocks"
	ok "$page: $typed blocks"
}
