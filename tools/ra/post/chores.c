/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/chores.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/confirm.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/errand.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/desk/upkeep.h"
#include "tools/ra/post/mailer.h"
#include "tools/ra/store/cmp.h"

#define UNFINISHED_S 10	/* what takes longer to be issued is left over */
#define LOOK_S 1		/* between two looks at the list below */

struct chore;

/* One thread and what it does. */
struct worker {
	ra_chores *all;
	const struct chore *list;
	size_t count;
	ra_desk desk;
	pthread_t thread;
	bool runs;
};

enum { HOUSE, ERRANDS, MESSAGES, WORKERS };

struct ra_chores {
	struct worker worker[WORKERS];
	ra_courier *courier;		/* borrowed; NULL none */
	pthread_mutex_t mutex;
	pthread_cond_t end;
	atomic_bool stop;
	int64_t published;		/* the revocation list's number, */
	char place[RA_TEXT_MAX];	/* there */
};

static tmg_rc
do_due(struct worker *w)
{
	unsigned done;
	const tmg_rc rc = ra_desk_due(&w->desk, &done);

	if (done > 0)
		tmg_log(w->desk.office->ctx, TMG_LOG_INFO,
		    "the time of %u applications was over", done);
	return rc;
}

static tmg_rc
do_reminders(struct worker *w)
{
	unsigned told;
	const tmg_rc rc = ra_tell_ending(&w->desk, &told);

	return rc ? rc : ra_staff_watch(&w->desk, &told);
}

static tmg_rc
do_mails(struct worker *w)
{
	ra_mailed mailed;
	const tmg_rc rc = ra_mailer_run(&w->desk, &w->all->stop, &mailed);

	return rc == TMG_UNSUPPORTED ? TMG_OK : rc;
}

static tmg_rc
do_crl(struct worker *w)
{
	const char *place = w->desk.config->crl_file;
	ra_chores *c = w->all;

	if (strcmp(place, c->place) != 0)
		c->published = 0;
	strcpy(c->place, place);
	return ra_desk_crl_publish(&w->desk, &c->published);
}

/* An authority's token may have been away. */
static tmg_rc
do_unfinished(struct worker *w)
{
	unsigned finished;
	const tmg_rc rc = ra_desk_recover(&w->desk, UNFINISHED_S, &finished);

	if (finished > 0)
		tmg_log(w->desk.office->ctx, TMG_LOG_INFO,
		    "finished %u applications that waited for the authority", finished);
	return rc;
}

static tmg_rc
warn(void *arg, const ra_upkeep *one)
{
	const struct worker *w = arg;
	char ends[RA_DAY_TEXT] = "";

	if (!ra_upkeep_due(one, ra_desk_now(&w->desk)))
		return TMG_OK;
	if (one->ends != 0)
		ra_day_text(one->ends, ends);
	tmg_log(w->desk.office->ctx, TMG_LOG_WARN, "%s (%s) %s%s: %s", one->label,
	    one->about, one->ends != 0 ? "ends on " : "", ends, one->mend);
	return TMG_OK;
}

static tmg_rc
do_upkeep(struct worker *w)
{
	return ra_upkeep_each(&w->desk, warn, w);
}

static tmg_rc
do_confirmations(struct worker *w)
{
	unsigned taken;
	const tmg_rc rc = ra_confirm_sweep(&w->desk, &taken);

	if (taken > 0)
		tmg_log(w->desk.office->ctx, TMG_LOG_INFO,
		    "took %u certificates back that nobody confirmed in time", taken);
	return rc;
}

static tmg_rc
do_transactions(struct worker *w)
{
	const tmg_rc rc = ra_cmp_row_sweep(w->desk.store, ra_desk_now(&w->desk));

	return rc ? ra_desk_says(&w->desk, rc) : TMG_OK;
}

/* An authority elsewhere may take its time to answer: nothing else waits. */
static tmg_rc
do_errands(struct worker *w)
{
	unsigned done;
	const tmg_rc rc = ra_errands_run(&w->desk, &w->all->stop, &done);

	if (done > 0)
		tmg_log(w->desk.office->ctx, TMG_LOG_INFO,
		    "the authority upstream decided on %u applications", done);
	return rc;
}

/* A gateway may take its time, too. */
static tmg_rc
do_messages(struct worker *w)
{
	ra_mailed mailed;

	return ra_mailer_run_sms(&w->desk, w->all->courier, &w->all->stop, &mailed);
}

static const struct chore {
	const char *name;
	long every_s;
	tmg_rc (*run)(struct worker *w);
} house[] = {
	{ "deadlines", 60, do_due },
	{ "revocation list", 5, do_crl },
	{ "confirmations", 5, do_confirmations },
	{ "unfinished applications", UNFINISHED_S, do_unfinished },
	{ "reminders", 3600, do_reminders },
	{ "upkeep", 6 * 3600, do_upkeep },
	{ "ended transactions", 3600, do_transactions },
	{ "mails", LOOK_S, do_mails },
}, errands[] = {
	{ "errands", LOOK_S, do_errands },
}, messages[] = {
	{ "text messages", LOOK_S, do_messages },
};

enum { LIST_MOST = TMG_COUNT(house) };

static long
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

/* A store that is away for a while is told once a minute. */
static void
complain(const struct worker *w, const char *name, long now, long *told)
{
	if (*told != 0 && now - *told < 60)
		return;
	*told = now;
	tmg_log(w->desk.office->ctx, TMG_LOG_ERROR, "%s: %s", name,
	    w->desk.fault.text);
}

static void
work(struct worker *w, long last[LIST_MOST], long told[LIST_MOST])
{
	const long now = now_s();

	ra_desk_look(&w->desk);
	for (size_t i = 0; i < w->count && !atomic_load(&w->all->stop); i++) {
		if (last[i] != 0 && now - last[i] < w->list[i].every_s)
			continue;
		last[i] = now;
		if (w->list[i].run(w) != TMG_OK)
			complain(w, w->list[i].name, now, &told[i]);
	}
}

static void *
run(void *arg)
{
	long last[LIST_MOST] = { 0 }, told[LIST_MOST] = { 0 };
	struct worker *w = arg;
	ra_chores *c = w->all;

	while (!atomic_load(&c->stop)) {
		struct timespec at;

		work(w, last, told);
		clock_gettime(CLOCK_MONOTONIC, &at);
		at.tv_sec += LOOK_S;
		pthread_mutex_lock(&c->mutex);
		if (!atomic_load(&c->stop))
			pthread_cond_timedwait(&c->end, &c->mutex, &at);
		pthread_mutex_unlock(&c->mutex);
	}
	return NULL;
}

static void
init_locks(ra_chores *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->end, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&c->mutex, NULL);
}

void
ra_chores_stop(ra_chores *c)
{
	pthread_mutex_lock(&c->mutex);
	atomic_store(&c->stop, true);
	pthread_cond_broadcast(&c->end);
	pthread_mutex_unlock(&c->mutex);
}

/* Those that run end first what they do. */
static void
join(ra_chores *c)
{
	ra_chores_stop(c);
	for (size_t i = 0; i < WORKERS; i++) {
		if (c->worker[i].runs)
			pthread_join(c->worker[i].thread, NULL);
		ra_desk_release(&c->worker[i].desk);
	}
	pthread_cond_destroy(&c->end);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

static tmg_rc
start(ra_office *office, struct worker *w, tmg_fault *f)
{
	const tmg_rc rc = ra_desk_open(office, &w->desk, f);

	if (rc)
		return rc;
	w->runs = pthread_create(&w->thread, NULL, run, w) == 0;
	return w->runs ? TMG_OK : tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
}

/* Whoever has nothing to do is not there. */
static tmg_rc
start_all(ra_office *office, ra_chores *c, tmg_fault *f)
{
	const struct {
		const struct chore *list;
		size_t count;
		bool wanted;
	} rows[WORKERS] = {
		[HOUSE] = { house, TMG_COUNT(house), true },
		[ERRANDS] = { errands, TMG_COUNT(errands), office->ca->ops->elsewhere },
		[MESSAGES] = { messages, TMG_COUNT(messages),
			ra_sms_configured(&office->config.sms) },
	};
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < WORKERS && rc == TMG_OK; i++) {
		c->worker[i] = (struct worker){ .all = c, .list = rows[i].list,
			.count = rows[i].count };
		if (rows[i].wanted)
			rc = start(office, &c->worker[i], f);
	}
	return rc;
}

tmg_rc
ra_chores_start(ra_office *office, ra_courier *courier, tmg_fault *f,
    ra_chores **chores)
{
	ra_chores *c = calloc(1, sizeof(*c));
	tmg_rc rc;

	*chores = NULL;
	if (c == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	init_locks(c);
	c->courier = courier;
	if ((rc = start_all(office, c, f))) {
		join(c);
		return rc;
	}
	*chores = c;
	return TMG_OK;
}

void
ra_chores_free(ra_chores **chores)
{
	if (*chores != NULL)
		join(*chores);
	*chores = NULL;
}
