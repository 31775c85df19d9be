/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps in their order, and what can be said of an enrollment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

/* Which function leads on from which step; each may be run again. */
static tmg_rc (*const steps[])(tmg_provision *p) = {
	[TMG_STEP_BEGUN] = tmg_step_key,
	[TMG_STEP_KEY] = tmg_step_request,
	[TMG_STEP_REQUEST] = tmg_step_submit,
	[TMG_STEP_SUBMITTED] = tmg_step_submit,
	[TMG_STEP_ISSUED] = tmg_step_install,
	[TMG_STEP_INSTALLED] = tmg_step_prove,
};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Why it stopped is for the next look at the journal; that it cannot be
 * written must not hide what happened. */
static void
note_error(tmg_provision *p)
{
	tmg_fault why = p->fault;

	snprintf(p->j.error, sizeof(p->j.error), "%s", why.text);
	if (tmg_work_save(p) != TMG_OK)
		p->fault = why;
}

/* Somebody reset the card in the middle: what was asked may have been done.
 * Every step can be taken again, so it is, once. */
static tmg_rc
take_step(tmg_provision *p)
{
	tmg_rc rc = steps[p->j.step](p);

	if (rc == TMG_RESET)
		rc = steps[p->j.step](p);
	return rc;
}

tmg_rc
tmg_provision_run(tmg_provision *p, tmg_step_fn *step, void *arg)
{
	while (p->j.step < (int)TMG_COUNT(steps)) {
		const double began = seconds();
		const int before = p->j.step;
		const tmg_rc rc = take_step(p);

		if (p->j.step != before && step != NULL)
			step(arg, (tmg_step)p->j.step, seconds() - began);
		if (rc != TMG_OK) {
			if (rc != TMG_PENDING)
				note_error(p);
			return rc;
		}
	}
	return TMG_OK;
}

void
tmg_provision_challenge(tmg_provision *p, const char *challenge)
{
	if (p->j.challenged)
		p->challenge = challenge;
}

void
tmg_provision_accept_subject(tmg_provision *p)
{
	p->any_subject = true;
}

void
tmg_provision_free(tmg_provision **p)
{
	if (p == NULL || *p == NULL)
		return;
	tmg_authority_free(&(*p)->authority);
	tmg_journal_wipe(&(*p)->j);
	tmg_lock_release(&(*p)->lock);
	free(*p);
	*p = NULL;
}

const tmg_fault *
tmg_provision_fault(const tmg_provision *p)
{
	return &p->fault;
}

tmg_view
tmg_provision_cert(const tmg_provision *p)
{
	return tmg_blob_view(&p->j.cert);
}

/* ---- what can be said of it -------------------------------------------- */

static void
tell(const tmg_journal *j, tmg_provision_record *r)
{
	tmg_cert_facts facts;

	*r = (tmg_provision_record){
		.step = (tmg_step)j->step,
		.begun = (time_t)j->begun,
		.changed = (time_t)j->changed,
		.retry_after_s = (long)j->retry_after,
		.unanswered = j->posted && j->step == TMG_STEP_REQUEST,
	};
	memcpy(r->id, j->id, sizeof(r->id));
	memcpy(r->token, j->token, sizeof(r->token));
	memcpy(r->slot, j->slot, sizeof(r->slot));
	if (j->step < TMG_STEP_DONE)
		memcpy(r->waits, j->made, sizeof(r->waits));
	memcpy(r->authority, j->authority, sizeof(r->authority));
	memcpy(r->last_error, j->error, sizeof(r->last_error));
	memcpy(r->note, j->note, sizeof(r->note));
	snprintf(r->subject, sizeof(r->subject), "%s", j->subject != NULL ? j->subject : "");
	if (j->cert.len > 0 &&
	    tmg_cert_facts_get(tmg_blob_view(&j->cert), &facts) == TMG_OK) {
		r->not_after = facts.not_after;
		memcpy(r->serial, facts.serial, sizeof(r->serial));
	}
	if (j->renewed.len > 0 &&
	    tmg_cert_facts_get(tmg_blob_view(&j->renewed), &facts) == TMG_OK)
		memcpy(r->renewed, facts.serial, sizeof(r->renewed));
}

const tmg_provision_record *
tmg_provision_about(tmg_provision *p)
{
	tell(&p->j, &p->about);
	return &p->about;
}

struct listing {
	tmg_provision_record *rows;
	size_t count, cap;
};

static tmg_rc
add_row(void *arg, tmg_journal *j)
{
	struct listing *l = arg;

	if (l->count == l->cap) {
		const size_t cap = l->cap == 0 ? 8 : 2 * l->cap;
		tmg_provision_record *more = realloc(l->rows, cap * sizeof(*more));

		if (more == NULL)
			return TMG_E_NOMEM;
		l->rows = more;
		l->cap = cap;
	}
	tell(j, &l->rows[l->count++]);
	return TMG_OK;
}

static int
newest_first(const void *a, const void *b)
{
	const tmg_provision_record *x = a, *y = b;

	if (x->begun != y->begun)
		return x->begun < y->begun ? 1 : -1;
	return strcmp(y->id, x->id);
}

tmg_rc
tmg_provision_list(tmg_ctx *ctx, tmg_provision_record **rows, size_t *count,
    tmg_fault *f)
{
	struct listing l = { .rows = NULL };
	tmg_rc rc = tmg_store_each(ctx, add_row, &l, f);

	*rows = NULL;
	*count = 0;
	if (rc != TMG_OK) {
		free(l.rows);
		return rc;
	}
	if (l.count > 0)
		qsort(l.rows, l.count, sizeof(*l.rows), newest_first);
	*rows = l.rows;
	*count = l.count;
	return TMG_OK;
}

tmg_rc
tmg_provision_believes(tmg_ctx *ctx, const char *id, tmg_certs **anchors,
    char fingerprint[TMG_FINGERPRINT_MAX], tmg_fault *f)
{
	tmg_auto(tmg_journal) j = { .retry_after = -1 };
	tmg_rc rc;

	(void)ctx;
	*anchors = NULL;
	fingerprint[0] = '\0';
	if ((rc = tmg_store_read(id, &j, f)))
		return rc;
	if (j.anchors == NULL) {
		snprintf(fingerprint, TMG_FINGERPRINT_MAX, "%s", j.fingerprint);
		return TMG_OK;
	}
	*anchors = j.anchors;
	j.anchors = NULL;
	return TMG_OK;
}

tmg_rc
tmg_provision_cancel(tmg_ctx *ctx, const char *id, tmg_fault *f)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	rc = tmg_provision_resume(ctx, NULL, id, NULL, f, &p);
	if (rc != TMG_OK)
		return rc;
	if (p->j.step == TMG_STEP_DONE)
		return tmg_raise(f, TMG_DENIED, 0,
		    _("enrollment %s is done; there is nothing to give up"), id);
	rc = tmg_work_reached(p, TMG_STEP_CANCELLED);
	return rc == TMG_OK ? rc : tmg_fault_copy(f, &p->fault, rc);
}
