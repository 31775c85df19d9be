/* SPDX-License-Identifier: BSD-2-Clause */
/* A token's key as a signer. */
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/token/job.h"

/* One private-key operation. */
struct use {
	tmg_key *key;
	const void *spec;
	tmg_view in;
	tmg_out *out;
	size_t mark;		/* out->len before the first attempt */
	tmg_rc (*verb)(tmg_token *t, const struct use *u);
};

static tmg_rc
use_sign(tmg_token *t, const struct use *u)
{
	return t->driver->sign(t->backend, u->key->slot.ref, u->key->signer.alg,
	    u->spec, u->in, u->out);
}

static tmg_rc
use_decrypt(tmg_token *t, const struct use *u)
{
	return t->driver->decrypt(t->backend, u->key->slot.ref,
	    u->key->signer.alg, u->spec, u->in, u->out);
}

static tmg_rc
use_derive(tmg_token *t, const struct use *u)
{
	return t->driver->derive(t->backend, u->key->slot.ref,
	    u->key->signer.alg, u->in, u->out);
}

static bool
wants_finger(const tmg_key *key)
{
	return key->facts_read && (key->facts.touch == TMG_TOUCH_ALWAYS ||
	    key->facts.touch == TMG_TOUCH_CACHED);
}

static tmg_rc
do_use(tmg_token *t, void *arg)
{
	const struct use *u = arg;
	char what[160];
	tmg_rc rc;

	u->out->len = u->mark;
	u->out->full = false;
	if (!wants_finger(u->key))
		return u->verb(t, u);
	snprintf(what, sizeof(what), _("Touch token %s now"), t->info.label);
	tmg_ctx_notice(t->set->ctx, TMG_NOTICE_TOUCH, what);
	rc = u->verb(t, u);
	tmg_ctx_notice(t->set->ctx, TMG_NOTICE_TOUCHED, what);
	return rc;
}

/* What the token tells of the key, else what its slot is meant for. */
static tmg_when
when_asked(const tmg_key *key)
{
	static const tmg_when table[] = {
		[TMG_PIN_UNKNOWN] = TMG_WHEN_FIRST,
		[TMG_PIN_NEVER] = TMG_WHEN_ASKED,
		[TMG_PIN_ONCE] = TMG_WHEN_FIRST,
		[TMG_PIN_ALWAYS] = TMG_WHEN_ALWAYS,
	};
	tmg_pin_policy pin = key->slot.pin;

	if (key->facts_read && key->facts_rc == TMG_OK &&
	    key->facts.pin != TMG_PIN_UNKNOWN)
		pin = key->facts.pin;
	return table[pin];
}

static tmg_key *
key_of(tmg_signer *s)
{
	return (tmg_key *)((char *)s - offsetof(tmg_key, signer));
}

static tmg_rc
run_use(struct use *u)
{
	u->mark = u->out->len;
	return tmg_job_run(u->key->token, &(tmg_job){
		.fn = do_use, .arg = u, .kind = TMG_PIN_USER,
		.when = when_asked(u->key), .key = u->key->slot.name,
	});
}

static tmg_rc
signer_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	return run_use(&(struct use){ .key = key_of(s), .spec = spec,
	    .in = input, .out = sig, .verb = use_sign });
}

static tmg_rc
signer_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	return run_use(&(struct use){ .key = key_of(s), .spec = spec,
	    .in = cipher, .out = plain, .verb = use_decrypt });
}

static tmg_rc
signer_derive(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	return run_use(&(struct use){ .key = key_of(s), .in = peer,
	    .out = secret, .verb = use_derive });
}

static const tmg_signer_ops ops = {
	.sign = signer_sign,
	.decrypt = signer_decrypt,
	.derive = signer_derive,
};

tmg_rc
tmg_key_signer(tmg_key *key, tmg_signer **signer)
{
	tmg_signer *s = &key->signer;
	tmg_view spki;
	tmg_rc rc;

	if ((rc = tmg_key_public(key, &spki)))
		return rc;
	memcpy(key->signer_spki, spki.ptr, spki.len);
	s->ops = &ops;
	s->fault = &key->token->fault;
	s->alg = key->facts.alg;
	s->spki = (tmg_view){ key->signer_spki, spki.len };
	*signer = s;
	return TMG_OK;
}
