/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Something to look at while the token works.
 */
#ifndef TAMGA_CLI_PROGRESS_H
#define TAMGA_CLI_PROGRESS_H

#include <pthread.h>

#include "tamga/ctx.h"

/* A line on standard error that turns while something slow goes on; only on a
 * terminal, and only after a second. */
struct progress {
	bool terminal, quiet;
	bool running, stop;
	char what[160];
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
};

void
progress_begin(struct progress *p, bool quiet);
void
progress_end(struct progress *p);

/* A tmg_notice_fn; arg is the struct progress. */
void
progress_notice(void *arg, tmg_notice notice, const char *what);

#endif
