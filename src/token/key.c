/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/pki/spki.h"
#include "src/token/job.h"
#include "tamga/cert.h"

/* ---- forgetting ---------------------------------------------------------- */

void
tmg_key_forget(tmg_key *key)
{
	if (key == NULL)
		return;
	key->facts_read = false;
	key->kind_read = false;
	key->proven = false;
	key->told_len = 0;
	key->assumed = false;
	key->doubted = false;
	key->slot.family = TMG_FAMILY_NONE;
}

/* What the certificate alone told of the key goes with it. */
void
tmg_key_forget_cert(tmg_key *key)
{
	if (key == NULL)
		return;
	tmg_once_doubt(&key->cert);
	if (!key->proven)
		key->facts_read = false;
}

/* ---- certificates -------------------------------------------------------- */

tmg_rc
tmg_key_cert(tmg_key *key, tmg_view *der)
{
	const tmg_rc rc = tmg_once_get(&key->cert, key->token,
	    &(tmg_once_source){ key->token->driver->cert_read, key->slot.ref,
	    TMG_CERT_MAX, false }, der);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&key->token->fault, rc, 0,
		    _("slot %s of token %s holds no certificate"), key->slot.name,
		    tmg_token_name(key->token));
	return rc;
}

/* ---- facts --------------------------------------------------------------- */

/* What lies beside the key is of another kind than the token's directory says. */
static bool
is_of_another_family(const tmg_key *key, tmg_alg alg)
{
	return key->slot.family != TMG_FAMILY_NONE &&
	    tmg_alg_get(alg)->family != key->slot.family;
}

/* Or of another size, about which directories may be wrong: the key is asked. */
static bool
is_of_another_kind(const tmg_key *key, tmg_alg alg)
{
	return is_of_another_family(key, alg) || (key->slot.family != TMG_FAMILY_NONE &&
	    key->slot.bits != 0 && tmg_alg_bytes(alg) != (key->slot.bits + 7) / 8);
}

static tmg_rc
do_facts(tmg_token *t, void *arg)
{
	tmg_key *key = arg;
	tmg_out spki = TMG_OUT(key->spki);
	const tmg_rc rc = t->driver->facts(t->backend, key->slot.ref, &key->facts,
	    &spki);

	key->spki_len = rc == TMG_OK ? spki.len : 0;
	return rc;
}

static tmg_rc
take_public(tmg_key *key, tmg_view spki)
{
	tmg_rc rc;

	if (spki.len > sizeof(key->spki))
		return TMG_E_MALFORMED;
	if ((rc = tmg_spki_alg(spki, &key->facts.alg)))
		return rc;
	memcpy(key->spki, spki.ptr, spki.len);
	key->spki_len = spki.len;
	return TMG_OK;
}

/* The public half from beside the key, when the key does not tell. */
static tmg_rc
public_from_beside(tmg_key *key)
{
	tmg_view der, spki = { key->told, key->told_len };
	tmg_rc rc;

	if (key->told_len == 0) {
		if ((rc = tmg_key_cert(key, &der)))
			return rc;
		if ((rc = tmg_cert_spki(der, &spki)))
			return tmg_advise(&key->token->fault, TMG_TRY_DELETE_CERT,
			    tmg_raise(&key->token->fault, rc, 0, _("the certificate "
				"in slot %s of token %s is damaged; delete it"),
				key->slot.name, tmg_token_name(key->token)));
	}
	if ((rc = take_public(key, spki)))
		return tmg_raise(&key->token->fault, rc, 0, _("the key in slot %s "
		    "of token %s is of a kind that tamga does not know"),
		    key->slot.name, tmg_token_name(key->token));
	return TMG_OK;
}

/* The certificate, when it was read and is there. */
static bool
cert_known(const tmg_key *key, tmg_view *der)
{
	*der = (tmg_view){ key->cert.bytes, key->cert.len };
	return key->cert.read && key->cert.rc == TMG_OK;
}

/* An authority's certificate in a retired slot: keys there are people's, and it
 * most likely lies alone, for programs that look for the chain. */
static bool
may_be_alone(const tmg_key *key)
{
	tmg_cert_facts facts;
	tmg_view der;

	return key->slot.retired && cert_known(key, &der) &&
	    tmg_cert_facts_get(der, &facts) == TMG_OK && facts.ca;
}

/* When nobody but the certificate speaks for the key. */
static tmg_rc
key_from_cert(tmg_key *key)
{
	const tmg_rc rc = public_from_beside(key);

	return rc == TMG_OK && key->told_len == 0 && may_be_alone(key)
	    ? TMG_NOT_FOUND : rc;
}

/* Where the certificate is the cheaper witness; not when somebody told, for
 * then the card's own word is wanted against his, and not when it lies alone. */
static bool
cert_first(const tmg_key *key)
{
	const tmg_backend *b = key->token->backend;

	return b != NULL && b->info.cert_first && key->told_len == 0 &&
	    !key->slot.keyless;
}

/* Whether that settles what the key is: a certificate of another key does not. */
static bool
is_answer(const tmg_key *key, tmg_rc rc)
{
	return rc == TMG_OK ? !is_of_another_kind(key, key->facts.alg)
	    : rc != TMG_NOT_FOUND && rc != TMG_E_MALFORMED;
}

/* What the token told of the key stands, when nothing beside it tells its public half. */
static tmg_rc
add_from_beside(tmg_key *key)
{
	const tmg_key_facts told = key->facts;

	if (public_from_beside(key) == TMG_OK &&
	    !is_of_another_family(key, key->facts.alg))
		return TMG_OK;
	key->facts = told;
	key->spki_len = 0;
	return TMG_OK;
}

/* The certificate is all there is. */
static tmg_rc
take_cert(tmg_key *key)
{
	tmg_rc rc;

	key->facts.pin = key->slot.pin;
	rc = key_from_cert(key);
	if (rc != TMG_OK || !is_of_another_family(key, key->facts.alg))
		return rc;
	key->spki_len = 0;
	return tmg_raise(&key->token->fault, TMG_UNSUPPORTED, 0, _("the certificate in "
	    "slot %s of token %s is of another key than the one there, of which nothing "
	    "tells"), key->slot.name, tmg_token_name(key->token));
}

static tmg_rc
read_facts(tmg_key *key)
{
	tmg_rc rc;

	key->kind_read = false;
	key->facts = (tmg_key_facts){ .pin = key->slot.pin };
	if (cert_first(key)) {
		rc = key_from_cert(key);
		if (is_answer(key, rc))
			return rc;
	}
	key->facts = (tmg_key_facts){ .alg = TMG_ALG_NONE };
	rc = tmg_job_run(key->token, &(tmg_job){ .fn = do_facts, .arg = key,
	    .repeatable = true });
	if (rc == TMG_OK && key->spki_len > 0) {
		key->proven = true;
		return TMG_OK;
	}
	if (rc == TMG_OK)
		return add_from_beside(key);
	return rc == TMG_UNSUPPORTED ? take_cert(key) : rc;
}

tmg_rc
tmg_key_facts_get(tmg_key *key, tmg_key_facts *facts)
{
	if (!key->facts_read) {
		key->facts_rc = read_facts(key);
		key->facts_read = key->facts_rc == TMG_OK ||
		    key->facts_rc == TMG_NOT_FOUND;
	}
	if (key->facts_rc == TMG_OK)
		*facts = key->facts;
	if (key->facts_rc == TMG_NOT_FOUND)
		return tmg_advise(&key->token->fault,
		    TMG_TRY_GENERATE | TMG_TRY_PUBLIC,
		    tmg_raise(&key->token->fault, TMG_NOT_FOUND, 0,
			_("slot %s of token %s holds no key that can be told; "
			"make one there, or tell its public half"),
			key->slot.name, tmg_token_name(key->token)));
	return key->facts_rc;
}

static tmg_rc
do_kind(tmg_token *t, void *arg)
{
	tmg_key *key = arg;

	return t->driver->facts(t->backend, key->slot.ref, &key->facts, NULL);
}

tmg_rc
tmg_key_kind(tmg_key *key)
{
	const tmg_backend *b = key->token->backend;
	tmg_rc rc;

	if (b == NULL || !b->info.kind_first || key->facts_read ||
	    key->told_len > 0)
		return TMG_UNSUPPORTED;
	if (key->kind_read)
		return TMG_OK;
	key->facts = (tmg_key_facts){ .alg = TMG_ALG_NONE };
	rc = tmg_job_run(key->token, &(tmg_job){ .fn = do_kind, .arg = key,
	    .repeatable = true });
	key->kind_read = rc == TMG_OK;
	return rc;
}

/* What the certificate beside it says of the key, when it was read already.  Not
 * where one may lie without a key. */
static bool
cert_tells(const tmg_key *key, tmg_view *spki, tmg_alg *alg)
{
	tmg_view der;

	return !key->slot.retired && !key->slot.keyless && cert_known(key, &der) &&
	    tmg_cert_spki(der, spki) == TMG_OK &&
	    tmg_spki_alg(*spki, alg) == TMG_OK && !is_of_another_kind(key, *alg);
}

tmg_rc
tmg_key_alg(tmg_key *key, tmg_alg *alg)
{
	tmg_key_facts facts = { .alg = TMG_ALG_NONE };
	tmg_view spki;
	tmg_rc rc;

	if (!key->facts_read && key->assumed)
		return tmg_spki_alg((tmg_view){ key->told, key->told_len }, alg);
	if (!key->facts_read && cert_tells(key, &spki, alg))
		return TMG_OK;
	rc = tmg_key_facts_get(key, &facts);
	*alg = facts.alg;
	return rc;
}

tmg_rc
tmg_key_glance(tmg_key *key, tmg_key_facts *facts, tmg_view *spki)
{
	tmg_rc rc;

	*facts = (tmg_key_facts){ .pin = key->slot.pin };
	if (!key->facts_read && key->told_len == 0 &&
	    cert_tells(key, spki, &facts->alg))
		return TMG_OK;
	if ((rc = tmg_key_facts_get(key, facts)))
		return rc;
	return tmg_key_public(key, spki);
}

static tmg_rc
holds_another(tmg_key *key)
{
	return tmg_raise(&key->token->fault, TMG_MISMATCH, 0,
	    _("slot %s of token %s holds another key"), key->slot.name,
	    tmg_token_name(key->token));
}

static tmg_rc
compare_public(tmg_key *key, tmg_view spki)
{
	return tmg_view_equal(spki, (tmg_view){ key->spki, key->spki_len })
	    ? TMG_OK : holds_another(key);
}

tmg_rc
tmg_key_public(tmg_key *key, tmg_view *spki)
{
	tmg_key_facts facts;
	tmg_rc rc;

	*spki = (tmg_view){ NULL, 0 };
	if (!key->facts_read && key->assumed) {
		*spki = (tmg_view){ key->told, key->told_len };
		return TMG_OK;
	}
	if ((rc = tmg_key_facts_get(key, &facts)))
		return rc;
	/* Who was told wrongly is not given another key instead. */
	if (key->assumed && (rc = compare_public(key,
	    (tmg_view){ key->told, key->told_len })))
		return rc;
	if (key->spki_len == 0)
		return tmg_raise(&key->token->fault, TMG_NOT_FOUND, 0,
		    _("nothing tells the public half of the key in slot %s of "
		    "token %s"), key->slot.name, tmg_token_name(key->token));
	*spki = (tmg_view){ key->spki, key->spki_len };
	return TMG_OK;
}

/* Keeps what was told.  Only what the key itself told is known better. */
static tmg_rc
take_told(tmg_key *key, tmg_view spki, bool assumed)
{
	tmg_alg alg;

	if (spki.len > sizeof(key->told) || tmg_spki_alg(spki, &alg))
		return tmg_raise(&key->token->fault, TMG_E_USAGE, 0,
		    _("that is no public key"));
	if (key->facts_read && key->proven)
		return compare_public(key, spki);
	memcpy(key->told, spki.ptr, spki.len);
	key->told_len = spki.len;
	key->assumed = assumed;
	key->facts_read = key->kind_read = false;
	return TMG_OK;
}

tmg_rc
tmg_key_assume(tmg_key *key, tmg_view spki)
{
	if (key->token->backend == NULL)
		return tmg_token_explain(key->token, TMG_REMOVED, TMG_PIN_USER);
	return take_told(key, spki, true);
}

tmg_rc
tmg_key_set_public(tmg_key *key, tmg_view spki)
{
	tmg_key_facts facts;
	tmg_rc rc;

	if ((rc = take_told(key, spki, false)))
		return rc;
	rc = tmg_key_facts_get(key, &facts);
	if (rc == TMG_OK)
		rc = compare_public(key, spki);
	if (rc != TMG_OK)
		key->told_len = 0;
	return rc;
}

/* The certificate is no better witness than the caller, but a second one. */
static tmg_rc
compare_cert(tmg_key *key, tmg_view spki)
{
	tmg_view der, beside;
	const tmg_rc rc = tmg_key_cert(key, &der);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return rc;
	return tmg_cert_spki(der, &beside) == TMG_OK &&
	    !tmg_view_equal(spki, beside) ? holds_another(key) : TMG_OK;
}

tmg_rc
tmg_key_confirm(tmg_key *key, tmg_view spki)
{
	tmg_key_facts facts;
	const tmg_rc rc = tmg_key_facts_get(key, &facts);

	if (rc != TMG_OK)
		return rc;
	return key->proven ? compare_public(key, spki) : compare_cert(key, spki);
}
