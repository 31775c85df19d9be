/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers as slots: one for each in the map, and the next empty places. */
#include "drivers/gids/gids.h"

#include <stdio.h>

#include "src/base/scope.h"

enum {
	PLACES = 4,		/* are shown at least */
};

/* Places are used in their order, so behind the last one there is an empty one. */
static size_t
places(const tmg_gids *g)
{
	size_t count;

	if (tmg_gids_map_count(tmg_gids_map(g), &count))
		return 0;
	count = count + 1 > PLACES ? count + 1 : PLACES;
	return count < GIDS_CONTAINERS ? count : GIDS_CONTAINERS;
}

tmg_rc
tmg_gids_slot_index(tmg_gids *g, uint32_t slot, size_t *index)
{
	if (slot >= GIDS_FIRST_KEY && slot < GIDS_FIRST_KEY + GIDS_CONTAINERS) {
		*index = slot - GIDS_FIRST_KEY;
		return TMG_OK;
	}
	return gids_raise(g, TMG_NOT_FOUND, 0, _("%s: a GIDS card has no slot %02x"),
	    g->who, (unsigned)slot);
}

tmg_rc
tmg_gids_slot_to_change(tmg_gids *g, uint32_t slot, size_t *index)
{
	tmg_rc rc;

	if ((rc = tmg_gids_slot_index(g, slot, index)) ||
	    (rc = tmg_gids_want_user(g)))
		return rc;
	return tmg_gids_learn_anew(g);
}

static unsigned
uses_of(const tmg_gids_container *c)
{
	const bool decrypts =
	    tmg_alg_get(c->exchange)->family == TMG_FAMILY_RSA || !c->valid;

	return TMG_USE_SIGN | TMG_USE_AUTH | (decrypts ? TMG_USE_DECRYPT : 0u);
}

static tmg_slot
row_of(const tmg_gids *g, size_t index)
{
	tmg_slot row = { .ref = (uint32_t)(GIDS_FIRST_KEY + index),
	    .title = N_("Key container"), .pin = TMG_PIN_ONCE };
	tmg_gids_container c;

	if (tmg_gids_container_get(tmg_gids_map(g), index, &c))
		c = (tmg_gids_container){ .valid = false };
	row.uses = uses_of(&c);
	row.keyless = !c.valid;
	snprintf(row.name, sizeof(row.name), "%02x", (unsigned)index);
	return row;
}

tmg_rc
tmg_gids_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_rc rc;

	*count = 0;
	rc = tmg_gids_learn(g);
	b->info.blank = rc == TMG_NOT_FOUND
	    ? N_("set the card up first: gids-tool --initialize") : NULL;
	if (rc)
		return rc == TMG_NOT_FOUND ? TMG_OK : gids_pass(g, rc);
	for (; *count < places(g); (*count)++)
		if (*count < cap)
			rows[*count] = row_of(g, *count);
	return TMG_OK;
}

/* A container may have two keys; Windows makes none with two any more, and the one
 * that decrypts, too, is the one that its certificate is for. */
tmg_rc
tmg_gids_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts, tmg_out *spki)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_gids_container c;
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_index(g, slot, &index)) || (rc = tmg_gids_learn(g)))
		return gids_pass(g, rc);
	if (tmg_gids_container_get(tmg_gids_map(g), index, &c) || !c.valid)
		return gids_raise(g, TMG_NOT_FOUND, 0,
		    _("%s: slot %02x holds no key"), g->who, (unsigned)index);
	*facts = (tmg_key_facts){
		.alg = c.exchange != TMG_ALG_NONE ? c.exchange : c.signing,
		.pin = TMG_PIN_ONCE,
	};
	if (facts->alg == TMG_ALG_NONE)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: the key in slot %02x is of a kind that tamga does not "
		    "know"), g->who, (unsigned)index);
	rc = tmg_gids_public_read(g, index, facts->alg, spki);
	return rc == TMG_UNSUPPORTED ? TMG_OK : rc;
}
