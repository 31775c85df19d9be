/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/scope.h"

enum {
	READERS_USUAL = 2,	/* more are asked for again, with room for all */
	READERS_MAX = 64,
};

tmg_rc
tmg_p11_source_rows(tmg_hub *hub, tmg_reader_state **rows, size_t *count)
{
	size_t cap = READERS_USUAL;

	*rows = NULL;
	for (;;) {
		tmg_reader_state *more = realloc(*rows, cap * sizeof(*more));
		tmg_rc rc;

		if (more == NULL)
			return TMG_E_NOMEM;
		*rows = memset(more, 0, cap * sizeof(*more));
		if ((rc = hub->ops->list(hub, more, cap, count)))
			return rc;
		if (*count <= cap)
			return TMG_OK;
		if (cap == READERS_MAX) {
			*count = cap;
			return TMG_OK;
		}
		cap = READERS_MAX;
	}
}

/* A hub through which one reader is seen. */
struct one {
	tmg_hub hub;
	tmg_hub *all;
	tmg_p11_limit *limit;
	char reader[TMG_READER_NAME];
};

static struct one *
of(tmg_hub *hub)
{
	return (struct one *)hub;
}

static tmg_rc
heard(struct one *o, tmg_rc rc)
{
	return tmg_fault_copy(&o->hub.fault, &o->all->fault, rc);
}

static tmg_rc
one_list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	struct one *o = of(hub);
	tmg_auto_free tmg_reader_state *all = NULL;
	size_t n = 0;
	tmg_rc rc;

	*count = 0;
	if ((rc = tmg_p11_source_rows(o->all, &all, &n)))
		return heard(o, rc);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].name, o->reader) != 0)
			continue;
		if (*count < cap)
			rows[*count] = all[i];
		(*count)++;
	}
	return TMG_OK;
}

static tmg_rc
one_wait(tmg_hub *hub, int timeout_ms)
{
	return heard(of(hub), of(hub)->all->ops->wait(of(hub)->all, timeout_ms));
}

static void
one_cancel(tmg_hub *hub)
{
	of(hub)->all->ops->cancel(of(hub)->all);
}

static tmg_rc
one_connect(tmg_hub *hub, const char *reader, tmg_link **link)
{
	struct one *o = of(hub);
	tmg_link *inner;
	tmg_rc rc;

	if ((rc = o->all->ops->connect(o->all, reader, &inner)))
		return heard(o, rc);
	return tmg_p11_limit_link(o->limit, inner, link);
}

static void
one_close(tmg_hub *hub)
{
	tmg_hub_free(&of(hub)->all);
	free(hub);
}

static const tmg_hub_ops one_ops = {
	"one", one_list, one_wait, one_cancel, one_connect, one_close,
};

static tmg_rc
open_scheme(tmg_ctx *ctx, const char *scheme, tmg_hub **hub)
{
	for (size_t i = 0; i < tmg_p11_sources_count; i++)
		if (strcmp(tmg_p11_sources[i].scheme, scheme) == 0)
			return tmg_p11_sources[i].open(ctx, hub);
	return TMG_NOT_FOUND;
}

tmg_rc
tmg_p11_source_one(tmg_ctx *ctx, const char *scheme, const char *reader,
    tmg_p11_limit *limit, tmg_hub **hub)
{
	struct one *o = calloc(1, sizeof(*o));
	tmg_rc rc;

	if (o == NULL)
		return TMG_E_NOMEM;
	if ((rc = open_scheme(ctx, scheme, &o->all))) {
		free(o);
		return rc;
	}
	o->hub.ops = &one_ops;
	o->hub.ctx = ctx;
	o->limit = limit;
	snprintf(o->reader, sizeof(o->reader), "%s", reader);
	*hub = &o->hub;
	return TMG_OK;
}
