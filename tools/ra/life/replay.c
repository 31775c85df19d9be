/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/life/replay.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/app.h"

struct life {
	char id[RA_ID_MAX];
	ra_standing at;
	ra_flow flow;
};

struct ra_replay_table {
	void *root;		/* of tsearch(3) */
	size_t count, seen;
};

static int
by_id(const void *a, const void *b)
{
	return strcmp(((const struct life *)a)->id, ((const struct life *)b)->id);
}

void
ra_replay_release(ra_replay *replay)
{
	if (replay->table == NULL)
		return;
	tdestroy(replay->table->root, free);
	free(replay->table);
	replay->table = NULL;
}

/* The life of id, begun when it is not known yet; NULL without memory. */
static struct life *
life_of(ra_replay *replay, const char *id)
{
	struct life *fresh, **node;

	if (replay->table == NULL &&
	    (replay->table = calloc(1, sizeof(*replay->table))) == NULL)
		return NULL;
	if ((fresh = calloc(1, sizeof(*fresh))) == NULL)
		return NULL;

	strncpy(fresh->id, id, sizeof(fresh->id) - 1);
	node = tsearch(fresh, &replay->table->root, by_id);
	if (node == NULL || *node != fresh)
		free(fresh);
	else
		replay->table->count++;
	return node != NULL ? *node : NULL;
}

/* An application that no way is told of took the plain one, and who approved
 * it stands in the log. */
static tmg_rc
take_way(struct life *life, const ra_audit *entry, tmg_fault *f)
{
	if (life->at.state != RA_NONE || ra_flow_parse(entry->detail, &life->flow))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("audit: application %s cannot take the way \"%s\""), life->id,
		    entry->detail);
	return TMG_OK;
}

static tmg_rc
take_step(struct life *life, ra_event event, tmg_fault *f)
{
	unsigned missing;

	if (life->flow.count == 0 && ra_flow_parse("submitted", &life->flow))
		return tmg_raise(f, TMG_E_USAGE, 0, "submitted");
	if (ra_flow_step(&life->flow, event, ~0u, &life->at, &missing))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("audit: application %s was %s and cannot \"%s\""),
		    life->id, ra_state_get(life->at.state)->name,
		    ra_event_name(event));
	return TMG_OK;
}

tmg_rc
ra_replay_entry(ra_replay *replay, const ra_audit *entry, tmg_fault *f)
{
	const bool way = strcmp(entry->event, RA_AUDIT_WAY) == 0;
	struct life *life;
	ra_event event = RA_EV_REGISTER;

	/* Entries about no application, or no event of one, are only chained. */
	if (entry->app[0] == '\0' || (!way && ra_event_parse(entry->event, &event)))
		return TMG_OK;
	if ((life = life_of(replay, entry->app)) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	return way ? take_way(life, entry, f) : take_step(life, event, f);
}

struct comparing {
	ra_replay *replay;
	tmg_fault *f;
};

static tmg_rc
compare_app(void *arg, const ra_app *app)
{
	struct comparing *c = arg;
	struct life *life = life_of(c->replay, app->id);

	if (life == NULL)
		return tmg_raise(c->f, TMG_E_NOMEM, 0, _("out of memory"));
	if (life->at.state != app->state || life->at.facts != (unsigned)app->facts)
		return tmg_raise(c->f, TMG_MISMATCH, 0,
		    _("application %s is %s (%u) in the store, %s (%u) in the audit log"),
		    app->id, ra_state_get(app->state)->name, (unsigned)app->facts,
		    ra_state_get(life->at.state)->name, life->at.facts);
	c->replay->table->seen++;
	return TMG_OK;
}

tmg_rc
ra_replay_compare(ra_replay *replay, ra_store *store, tmg_fault *f)
{
	struct comparing c = { replay, f };
	const tmg_rc rc = ra_app_each(store, RA_NONE, compare_app, &c);

	if (rc)
		return f->rc ? rc : tmg_fault_copy(f, &store->fault, rc);
	if (replay->table != NULL && replay->table->seen != replay->table->count)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%zu audited applications are missing in the store"),
		    replay->table->count - replay->table->seen);
	return TMG_OK;
}
