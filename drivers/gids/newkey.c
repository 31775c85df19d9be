/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that come and go: the file of a new one, the key itself (generate.c,
 * import.c), and the two maps that tell of it.  The maps come last, and what they
 * told of a key that is replaced is taken back first: a card that is pulled out
 * before the end has an empty place, and the file is taken for the next key.
 */
#include "drivers/gids/gids.h"

#include <openssl/rand.h>
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"

static const tmg_gids_place keymap_place = { 0xa000, 0xdf20 };

/* RSA keys are made for decryption as well: only such a key logs in to Windows. */
static bool
exchanges(tmg_alg alg)
{
	return tmg_alg_get(alg)->family == TMG_FAMILY_RSA;
}

uint32_t
tmg_gids_makes(void)
{
	return 1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_RSA3072 |
	    1u << TMG_ALG_RSA4096 | 1u << TMG_ALG_P256 | 1u << TMG_ALG_P384 |
	    1u << TMG_ALG_P521;
}

static tmg_rc
check_spec(tmg_gids *g, const tmg_keyspec *spec)
{
	if ((tmg_gids_makes() >> spec->alg & 1) == 0)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: the card makes no keys of the kind %s"), g->who,
		    tmg_alg_get(spec->alg)->name);
	if ((spec->pin != TMG_PIN_UNKNOWN && spec->pin != TMG_PIN_ONCE) ||
	    spec->touch > TMG_TOUCH_NEVER)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: the card wants the PIN once in a login and no touch, and "
		    "nothing else"), g->who);
	return TMG_OK;
}

/* ---- the maps ------------------------------------------------------------------ */

/* A container that the map of keys does not reach would get an empty row there, and
 * Windows would miss its key.  The other way round a key was begun and not ended. */
static bool
is_covered(const tmg_gids *g, size_t keys)
{
	tmg_gids_container c;

	for (; tmg_gids_container_get(tmg_gids_map(g), keys, &c) == TMG_OK; keys++)
		if (c.valid)
			return false;
	return true;
}

static tmg_rc
read_keymap(tmg_gids *g, tmg_out *store, tmg_view *keymap)
{
	size_t keys;
	tmg_rc rc = tmg_gids_get(g, &keymap_place, store, keymap);

	if (rc == TMG_NOT_FOUND)
		*keymap = (tmg_view){ NULL, 0 };
	else if (rc)
		return rc;
	if (tmg_gids_keymap_count(*keymap, &keys) == TMG_OK && is_covered(g, keys))
		return TMG_OK;
	return gids_raise(g, TMG_UNSUPPORTED, 0,
	    _("%s: the card's two lists of keys differ; tamga does not change such "
	    "a card"), g->who);
}

static tmg_rc
note_key(tmg_gids *g, tmg_view keymap, size_t index, const tmg_gids_key *key)
{
	uint8_t bytes[GIDS_KEYMAP_MAX];
	tmg_out fresh = TMG_OUT(bytes);

	if (tmg_gids_keymap_put(keymap, index, key, &fresh))
		return gids_raise(g, TMG_DENIED, 0,
		    _("%s: the card has too many keys"), g->who);
	return tmg_gids_put(g, &keymap_place, tmg_out_view(&fresh));
}

static tmg_rc
note_container(tmg_gids *g, size_t index, const tmg_gids_container *c)
{
	uint8_t bytes[GIDS_MAP_MAX];
	tmg_out fresh = TMG_OUT(bytes);

	if (tmg_gids_container_put(tmg_gids_map(g), index, c, &fresh))
		return gids_raise(g, TMG_DENIED, 0,
		    _("%s: the card has too many keys"), g->who);
	return tmg_gids_map_write(g, tmg_out_view(&fresh));
}

/* Container names are unique on a card; Windows takes GUIDs (RFC 4122, 4.4). */
static tmg_rc
name_container(tmg_gids *g, tmg_gids_container *c)
{
	uint8_t r[16];

	if (RAND_bytes_ex(tmg_ctx_libctx(g->base.ctx), r, sizeof(r), 0) != 1)
		return gids_raise(g, TMG_E_CRYPTO, 0,
		    _("%s: libcrypto gives no random numbers"), g->who);
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	snprintf(c->name, sizeof(c->name), "%02x%02x%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1], r[2], r[3], r[4], r[5],
	    r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
	return TMG_OK;
}

static tmg_rc
note(tmg_gids *g, tmg_view keymap, size_t index, tmg_alg alg)
{
	const bool exchange = exchanges(alg);
	const tmg_gids_key key = { true, tmg_gids_mechanism(alg), exchange,
	    (uint16_t)(GIDS_KEY_FILE + GIDS_FIRST_KEY + index) };
	tmg_gids_container c = { .valid = true,
	    .preferred = !tmg_gids_map_prefers(tmg_gids_map(g)),
	    .signing = exchange ? TMG_ALG_NONE : alg,
	    .exchange = exchange ? alg : TMG_ALG_NONE };
	tmg_rc rc;

	if ((rc = name_container(g, &c)) ||
	    (rc = note_key(g, keymap, index, &key)))
		return rc;
	return note_container(g, index, &c);
}

/* Its key is no more from the moment on when its file goes. */
static tmg_rc
give_up_container(tmg_gids *g, size_t index)
{
	static const tmg_gids_container empty = { .valid = false };
	tmg_gids_container c;

	if (tmg_gids_container_get(tmg_gids_map(g), index, &c) || !c.valid)
		return TMG_OK;
	return note_container(g, index, &empty);
}

/* ---- coming and going ----------------------------------------------------------- */

tmg_rc
tmg_gids_newkey(tmg_gids *g, const tmg_keyspec *spec, tmg_gids_newkey_fn *make,
    void *arg)
{
	uint8_t old[GIDS_KEYMAP_MAX];
	tmg_out store = TMG_OUT(old);
	tmg_view keymap;
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_index(g, spec->slot, &index)) ||
	    (rc = check_spec(g, spec)) ||
	    (rc = tmg_gids_want_user(g)) || (rc = tmg_gids_learn_anew(g)) ||
	    (rc = read_keymap(g, &store, &keymap)) ||
	    (rc = tmg_gids_change_begin(g, true)) ||
	    (rc = give_up_container(g, index)) ||
	    (rc = tmg_gids_keyfile_make(g, index, spec->alg)) ||
	    (rc = make(g, index, arg)))
		return gids_pass(g, rc);
	g->se.known = false;
	return note(g, keymap, index, spec->alg);
}

/* First the maps, so that nobody looks for a key that is no more. */
tmg_rc
tmg_gids_key_delete(tmg_backend *b, uint32_t slot)
{
	static const tmg_gids_key no_key = { .there = false };
	tmg_gids *g = tmg_gids_of(b);
	uint8_t old[GIDS_KEYMAP_MAX];
	tmg_out store = TMG_OUT(old);
	tmg_gids_container c;
	tmg_view keymap;
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_to_change(g, slot, &index)))
		return gids_pass(g, rc);
	if (tmg_gids_container_get(tmg_gids_map(g), index, &c) || !c.valid)
		return gids_raise(g, TMG_NOT_FOUND, 0,
		    _("%s: slot %02x holds no key"), g->who, (unsigned)index);
	if ((rc = read_keymap(g, &store, &keymap)) ||
	    (rc = tmg_gids_change_begin(g, true)) ||
	    (rc = give_up_container(g, index)) ||
	    (rc = note_key(g, keymap, index, &no_key)))
		return gids_pass(g, rc);
	return tmg_gids_keyfile_delete(g, index);
}
