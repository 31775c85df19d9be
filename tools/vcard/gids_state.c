/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of the GIDS application: doc/design/vcard-state.md.
 */
#include "src/base/scope.h"
#include "tools/vcard/gids.h"

enum {
	REC_PIN = 0x80,		/* tries at most, tries left, the PIN */
	REC_FILE = 0x81,
	REC_CRTS = 0x82,	/* place of the file, templates */
	REC_OBJECT = 0x83,	/* place of the file, the object */
	REC_PAIR = 0x84,	/* place of the file, algorithm, PrivateKeyInfo */
	REC_SECRET = 0x85,	/* place of the file, the administrator's key */
};

static void
save_at(tmg_out *out, uint32_t tag, size_t at, tmg_view v)
{
	tmg_tlv_put_head(out, tag, 1 + v.len);
	tmg_put_u8(out, (uint8_t)at);
	tmg_put(out, v);
}

static void
save_key(const gids_key *key, uint8_t at, tmg_out *out)
{
	if (key->crts_len > 0)
		save_at(out, REC_CRTS, at, (tmg_view){ key->crts, key->crts_len });
	if (key->has_secret)
		save_at(out, REC_SECRET, at, TMG_VIEW(key->secret));
	if (key->pair.alg == TMG_ALG_NONE)
		return;
	tmg_tlv_put_head(out, REC_PAIR, 2 + key->pair.der_len);
	tmg_put_u8(out, at);
	tmg_put_u8(out, (uint8_t)key->pair.alg);
	tmg_put(out, (tmg_view){ key->pair.der, key->pair.der_len });
}

void
gids_save(const vc_gids *g, tmg_out *out)
{
	for (uint8_t i = 0; i < FS_FILES; i++) {
		if (g->fs.files[i].kind == FS_FREE)
			continue;
		vc_fs_put(&g->fs, i, REC_FILE, out);
		save_key(&g->keys[i], i, out);
	}
	for (size_t i = 0; i < GIDS_OBJECTS; i++)
		if (g->objects[i].data != NULL)
			save_at(out, REC_OBJECT, g->objects[i].file,
			    (tmg_view){ g->objects[i].data, g->objects[i].len });
	if (g->pin.len == 0)
		return;
	tmg_tlv_put_head(out, REC_PIN, 2u + g->pin.len);
	tmg_put_u8(out, g->pin.most);
	tmg_put_u8(out, g->pin.left);
	tmg_put(out, (tmg_view){ g->pin.value, g->pin.len });
}

/* ---- and back, trusting nothing ------------------------------------------------------------ */
static tmg_rc
load_pin(gids_pin *pin, tmg_view v)
{
	tmg_view head;

	if (tmg_view_take(&v, 2, &head) || head.ptr[0] == 0 || head.ptr[1] > head.ptr[0] ||
	    v.len < GIDS_PIN_LEAST || v.len > GIDS_PIN_MAX)
		return TMG_E_MALFORMED;
	*pin = (gids_pin){ .most = head.ptr[0], .left = head.ptr[1], .len = (uint8_t)v.len };
	memcpy(pin->value, v.ptr, v.len);
	return TMG_OK;
}

/* What belongs to a file stands behind it. */
static tmg_rc
take_place(const vc_gids *g, tmg_view *v, fs_kind kind, uint8_t *at)
{
	tmg_view head;

	if (tmg_view_take(v, 1, &head) || head.ptr[0] >= FS_FILES ||
	    g->fs.files[head.ptr[0]].kind != kind)
		return TMG_E_MALFORMED;
	*at = head.ptr[0];
	return TMG_OK;
}

static tmg_rc
load_crts(vc_gids *g, tmg_view v)
{
	uint8_t at;

	if (take_place(g, &v, FS_KEY, &at) || !gids_crts_sound(v))
		return TMG_E_MALFORMED;
	memcpy(g->keys[at].crts, v.ptr, v.len);
	g->keys[at].crts_len = (uint8_t)v.len;
	return TMG_OK;
}

static tmg_rc
load_object(vc_gids *g, tmg_view v)
{
	tmg_view rest;
	uint8_t at;
	tmg_tlv t;
	tmg_rc rc;

	if (take_place(g, &v, FS_EF, &at))
		return TMG_E_MALFORMED;
	rest = v;
	if (tmg_tlv_next(&rest, &t) != TMG_OK || rest.len != 0 ||
	    gids_object_find(g, at, t.tag) != NULL)
		return TMG_E_MALFORMED;
	rc = gids_object_store(g, at, t.tag, v);
	return rc == TMG_E_SPACE ? TMG_E_MALFORMED : rc;
}

static tmg_rc
load_pair(vc_card *card, vc_gids *g, tmg_view v)
{
	EVP_PKEY *pkey;
	tmg_view alg;
	uint8_t at;
	tmg_rc rc;

	if (take_place(g, &v, FS_KEY, &at) || tmg_view_take(&v, 1, &alg) ||
	    alg.ptr[0] >= TMG_ALG_COUNT || gids_kind_of((tmg_alg)alg.ptr[0]) == 0 ||
	    !gids_crts_hold(&g->keys[at], gids_kind_of((tmg_alg)alg.ptr[0])))
		return TMG_E_MALFORMED;
	if ((rc = vc_pkey_decode((tmg_alg)alg.ptr[0], card->lib, v, &pkey)))
		return rc;
	return vc_pkey_keep(&g->keys[at].pair, (tmg_alg)alg.ptr[0], pkey);
}

static tmg_rc
load_secret(vc_gids *g, tmg_view v)
{
	uint8_t at;

	if (take_place(g, &v, FS_KEY, &at) || v.len != GIDS_ADMIN_LEN)
		return TMG_E_MALFORMED;
	memcpy(g->keys[at].secret, v.ptr, GIDS_ADMIN_LEN);
	g->keys[at].has_secret = true;
	return TMG_OK;
}

static tmg_rc
load_record(vc_card *card, vc_gids *g, const tmg_tlv *t)
{
	switch (t->tag) {
	case REC_PIN:
		return load_pin(&g->pin, t->value);
	case REC_FILE:
		return vc_fs_take(&g->fs, t->value);
	case REC_CRTS:
		return load_crts(g, t->value);
	case REC_OBJECT:
		return load_object(g, t->value);
	case REC_PAIR:
		return load_pair(card, g, t->value);
	case REC_SECRET:
		return load_secret(g, t->value);
	default:
		return TMG_E_MALFORMED;
	}
}

/* All in the application itself, keys with their templates. */
static bool
is_sound(const vc_gids *g)
{
	for (int i = 1; i < FS_FILES; i++) {
		const fs_file *f = &g->fs.files[i];

		if (f->kind != FS_FREE && (f->parent != FS_MF || f->size != 0 ||
		    f->kind == FS_DF || (f->kind == FS_KEY) != (g->keys[i].crts_len > 0)))
			return false;
	}
	return vc_fs_sound(&g->fs);
}

tmg_rc
gids_load(vc_card *card, vc_gids *g, tmg_view records)
{
	tmg_tlv t;
	tmg_rc rc;

	gids_empty(g);
	while ((rc = tmg_tlv_next(&records, &t)) == TMG_OK)
		if ((rc = load_record(card, g, &t)))
			return rc;
	return rc == TMG_NOT_FOUND && is_sound(g) ? TMG_OK : TMG_E_MALFORMED;
}
