/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking after a token as a whole: set-up, reset, random bytes. */
#include "src/token/job.h"

/* Serial and label may be others now. */
static void
renamed(tmg_token *t)
{
	t->identified = false;
	t->uri[0] = '\0';
	tmg_token_stale(t);
}

static tmg_rc
do_setup(tmg_token *t, void *arg)
{
	(void)arg;
	return t->driver->setup(t->backend);
}

tmg_rc
tmg_token_setup(tmg_token *token)
{
	const tmg_rc rc = tmg_job_run(token, &(tmg_job){ .fn = do_setup,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST });

	renamed(token);
	return rc;
}

static tmg_rc
do_begin(tmg_token *t, void *arg)
{
	const tmg_view *pins = arg;

	return t->driver->begin(t->backend, pins);
}

/* What gives a token new PINs: none that was known before is known any more. */
static tmg_rc
set_pins(tmg_token *token, const tmg_view pins[TMG_PIN_KINDS], tmg_job job)
{
	tmg_view own[TMG_PIN_KINDS];
	tmg_rc rc;

	memcpy(own, pins, sizeof(own));
	job.arg = own;
	rc = tmg_job_run(token, &job);
	for (size_t kind = 0; kind < TMG_PIN_KINDS; kind++)
		token->tries[kind] = -1;
	return rc;
}

tmg_rc
tmg_token_begin(tmg_token *token, const tmg_view pins[TMG_PIN_KINDS])
{
	const tmg_rc rc = set_pins(token, pins,
	    (tmg_job){ .fn = do_begin, .kind = TMG_PIN_USER });

	renamed(token);
	return rc;
}

static tmg_rc
do_hash_pins(tmg_token *t, void *arg)
{
	const tmg_view *pins = arg;

	return t->driver->hash_pins(t->backend, pins);
}

tmg_rc
tmg_token_hash_pins(tmg_token *token, const tmg_view pins[TMG_PIN_KINDS])
{
	return set_pins(token, pins, (tmg_job){ .fn = do_hash_pins,
	    .kind = TMG_PIN_ADMIN });
}

static tmg_rc
do_protect(tmg_token *t, void *arg)
{
	return t->driver->admin_protect(t->backend, *(const tmg_view *)arg);
}

tmg_rc
tmg_token_admin_protect(tmg_token *token, tmg_view fresh)
{
	tmg_rc rc;

	/* Both: the key is changed with the old one and kept behind the PIN. */
	if ((rc = tmg_token_login(token, TMG_PIN_USER)))
		return rc;
	rc = tmg_job_run(token, &(tmg_job){ .fn = do_protect, .arg = &fresh,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST });
	token->generation++;
	return rc;
}

static tmg_rc
do_reset(tmg_token *t, void *arg)
{
	(void)arg;
	return t->driver->reset(t->backend);
}

tmg_rc
tmg_token_reset(tmg_token *token)
{
	const tmg_rc rc = tmg_job_run(token, &(tmg_job){ .fn = do_reset,
	    .kind = TMG_PIN_ADMIN });

	for (size_t kind = 0; kind < TMG_PIN_KINDS; kind++)
		token->tries[kind] = -1;
	renamed(token);
	return rc;
}

struct wanted {
	size_t n;
	tmg_out *bytes;
};

static tmg_rc
do_random(tmg_token *t, void *arg)
{
	const struct wanted *w = arg;

	return t->driver->random(t->backend, w->n, w->bytes);
}

tmg_rc
tmg_token_random(tmg_token *token, size_t n, tmg_out *bytes)
{
	struct wanted w = { n, bytes };

	return tmg_job_run(token, &(tmg_job){ .fn = do_random, .arg = &w });
}
