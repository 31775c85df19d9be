/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

struct ra_pool {
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	ra_desk *desk;
	bool *taken;
	size_t desks;
};

static tmg_rc
open_desks(ra_pool *p, ra_office *office, tmg_fault *f)
{
	tmg_rc rc;

	p->desk = calloc(p->desks, sizeof(*p->desk));
	p->taken = calloc(p->desks, sizeof(*p->taken));
	if (p->desk == NULL || p->taken == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (size_t i = 0; i < p->desks; i++)
		if ((rc = ra_desk_open(office, &p->desk[i], f)))
			return rc;
	return TMG_OK;
}

tmg_rc
ra_pool_new(ra_office *office, size_t desks, tmg_fault *f, ra_pool **pool)
{
	ra_pool *p = calloc(1, sizeof(*p));
	tmg_rc rc;

	*pool = NULL;
	if (p == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->freed, NULL);
	p->desks = desks;
	if ((rc = open_desks(p, office, f))) {
		ra_pool_free(&p);
		return rc;
	}
	*pool = p;
	return TMG_OK;
}

void
ra_pool_free(ra_pool **pool)
{
	ra_pool *p = *pool;

	if (p == NULL)
		return;
	for (size_t i = 0; p->desk != NULL && i < p->desks; i++)
		ra_desk_release(&p->desk[i]);
	free(p->desk);
	free(p->taken);
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->mutex);
	free(p);
	*pool = NULL;
}

ra_desk *
ra_pool_take(ra_pool *p)
{
	pthread_mutex_lock(&p->mutex);
	for (;;) {
		for (size_t i = 0; i < p->desks; i++) {
			if (!p->taken[i]) {
				p->taken[i] = true;
				pthread_mutex_unlock(&p->mutex);
				return &p->desk[i];
			}
		}
		pthread_cond_wait(&p->freed, &p->mutex);
	}
}

void
ra_pool_give(ra_pool *p, const ra_desk *desk)
{
	pthread_mutex_lock(&p->mutex);
	p->taken[desk - p->desk] = false;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->mutex);
}
