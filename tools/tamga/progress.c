/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "tools/tamga/text.h"

enum {
	FIRST_MS = 1000,	/* what is quicker needs no spinner */
	NEXT_MS = 120,
};

void
progress_begin(struct progress *p, bool quiet)
{
	pthread_condattr_t attr;

	*p = (struct progress){
		.terminal = isatty(STDERR_FILENO) == 1, .quiet = quiet,
	};
	pthread_mutex_init(&p->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->changed, &attr);
	pthread_condattr_destroy(&attr);
}

/* False when time ran out with nothing said. */
static bool
stopped_within(struct progress *p, long ms)
{
	const struct timespec until = tmg_clock_in(ms);

	while (!p->stop)
		if (pthread_cond_timedwait(&p->changed, &p->mutex, &until) != 0)
			break;
	return p->stop;
}

static void *
turn(void *arg)
{
	static const char faces[] = "|/-\\";
	struct progress *p = arg;
	size_t n = 0;

	pthread_mutex_lock(&p->mutex);
	for (long ms = FIRST_MS; !stopped_within(p, ms); ms = NEXT_MS) {
		fprintf(stderr, "\r%c ", faces[n++ % (sizeof(faces) - 1)]);
		text_put(stderr, p->what);
		fflush(stderr);
	}
	if (n > 0)
		fputs("\r\033[K", stderr);
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

static void
start(struct progress *p, const char *what)
{
	if (!p->terminal || p->quiet || p->running)
		return;
	snprintf(p->what, sizeof(p->what), "%s", what);
	p->stop = false;
	p->running = pthread_create(&p->thread, NULL, turn, p) == 0;
}

static void
stop(struct progress *p)
{
	if (!p->running)
		return;
	pthread_mutex_lock(&p->mutex);
	p->stop = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->mutex);
	pthread_join(p->thread, NULL);
	p->running = false;
}

void
progress_end(struct progress *p)
{
	stop(p);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->mutex);
}

/* A finger, or a PIN on the keypad, is asked for wherever a person might read it;
 * so is told what many of them will be wanted for. */
static void
ask_person(const struct progress *p, const char *what)
{
	if (p->quiet)
		return;
	text_put(stderr, what);
	fputc('\n', stderr);
}

void
progress_notice(void *arg, tmg_notice notice, const char *what)
{
	struct progress *p = arg;

	stop(p);
	if (notice == TMG_NOTICE_TOUCH || notice == TMG_NOTICE_KEYPAD ||
	    notice == TMG_NOTICE_REMARK)
		ask_person(p, what);
	if (notice == TMG_NOTICE_WORKING || notice == TMG_NOTICE_TOUCH)
		start(p, what);
}
