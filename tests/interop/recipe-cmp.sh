#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/recipes/cmp.md, as it stands, beside cmp-server.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/interop/cmp-lib.sh"
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
serve_cmp
fresh_card --yubikey

# the reader's folder, and a tamga that asks the virtual card; the page's port
# is ours
mkdir "$work/here" "$work/blocks" "$work/bin"
cp "$work/ca.pem" "$work/secret" "$work/pin" "$work/here"
printf '#!/bin/sh\nexec "%s" "$@" --no-pcsc\n' "$tamga" \
	>"$work/bin/tamga"
chmod +x "$work/bin/tamga"
PATH=$work/bin:$PATH
page=$top_srcdir/doc/recipes/cmp.md
sed "s/127\.0\.0\.1:8080/127.0.0.1:$served/" "$page" >"$work/page.md"
python3 "$top_srcdir/tests/interop/page.py" split "$work/page.md" "$work/blocks" || fail "split"
cd "$work/here" || exit 1
for block in "$work"/blocks/*.sh; do
	. "${block%.sh}.options"
	status=0
	sh "$block" >"$work/out" 2>"$work/said" </dev/null || status=$?
	[ "$status" = "$want_status" ] || fail "line $want_line of cmp.md: status $status"
	if [ -e "${block%.sh}.want" ]; then
		cat "$work/said" "$work/out" >"$work/got"
		python3 "$top_srcdir/tests/interop/page.py" match "${block%.sh}.want" "$work/got" ||
			fail "line $want_line of cmp.md says something else"
	fi
	ok "line $want_line"
done
asked ir issued ir pollReq pollReq pollReq issued "kur signed" issued "rr signed" \
	"$(grep revoked "$work/cmp/log")"
