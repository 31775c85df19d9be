/* SPDX-License-Identifier: BSD-2-Clause */
/* The slots of a token: listed once, found by name, number and address. */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/hex.h"
#include "src/codec/uri.h"
#include "src/token/job.h"

enum {
	SLOTS_MAX = 64,		/* of one token: PIV has 25 */
};

struct slot_list {
	tmg_slot rows[SLOTS_MAX];
	size_t count;
};

static tmg_rc
do_slots(tmg_token *t, void *arg)
{
	struct slot_list *list = arg;

	return t->driver->slots(t->backend, list->rows, SLOTS_MAX, &list->count);
}

/* Those that were told of stay where they are: others point to them. */
static void
take_row(tmg_token *t, const tmg_slot *row)
{
	tmg_key *key = tmg_token_key_of(t, row->ref);

	if (key == NULL && t->key_count == t->key_room)
		return;
	if (key == NULL)
		key = &t->keys[t->key_count++];
	key->token = t;
	key->slot = *row;
}

tmg_rc
tmg_token_slots(tmg_token *t)
{
	struct slot_list list = { .count = 0 };
	tmg_rc rc;

	if (t->keys != NULL && !t->relist)
		return TMG_OK;
	if ((rc = tmg_job_run(t, &(tmg_job){ .fn = do_slots, .arg = &list,
	    .repeatable = true })))
		return rc;
	t->info.blank = t->backend->info.blank;
	t->info.hides = t->backend->info.hides;
	if (list.count > SLOTS_MAX)
		list.count = SLOTS_MAX;

	if (t->keys == NULL) {
		t->key_room = t->info.hides ? SLOTS_MAX : list.count;
		t->keys = calloc(t->key_room + 1, sizeof(*t->keys));
	}
	if (t->keys == NULL)
		return tmg_raise(&t->fault, TMG_E_NOMEM, 0, _("out of memory"));
	for (size_t i = 0; i < list.count; i++)
		take_row(t, &list.rows[i]);
	t->relist = false;
	return TMG_OK;
}

void
tmg_token_unhide(tmg_token *t)
{
	if (t->keys == NULL || t->relist || !t->info.hides)
		return;
	t->relist = true;
	tmg_token_stale(t);
}

bool
tmg_token_hides(const tmg_token *token)
{
	return token->info.hides;
}

tmg_rc
tmg_token_reveal(tmg_token *token)
{
	tmg_rc rc;

	if ((rc = tmg_token_slots(token)) || !token->info.hides)
		return rc;
	rc = tmg_token_login(token, TMG_PIN_USER);
	return rc ? rc : tmg_token_slots(token);
}

static tmg_rc
do_survey(tmg_token *t, void *arg)
{
	struct slot_list *list = arg;

	return t->driver->survey(t->backend, list->rows, list->count);
}

/* Which retired slots hold something: asked once. */
static tmg_rc
survey(tmg_token *t)
{
	struct slot_list list = { .count = t->key_count };
	tmg_rc rc;

	if (t->surveyed)
		return TMG_OK;
	for (size_t i = 0; i < t->key_count; i++)
		list.rows[i] = t->keys[i].slot;
	if ((rc = tmg_job_run(t, &(tmg_job){ .fn = do_survey, .arg = &list,
	    .repeatable = true })))
		return rc;
	for (size_t i = 0; i < t->key_count; i++)
		t->keys[i].slot.held = list.rows[i].held;
	t->surveyed = true;
	return TMG_OK;
}

static bool
is_shown(const tmg_key *key)
{
	return !key->slot.retired || key->slot.held;
}

tmg_rc
tmg_token_keys(tmg_token *token, size_t *count)
{
	tmg_rc rc;

	*count = 0;
	if ((rc = tmg_token_slots(token)) || (rc = survey(token)))
		return rc;
	for (size_t i = 0; i < token->key_count; i++)
		*count += is_shown(&token->keys[i]);
	return TMG_OK;
}

tmg_key *
tmg_token_key(tmg_token *token, size_t index)
{
	for (size_t i = 0; i < token->key_count; i++)
		if (is_shown(&token->keys[i]) && index-- == 0)
			return &token->keys[i];
	return NULL;
}

/* What one slot lacks is that slot's own matter. */
static bool
is_about_slot(tmg_rc rc)
{
	return rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED ||
	    rc == TMG_E_MALFORMED;
}

tmg_rc
tmg_token_certs(tmg_token *token)
{
	const bool last_first = token->backend != NULL &&
	    token->backend->info.last_first;
	size_t shown;
	tmg_view der;
	tmg_rc rc;

	if ((rc = tmg_token_keys(token, &shown)))
		return rc;
	for (size_t i = 0; i < shown; i++) {
		rc = tmg_key_cert(tmg_token_key(token,
		    last_first ? shown - 1 - i : i), &der);
		if (rc != TMG_OK && !is_about_slot(rc))
			return rc;
	}
	return TMG_OK;
}

tmg_rc
tmg_token_slot(tmg_token *token, const char *name, tmg_key **key)
{
	tmg_rc rc;

	if ((rc = tmg_token_slots(token)))
		return rc;
	for (size_t i = 0; i < token->key_count; i++) {
		if (strcasecmp(token->keys[i].slot.name, name) != 0)
			continue;
		*key = &token->keys[i];
		return TMG_OK;
	}
	return tmg_advise(&token->fault, TMG_TRY_LOOK,
	    tmg_raise(&token->fault, TMG_NOT_FOUND, 0,
		_("token %s has no slot '%s'; choose one that it has"),
		tmg_token_name(token), name));
}

tmg_key *
tmg_token_key_of(tmg_token *token, uint32_t ref)
{
	for (size_t i = 0; i < token->key_count; i++)
		if (token->keys[i].slot.ref == ref)
			return &token->keys[i];
	return NULL;
}

tmg_token *
tmg_key_token(const tmg_key *key)
{
	return key->token;
}

const tmg_slot *
tmg_key_slot(const tmg_key *key)
{
	return &key->slot;
}

tmg_view
tmg_key_id(const tmg_key *key, uint8_t store[static TMG_SLOT_NAME])
{
	const uint32_t ref = key->slot.ref;
	tmg_out o = { store, TMG_SLOT_NAME, 0, false };

	if (key->token->info.named_by_id && tmg_hex_parse(
	    tmg_view_str(key->slot.name), &o) == TMG_OK && o.len > 0)
		return tmg_out_view(&o);
	o.len = 0;
	for (int shift = 24; shift >= 0; shift -= 8)
		if (shift == 0 || ref >> shift != 0)
			tmg_put_u8(&o, (uint8_t)(ref >> shift & 0xff));
	return tmg_out_view(&o);
}

const char *
tmg_key_uri(tmg_key *key)
{
	uint8_t store[TMG_SLOT_NAME];
	const tmg_view id = tmg_key_id(key, store);
	char hex[3 * sizeof(store) + 1] = "";

	for (size_t i = 0; i < id.len; i++)
		snprintf(hex + 3 * i, 4, "%%%02X", id.ptr[i]);
	snprintf(key->uri, sizeof(key->uri), "%.*s;id=%s;type=private",
	    (int)(sizeof(key->uri) - sizeof(hex) - sizeof(";id=;type=private")),
	    tmg_token_uri(key->token), hex);
	return key->uri;
}
