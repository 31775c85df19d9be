/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places that hold nothing, and that no enrollment under way will fill.
 */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
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

/* Names under which tokens keep keys that are no longer the first of their
 * kind: PIV's retired slots.  Empty ones are not listed, only named. */
static const char *const retired[] = {
	"82", "83", "84", "85", "86", "87", "88", "89", "8a", "8b", "8c", "8d",
	"8e", "8f", "90", "91", "92", "93", "94", "95",
};

/* Only some cards make keys in retired slots; others are given theirs.  An id means
 * nothing. */
bool
tmg_vacant_retired(tmg_provision *p, size_t i, tmg_key **key)
{
	const tmg_backend_info *info = tmg_token_info(p->token);

	if (i >= TMG_COUNT(retired) || info->named_by_id ||
	    (info->can & TMG_CAN_RETIRED) == 0)
		return false;
	if (tmg_token_slot(p->token, retired[i], key) != TMG_OK)
		*key = NULL;
	return true;
}

/* ---- in words ------------------------------------------------------------- */

/* "9d", or "82-95". */
static void
put_run(tmg_out *list, const char *first, const char *last)
{
	const bool one = first == last;
	char text[2 * TMG_SLOT_NAME + 4];

	snprintf(text, sizeof(text), "%s%s%s%s", list->len > 0 ? ", " : "", first,
	    one ? "" : "-", one ? "" : last);
	tmg_put_str(list, text);
}

static bool
is_free(tmg_provision *p, tmg_key *key)
{
	char name[TMG_SLOT_NAME];

	return key != NULL && tmg_vacant_take(p, key, name) == TMG_OK;
}

static void
put_shown(tmg_provision *p, tmg_out *list)
{
	size_t count = 0;

	if (tmg_token_keys(p->token, &count) != TMG_OK)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		tmg_key *key = tmg_token_key(p->token, i);
		const char *name = tmg_key_slot(key)->name;

		if (!tmg_key_slot(key)->retired && is_free(p, key))
			put_run(list, name, name);
	}
}

/* Twenty names would hide the others, so neighbours are told as one. */
static void
put_retired(tmg_provision *p, tmg_out *list)
{
	const char *first = NULL, *last = NULL;
	tmg_key *key;

	for (size_t i = 0; tmg_vacant_retired(p, i, &key); i++) {
		if (is_free(p, key)) {
			last = retired[i];
			first = first != NULL ? first : last;
		} else if (first != NULL) {
			put_run(list, first, last);
			first = NULL;
		}
	}
	if (first != NULL)
		put_run(list, first, last);
}

void
tmg_vacant_names(tmg_provision *p, char text[static TMG_VACANT_NAMES])
{
	tmg_out list = { (uint8_t *)text, TMG_VACANT_NAMES - 1, 0, false };

	put_shown(p, &list);
	put_retired(p, &list);
	text[list.len] = '\0';
}

/* ---- chosen --------------------------------------------------------------- */

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
