/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/job.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

/* A PIN verb and its answer. */
struct pin_verb {
	tmg_pin_kind kind;
	tmg_view old, fresh;
	int *tries;
};

static tmg_rc
do_tries(tmg_token *t, void *arg)
{
	const struct pin_verb *v = arg;
	const tmg_rc rc = t->driver->tries(t->backend, v->kind, v->tries);

	if (rc == TMG_OK)
		t->tries[v->kind] = *v->tries;
	return rc;
}

tmg_rc
tmg_token_tries(tmg_token *token, tmg_pin_kind kind, int *tries)
{
	struct pin_verb v = { .kind = kind, .tries = tries };

	*tries = -1;
	return tmg_job_run(token, &(tmg_job){ .fn = do_tries, .arg = &v,
	    .kind = kind, .repeatable = true });
}

static tmg_rc
do_factory(tmg_token *t, void *arg)
{
	const struct pin_verb *v = arg;

	return t->driver->factory(t->backend, v->kind);
}

tmg_rc
tmg_token_factory(tmg_token *token, tmg_pin_kind kind)
{
	struct pin_verb v = { .kind = kind };

	return tmg_job_run(token, &(tmg_job){ .fn = do_factory, .arg = &v,
	    .kind = kind, .repeatable = true });
}

static tmg_rc
do_verify(tmg_token *t, void *arg)
{
	const struct pin_verb *v = arg;

	return tmg_job_verify(t, v->kind, v->old);
}

/* An empty PIN would ask the card how many tries are left, and a card that is
 * logged in would call that a success. */
static tmg_rc
refuse_empty(tmg_token *t, tmg_view pin)
{
	if (pin.len > 0)
		return TMG_OK;
	return tmg_raise(&t->fault, TMG_PIN_WRONG, 0,
	    _("an empty PIN is never right; no try was lost"));
}

/* Every PIN verb is one command; what comes before it only reads. */
static tmg_rc
run_pin(tmg_token *t, tmg_job_fn *fn, struct pin_verb *v, int *tries)
{
	tmg_rc rc;

	if (tries != NULL)
		*tries = -1;
	if ((rc = refuse_empty(t, v->old)))
		return rc;
	rc = tmg_job_run(t, &(tmg_job){ .fn = fn, .arg = v, .kind = v->kind,
	    .single = v->kind != TMG_PIN_ADMIN });
	if (tries != NULL)
		*tries = t->tries[v->kind];
	return rc;
}

tmg_rc
tmg_token_verify(tmg_token *token, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	struct pin_verb v = { .kind = kind, .old = pin };

	return run_pin(token, do_verify, &v, tries);
}

tmg_rc
tmg_token_prove(tmg_token *token, tmg_view pin)
{
	const tmg_rc rc = tmg_token_verify(token, TMG_PIN_USER, pin, NULL);

	token->proven = rc == TMG_OK && token->backend->ch != NULL;
	if (token->proven)
		token->proven_at = token->backend->ch->apdus;
	return rc;
}

static tmg_rc
do_change(tmg_token *t, void *arg)
{
	const struct pin_verb *v = arg;
	int tries = -1;
	const tmg_rc rc = t->driver->change(t->backend, v->kind, v->old, v->fresh,
	    &tries);

	t->fault.sw = t->backend->fault.sw;
	return tmg_token_refused(t, rc, v->kind, tries);
}

tmg_rc
tmg_token_pin_change(tmg_token *token, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries)
{
	struct pin_verb v = { .kind = kind, .old = old, .fresh = fresh };

	return run_pin(token, do_change, &v, tries);
}

static tmg_rc
do_unblock(tmg_token *t, void *arg)
{
	const struct pin_verb *v = arg;
	int tries = -1;
	const tmg_rc rc = t->driver->unblock(t->backend, v->old, v->fresh, &tries);

	if (rc == TMG_OK)
		t->tries[TMG_PIN_USER] = -1;
	t->fault.sw = t->backend->fault.sw;
	return tmg_token_refused(t, rc, v->kind, tries);
}

tmg_rc
tmg_token_pin_unblock(tmg_token *token, tmg_view puk, tmg_view fresh, int *tries)
{
	struct pin_verb v = { .kind = TMG_PIN_PUK, .old = puk, .fresh = fresh };

	return run_pin(token, do_unblock, &v, tries);
}

tmg_rc
tmg_token_login(tmg_token *token, tmg_pin_kind kind)
{
	return tmg_job_run(token, &(tmg_job){ .fn = tmg_job_nothing, .kind = kind,
	    .when = TMG_WHEN_FIRST });
}

static tmg_rc
do_logout(tmg_token *t, void *arg)
{
	(void)arg;
	return t->driver->logout(t->backend);
}

tmg_rc
tmg_token_logout(tmg_token *token)
{
	tmg_data_forget_all(token, true);
	return tmg_job_run(token, &(tmg_job){ .fn = do_logout,
	    .repeatable = true });
}
