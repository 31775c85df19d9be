/* SPDX-License-Identifier: BSD-2-Clause */
/* A token's key as a signer. */
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/check.h"
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
is_told_of(const tmg_key *key)
{
	return key->kind_read || (key->facts_read && key->facts_rc == TMG_OK);
}

static bool
wants_finger(const tmg_key *key)
{
	return is_told_of(key) && (key->facts.touch == TMG_TOUCH_ALWAYS ||
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
	if (!wants_finger(u->key)) {
		rc = u->verb(t, u);
		/* The policy is not the slot's usual one: nobody asked for it. */
		u->key->doubted |= rc == TMG_LOGIN && u->key->assumed;
		return rc;
	}
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

	if (is_told_of(key) && key->facts.pin != TMG_PIN_UNKNOWN)
		pin = key->facts.pin;
	return table[pin];
}

static tmg_key *
key_of(tmg_signer *s)
{
	return (tmg_key *)((char *)s - offsetof(tmg_key, signer));
}

/* ---- a public half on somebody's word ------------------------------------ */

static bool
is_vouched(const tmg_key *key)
{
	return !key->hearsay || key->vouched == key->token->generation;
}

/* Before a use whose result nobody can check, and after the card spoke against
 * what was told. */
static tmg_rc
confirm_first(tmg_key *key, bool checkable)
{
	tmg_rc rc;

	if (!key->assumed || (!key->doubted && (checkable || is_vouched(key))))
		return TMG_OK;
	if ((rc = tmg_key_confirm(key, key->signer.spki)))
		return rc;
	key->doubted = false;
	key->vouched = key->token->generation;
	return TMG_OK;
}

/* A refusal may mean that the key is another one; that is then the verdict. */
static tmg_rc
refused_use(tmg_key *key, tmg_rc rc)
{
	tmg_token *t = key->token;
	const tmg_fault kept = t->fault;

	if (!key->assumed || (rc != TMG_UNSUPPORTED && rc != TMG_NOT_FOUND &&
	    rc != TMG_PIN_WRONG))
		return rc;
	/* Whose PIN that was is found out before another one is tried. */
	key->doubted = true;
	if (rc == TMG_PIN_WRONG ||
	    tmg_key_confirm(key, key->signer.spki) != TMG_MISMATCH)
		return tmg_fault_copy(&t->fault, &kept, rc);
	return TMG_MISMATCH;
}

static tmg_rc
run_use(struct use *u, bool checkable)
{
	tmg_rc rc;

	u->mark = u->out->len;
	if ((rc = confirm_first(u->key, checkable)))
		return rc;
	rc = tmg_job_run(u->key->token, &(tmg_job){
		.fn = do_use, .arg = u, .kind = TMG_PIN_USER,
		.when = when_asked(u->key), .key = u->key->slot.name,
		.slot = u->key->slot.ref, .single = true,
	});
	return rc == TMG_OK ? rc : refused_use(u->key, rc);
}

/* A signature that the public half does not verify is handed to nobody. */
static tmg_rc
withdraw(struct use *u, tmg_rc rc)
{
	tmg_token *t = u->key->token;

	explicit_bzero(u->out->ptr + u->mark, u->out->len - u->mark);
	u->out->len = u->mark;
	u->key->doubted = true;
	if (rc != TMG_MISMATCH)
		return tmg_raise(&t->fault, rc, 0, _("the signature of slot %s of "
		    "token %s cannot be checked"), u->key->slot.name,
		    tmg_token_name(t));
	return tmg_raise(&t->fault, rc, 0, _("slot %s of token %s holds another "
	    "key than its certificate or the file says; the signature was "
	    "thrown away"), u->key->slot.name, tmg_token_name(t));
}

/* Once in a generation, in software: nobody but the key could make it. */
static tmg_rc
vouch(struct use *u, const tmg_sign_spec *spec)
{
	tmg_key *key = u->key;
	const tmg_view made = { u->out->ptr + u->mark, u->out->len - u->mark };
	tmg_rc rc;

	if (is_vouched(key))
		return TMG_OK;
	rc = tmg_signature_check(tmg_ctx_libctx(key->token->set->ctx),
	    key->signer.spki, spec, u->in, made);
	if (rc != TMG_OK)
		return withdraw(u, rc);
	key->vouched = key->token->generation;
	return TMG_OK;
}

static tmg_rc
signer_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	struct use u = { .key = key_of(s), .spec = spec, .in = input,
	    .out = sig, .verb = use_sign };
	const tmg_rc rc = run_use(&u, true);

	return rc == TMG_OK ? vouch(&u, spec) : rc;
}

static tmg_rc
signer_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view cipher,
    tmg_out *plain)
{
	return run_use(&(struct use){ .key = key_of(s), .spec = spec,
	    .in = cipher, .out = plain, .verb = use_decrypt }, false);
}

static tmg_rc
signer_derive(tmg_signer *s, tmg_view peer, tmg_out *secret)
{
	return run_use(&(struct use){ .key = key_of(s), .in = peer,
	    .out = secret, .verb = use_derive }, false);
}

static const tmg_signer_ops ops = {
	.sign = signer_sign,
	.decrypt = signer_decrypt,
	.derive = signer_derive,
};

static void
be_signer(tmg_key *key, tmg_alg alg)
{
	tmg_signer *s = &key->signer;

	s->ops = &ops;
	s->fault = &key->token->fault;
	s->alg = alg;
	s->pads = tmg_alg_get(alg)->family == TMG_FAMILY_RSA &&
	    key->token->backend->info.pads;
}

tmg_rc
tmg_key_signer(tmg_key *key, tmg_signer **signer)
{
	tmg_signer *s = &key->signer;
	tmg_view spki;
	tmg_alg alg;
	tmg_rc rc;

	if ((rc = tmg_key_public(key, &spki)))
		return rc;
	if (!tmg_view_equal(spki, s->spki))
		key->vouched = 0;
	memcpy(key->signer_spki, spki.ptr, spki.len);
	if ((rc = tmg_key_alg(key, &alg)))
		return rc;
	be_signer(key, alg);
	s->spki = (tmg_view){ key->signer_spki, spki.len };
	key->hearsay = !key->facts_read || !key->proven;
	*signer = s;
	return TMG_OK;
}

/* Whose public half is known has the full signer: it is one and the same, and must
 * not lose under somebody's hands what it had. */
tmg_rc
tmg_key_signer_lean(tmg_key *key, tmg_signer **signer)
{
	if (key->signer.spki.len > 0 || tmg_key_kind(key) != TMG_OK)
		return tmg_key_signer(key, signer);
	be_signer(key, key->facts.alg);
	key->hearsay = false;
	*signer = &key->signer;
	return TMG_OK;
}
