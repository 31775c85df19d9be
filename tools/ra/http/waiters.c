/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/waiters.h"

#include <pthread.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

struct ra_waiters {
	pthread_mutex_t mutex;
	pthread_cond_t came;
	ra_work *first, **end;		/* not begun yet */
	bool over;
	pthread_t *thread;
	size_t threads;
};

/* NULL: it is over, and nothing is left. */
static ra_work *
next_work(ra_waiters *w)
{
	ra_work *work;

	pthread_mutex_lock(&w->mutex);
	while (w->first == NULL && !w->over)
		pthread_cond_wait(&w->came, &w->mutex);
	if ((work = w->first) != NULL && (w->first = work->next) == NULL)
		w->end = &w->first;
	pthread_mutex_unlock(&w->mutex);
	return work;
}

static void *
work_on(void *arg)
{
	ra_work *work;

	while ((work = next_work(arg)) != NULL)
		work->run(work);
	return NULL;
}

static tmg_rc
start(ra_waiters *w, size_t threads, tmg_fault *f)
{
	if ((w->thread = calloc(threads, sizeof(*w->thread))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (; w->threads < threads; w->threads++)
		if (pthread_create(&w->thread[w->threads], NULL, work_on, w) != 0)
			return tmg_raise(f, TMG_E_NOMEM, 0, _("no thread can be started"));
	return TMG_OK;
}

tmg_rc
ra_waiters_new(size_t threads, tmg_fault *f, ra_waiters **waiters)
{
	ra_waiters *w = calloc(1, sizeof(*w));
	tmg_rc rc;

	*waiters = NULL;
	if (w == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->came, NULL);
	w->end = &w->first;
	if ((rc = start(w, threads, f))) {
		ra_waiters_free(&w);
		return rc;
	}
	*waiters = w;
	return TMG_OK;
}

void
ra_waiters_free(ra_waiters **waiters)
{
	ra_waiters *w = *waiters;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->mutex);
	w->over = true;
	pthread_cond_broadcast(&w->came);
	pthread_mutex_unlock(&w->mutex);
	for (size_t i = 0; i < w->threads; i++)
		pthread_join(w->thread[i], NULL);
	free(w->thread);
	pthread_cond_destroy(&w->came);
	pthread_mutex_destroy(&w->mutex);
	free(w);
	*waiters = NULL;
}

void
ra_waiters_do(ra_waiters *w, ra_work *work)
{
	work->next = NULL;
	pthread_mutex_lock(&w->mutex);
	*w->end = work;
	w->end = &work->next;
	pthread_cond_signal(&w->came);
	pthread_mutex_unlock(&w->mutex);
}
