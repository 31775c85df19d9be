/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places that hold nothing, and that no enrollment under way will fill.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/work.h"

static tmg_rc
is_vacant(tmg_key *key)
{
	tmg_key_facts facts;
	tmg_view cert;
	tmg_rc rc = tmg_key_facts_get(key, &facts);

	if (rc == TMG_NOT_FOUND)
		rc = tmg_key_cert(key, &cert);
	if (rc == TMG_OK)
		return TMG_OCCUPIED;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
tmg_vacant_take(tmg_provision *p, tmg_key *key, char name[static TMG_SLOT_NAME])
{
	const tmg_slot *slot = tmg_key_slot(key);
	tmg_rc rc;

	/* in this order: who is done claims nothing, but has moved its key by then */
	if ((rc = tmg_earlier_claims(p, slot->name)) || (rc = is_vacant(key)))
		return rc;
	memcpy(name, slot->name, TMG_SLOT_NAME);
	return TMG_OK;
}

void
tmg_vacant_names(tmg_provision *p, char text[static 64])
{
	tmg_out list = { (uint8_t *)text, 63, 0, false };
	size_t count = 0;

	if (tmg_token_keys(p->token, &count) != TMG_OK)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		tmg_key *key = tmg_token_key(p->token, i);

		if (tmg_key_slot(key)->retired || is_vacant(key) != TMG_OK)
			continue;
		tmg_put_str(&list, list.len > 0 ? ", " : "");
		tmg_put_str(&list, tmg_key_slot(key)->name);
	}
	text[list.len] = '\0';
}

tmg_rc
tmg_vacant_place(tmg_provision *p)
{
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_token_keys(p->token, &count)))
		return tmg_work_token_said(p, rc);
	rc = TMG_OCCUPIED;
	for (size_t i = 0; rc == TMG_OCCUPIED && i < count; i++) {
		tmg_key *key = tmg_token_key(p->token, i);
		const tmg_slot *slot = tmg_key_slot(key);

		if (!slot->retired && (slot->uses & TMG_USE_AUTH) != 0)
			rc = tmg_vacant_take(p, key, p->j.slot);
	}
	if (rc == TMG_OCCUPIED)
		return tmg_advise(&p->fault, TMG_TRY_SLOT | TMG_TRY_REPLACE,
		    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("%s has no free slot for a "
			"new key; choose a slot and allow it to be overwritten"),
			p->j.label));
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}
