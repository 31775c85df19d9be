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
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/tell.h"
#include "tools/ra/desk/upkeep.h"
#include "tools/ra/post/mailer.h"
#include "tools/ra/store/cmp.h"

#define UNFINISHED_S 10	/* what takes longer to be issued is left over */
#define LOOK_S 1		/* between two looks at the list below */

struct ra_chores {
	ra_desk desk;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t end;
	atomic_bool stop;
	int64_t published;		/* the revocation list's number, */
	char place[RA_TEXT_MAX];	/* there */
};

static tmg_rc
do_due(ra_chores *c)
{
	unsigned done;
	const tmg_rc rc = ra_desk_due(&c->desk, &done);

	if (done > 0)
		tmg_log(c->desk.office->ctx, TMG_LOG_INFO,
		    "the time of %u applications was over", done);
	return rc;
}

static tmg_rc
do_reminders(ra_chores *c)
{
	unsigned told;

	return ra_tell_ending(&c->desk, &told);
}

static tmg_rc
do_mails(ra_chores *c)
{
	ra_mailed mailed;
	const tmg_rc rc = ra_mailer_run(&c->desk, &c->stop, &mailed);

	return rc == TMG_UNSUPPORTED ? TMG_OK : rc;
}

static tmg_rc
do_crl(ra_chores *c)
{
	const char *place = c->desk.config->crl_file;

	if (strcmp(place, c->place) != 0)
		c->published = 0;
	strcpy(c->place, place);
	return ra_desk_crl_publish(&c->desk, &c->published);
}

/* An authority's token may have been away. */
static tmg_rc
do_unfinished(ra_chores *c)
{
	unsigned finished;
	const tmg_rc rc = ra_desk_recover(&c->desk, UNFINISHED_S, &finished);

	if (finished > 0)
		tmg_log(c->desk.office->ctx, TMG_LOG_INFO,
		    "finished %u applications that waited for the authority", finished);
	return rc;
}

static tmg_rc
warn(void *arg, const ra_upkeep *one)
{
	ra_chores *c = arg;
	char ends[RA_DAY_TEXT] = "";

	if (!ra_upkeep_due(one, ra_desk_now(&c->desk)))
		return TMG_OK;
	if (one->ends != 0)
		ra_day_text(one->ends, ends);
	tmg_log(c->desk.office->ctx, TMG_LOG_WARN, "%s (%s) %s%s: %s", one->label,
	    one->about, one->ends != 0 ? "ends on " : "", ends, one->mend);
	return TMG_OK;
}

static tmg_rc
do_upkeep(ra_chores *c)
{
	return ra_upkeep_each(&c->desk, warn, c);
}

static tmg_rc
do_transactions(ra_chores *c)
{
	const tmg_rc rc = ra_cmp_row_sweep(c->desk.store, ra_desk_now(&c->desk));

	return rc ? ra_desk_says(&c->desk, rc) : TMG_OK;
}

static const struct chore {
	const char *name;
	long every_s;
	tmg_rc (*run)(ra_chores *c);
} list[] = {
	{ "deadlines", 60, do_due },
	{ "revocation list", 5, do_crl },
	{ "unfinished applications", UNFINISHED_S, do_unfinished },
	{ "reminders", 3600, do_reminders },
	{ "upkeep", 6 * 3600, do_upkeep },
	{ "ended transactions", 3600, do_transactions },
	{ "mails", LOOK_S, do_mails },
};

static long
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec;
}

/* A store that is away for a while is told once a minute. */
static void
complain(ra_chores *c, const char *name, long now, long *told)
{
	if (*told != 0 && now - *told < 60)
		return;
	*told = now;
	tmg_log(c->desk.office->ctx, TMG_LOG_ERROR, "%s: %s", name,
	    c->desk.fault.text);
}

static void
work(ra_chores *c, long last[TMG_COUNT(list)], long told[TMG_COUNT(list)])
{
	const long now = now_s();

	ra_desk_look(&c->desk);
	for (size_t i = 0; i < TMG_COUNT(list) && !atomic_load(&c->stop); i++) {
		if (last[i] != 0 && now - last[i] < list[i].every_s)
			continue;
		last[i] = now;
		if (list[i].run(c) != TMG_OK)
			complain(c, list[i].name, now, &told[i]);
	}
}

static void *
run(void *arg)
{
	long last[TMG_COUNT(list)] = { 0 }, told[TMG_COUNT(list)] = { 0 };
	ra_chores *c = arg;

	while (!atomic_load(&c->stop)) {
		struct timespec at;

		work(c, last, told);
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

static void
destroy(ra_chores *c)
{
	ra_desk_release(&c->desk);
	pthread_cond_destroy(&c->end);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

tmg_rc
ra_chores_start(ra_office *office, tmg_fault *f, ra_chores **chores)
{
	ra_chores *c = calloc(1, sizeof(*c));
	tmg_rc rc;

	*chores = NULL;
	if (c == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	init_locks(c);
	rc = ra_desk_open(office, &c->desk, f);
	if (rc == TMG_OK && pthread_create(&c->thread, NULL, run, c) != 0)
		rc = tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (rc) {
		destroy(c);
		return rc;
	}
	*chores = c;
	return TMG_OK;
}

void
ra_chores_free(ra_chores **chores)
{
	ra_chores *c = *chores;

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->mutex);
	atomic_store(&c->stop, true);
	pthread_cond_signal(&c->end);
	pthread_mutex_unlock(&c->mutex);
	pthread_join(c->thread, NULL);
	destroy(c);
	*chores = NULL;
}
