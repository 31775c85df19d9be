/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys come and go: generate, import, delete, move, attest; what they want. */
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/job.h"

struct birth {
	const tmg_keyspec *spec;
	tmg_out *spki;
	size_t mark;		/* spki->len before the first attempt */
	tmg_view pkcs8;
};

/* A slot's key is another one now, or none. */
static void
changed(tmg_token *t, uint32_t ref)
{
	t->generation++;
	t->surveyed = false;
	tmg_key_forget(tmg_token_key_of(t, ref));
}

/* The public half that the card answered need not be read again. */
static void
remember(tmg_token *t, const tmg_keyspec *spec, tmg_view spki)
{
	tmg_key *key = tmg_token_key_of(t, spec->slot);

	if (key == NULL || spki.len > sizeof(key->spki))
		return;
	key->facts = (tmg_key_facts){
		.alg = spec->alg,
		.pin = spec->pin != TMG_PIN_UNKNOWN ? spec->pin : key->slot.pin,
		.touch = spec->touch,
		.origin = TMG_ORIGIN_GENERATED,
	};
	memcpy(key->spki, spki.ptr, spki.len);
	key->spki_len = spki.len;
	key->facts_read = true;
	key->facts_rc = TMG_OK;
	key->proven = true;
}

static tmg_rc
do_generate(tmg_token *t, void *arg)
{
	const struct birth *b = arg;
	char what[160];
	tmg_rc rc;

	snprintf(what, sizeof(what), _("Token %s is making a key (%s)"),
	    t->info.label, tmg_alg_get(b->spec->alg)->name);
	tmg_ctx_notice(t->set->ctx, TMG_NOTICE_WORKING, what);
	b->spki->len = b->mark;
	b->spki->full = false;
	rc = t->driver->generate(t->backend, b->spec, b->spki);
	tmg_ctx_notice(t->set->ctx, TMG_NOTICE_WORKED, what);
	return rc;
}

tmg_rc
tmg_key_generate(tmg_token *token, const tmg_keyspec *spec, tmg_out *spki)
{
	struct birth b = { .spec = spec, .spki = spki, .mark = spki->len };
	tmg_rc rc;

	if ((rc = tmg_token_slots(token)))
		return rc;
	rc = tmg_job_run(token, &(tmg_job){ .fn = do_generate, .arg = &b,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST, .slot = spec->slot });
	changed(token, spec->slot);
	if (rc == TMG_OK)
		remember(token, spec, tmg_out_view(spki));
	return rc;
}

static tmg_rc
do_import(tmg_token *t, void *arg)
{
	const struct birth *b = arg;

	return t->driver->import(t->backend, b->spec, b->pkcs8);
}

tmg_rc
tmg_key_import(tmg_token *token, const tmg_keyspec *spec, tmg_view pkcs8)
{
	struct birth b = { .spec = spec, .pkcs8 = pkcs8 };
	tmg_rc rc;

	rc = tmg_job_run(token, &(tmg_job){ .fn = do_import, .arg = &b,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST, .slot = spec->slot });
	changed(token, spec->slot);
	return rc;
}

static tmg_rc
do_delete(tmg_token *t, void *arg)
{
	return t->driver->key_delete(t->backend, *(const uint32_t *)arg);
}

tmg_rc
tmg_key_delete(tmg_key *key)
{
	const tmg_rc rc = tmg_job_run(key->token, &(tmg_job){ .fn = do_delete,
	    .arg = &key->slot.ref, .kind = TMG_PIN_ADMIN,
	    .when = TMG_WHEN_FIRST });

	changed(key->token, key->slot.ref);
	key->slot.keyless |= rc == TMG_OK;
	return rc;
}

static tmg_rc
do_move(tmg_token *t, void *arg)
{
	const uint32_t *refs = arg;

	return t->driver->key_move(t->backend, refs[0], refs[1]);
}

tmg_rc
tmg_key_move(tmg_key *from, tmg_key *to)
{
	tmg_token *t = from->token;
	uint32_t refs[2] = { from->slot.ref, to->slot.ref };
	tmg_rc rc;

	if (to->token != t)
		return tmg_raise(&t->fault, TMG_UNSUPPORTED, 0,
		    _("a key cannot leave its token"));
	rc = tmg_job_run(t, &(tmg_job){ .fn = do_move, .arg = refs,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST });
	changed(t, refs[0]);
	changed(t, refs[1]);
	return rc;
}

struct policies {
	uint32_t ref;
	tmg_pin_policy pin;
	tmg_touch_policy touch;
};

static tmg_rc
do_policy(tmg_token *t, void *arg)
{
	const struct policies *p = arg;

	return t->driver->key_policy(t->backend, p->ref, p->pin, p->touch);
}

tmg_rc
tmg_key_policy_set(tmg_key *key, tmg_pin_policy pin, tmg_touch_policy touch)
{
	struct policies p = { key->slot.ref, pin, touch };
	const tmg_rc rc = tmg_job_run(key->token, &(tmg_job){ .fn = do_policy,
	    .arg = &p, .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST });

	changed(key->token, key->slot.ref);
	return rc;
}

struct attestation {
	uint32_t ref;
	tmg_out *der;
};

static tmg_rc
do_attest(tmg_token *t, void *arg)
{
	struct attestation *a = arg;

	a->der->len = 0;
	return t->driver->attest(t->backend, a->ref, a->der);
}

tmg_rc
tmg_key_attest(tmg_key *key, tmg_out *der)
{
	struct attestation a = { key->slot.ref, der };
	const uint32_t as = tmg_token_info(key->token)->attests_as;
	tmg_rc rc;

	/* Both are wanted, and each is asked for by itself. */
	if (as != 0 && (rc = tmg_job_run(key->token, &(tmg_job){
		.fn = tmg_job_nothing, .kind = TMG_PIN_USER,
		.when = TMG_WHEN_FIRST, .slot = as })))
		return rc;
	return tmg_job_run(key->token, &(tmg_job){ .fn = do_attest, .arg = &a,
	    .kind = TMG_PIN_ADMIN, .slot = as, .repeatable = as == 0,
	    .when = as != 0 ? TMG_WHEN_FIRST : TMG_WHEN_ASKED });
}
