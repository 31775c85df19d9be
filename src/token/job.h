/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One verb of a driver, done properly: the turn, the login it needs, the PIN
 * asked for before the turn, what a reset or a removal means.
 */
#ifndef TMG_TOKEN_JOB_H
#define TMG_TOKEN_JOB_H

#include "src/token/token.h"

typedef enum tmg_when {
	TMG_WHEN_ASKED,		/* only if the verb says TMG_LOGIN */
	TMG_WHEN_FIRST,		/* somebody is logged in before the verb */
	TMG_WHEN_ALWAYS,	/* the PIN is verified directly before, each time */
} tmg_when;

/* Called inside the turn, possibly a second time after TMG_LOGIN. */
typedef tmg_rc tmg_job_fn(tmg_token *token, void *arg);

typedef struct tmg_job {
	tmg_job_fn *fn;
	void *arg;
	tmg_pin_kind kind;	/* whom it needs */
	tmg_when when;
	bool repeatable;	/* nothing happens twice when it is done twice */
	bool single;		/* no more than one command of it does anything, the
				 * last; after a reset that this one did not live
				 * to see the job is done again */
	const char *key;	/* the slot's name, for the person; NULL none */
	uint32_t slot;		/* whose key is used or made: tmg_backend.due */
} tmg_job;

/*
 * Verdicts  TMG_PIN_WRONG, TMG_PIN_LOCKED, TMG_LAST_TRY, TMG_CANCELLED,
 *           TMG_RESET (was not done, or nobody knows), TMG_REMOVED, TMG_BUSY,
 *           and those of fn; words in the token's fault
 */
TMG_MUST_USE tmg_rc
tmg_job_run(tmg_token *token, const tmg_job *job);

/* A verb of which only the turn, or the login, is wanted. */
tmg_rc
tmg_job_nothing(tmg_token *token, void *arg);

/* One attempt to verify; remembers the tries.  Inside a turn. */
TMG_MUST_USE tmg_rc
tmg_job_verify(tmg_token *token, tmg_pin_kind kind, tmg_view pin);

/* The same with what a person types on the reader's keypad now. */
TMG_MUST_USE tmg_rc
tmg_job_verify_typed(tmg_token *token, tmg_pin_kind kind);

/* Tells the person that the reader waits for the PIN, and that it no longer
 * does. */
void
tmg_job_typing(tmg_token *token, tmg_pin_kind kind, bool begins);

/* Keeps the tries that the card told of, unless nothing was sent; passes rc. */
tmg_rc
tmg_job_typed(tmg_token *token, tmg_rc rc, tmg_pin_kind kind, int tries);

/* Gives a verdict without words its own: what happened to which token, why,
 * what to do.  Returns rc. */
tmg_rc
tmg_token_explain(tmg_token *token, tmg_rc rc, tmg_pin_kind kind);

/* Keeps what the card said of the tries, and puts it into the words. */
tmg_rc
tmg_token_refused(tmg_token *token, tmg_rc rc, tmg_pin_kind kind, int tries);

/* ask.c: asks the person, outside any turn.  An empty pin: it is to be typed on
 * the reader's keypad. */
TMG_MUST_USE tmg_rc
tmg_token_ask(tmg_token *token, tmg_pin_kind kind, const char *key,
    tmg_secret *pin);

#endif
