/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/together.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/clock.h"
#include "src/base/scope.h"

enum { SLICE_MS = 200 };	/* of who takes turns */

/* One of them, while it is waited for. */
struct part {
	struct together *all;
	tmg_hub *hub;
	tmg_rc rc;
	pthread_t thread;
};

struct together {
	struct part *parts;
	size_t count, begun;	/* begun: of those in threads, from 1 */
	int timeout_ms;
	atomic_bool over;	/* one has told */
};

/* The first that comes home sends for the others, who are count. */
static void
end_the_others(const struct part *first, size_t count)
{
	struct together *t = first->all;

	if (atomic_exchange(&t->over, true))
		return;
	for (size_t i = 0; i < count; i++)
		if (&t->parts[i] != first)
			t->parts[i].hub->ops->cancel(t->parts[i].hub);
}

static void *
wait_for_one(void *part)
{
	struct part *p = part;

	p->rc = p->hub->ops->wait(p->hub, p->all->timeout_ms);
	end_the_others(p, p->all->count);
	return NULL;
}

/* Their signals are the program's. */
static bool
begin_threads(struct together *t)
{
	sigset_t all, kept;
	bool good = true;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &kept);
	for (t->begun = 1; good && t->begun < t->count; t->begun += good)
		good = pthread_create(&t->parts[t->begun].thread, NULL,
		    wait_for_one, &t->parts[t->begun]) == 0;
	pthread_sigmask(SIG_SETMASK, &kept, NULL);
	return good;
}

static void
join_threads(struct together *t)
{
	for (size_t i = 1; i < t->begun; i++)
		pthread_join(t->parts[i].thread, NULL);
}

/* A change is worth more than the end of somebody's time, and that more than having
 * been cancelled. */
static unsigned
worth(tmg_rc rc)
{
	if (rc == TMG_OK)
		return 3;
	if (tmg_is_fault(rc))
		return 2;
	return rc != TMG_CANCELLED;
}

static const struct part *
best_of(const struct together *t)
{
	const struct part *best = &t->parts[0];

	for (size_t i = 1; i < t->count; i++)
		if (worth(t->parts[i].rc) > worth(best->rc))
			best = &t->parts[i];
	return best;
}

/* ---- without threads ------------------------------------------------------ */

/* However short the time is, each has its turn. */
static tmg_rc
wait_in_turns(tmg_hub *const *hubs, size_t count, int timeout_ms, tmg_hub **whose)
{
	const int64_t until = timeout_ms < 0 ? -1 : tmg_now_ms() + timeout_ms;

	for (size_t turn = 0;; turn++) {
		const int64_t left = until < 0 ? SLICE_MS : until - tmg_now_ms();
		const int ms = left < 0 ? 0 : left < SLICE_MS ? (int)left : SLICE_MS;
		tmg_rc rc;

		*whose = hubs[turn % count];
		rc = (*whose)->ops->wait(*whose, ms);
		if (rc != TMG_PENDING || (turn + 1 >= count && until >= 0 &&
		    tmg_now_ms() >= until))
			return rc;
	}
}

/* ---- with ----------------------------------------------------------------- */

/* False: there are not threads enough to be had, and nobody had anything to tell. */
static bool
wait_at_once(struct together *t, tmg_hub **whose, tmg_rc *rc)
{
	const bool all = begin_threads(t);
	const struct part *best;

	if (all)
		(void)wait_for_one(&t->parts[0]);
	else
		end_the_others(&t->parts[0], t->begun);
	join_threads(t);
	best = best_of(t);
	*whose = best->hub;
	*rc = best->rc;
	return all || worth(*rc) > worth(TMG_PENDING);
}

tmg_rc
tmg_hubs_wait(tmg_hub *const *hubs, size_t count, int timeout_ms, bool threads,
    tmg_hub **whose)
{
	tmg_auto_free struct part *parts = calloc(count, sizeof(*parts));
	struct together t = { .parts = parts, .count = count,
	    .timeout_ms = timeout_ms };
	tmg_rc rc;

	for (size_t i = 0; parts != NULL && i < count; i++)
		parts[i] = (struct part){ .all = &t, .hub = hubs[i],
		    .rc = TMG_CANCELLED };
	*whose = hubs[0];
	if (count == 1)
		return hubs[0]->ops->wait(hubs[0], timeout_ms);
	if (threads && parts != NULL && wait_at_once(&t, whose, &rc))
		return rc;
	return wait_in_turns(hubs, count, timeout_ms, whose);
}
