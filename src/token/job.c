/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/job.h"

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/card/turn.h"

enum {
	ASKS_MAX = 2,		/* the PIN that guards the admin key, then that key */
	AGAIN_MAX = 3,		/* others reset the card again and again */
};

/* A PIN somebody gave, not yet verified; or will type on the keypad. */
struct given {
	bool have;
	bool typed;
	tmg_pin_kind kind;
	tmg_secret pin;
};

static void
given_release(struct given *g)
{
	tmg_secret_wipe(&g->pin);
}

/* Another epoch: selection and logins are lost, somebody may have written. */
static void
look_at_epoch(tmg_token *t)
{
	const tmg_channel *ch = t->backend->ch;

	if (ch == NULL || ch->epoch == t->epoch)
		return;
	t->epoch = ch->epoch;
	tmg_token_stale(t);
}

static tmg_rc
begin(tmg_token *t, tmg_turn *turn)
{
	tmg_channel *ch = t->backend->ch;
	tmg_rc rc;

	if (ch == NULL)
		return TMG_OK;
	if ((rc = tmg_turn_take(turn, ch)))
		return tmg_fault_copy(&t->fault, &ch->fault, rc);
	look_at_epoch(t);
	return TMG_OK;
}

/* Words of the driver, or else of the channel, become the token's. */
static tmg_rc
heard(tmg_token *t, tmg_rc rc)
{
	const tmg_backend *b = t->backend;

	if (rc == TMG_OK || t->fault.rc == rc)
		return rc;
	if (b->fault.rc == rc && b->fault.text[0] != '\0')
		return tmg_fault_copy(&t->fault, &b->fault, rc);
	if (b->ch != NULL && b->ch->fault.rc == rc && b->ch->fault.text[0] != '\0')
		return tmg_fault_copy(&t->fault, &b->ch->fault, rc);
	t->fault = (tmg_fault){ .rc = rc, .sw = b->fault.sw };
	return rc;
}

tmg_rc
tmg_job_verify(tmg_token *t, tmg_pin_kind kind, tmg_view pin)
{
	int tries = -1;
	const tmg_rc rc = t->driver->verify(t->backend, kind, pin, &tries);

	heard(t, rc);
	if (rc == TMG_OK && kind == TMG_PIN_USER)
		tmg_token_unhide(t);
	return tmg_token_refused(t, rc, kind, tries);
}

void
tmg_job_typing(tmg_token *t, tmg_pin_kind kind, bool begins)
{
	char text[TMG_LABEL_MAX + TMG_READER_NAME + 128];

	snprintf(text, sizeof(text), kind == TMG_PIN_USER
	    ? _("Enter the PIN of token %s on the keypad of %s")
	    : _("Enter the secret of token %s on the keypad of %s"),
	    t->info.label, t->reader);
	tmg_ctx_notice(t->set->ctx, begins ? TMG_NOTICE_KEYPAD : TMG_NOTICE_TYPED,
	    text);
}

tmg_rc
tmg_job_typed(tmg_token *t, tmg_rc rc, tmg_pin_kind kind, int tries)
{
	tmg_job_typing(t, kind, false);
	heard(t, rc);
	return rc == TMG_CANCELLED || rc == TMG_DENIED || rc == TMG_UNSUPPORTED
	    ? rc : tmg_token_refused(t, rc, kind, tries);
}

tmg_rc
tmg_job_verify_typed(tmg_token *t, tmg_pin_kind kind)
{
	int tries = -1;
	tmg_rc rc;

	tmg_job_typing(t, kind, true);
	rc = t->driver->verify_typed(t->backend, kind, &tries);
	if (rc == TMG_OK && kind == TMG_PIN_USER)
		tmg_token_unhide(t);
	return tmg_job_typed(t, rc, kind, tries);
}

/* The last that the card heard from us was the PIN, and it was right. */
static bool
is_proven(const tmg_token *t)
{
	return t->proven && t->backend->ch->apdus == t->proven_at;
}

tmg_rc
tmg_job_nothing(tmg_token *t, void *arg)
{
	(void)t;
	(void)arg;
	return TMG_OK;
}

/* Is whom the job needs logged in?  TMG_LOGIN: *wanted must be asked for. */
static tmg_rc
ready(tmg_token *t, const tmg_job *job, const struct given *given,
    tmg_pin_kind *wanted)
{
	tmg_rc rc;

	*wanted = job->kind;
	if (job->when == TMG_WHEN_ASKED)
		return TMG_OK;
	if (job->when == TMG_WHEN_ALWAYS)
		return given->have || is_proven(t) ? TMG_OK : TMG_LOGIN;
	rc = t->driver->logged_in(t->backend, job->kind);
	if (rc != TMG_LOGIN || job->kind != TMG_PIN_ADMIN)
		return rc;

	rc = t->driver->admin_auto(t->backend);
	if (rc == TMG_LOGIN)
		*wanted = TMG_PIN_USER;
	return rc == TMG_NOT_FOUND ? TMG_LOGIN : rc;
}

static tmg_rc
in_turn(tmg_token *t, const tmg_job *job, const struct given *given,
    tmg_pin_kind *wanted)
{
	tmg_rc rc;

	if (given->have) {
		rc = given->typed ? tmg_job_verify_typed(t, given->kind)
		    : tmg_job_verify(t, given->kind, tmg_secret_view(&given->pin));
		if (rc != TMG_OK)
			return rc;
	}
	if ((rc = ready(t, job, given, wanted)))
		return rc;
	rc = job->fn(t, job->arg);
	if (rc != TMG_LOGIN)
		return rc;

	/* Another program selected the application anew since the last turn,
	 * which ends logins and is no reset.  An admin key that takes nobody's
	 * word is used again. */
	*wanted = job->kind;
	if (job->kind != TMG_PIN_ADMIN ||
	    (rc = ready(t, job, given, wanted)) != TMG_OK)
		return rc;
	return job->fn(t, job->arg);
}

static tmg_rc
attempt(tmg_token *t, const tmg_job *job, const struct given *given,
    tmg_pin_kind *wanted)
{
	tmg_auto(tmg_turn) turn = { NULL };
	tmg_rc rc;

	t->fault = (tmg_fault){ .rc = TMG_OK };
	if (t->backend == NULL)		/* pulled out while a person was asked */
		return TMG_REMOVED;
	t->backend->fault = (tmg_fault){ .rc = TMG_OK };
	t->backend->due = job->slot;
	if ((rc = begin(t, &turn)))
		return rc;
	rc = heard(t, in_turn(t, job, given, wanted));
	look_at_epoch(t);
	return rc;
}

/* A reset under what only reads, or before what would have done something.  A
 * PIN that goes out again was right a moment ago or has not reached the card.
 * Nobody types twice for what he asked for once. */
static bool
may_repeat(const tmg_token *t, const tmg_job *job, const struct given *given)
{
	const tmg_channel *ch = t->backend->ch;

	if (given->have && given->typed)
		return false;
	return job->repeatable || (job->single && ch != NULL && ch->unheard);
}

static tmg_rc
attempt_past_resets(tmg_token *t, const tmg_job *job, const struct given *given,
    tmg_pin_kind *wanted)
{
	tmg_rc rc = attempt(t, job, given, wanted);

	for (unsigned again = 0; rc == TMG_RESET && again < AGAIN_MAX &&
	    may_repeat(t, job, given); again++)
		rc = attempt(t, job, given, wanted);
	return rc;
}

static tmg_rc
ask_and_attempt(tmg_token *t, const tmg_job *job, struct given *given,
    tmg_pin_kind *wanted)
{
	tmg_rc rc;

	given->have = false;
	given->kind = *wanted;
	if ((rc = tmg_token_ask(t, *wanted, job->key, &given->pin)))
		return rc;
	given->have = true;
	given->typed = given->pin.len == 0;
	return attempt_past_resets(t, job, given, wanted);
}

static tmg_rc
run(tmg_token *t, const tmg_job *job, tmg_pin_kind *wanted)
{
	__attribute__((__cleanup__(given_release))) struct given given = {
		.have = false,
	};
	tmg_rc rc;

	rc = attempt_past_resets(t, job, &given, wanted);
	/* Nobody is asked for the same thing twice. */
	for (unsigned asks = 0; rc == TMG_LOGIN && asks < ASKS_MAX; asks++) {
		if (given.have && given.kind == *wanted)
			break;
		rc = ask_and_attempt(t, job, &given, wanted);
	}
	return rc;
}

tmg_rc
tmg_job_run(tmg_token *t, const tmg_job *job)
{
	tmg_pin_kind wanted = job->kind;
	tmg_rc rc;

	t->jobs++;
	rc = run(t, job, &wanted);
	t->jobs--;
	/* A job inside another's turn leaves the card to that one. */
	if (rc == TMG_REMOVED && t->jobs == 0 && t->seat != NULL)
		tmg_seat_close(t->set, t->seat);
	return tmg_token_explain(t, rc, wanted);
}
