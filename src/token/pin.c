/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/job.h"

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"

/* A PIN verb and its answer. */
struct pin_verb {
	tmg_pin_kind kind;
	tmg_view old, fresh;
	int *tries;
	uint32_t slot;		/* whose key is used next; 0: nobody knows */
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

static tmg_rc
run_with_tries(tmg_token *t, const tmg_job *job, int *tries)
{
	const tmg_rc rc = tmg_job_run(t, job);

	if (tries != NULL)
		*tries = t->tries[job->kind];
	return rc;
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
	return run_with_tries(t, &(tmg_job){ .fn = fn, .arg = v, .kind = v->kind,
	    .slot = v->slot, .single = v->kind != TMG_PIN_ADMIN }, tries);
}

tmg_rc
tmg_token_verify(tmg_token *token, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	struct pin_verb v = { .kind = kind, .old = pin };

	return run_pin(token, do_verify, &v, tries);
}

/* ---- typed on the reader's keypad ---------------------------------------- */

unsigned
tmg_token_keypad(tmg_token *token, tmg_pin_kind kind)
{
	const tmg_backend *b = token->backend;

	if (b == NULL || !b->info.pins[kind].keypad)
		return 0;
	if (b->ch == NULL)		/* the token has one, whatever its reader */
		return TMG_PAD_VERIFY | TMG_PAD_CHANGE;
	if (b->ch->keypad == 0)
		return 0;
	return tmg_ctx_trusts_keypad(token->set->ctx, token->reader)
	    ? b->ch->keypad : 0;
}

static tmg_rc
do_verify_typed(tmg_token *t, void *arg)
{
	return tmg_job_verify_typed(t, ((const struct pin_verb *)arg)->kind);
}

static tmg_rc
do_change_typed(tmg_token *t, void *arg)
{
	const struct pin_verb *v = arg;
	int tries = -1;
	tmg_rc rc;

	tmg_job_typing(t, v->kind, true);
	rc = t->driver->change_typed(t->backend, v->kind, &tries);
	return tmg_job_typed(t, rc, v->kind, tries);
}

/* Never done again by itself: a person has typed for it. */
static tmg_rc
run_typed(tmg_token *t, tmg_job_fn *fn, unsigned needs, struct pin_verb *v,
    int *tries)
{
	if ((tmg_token_keypad(t, v->kind) & needs) == 0)
		return tmg_raise(&t->fault, TMG_UNSUPPORTED, 0,
		    _("the PIN of token %s cannot be typed on the keypad of %s; "
		    "see readers.keypads in tamga.conf(5)"), tmg_token_name(t),
		    t->reader);
	return run_with_tries(t, &(tmg_job){ .fn = fn, .arg = v, .kind = v->kind,
	    .slot = v->slot }, tries);
}

tmg_rc
tmg_token_verify_typed(tmg_token *token, tmg_pin_kind kind, int *tries)
{
	struct pin_verb v = { .kind = kind };

	return run_typed(token, do_verify_typed, TMG_PAD_VERIFY, &v, tries);
}

tmg_rc
tmg_token_pin_change_typed(tmg_token *token, tmg_pin_kind kind, int *tries)
{
	struct pin_verb v = { .kind = kind };

	return run_typed(token, do_change_typed, TMG_PAD_CHANGE, &v, tries);
}

/* ---- for one use --------------------------------------------------------- */

static tmg_rc
prove(tmg_token *token, tmg_rc rc)
{
	token->proven = rc == TMG_OK && token->backend->ch != NULL;
	if (token->proven)
		token->proven_at = token->backend->ch->apdus;
	return rc;
}

tmg_rc
tmg_key_prove(const tmg_key *key, tmg_view pin)
{
	struct pin_verb v = { .kind = TMG_PIN_USER, .slot = key->slot.ref, .old = pin };

	return prove(key->token, run_pin(key->token, do_verify, &v, NULL));
}

tmg_rc
tmg_key_prove_typed(const tmg_key *key)
{
	struct pin_verb v = { .kind = TMG_PIN_USER, .slot = key->slot.ref };

	return prove(key->token, run_typed(key->token, do_verify_typed, TMG_PAD_VERIFY, &v,
	    NULL));
}

/* ---- changed ------------------------------------------------------------- */

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
tmg_token_pin_give(tmg_token *token, tmg_view fresh)
{
	struct pin_verb v = { .kind = TMG_PIN_ADMIN, .fresh = fresh };

	if ((token->info.can & TMG_CAN_GIVE_PIN) == 0)
		return tmg_raise(&token->fault, TMG_UNSUPPORTED, 0,
		    _("token %s gives its user a new PIN by its PUK only"),
		    tmg_token_name(token));
	/* Asked of the token first: where the user's PIN opens what is the
	 * administrator's elsewhere, that PIN is what nobody has now. */
	return tmg_job_run(token, &(tmg_job){ .fn = do_unblock, .arg = &v,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_ASKED });
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
