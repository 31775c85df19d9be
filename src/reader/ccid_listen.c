/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader tells by itself of cards that come and go: its interface is ours
 * for it, and given back to whoever else wants it.
 */
#include "src/reader/ccid_turn.h"

enum {
	STRANGE_MAX = 8,	/* notices that cannot be, and it is left alone */
	AWAY_MS = 500,		/* somebody else has it, at least for so long */
};

static bool
give_up(tmg_ccid_reader *r)
{
	atomic_store(&r->deaf, true);
	return false;
}

/* From whatever thread; nothing is asked here.  A notice says only that it is
 * time to ask, but that a card went nobody would learn later, when there is one
 * again. */
static bool
heard(void *of, tmg_view message)
{
	tmg_ccid_reader *r = of;
	tmg_ccid_notice n;
	tmg_rc rc;

	if (message.ptr == NULL)
		return give_up(r);
	rc = tmg_ccid_take_notice(message, 0, r->c.desc.slots, &n);
	if (rc == TMG_NOT_FOUND)
		return true;
	if (rc != TMG_OK)
		return atomic_fetch_add(&r->strange, 1) + 1 < STRANGE_MAX ||
		    give_up(r);
	if (n.changed && !n.present)
		atomic_store(&r->emptied, true);
	atomic_store(&r->news, true);
	return true;
}

void
tmg_ccid_listen(tmg_ccid_reader *r)
{
	tmg_rc rc;

	if (atomic_load(&r->waiting) > 0 && !atomic_load(&r->listening) &&
	    !atomic_load(&r->deaf)) {
		atomic_store(&r->emptied, false);
		rc = r->c.pipe->ops->listen(r->c.pipe, heard, r);
		atomic_store(&r->listening, rc == TMG_OK);
		if (rc != TMG_OK && rc != TMG_REMOVED)
			atomic_store(&r->deaf, true);
	}
	/* what is asked next answers it */
	atomic_store(&r->news, false);
	if (atomic_exchange(&r->emptied, false))
		tmg_ccid_forget_card(r);
}

void
tmg_ccid_reader_attend(tmg_ccid_reader *r)
{
	atomic_fetch_add(&r->waiting, 1);
}

/* Has somebody else a turn, he decides what becomes of the interface. */
static bool
take_free(tmg_ccid_reader *r, bool unlinked)
{
	bool mine;

	pthread_mutex_lock(&r->guard);
	mine = !r->taken && !(unlinked && r->links > 0);
	r->taken |= mine;
	pthread_mutex_unlock(&r->guard);
	return mine;
}

void
tmg_ccid_reader_unattend(tmg_ccid_reader *r)
{
	if (atomic_fetch_sub(&r->waiting, 1) == 1 &&
	    atomic_load(&r->listening) && take_free(r, false))
		tmg_ccid_end_turn(r);
}

bool
tmg_ccid_reader_hears(tmg_ccid_reader *r)
{
	return tmg_ccid_is_heard(r);
}

bool
tmg_ccid_reader_has_news(tmg_ccid_reader *r)
{
	return atomic_load(&r->news);
}

void
tmg_ccid_reader_yield(tmg_ccid_reader *r)
{
	if (!take_free(r, true))
		return;
	r->c.fault = NULL;
	tmg_ccid_let_go(r);
	atomic_store(&r->away_until, tmg_now_ms() + AWAY_MS);
	tmg_ccid_end_turn(r);
}

bool
tmg_ccid_reader_is_away(tmg_ccid_reader *r)
{
	return tmg_now_ms() < atomic_load(&r->away_until);
}
