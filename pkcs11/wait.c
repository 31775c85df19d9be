/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_WaitForSlotEvent.  Whoever waits does so on hubs of his own: those that
 * are watched belong to whoever holds the list lock, and nobody may hold that
 * for an hour.
 */
#include "pkcs11/wait.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "pkcs11/module.h"
#include "pkcs11/source.h"
#include "pkcs11/watch.h"
#include "src/base/scope.h"
#include "src/reader/coming.h"
#include "src/reader/together.h"

enum {
	SLICE_MS = 200,		/* when something that is wanted is not there */
	SLICE_MAX_MS = 2000,	/* for what has not been there for long */
};

/* One thread that waits. */
struct tmg_p11_waiter {
	tmg_p11_waiter *next;
	tmg_hub *hubs[P11_HUBS];	/* NULL: not open, tried again */
	bool missing;			/* one is wanted and not there */
	bool told;			/* of each such one when it comes, */
	int coming;			/* by this */
	int slice;			/* until it is looked for again */
	int end;			/* eventfd's; C_Finalize writes to it */
};

/* ---- who waits ----------------------------------------------------------- */

static void
enlist(tmg_p11_waiter *w)
{
	tmg_p11_lock_take(&tmg_p11.waits);
	w->next = tmg_p11.waiters;
	tmg_p11.waiters = w;
	tmg_p11_lock_give(&tmg_p11.waits);
}

static void
tmg_p11_waiter_release(tmg_p11_waiter *w)
{
	tmg_p11_waiter **at = &tmg_p11.waiters;

	tmg_p11_lock_take(&tmg_p11.waits);
	while (*at != NULL && *at != w)
		at = &(*at)->next;
	if (*at == w)
		*at = w->next;
	tmg_p11_lock_give(&tmg_p11.waits);
	for (size_t i = 0; i < P11_HUBS; i++)
		tmg_hub_free(&w->hubs[i]);
	tmg_scope_close(&w->end);
	tmg_scope_close(&w->coming);
}

void
tmg_p11_wait_end(void)
{
	tmg_p11_lock_take(&tmg_p11.waits);
	for (tmg_p11_waiter *w = tmg_p11.waiters; w != NULL; w = w->next) {
		(void)!eventfd_write(w->end, 1);
		for (size_t i = 0; i < P11_HUBS; i++)
			if (w->hubs[i] != NULL)
				w->hubs[i]->ops->cancel(w->hubs[i]);
	}
	tmg_p11_lock_give(&tmg_p11.waits);
}

/* ---- hubs ---------------------------------------------------------------- */

/* Under the lock: C_Finalize may be about to cancel what is there. */
static void
change_hub(tmg_hub **at, tmg_hub *hub)
{
	tmg_hub *old;

	tmg_p11_lock_take(&tmg_p11.waits);
	old = *at;
	*at = hub;
	tmg_p11_lock_give(&tmg_p11.waits);
	tmg_hub_free(&old);
}

/* What the hub sees from now on is news. */
static bool
look_through(tmg_hub **hub)
{
	size_t n;

	if ((*hub)->ops->list(*hub, NULL, 0, &n) == TMG_OK)
		return true;
	change_hub(hub, NULL);
	return false;
}

/* False: it is wanted, and not there. */
static bool
open_hub(tmg_p11_waiter *w, size_t i)
{
	const tmg_p11_source *source = &tmg_p11_sources[i];
	tmg_hub *hub = NULL;
	tmg_rc rc = TMG_OK;

	if (w->hubs[i] != NULL && source->is_lost())
		change_hub(&w->hubs[i], NULL);
	if (w->hubs[i] == NULL &&
	    (rc = source->open(tmg_p11.ctx, &hub)) == TMG_OK)
		change_hub(&w->hubs[i], hub);
	if (rc == TMG_UNSUPPORTED)
		return true;	/* nobody wants it */
	if (rc == TMG_OK && look_through(&w->hubs[i]))
		return true;
	/* whom a daemon refuses is not told when it does so no more */
	w->told &= rc == TMG_NOT_FOUND;
	return false;
}

/* Watched first, and looked for then: what comes meanwhile is not missed. */
static void
open_hubs(tmg_p11_waiter *w)
{
	bool heeds = false, any = false;

	w->missing = false;
	w->told = true;
	tmg_coming_forget(w->coming);
	for (size_t i = 0; i < tmg_p11_sources_count && i < P11_HUBS; i++) {
		const char *at = tmg_p11_sources[i].comes_at();
		const bool watched = at != NULL && tmg_coming_watch(w->coming, at);

		if (!open_hub(w, i)) {
			w->missing = true;
			w->told &= watched;
		}
		any |= w->hubs[i] != NULL;
		heeds |= w->hubs[i] != NULL &&
		    tmg_p11_sources[i].heed(w->hubs[i], w->coming);
	}
	w->told &= heeds || !any;
}

/* What may yet come is looked for between, and less and less often: a daemon is
 * started by an administrator, or by a plug that another hub tells of.  In the end
 * nobody looks who is told. */
static int
time_of(const tmg_p11_waiter *w)
{
	return !w->missing || (w->told && w->slice == SLICE_MAX_MS) ? -1 : w->slice;
}

/* Nothing is there; without the descriptor C_Finalize is not kept long. */
static tmg_rc
pause_a_slice(const tmg_p11_waiter *w)
{
	struct pollfd fds[] = { { .fd = w->end, .events = POLLIN },
	    { .fd = w->coming, .events = POLLIN } };

	return poll(fds, TMG_COUNT(fds), w->end < 0 ? SLICE_MS : time_of(w)) > 0
	    ? TMG_OK : TMG_PENDING;
}

static size_t
collect(const tmg_p11_waiter *w, tmg_hub *open[P11_HUBS])
{
	size_t n = 0;

	for (size_t i = 0; i < P11_HUBS; i++)
		if (w->hubs[i] != NULL)
			open[n++] = w->hubs[i];
	return n;
}

static void
wait_once(tmg_p11_waiter *w)
{
	tmg_hub *open[P11_HUBS], *whose;
	const size_t n = collect(w, open);
	const tmg_rc rc = n == 0 ? pause_a_slice(w)
	    : tmg_hubs_wait(open, n, time_of(w), tmg_p11.threads, &whose);

	if (rc == TMG_OK)
		w->slice = SLICE_MS;
	else
		w->slice = w->slice * 2 < SLICE_MAX_MS ? w->slice * 2 : SLICE_MAX_MS;
}

/* ---- events -------------------------------------------------------------- */

static bool
next_event(CK_SLOT_ID *id)
{
	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++) {
		tmg_p11_slot *slot = tmg_p11.slots[i];
		const uint64_t seen = atomic_load(&slot->seat->seen);
		uint64_t told = atomic_load(&slot->told);

		if (seen == told ||
		    !atomic_compare_exchange_strong(&slot->told, &told, seen))
			continue;
		*id = slot->id;
		return true;
	}
	return false;
}

static CK_RV
look_for_event(CK_SLOT_ID *id)
{
	CK_RV rv;

	if ((rv = tmg_p11_watch_look(P11_LOOK_EVENT)))
		return rv;
	return next_event(id) ? CKR_OK : CKR_NO_EVENT;
}

static CK_RV
wait_for_event(CK_SLOT_ID *id)
{
	tmg_auto(tmg_p11_waiter) w = { .slice = SLICE_MS,
	    .end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	    .coming = tmg_coming_new() };
	CK_RV rv;

	enlist(&w);
	for (;;) {
		open_hubs(&w);
		if ((rv = look_for_event(id)) != CKR_NO_EVENT)
			return rv;
		if (p11_is_ending())
			return CKR_CRYPTOKI_NOT_INITIALIZED;
		wait_once(&w);
	}
}

/* A token that is a reader of its own is told of as well: its slot exists from
 * then on, and C_GetSlotList lists it when its size is asked (5.5.1). */
CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *id, void *reserved)
{
	tmg_auto(p11_inside) inside = { false };
	CK_RV rv;

	if ((rv = p11_enter(&inside)))
		return rv;
	if (id == NULL || reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	rv = look_for_event(id);
	if (rv != CKR_NO_EVENT || (flags & CKF_DONT_BLOCK) != 0)
		return rv;
	return wait_for_event(id);
}
