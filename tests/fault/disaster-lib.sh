# SPDX-License-Identifier: BSD-2-Clause
# What may happen in the middle of an enrollment, at every place of it, for any
# protocol; and what must be there when it has been taken up again.
#
# A test says what its authority is, in four functions, and then calls disasters:
#	serve		starts the authority again, at its old address and with
#			all that it knew; the first time at any
#	halt		ends it at once
#	wish NAME	what `tamga enroll` is told in $asks, what --resume needs in
#			$credentials; another application for each NAME
#	held		what the authority has, in numbers that a certificate more
#			makes one more each
# It may have another: left_behind (default nothing) tells of what should be gone.
# TAMGA_TEST_ALL=1 tries all places, else TAMGA_TEST_PLACES (3) of each disaster;
# TAMGA_TEST_ONLY="cut full" some disasters only; TAMGA_TEST_SEED=N the same again: which
# they are moves with the seed, which is told.
# shellcheck disable=SC2034,SC2086,SC2154
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
world=$top_builddir/tests/fault/.libs/world.so
[ -e "$world" ] || { echo "skipped: $world is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi
card_kind=--yubikey keys_most=1
tried_in_all=0
. "$top_srcdir/tests/lib/seed.sh"
left_behind() { :; }

# ---- an enrollment, a renewal ---------------------------------------------------------
# Each is a card as it was before, the words that begin it, the place of its
# key, and how many journals there are in the end.
before_enroll() { fresh_card $card_kind; }
begin_enroll() { set_begin enroll $local $asks --slot 9a; }
stands_enroll() { :; }
slot_enroll=9a journals_enroll=1

before_renew() {
	cp "$work/card.was" "$work/card.state"
	fresh_card $card_kind --state "$work/card.state"
	cp -a "$work/state.was" "$work/state"
	ctl mark >/dev/null
}
begin_renew() { set_begin renew 9a $local; }
# Whatever happens, the old certificate stands where it stood.
stands_renew() {
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/now.pem"
	cmp -s "$work/now.pem" "$work/old.pem" || fail "$(here): the old certificate is gone"
}
slot_renew=82 journals_renew=2

set_begin() { begin="$*"; }
enrolled_once() {
	rm -f "$work/card.state"
	fresh_card $card_kind --state "$work/card.state"
	wish once
	run 0 "$tamga" enroll $local $asks --slot 9a
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/old.pem"
	cp "$work/card.state" "$work/card.was"
	cp -a "$work/state" "$work/state.was"
}
# prepare NAME: all as it is before the first command
prepare() {
	wish "$1"
	[ $life = enroll ] || credentials=	# the old key says who we are
	before_$life
	begin_$life
	rm -f "$work/met"
}
open_journal() { state 2>/dev/null | grep -qv '^done$'; }

# ---- what must be there -----------------------------------------------------------------
here() { echo "$binding, $life, $disaster, place $n of $total$which, seed $seed"; }
which=
# What the authority has, on one line.
numbers() { held | tr -s '\n ' ' ' | sed 's/ $//'; }
# one_each: one key, one application, one certificate, and no trace of the way.  A key
# whose answer nobody heard is not in the card's log, and is there all the same.
one_each() {
	keys=$(generated)
	[ "$keys" -le $keys_most ] || fail "$(here): $keys keys were made"
	now=$(numbers) wanted=
	for number in $had; do wanted="$wanted $((number + 1))"; done
	[ "$now" = "${wanted# }" ] || fail "$(here): the authority has $now, not$wanted"
	eval "many=\$journals_$life slot=\$slot_$life"
	[ "$(journals)" = "$many" ] || fail "$(here): $(journals) journals"
	! open_journal || fail "$(here): the journal says $(state)"
	[ -z "$(left_behind)" ] || fail "$(here): left behind: $(left_behind)"
	assert_installed $slot
	stands_$life
}
# Whoever is told that it failed is told what to do; begun or not.
told() {
	[ -s "$work/said" ] || fail "$(here): status $status without a word"
	! open_journal || grep -q -e '--resume' -e 'wait until it ends' "$work/said" ||
		fail "$(here): nobody says how to go on"
}
# As a person would: what is open is resumed, or the command is typed again; who was
# told that it is done types nothing.
finish_it() {
	[ "$outcome" != 0 ] || open_journal || return 0
	if open_journal && [ $((n % 3)) != 0 ]; then
		run 0 "$tamga" enroll --resume $local $credentials
	else
		run 0 "$tamga" $begin
	fi
}

# ---- the disasters ----------------------------------------------------------------------
# places_X counts them into $total; meet_X lets the n-th happen, in $status how the first
# command ended, and puts right what a person would.
in_world() { # DISASTER AT: the first command in it
	status=0
	LD_PRELOAD=$world TAMGA_WORLD=$1 TAMGA_WORLD_AT=$2 TAMGA_WORLD_MET=$work/met \
		timeout 60 "$tamga" $begin >"$work/out" 2>"$work/said" </dev/null || status=$?
	[ -e "$work/met" ] || missed=yes
}
count_world() { # DISASTER
	run 0 env LD_PRELOAD="$world" TAMGA_WORLD=$1 TAMGA_WORLD_COUNT="$work/count" \
		"$tamga" $begin
	total=$(cat "$work/count")
}
failed_well() { # status of a program that ended by itself
	case $status in
	0) ;;
	[1-7]) told ;;
	*) fail "$(here): status $status" ;;
	esac
}

places_killed() { count_world kill; }
meet_killed() {
	in_world kill $n
	[ "$status" = 137 ] || [ -n "$missed" ] || fail "$(here): status $status"
}

places_cut_request() { count_world cut-request; }
places_cut_answer() { count_world cut-answer; }
meet_cut() { # DISASTER
	in_world $1 $n
	failed_well
	[ "$status" = 0 ] || grep -q -e localhost -e 127.0.0.1 "$work/said" ||
		fail "$(here): nobody says whom it cannot reach"
}
meet_cut_request() { meet_cut cut-request; }
meet_cut_answer() { meet_cut cut-answer; }

places_full() { count_world full; }
meet_full() {
	in_world full $n
	failed_well
	[ "$status" = 0 ] || grep -q 'No space left' "$work/said" ||
		fail "$(here): nobody says that the disk is full"
}

places_pulled() {
	ctl mark >/dev/null
	run 0 "$tamga" $begin
	total=$(ctl count | grep -o '[0-9]*$')
}
places_pulled_after() { places_pulled; }
meet_pull() { # FAULT
	ctl mark >/dev/null
	ctl fault "$n:$1" >/dev/null
	status=0
	timeout 60 "$tamga" $begin >"$work/out" 2>"$work/said" </dev/null || status=$?
	case $status in 0|1|3) ;; *) fail "$(here): status $status" ;; esac
	failed_well
	[ "$status" = 0 ] || grep -q -i -e insert -e remove -e 'no token' -e 'put it back' \
		-e 'no card' "$work/said" || fail "$(here): nobody says that the card is gone"
	ctl fault none >/dev/null
	ctl insert >/dev/null
}
meet_pulled() { meet_pull remove; }
meet_pulled_after() { meet_pull remove-after; }

# Stopped there, so that others can do what they like; then it goes on.
stopped_at() { # PLACE
	LD_PRELOAD=$world TAMGA_WORLD=stop TAMGA_WORLD_AT=$1 TAMGA_WORLD_MET=$work/met \
		"$tamga" $begin >"$work/out" 2>"$work/said" </dev/null &
	first=$!
	children="$children $first"
	tries=0
	until grep -q '^State:.T' /proc/$first/status 2>/dev/null ||
	    ! kill -0 $first 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || fail "$(here): never stopped"
		sleep 0.01
	done
	[ -e "$work/met" ] || missed=yes
}
goes_on() {
	kill -CONT $first 2>/dev/null || :
	status=0
	wait $first || status=$?
	ended $first
}

places_restarted() { count_world stop; }
meet_restarted() {
	stopped_at $n
	halt
	serve
	goes_on
	failed_well
}

places_twice() { count_world stop; }
places_twice_resumed() { count_world stop; }
meet_second() { # COMMAND...: while the first one stands still
	stopped_at $n
	setsid -w timeout 60 "$@" >"$work/out2" 2>"$work/said2" </dev/null &
	second=$!
	children="$children $second"
	tries=0
	while kill -0 $second 2>/dev/null && [ $tries -lt 30 ]; do
		sleep 0.02	# it may wait for the card, which the first one has
		tries=$((tries + 1))
	done
	goes_on
	failed_well
	whose=$status status=0
	wait $second || status=$?
	ended $second
	[ "$status" -le 7 ] || { cat "$work/said2"; fail "$(here): the second: status $status"; }
	[ "$status" = 0 ] || [ -s "$work/said2" ] || fail "$(here): the second says nothing"
	[ $whose != 0 ] || status=0
}
meet_twice() { meet_second "$tamga" $begin; }
meet_twice_resumed() { meet_second "$tamga" enroll --resume $local $credentials; }

# Ten days and four hundred, forward and back.
jump_at() {
	case $((n % 4)) in
	0) echo 864000 ;; 1) echo -864000 ;; 2) echo 34560000 ;; 3) echo -34560000 ;;
	esac
}
places_clock() { count_world clock; }
meet_clock() {
	TAMGA_WORLD_JUMP=$(jump_at)
	export TAMGA_WORLD_JUMP
	in_world clock $n
	unset TAMGA_WORLD_JUMP
	failed_well
}
# Killed, taken up by a clock that is wrong, and again by one that is right.
places_clock_between() { count_world kill; }
meet_clock_between() {
	in_world kill $n
	! open_journal || {
		status=0
		LD_PRELOAD=$world TAMGA_WORLD=clock TAMGA_WORLD_JUMP=$(jump_at) timeout 60 \
			"$tamga" enroll --resume $local $credentials >"$work/out" \
			2>"$work/said" </dev/null || status=$?
		failed_well
	}
}

# ---- the harness ---------------------------------------------------------------------------
# everywhere LIFE DISASTER
everywhere() {
	life=$1 disaster=$2 n=0 total=0
	case " ${TAMGA_TEST_ONLY:-$2} " in *" $2 "*) ;; *) return 0 ;; esac
	prepare counted-$life-$disaster
	places_$disaster
	[ "$total" -ge 1 ] || fail "$(here): no places"
	places=${TAMGA_TEST_PLACES:-3}
	[ -z "${TAMGA_TEST_ALL:-}" ] || places=$total
	step=$(((total + places - 1) / places))
	n=$((1 + seed % step)) tried=0 met=0 now=$(numbers)
	while [ "$n" -le "$total" ]; do
		prepare $life-$disaster-$n
		had=$now missed=	# what comes later than it may is found in the next
		meet_$disaster
		outcome=$status
		! grep -q 'serial number' "$work/out" || outcome=0	# told, then killed
		stands_$life
		finish_it
		one_each
		tried=$((tried + 1)) n=$((n + step))
		[ -n "$missed" ] || met=$((met + 1))
	done
	[ $met -ge $((tried * 3 / 4)) ] || fail "$(here): only $met of $tried were met"
	tried_in_all=$((tried_in_all + tried))
	ok "$tried of $total places survived ($binding, $life, $disaster$which)"
}
# A card that does not tell of its keys: one that was made and not heard of is made
# again, in the same slot.
with_silent_card() { # DISASTER...
	card_kind='' keys_most=2 which=", a card without metadata"
	for disaster in "$@"; do
		everywhere enroll $disaster
	done
	card_kind=--yubikey keys_most=1 which=
}
# disasters LIFE...: all of them
disasters() {
	for life in "$@"; do
		[ $life != renew ] || enrolled_once
		for disaster in killed pulled pulled_after cut_request cut_answer full \
		    restarted twice twice_resumed clock clock_between; do
			everywhere $life $disaster
		done
	done
}
total() { echo "$binding: $tried_in_all of $tried_in_all places survived, in all"; }
