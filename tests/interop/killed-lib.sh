# SPDX-License-Identifier: BSD-2-Clause
# SIGKILL at every place of an enrollment, for any protocol; after
# enroll-lib.sh.  The caller says
#	official	what a first `tamga enroll` is told of the authority
#	credentials	what resuming is told
#	applications	a function: how many the authority has
# shellcheck disable=SC2086,SC2154
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi

kill_everywhere() { # WHAT LEAST EVERY MOST-KEYS CARD-OPTIONS...
	what=$1 least=$2 every=$3 most=$4
	shift 4
	fresh_card "$@"
	run 0 env LD_PRELOAD="$shim" TAMGA_FAULT_COUNT="$work/count" \
		"$tamga" enroll $local $official --slot 9a --subject "CN=Counted" --quiet
	total=$(cat "$work/count")
	[ "$total" -ge "$least" ] || fail "only $total places"
	n=1 killed=0
	while [ "$n" -le "$total" ]; do
		fresh_card "$@"
		before=$(applications)
		status=0
		LD_PRELOAD=$shim TAMGA_FAULT_AT=$n timeout 60 "$tamga" enroll $local $official \
			--slot 9a --subject "CN=Killed $n" --quiet >"$work/out" 2>"$work/said" ||
			status=$?
		[ "$status" = 137 ] && killed=$((killed + 1))
		if [ "$(journals)" = 1 ] && [ "$(state)" != done ]; then
			run 0 "$tamga" enroll --resume $local $credentials
		else
			run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Killed $n"
		fi
		[ "$(generated)" -le "$most" ] || fail "$what: $(generated) keys at place $n"
		[ "$(applications)" = $((before + 1)) ] ||
			fail "$what: $(applications) applications, not $((before + 1)), at place $n"
		[ "$(journals)" = 1 ] || fail "$what: $(journals) journals at place $n"
		[ "$(state)" = done ] || fail "$what: $(state) at place $n"
		n=$((n + every))
	done
	[ "$killed" -ge $(((total - 4) / every)) ] || fail "$what: only $killed of $total killed"
	ok "$what: killed $killed times of $(((total - 1) / every + 1)) tried, at $total places; resumed each time"
}
