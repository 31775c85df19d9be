#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SIGKILL before and after the fsyncs and renames of an application by
# portal+https://, from before it is begun until its request is in; the same
# command again finishes with one application, one key and one certificate.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi

mkdir "$work/profiles"
cp "$top_srcdir/share/profiles/employee.profile" "$work/profiles"
sed -e '/^flow/,$d' "$top_srcdir/share/profiles/employee.profile" >"$work/profiles/walk.profile"
chmod u+w "$work/profiles"/*
cat >>"$work/profiles/walk.profile" <<'P'
flow: { steps = ["agreed", "filled", "key", "submitted", "downloaded", "installed"]; };
consent: { text = "terms"; };
fields = ({ name = "who"; label = "Who"; kind = "name"; required = true; });
contents = ({ into = "subject.CN"; text = "${who}"; });
P
echo "be good" >"$work/profiles/terms"
"$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$work/profiles" \
	--default-profile employee --name "portal test" >/dev/null || fail "init"
serve_ra
echo '{"who": "Walker"}' >"$work/answers"
hash=$(sha256sum <"$work/profiles/terms" | cut -d' ' -f1)
wish="$local $ca --profile walk --answers $work/answers --agree $hash --slot 9a --quiet"
count() { ra list --json | jq "map(select(.profile==\"walk\")) | length"; }
installed() { ra list --state installed --json | jq length; }

TAMGA_FAULT=kill-durable
export TAMGA_FAULT
fresh_card --yubikey
run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" "$tamga" enroll $wish
total=$(cat "$work/count")
[ "$total" -ge 40 ] || fail "only $total places"
n=1 killed=0
while [ "$n" -le "$total" ]; do
	fresh_card --yubikey
	before=$(count)
	status=0
	LD_PRELOAD=$shim TAMGA_FAULT_AT=$n timeout 60 "$tamga" enroll $wish \
		>"$work/out" 2>"$work/said" || status=$?
	[ "$status" = 137 ] && killed=$((killed + 1))
	run 0 "$tamga" enroll $wish
	[ "$(generated)" = 1 ] || fail "$(generated) keys at place $n"
	[ "$(journals) $(state)" = "1 done" ] || fail "$(journals) journals, $(state), at place $n"
	# killed when all was done, the same wish may be another application
	more=$(($(count) - before))
	[ "$more" = 1 ] || fail "$more applications at place $n of $total"
	[ "$(installed)" = "$(count)" ] || fail "$(installed) of $(count) installed at place $n"
	n=$((n + ${TAMGA_TEST_EVERY:-5}))
done
[ "$killed" -ge 8 ] || fail "only $killed killed"
ra audit verify >/dev/null || fail "audit"
ok "killed $killed times at $total places: one application, one key, one certificate"
