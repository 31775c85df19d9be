/* SPDX-License-Identifier: BSD-2-Clause */
/* Turns, power, and when the interface is held. */
#include "src/reader/ccid_turn.h"

#include <signal.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/reader/quirk.h"

enum {
	IDLE_MS = 3000,		/* a token is kept after a turn */
	LOOK_MS = 1000,		/* a card that was looked at, for who will use it */
	TURN_MS = 15000,	/* another thread of this program may keep it */

	/* how long another program of ours is waited for: by who uses a card, by who
	 * looks, and by who did so in vain: one that only listens steps aside */
	USE_MS = 10000,
	QUEUE_MS = 2000,
	KNOCK_MS = 300,
};

/* ---- the guard, and waiting under it ------------------------------------- */

/* None of these can fail here: pthread_cond_init(3), pthread_mutex_init(3). */
static void
make_guard(tmg_ccid_reader *r)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->changed, &attr);
	pthread_cond_init(&r->late, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&r->guard, NULL);
}

bool
tmg_ccid_take_turn(tmg_ccid_reader *r)
{
	const struct timespec until = tmg_clock_in(TURN_MS);
	int late = 0;
	bool mine;

	pthread_mutex_lock(&r->guard);
	while (r->taken && late == 0)
		late = pthread_cond_timedwait(&r->changed, &r->guard, &until);
	mine = !r->taken;
	r->taken = true;
	pthread_mutex_unlock(&r->guard);
	return mine;
}

/* ---- power and the interface --------------------------------------------- */

static void
drop(tmg_ccid_reader *r)
{
	r->powered = r->asleep = false;
	atomic_store(&r->listening, false);
	tmg_ccid_drop(&r->c);
}

/* In a turn: nothing of ours is on the bus any more. */
void
tmg_ccid_let_go(tmg_ccid_reader *r)
{
	if (r->c.pipe == NULL)
		return;
	if (r->powered)
		tmg_ccid_power_off(&r->c);
	drop(r);
}

void
tmg_ccid_rest(tmg_ccid_reader *r)
{
	if (r->c.broken || !tmg_ccid_is_heard(r)) {
		tmg_ccid_let_go(r);
		return;
	}
	if (r->powered)
		tmg_ccid_power_off(&r->c);
	r->powered = false;
	r->asleep = true;
}

/* In a turn: the interface is ours, and answers. */
static tmg_rc
have_pipe(tmg_ccid_reader *r, int ms, tmg_fault *f)
{
	if (r->c.broken)
		drop(r);
	return r->c.pipe != NULL ? TMG_OK
	    : r->door.open(r->door.of, ms, f, &r->c.pipe);
}

static void
note_card(tmg_ccid_reader *r)
{
	r->seen.presence = TMG_PRESENT;
	memcpy(r->seen.atr, r->c.atr, sizeof(r->seen.atr));
	r->seen.atr_len = r->c.atr_len;
}

/* What is known of the card is known no more. */
void
tmg_ccid_forget_card(tmg_ccid_reader *r)
{
	if (r->seen.presence != TMG_ABSENT)
		r->seen.events++;
	r->seen.presence = TMG_ABSENT;
	r->seen.atr_len = 0;
	r->powered = false;
}

tmg_rc
tmg_ccid_have_power(tmg_ccid_reader *r, tmg_fault *f)
{
	tmg_rc rc;

	r->c.fault = f;
	if ((rc = have_pipe(r, USE_MS, f)))
		return rc;
	if (r->powered)
		return TMG_OK;
	/* whoever had it before us may have left a login in it */
	if (!r->asleep)
		tmg_ccid_power_off(&r->c);
	r->asleep = false;
	/* what was stuck before us may work when it is opened anew */
	if ((rc = have_pipe(r, USE_MS, f)))
		return rc;
	if ((rc = tmg_ccid_power_on(&r->c))) {
		if (rc == TMG_REMOVED)
			tmg_ccid_forget_card(r);
		return rc;
	}
	if (r->seen.presence == TMG_ABSENT)
		r->seen.events++;
	note_card(r);
	r->powered = true;
	r->resets++;
	return TMG_OK;
}

/* ---- after a turn -------------------------------------------------------- */

/* A reader whose card can be exchanged is kept as long as a link to its card is
 * open: nobody would tell us of another card; and one without power as long as
 * somebody wants to be told. */
static bool
keeps(tmg_ccid_reader *r)
{
	return (r->links > 0 && (r->quirks & TMG_QUIRK_FIXED) == 0) ||
	    (!r->powered && tmg_ccid_is_heard(r));
}

/* Under the guard: until nobody has taken a turn for a while.  Its own clock
 * wakes it, no turn does. */
static void
wait_idle(tmg_ccid_reader *r)
{
	while (!r->ending && (r->taken || tmg_now_ms() < r->idle_at)) {
		const int64_t left = r->idle_at - tmg_now_ms();
		const struct timespec until = tmg_clock_in(left > 0 ? left : 0);

		if (r->taken)
			pthread_cond_wait(&r->changed, &r->guard);
		else
			pthread_cond_timedwait(&r->late, &r->guard, &until);
	}
}

/* The thread that lets go when nobody has use of the reader any more. */
static void *
idle(void *of)
{
	tmg_ccid_reader *r = of;

	pthread_mutex_lock(&r->guard);
	wait_idle(r);
	if (!r->ending && !keeps(r)) {
		r->taken = true;
		pthread_mutex_unlock(&r->guard);
		r->c.fault = NULL;
		tmg_ccid_rest(r);
		pthread_mutex_lock(&r->guard);
		r->taken = false;
	}
	r->idling = false;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->guard);
	return NULL;
}

/* Its signals are the program's. */
static bool
begin_idling(tmg_ccid_reader *r)
{
	sigset_t all, kept;
	bool good;

	if (r->idler_made)
		pthread_join(r->idler, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &kept);
	good = pthread_create(&r->idler, NULL, idle, r) == 0;
	pthread_sigmask(SIG_SETMASK, &kept, NULL);
	r->idler_made = good;
	return good;
}

void
tmg_ccid_end_turn(tmg_ccid_reader *r)
{
	bool mine;

	if (r->c.broken || (r->links == 0 && !r->powered &&
	    !atomic_load(&r->listening)))
		tmg_ccid_let_go(r);
	pthread_mutex_lock(&r->guard);
	r->idle_at = tmg_now_ms() + (r->links > 0 ? r->idle_ms : r->look_ms);
	mine = r->c.pipe != NULL && !keeps(r) && !r->idling;
	if (mine)
		r->idling = true;
	r->taken = mine;	/* until there is somebody who lets go */
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->guard);
	if (!mine)
		return;
	if (!begin_idling(r)) {
		tmg_ccid_let_go(r);
		r->idling = false;
	}
	pthread_mutex_lock(&r->guard);
	r->taken = false;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->guard);
}

/* ---- looking ------------------------------------------------------------- */

static void
note_icc(tmg_ccid_reader *r, tmg_ccid_icc icc)
{
	if (icc == TMG_CCID_EMPTY)
		tmg_ccid_forget_card(r);
	/* not powered though it was: it was taken out meanwhile */
	else if (icc == TMG_CCID_INACTIVE && r->powered &&
	    (r->quirks & TMG_QUIRK_FIXED) == 0)
		tmg_ccid_forget_card(r);
	else if (icc == TMG_CCID_INACTIVE)
		r->powered = false;
	r->asleep = icc == TMG_CCID_INACTIVE;
}

/* Nothing is to be learned of the card any more. */
static bool
is_known(const tmg_ccid_reader *r)
{
	return r->seen.presence == TMG_MUTE ||
	    (r->seen.presence == TMG_PRESENT && r->seen.atr_len > 0);
}

/* Somebody uses it: a card must be there, and it is no other one when it can be
 * looked at later. */
static tmg_rc
note_busy(tmg_ccid_reader *r, tmg_rc rc)
{
	if (rc == TMG_BUSY && r->seen.presence == TMG_ABSENT) {
		r->seen.presence = TMG_PRESENT;
		r->seen.events++;
	}
	return rc;
}

/* In a turn.  A card that does not answer is there, and does not answer. */
static tmg_rc
look(tmg_ccid_reader *r, tmg_fault *f)
{
	tmg_ccid_icc icc;
	tmg_rc rc;

	r->c.fault = f;
	rc = have_pipe(r, r->waited ? KNOCK_MS : QUEUE_MS, f);
	r->waited = rc == TMG_BUSY;
	if (rc != TMG_OK)
		return note_busy(r, rc);
	tmg_ccid_listen(r);
	if ((rc = tmg_ccid_look(&r->c, &icc)))
		return rc;
	note_icc(r, icc);
	if (icc == TMG_CCID_EMPTY || is_known(r))
		return TMG_OK;
	rc = tmg_ccid_have_power(r, f);
	if (rc == TMG_E_CARD || rc == TMG_UNSUPPORTED) {
		if (r->seen.presence == TMG_ABSENT)
			r->seen.events++;
		r->seen.presence = TMG_MUTE;
		rc = TMG_OK;
	}
	return rc == TMG_REMOVED && !r->c.broken ? TMG_OK : rc;
}

/* What a look left under power may have been exchanged since. */
tmg_rc
tmg_ccid_still_there(tmg_ccid_reader *r, tmg_fault *f)
{
	tmg_ccid_icc icc;
	tmg_rc rc;

	if (!r->powered || r->links > 0 || r->c.broken ||
	    (r->quirks & TMG_QUIRK_FIXED) != 0)
		return TMG_OK;
	r->c.fault = f;
	if ((rc = tmg_ccid_look(&r->c, &icc)))
		return r->c.broken ? TMG_OK : rc;
	note_icc(r, icc);
	return TMG_OK;
}

tmg_rc
tmg_ccid_reader_look(tmg_ccid_reader *r, tmg_fault *f, tmg_ccid_seen *seen)
{
	tmg_rc rc = TMG_OK;

	pthread_mutex_lock(&r->guard);
	/* whoever has a turn knows that the card is there; a token's card that
	 * was seen stays */
	const bool known = r->seen.presence != TMG_ABSENT && (r->taken ||
	    ((r->quirks & TMG_QUIRK_FIXED) != 0 && is_known(r)));

	*seen = r->seen;
	pthread_mutex_unlock(&r->guard);
	if (known)
		return TMG_OK;
	if (!tmg_ccid_take_turn(r))
		return TMG_OK;
	rc = look(r, f);
	*seen = r->seen;
	tmg_ccid_end_turn(r);
	if (rc == TMG_BUSY)
		seen->presence = TMG_HELD;
	return rc;
}

/* ---- beginning and end --------------------------------------------------- */

tmg_rc
tmg_ccid_reader_new(const tmg_ccid_desc *desc, unsigned quirks,
    const char *name, const tmg_ccid_door *door, tmg_ccid_reader **out)
{
	tmg_ccid_reader *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (r == NULL)
		return TMG_E_NOMEM;
	tmg_text_copy(r->name, sizeof(r->name), name);
	r->quirks = quirks;
	r->door = *door;
	r->idle_ms = IDLE_MS;
	r->look_ms = LOOK_MS;
	if (tmg_ccid_init(&r->c, desc)) {
		free(r);
		return TMG_E_NOMEM;
	}
	make_guard(r);
	r->c.quirks = quirks;
	r->c.name = r->name;
	*out = r;
	return TMG_OK;
}

void
tmg_ccid_reader_free(tmg_ccid_reader **out)
{
	tmg_ccid_reader *r = *out;

	*out = NULL;
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->guard);
	r->ending = true;
	pthread_cond_broadcast(&r->changed);
	pthread_cond_broadcast(&r->late);
	pthread_mutex_unlock(&r->guard);
	if (r->idler_made)
		pthread_join(r->idler, NULL);
	r->c.fault = NULL;
	tmg_ccid_let_go(r);
	tmg_ccid_done(&r->c);
	pthread_cond_destroy(&r->changed);
	pthread_cond_destroy(&r->late);
	pthread_mutex_destroy(&r->guard);
	free(r);
}

bool
tmg_ccid_reader_is_linked(tmg_ccid_reader *r)
{
	bool linked;

	pthread_mutex_lock(&r->guard);
	linked = r->links > 0;
	pthread_mutex_unlock(&r->guard);
	return linked;
}

tmg_ccid_times *
tmg_ccid_reader_times(tmg_ccid_reader *r)
{
	return &r->c.times;
}

void
tmg_ccid_reader_set_idle(tmg_ccid_reader *r, int ms)
{
	r->idle_ms = r->look_ms = ms;
}
