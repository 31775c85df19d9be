/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/once.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/job.h"

struct reading {
	const tmg_once_source *source;
	tmg_out out;
};

static tmg_rc
do_read(tmg_token *t, void *arg)
{
	struct reading *r = arg;

	r->out.len = 0;
	r->out.full = false;
	return r->source->read(t->backend, r->source->ref, &r->out);
}

void
tmg_once_doubt(tmg_once *once)
{
	once->read = false;
}

void
tmg_once_forget(tmg_once *once)
{
	if (once->bytes != NULL)
		explicit_bzero(once->bytes, once->len);
	free(once->bytes);
	*once = (tmg_once){ .read = false };
}

static tmg_rc
keep(tmg_once *once, tmg_token *t, const tmg_out *out, tmg_rc rc)
{
	tmg_once_forget(once);
	once->bytes = malloc(out->len + 1);
	if (once->bytes == NULL)
		return tmg_raise(&t->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if (rc == TMG_OK && out->len > 0)
		memcpy(once->bytes, out->ptr, out->len);
	once->len = rc == TMG_OK ? out->len : 0;
	once->read = true;
	once->rc = rc;
	return rc;
}

/* Who must log in for it is asked first, and not after the card's refusal. */
static tmg_rc
read_now(tmg_once *once, tmg_token *t, const tmg_once_source *source)
{
	uint8_t *store = malloc(source->most);
	struct reading r = { source, { store, source->most, 0, false } };
	tmg_rc rc;

	if (store == NULL)
		return tmg_raise(&t->fault, TMG_E_NOMEM, 0, _("out of memory"));
	rc = tmg_job_run(t, &(tmg_job){ .fn = do_read, .arg = &r,
	    .kind = TMG_PIN_USER, .repeatable = true,
	    .when = source->guarded ? TMG_WHEN_FIRST : TMG_WHEN_ASKED });
	if (rc == TMG_OK || rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED)
		rc = keep(once, t, &r.out, rc);
	if (source->guarded)
		explicit_bzero(store, source->most);
	free(store);
	return rc;
}

tmg_rc
tmg_once_get(tmg_once *once, tmg_token *token, const tmg_once_source *source,
    tmg_view *bytes)
{
	const tmg_rc rc = once->read ? once->rc : read_now(once, token, source);

	*bytes = (tmg_view){ NULL, 0 };
	if (rc == TMG_OK)
		*bytes = (tmg_view){ once->bytes, once->len };
	return rc;
}

tmg_rc
tmg_once_free_for(tmg_rc rc, tmg_view there, tmg_view fresh, bool *same)
{
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return rc;
	*same = tmg_view_equal(there, fresh);
	return *same ? TMG_OK : TMG_OCCUPIED;
}
