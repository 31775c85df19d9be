/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/watch.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define LOOK_MS 200		/* how often it looks */

struct ra_watched {
	ra_watched *next, **link;
	int fd;
	int64_t due_ms;		/* 0: never */
};

struct ra_watch {
	pthread_mutex_t mutex;
	pthread_cond_t end;
	pthread_t thread;
	bool ending;
	ra_watched *first;
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The library that owns the socket hears of the end and closes it. */
static void
shut_late(ra_watch *watch)
{
	const int64_t now = now_ms();

	for (ra_watched *w = watch->first; w != NULL; w = w->next) {
		if (w->due_ms == 0 || now < w->due_ms)
			continue;
		(void)shutdown(w->fd, SHUT_RDWR);
		w->due_ms = 0;
	}
}

static void *
look_on(void *arg)
{
	ra_watch *watch = arg;

	pthread_mutex_lock(&watch->mutex);
	while (!watch->ending) {
		struct timespec at;
		const int64_t next = now_ms() + LOOK_MS;

		shut_late(watch);
		at = (struct timespec){ (time_t)(next / 1000),
			(long)(next % 1000) * 1000000 };
		pthread_cond_timedwait(&watch->end, &watch->mutex, &at);
	}
	pthread_mutex_unlock(&watch->mutex);
	return NULL;
}

static void
init_locks(ra_watch *watch)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&watch->end, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&watch->mutex, NULL);
}

static void
destroy(ra_watch *watch)
{
	pthread_cond_destroy(&watch->end);
	pthread_mutex_destroy(&watch->mutex);
	free(watch);
}

tmg_rc
ra_watch_new(ra_watch **out)
{
	ra_watch *watch = calloc(1, sizeof(*watch));

	*out = NULL;
	if (watch == NULL)
		return TMG_E_NOMEM;
	init_locks(watch);
	if (pthread_create(&watch->thread, NULL, look_on, watch) != 0) {
		destroy(watch);
		return TMG_E_NOMEM;
	}
	*out = watch;
	return TMG_OK;
}

void
ra_watch_free(ra_watch **watch)
{
	if (*watch == NULL)
		return;
	pthread_mutex_lock(&(*watch)->mutex);
	(*watch)->ending = true;
	pthread_cond_signal(&(*watch)->end);
	pthread_mutex_unlock(&(*watch)->mutex);
	pthread_join((*watch)->thread, NULL);
	destroy(*watch);
	*watch = NULL;
}

ra_watched *
ra_watch_add(ra_watch *watch, int fd)
{
	ra_watched *one = calloc(1, sizeof(*one));

	if (one == NULL)
		return NULL;
	one->fd = fd;
	pthread_mutex_lock(&watch->mutex);
	one->next = watch->first;
	one->link = &watch->first;
	if (one->next != NULL)
		one->next->link = &one->next;
	watch->first = one;
	pthread_mutex_unlock(&watch->mutex);
	return one;
}

void
ra_watch_remove(ra_watch *watch, ra_watched *one)
{
	if (one == NULL)
		return;
	pthread_mutex_lock(&watch->mutex);
	*one->link = one->next;
	if (one->next != NULL)
		one->next->link = one->link;
	pthread_mutex_unlock(&watch->mutex);
	free(one);
}

void
ra_watch_due(ra_watch *watch, ra_watched *one, long ms)
{
	if (one == NULL)
		return;
	pthread_mutex_lock(&watch->mutex);
	one->due_ms = ms > 0 ? now_ms() + ms : 0;
	pthread_mutex_unlock(&watch->mutex);
}
