/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a renewal takes from the certificate it renews: names, and who issued.
 */
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/san.h"
#include "src/provision/work.h"

static tmg_rc
same_alternatives(tmg_provision *p, tmg_view cert)
{
	tmg_strings list;
	size_t n = 0;
	tmg_rc rc;

	if ((rc = tmg_san_of(tmg_ctx_libctx(p->ctx), cert, &list)))
		return rc;
	while (list != NULL && list[n] != NULL)
		n++;
	rc = n > TMG_JOURNAL_LIST ? TMG_UNSUPPORTED
	    : tmg_strings_set(&p->j.san, (const char *const *)list);
	tmg_strings_free(&list);
	return rc;
}

/* RFC 7030 4.2.2: subject and subjectAltName must be the current ones. */
static tmg_rc
same_names(tmg_provision *p, tmg_view cert)
{
	tmg_cert_facts facts;
	tmg_rc rc;

	if ((rc = tmg_cert_facts_get(cert, &facts)))
		return tmg_raise(&p->fault, rc, 0,
		    _("the certificate to renew cannot be read"));
	rc = same_alternatives(p, cert);
	if (rc == TMG_UNSUPPORTED)
		return tmg_raise(&p->fault, rc, 0, _("the certificate to renew has an "
		    "alternative name of a kind that a request cannot ask for; "
		    "enroll anew instead"));
	if (rc != TMG_OK)
		return tmg_pass(&p->fault, rc);
	return tmg_text_set(&p->j.subject, facts.subject);
}

/* Our own enrollment that brought this certificate knows the authority. */
static tmg_rc
same_authority(tmg_provision *p)
{
	tmg_auto(tmg_journal) origin = { .retry_after = -1 };
	tmg_rc rc;

	if (p->j.authority[0] != '\0')
		return TMG_OK;
	rc = tmg_store_find(p->ctx, tmg_blob_view(&p->j.renewed), &origin, &p->fault);
	if (rc == TMG_NOT_FOUND)
		return tmg_advise(&p->fault, TMG_TRY_AUTHORITY,
		    tmg_raise(&p->fault, rc, 0, _("no enrollment on this computer "
			"brought the certificate in %s; name its authority and whom "
			"to believe"), p->j.renews));
	if (rc != TMG_OK)
		return rc;

	memcpy(p->j.authority, origin.authority, sizeof(p->j.authority));
	p->j.insecure_http = origin.insecure_http;
	if (p->j.options == NULL) {
		p->j.options = origin.options;
		origin.options = NULL;
	}
	if (p->j.anchors == NULL && p->j.fingerprint[0] == '\0') {
		memcpy(p->j.fingerprint, origin.fingerprint, sizeof(p->j.fingerprint));
		p->j.anchors = origin.anchors;
		origin.anchors = NULL;
	}
	return TMG_OK;
}

/* A pair that is not whole may be one that is being swapped: making a key there
 * would end that one badly. */
static tmg_rc
look_at(tmg_provision *p, tmg_key *old, tmg_view *cert, tmg_key_facts *facts)
{
	tmg_rc half, rc = tmg_key_cert(old, cert);
	const bool bare = rc == TMG_NOT_FOUND;

	if (rc == TMG_OK)
		rc = tmg_key_facts_get(old, facts);
	if (rc == TMG_NOT_FOUND) {
		half = tmg_earlier_half_done(p, tmg_key_slot(old)->name);
		if (half != TMG_NOT_FOUND)
			return half;
	}
	if (bare)
		return tmg_raise(&p->fault, rc, 0, _("%s has no certificate to renew; "
		    "enroll instead"), tmg_key_uri(old));
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

/* A key's own policies are its successor's.  Those of a slot are another's where the
 * key is renewed into another slot, which may not even have them to choose from. */
static void
same_policies(tmg_provision *p, const tmg_key_facts *facts)
{
	const tmg_backend_info *info = tmg_token_info(p->token);

	if (p->j.keep_key || (info->can & TMG_CAN_POLICY) == 0 || info->slot_policy)
		return;
	if (p->j.pin == TMG_PIN_UNKNOWN)
		p->j.pin = (int)facts->pin;
	if (p->j.touch == TMG_TOUCH_UNKNOWN && facts->touch != TMG_TOUCH_NEVER)
		p->j.touch = (int)facts->touch;
}

tmg_rc
tmg_renew_describe(tmg_provision *p, const tmg_provision_spec *spec)
{
	tmg_key_facts facts;
	tmg_view cert;
	tmg_key *old;
	tmg_rc rc;

	rc = tmg_tokens_find_key(p->tokens, spec->renews, &old);
	if (rc != TMG_OK)
		return tmg_fault_copy(&p->fault, tmg_tokens_fault(p->tokens), rc);
	p->token = tmg_key_token(old);
	if ((rc = look_at(p, old, &cert, &facts)))
		return rc;
	if ((rc = tmg_blob_set(&p->j.renewed, cert)))
		return rc;

	snprintf(p->j.renews, sizeof(p->j.renews), "%s", tmg_key_uri(old));
	if (spec->alg == TMG_ALG_NONE || spec->keep_key)
		snprintf(p->j.alg, sizeof(p->j.alg), "%s", tmg_alg_get(facts.alg)->name);
	if (spec->keep_key)
		memcpy(p->j.slot, tmg_key_slot(old)->name, sizeof(p->j.slot));
	same_policies(p, &facts);
	if ((rc = same_names(p, tmg_blob_view(&p->j.renewed))))
		return rc;
	return same_authority(p);
}

/* ---- where the new key goes -------------------------------------------- */

/*
 * A key is renewed among its like: one that wants its PIN must not come to
 * live where none is asked for, nor a key for decryption where one for
 * signatures is looked for.  A retired slot is like any.  Where slots are named by
 * the ids of their keys an empty one is for every use that the token has.
 */
static bool
is_alike(const tmg_backend_info *info, const tmg_slot *slot, const tmg_slot *old)
{
	const unsigned uses = info->named_by_id ? slot->uses & old->uses : slot->uses;

	if (slot->retired)
		return (slot->uses & TMG_USE_SIGN) != 0;
	return !old->retired && uses == old->uses && slot->pin == old->pin;
}

static tmg_rc
take_if_free(tmg_provision *p, tmg_key *key, const tmg_slot *old,
    char name[static TMG_SLOT_NAME])
{
	if (!is_alike(tmg_token_info(p->token), tmg_key_slot(key), old))
		return TMG_OCCUPIED;
	return tmg_vacant_take(p, key, name);
}

tmg_rc
tmg_renew_spare(tmg_provision *p, const tmg_slot *old,
    char name[static TMG_SLOT_NAME])
{
	tmg_rc rc = TMG_OCCUPIED;
	tmg_key *key;

	for (size_t i = 0; rc == TMG_OCCUPIED && tmg_vacant_retired(p, i, &key); i++)
		if (key != NULL)
			rc = take_if_free(p, key, old, name);
	return rc;
}

/* Says what a person may choose from. */
static tmg_rc
no_place(tmg_provision *p, const tmg_slot *old)
{
	char free_ones[TMG_VACANT_NAMES];

	tmg_vacant_names(p, free_ones);
	if (free_ones[0] != '\0')
		return tmg_advise(&p->fault, TMG_TRY_KEEP_KEY | TMG_TRY_SLOT,
		    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("%s has no free slot for "
			"a new key like the one in %s; keep the key, or choose "
			"another slot (free: %s)"), p->j.label, old->name, free_ones));
	return tmg_advise(&p->fault, TMG_TRY_KEEP_KEY | TMG_TRY_SLOT | TMG_TRY_REPLACE,
	    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("%s has no free slot for a new "
		"key; keep the key, or choose a slot and allow it to be "
		"overwritten"), p->j.label));
}

tmg_rc
tmg_renew_place(tmg_provision *p)
{
	const tmg_slot *old;
	size_t count;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = tmg_tokens_find_key(p->tokens, p->j.renews, &key)))
		return tmg_fault_copy(&p->fault, tmg_tokens_fault(p->tokens), rc);
	old = tmg_key_slot(key);
	if ((rc = tmg_token_keys(p->token, &count)))
		return tmg_work_token_said(p, rc);

	rc = TMG_OCCUPIED;
	for (size_t i = 0; rc == TMG_OCCUPIED && i < count; i++)
		if (!tmg_key_slot(tmg_token_key(p->token, i))->retired)
			rc = take_if_free(p, tmg_token_key(p->token, i), old, p->j.slot);
	if (rc == TMG_OCCUPIED)
		rc = tmg_renew_spare(p, old, p->j.slot);
	if (rc == TMG_OCCUPIED)
		return no_place(p, old);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}
