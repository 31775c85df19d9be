/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate is put beside its key, or taken away. */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/job.h"
#include "tamga/cert.h"

struct install {
	uint32_t ref;
	tmg_view der;
};

static tmg_rc
do_write(tmg_token *t, void *arg)
{
	const struct install *i = arg;

	return t->driver->cert_write(t->backend, i->ref, i->der);
}

static tmg_rc
do_delete(tmg_token *t, void *arg)
{
	return t->driver->cert_delete(t->backend, *(const uint32_t *)arg);
}

static void
changed(tmg_key *key)
{
	key->token->generation++;
	key->token->surveyed = false;
	tmg_key_forget_cert(key);
}

/* A key of which only the old certificate tells may have been replaced since:
 * that is no proof against the new certificate. */
static tmg_rc
check_key(tmg_key *key, tmg_view der)
{
	tmg_view mine, wanted;
	tmg_rc rc;

	if ((rc = tmg_cert_spki(der, &wanted)))
		return tmg_raise(&key->token->fault, rc, 0,
		    _("that is no X.509 certificate"));
	rc = tmg_key_public(key, &mine);
	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && !key->proven &&
	    key->told_len == 0))
		return TMG_OK;
	if (rc != TMG_OK)
		return rc;
	if (tmg_view_equal(mine, wanted))
		return TMG_OK;
	return tmg_raise(&key->token->fault, TMG_MISMATCH, 0,
	    _("the certificate is for another key than the one in slot %s of "
	    "token %s; nothing was written"), key->slot.name,
	    tmg_token_name(key->token));
}

/* TMG_OK with *same: it is there already. */
static tmg_rc
check_free(tmg_key *key, tmg_view der, bool *same)
{
	tmg_view there;
	tmg_rc rc = tmg_key_cert(key, &there);

	rc = tmg_once_free_for(rc, there, der, same);
	if (rc != TMG_OCCUPIED)
		return rc;
	return tmg_advise(&key->token->fault, TMG_TRY_REPLACE,
	    tmg_raise(&key->token->fault, rc, 0,
		_("slot %s of token %s holds another certificate; nothing was "
		"changed: allow it to be overwritten, or choose another slot"),
		key->slot.name, tmg_token_name(key->token)));
}

static tmg_rc
read_back(tmg_key *key, tmg_view der)
{
	tmg_view there;
	tmg_rc rc;

	if ((rc = tmg_key_cert(key, &there)) != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if (rc == TMG_OK && tmg_view_equal(there, der))
		return TMG_OK;
	return tmg_raise(&key->token->fault, TMG_E_CARD, 0,
	    _("token %s did not keep the certificate in slot %s as it was "
	    "written; write it again or use another slot"),
	    tmg_token_name(key->token), key->slot.name);
}

tmg_rc
tmg_key_cert_install(tmg_key *key, tmg_view der, bool replace)
{
	struct install i = { key->slot.ref, der };
	bool same = false;
	tmg_rc rc;

	if ((rc = check_key(key, der)))
		return rc;
	if (!replace && (rc = check_free(key, der, &same)))
		return rc;
	if (same)
		return TMG_OK;

	rc = tmg_job_run(key->token, &(tmg_job){ .fn = do_write, .arg = &i,
	    .kind = TMG_PIN_ADMIN, .when = TMG_WHEN_FIRST });
	changed(key);
	return rc == TMG_OK ? read_back(key, der) : rc;
}

struct issuers {
	uint32_t ref;
	const tmg_view *ders;
	size_t count;
};

static tmg_rc
do_chain(tmg_token *t, void *arg)
{
	const struct issuers *i = arg;

	return t->driver->cert_chain(t->backend, i->ref, i->ders, i->count);
}

tmg_rc
tmg_key_cert_chain(tmg_key *key, const tmg_view *ders, size_t count)
{
	struct issuers i = { key->slot.ref, ders, count };

	return tmg_job_run(key->token, &(tmg_job){ .fn = do_chain, .arg = &i,
	    .repeatable = true });
}

tmg_rc
tmg_key_cert_delete(tmg_key *key)
{
	const tmg_rc rc = tmg_job_run(key->token, &(tmg_job){ .fn = do_delete,
	    .arg = &key->slot.ref, .kind = TMG_PIN_ADMIN,
	    .when = TMG_WHEN_FIRST });

	changed(key);
	return rc;
}
