/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys on tokens for who knows them by name only.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tamga/provision.h"

static bool
wants_each(tmg_key *key)
{
	const tmg_slot *slot = tmg_key_slot(key);
	tmg_key_facts facts = { .pin = slot->pin };

	if (tmg_key_facts_get(key, &facts) != TMG_OK || facts.pin == TMG_PIN_UNKNOWN)
		facts.pin = slot->pin;
	return facts.pin == TMG_PIN_ALWAYS || facts.touch == TMG_TOUCH_ALWAYS;
}

static tmg_rc
tell_public(tmg_key *key, tmg_view spki, tmg_fault *f)
{
	const tmg_rc rc = tmg_key_set_public(key, spki);

	if (rc == TMG_MISMATCH)
		return tmg_raise(f, rc, 0, _("%.200s holds another key than it did"),
		    tmg_key_uri(key));
	return rc == TMG_OK ? rc : tmg_fault_copy(f, tmg_token_fault(tmg_key_token(key)),
	    rc);
}

static tmg_rc
find(void *keyring, const char *name, tmg_view spki, tmg_named_key *named,
    tmg_fault *f)
{
	tmg_tokens *tokens = keyring;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = tmg_tokens_find_key(tokens, name, &key)))
		return tmg_fault_copy(f, tmg_tokens_fault(tokens), rc);
	if (spki.len > 0 && (rc = tell_public(key, spki, f)))
		return rc;
	if ((rc = tmg_key_signer(key, &named->signer)))
		return tmg_fault_copy(f, tmg_token_fault(tmg_key_token(key)), rc);
	named->uri = tmg_key_uri(key);
	named->each = wants_each(key);
	return TMG_OK;
}

void
tmg_provision_keyring(tmg_tokens *tokens, tmg_authority_spec *spec)
{
	spec->keyring = tokens;
	spec->named = find;
}
