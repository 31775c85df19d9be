/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking up again what was begun.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

struct open_ones {
	char id[TMG_PROVISION_ID];
	unsigned count;
};

static tmg_rc
count_open(void *arg, tmg_journal *j)
{
	struct open_ones *o = arg;

	if (j->step >= TMG_STEP_DONE)
		return TMG_OK;
	memcpy(o->id, j->id, sizeof(o->id));
	o->count++;
	return TMG_OK;
}

static tmg_rc
the_open_one(tmg_provision *p, struct open_ones *o)
{
	tmg_rc rc;

	if ((rc = tmg_store_each(p->ctx, count_open, o, &p->fault)))
		return rc;
	if (o->count == 0)
		return tmg_advise(&p->fault, TMG_TRY_ENROLLMENTS,
		    tmg_raise(&p->fault, TMG_NOT_FOUND, 0, _("no enrollment is open")));
	if (o->count > 1)
		return tmg_advise(&p->fault, TMG_TRY_ENROLLMENTS,
		    tmg_raise(&p->fault, TMG_AMBIGUOUS, 0,
			_("%u enrollments are open; name one"), o->count));
	return TMG_OK;
}

static tmg_rc
resume(tmg_provision *p, const char *id, const tmg_authority_spec *credentials)
{
	struct open_ones o = { .count = 0 };
	tmg_rc rc;

	if (id == NULL) {
		if ((rc = the_open_one(p, &o)))
			return rc;
		id = o.id;
	}
	/* asked first: a lock is a file, and there may be no such enrollment */
	if ((rc = tmg_store_read(id, &p->j, &p->fault)) ||
	    (rc = tmg_earlier_take_up(p, id)))
		return rc;
	if (credentials != NULL)
		p->who = *credentials;
	if (p->j.anchors == NULL && p->j.fingerprint[0] == '\0')
		return tmg_certs_set(&p->j.anchors, p->who.anchors);
	return TMG_OK;
}

tmg_rc
tmg_provision_resume(tmg_ctx *ctx, tmg_tokens *tokens, const char *id,
    const tmg_authority_spec *credentials, tmg_fault *f, tmg_provision **out)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	*out = NULL;
	if ((rc = tmg_work_new(ctx, tokens, &p)))
		return rc;
	if ((rc = resume(p, id, credentials)))
		return tmg_fault_copy(f, &p->fault, rc);
	*out = p;
	p = NULL;
	return TMG_OK;
}
