/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GET DATA and PUT DATA (ISO/IEC 7816-4 11.4): P1 and P2 name a file; what the
 * application itself tells and takes stands in 3FFF.
 */
#include "src/base/scope.h"
#include "tools/vcard/gids.h"

enum {
	CURRENT = 0x0000,
	NO_FILE = 0xffff,
	EF_ATR = 0x2f01,
	TAG_LIST = 0x5c,

	DO_PIN = 0x7f71,	/* how often one may guess: of the PIN, */
	DO_PIN_TOO = 0x7f72,	/* which a card may have under two references, */
	DO_PUK = 0x7f73,	/* of a PUK, which this card has not */
	TAG_LEFT = 0x97,
	TAG_MOST = 0x93,

	TAG_SERVICES = 0x43,	/* ISO/IEC 7816-4 12.1.1.7 */
	SERVICES = 0xf4,	/* by name, whole or cut; objects here by GET DATA */
	TAG_CAPABILITIES = 0x47,
	TAG_PREISSUING = 0x46,
	BY_ID = 0x08,
	BYTEWISE = 0x01,
	CHAINS = 0x80,
	EXTENDS = 0x40,
};

/* ---- what the application says -------------------------------------------------------------- */
static void
put_atr(const vc_card *card, tmg_out *out)
{
	const uint8_t services = SERVICES;
	const uint8_t can[3] = {
		BY_ID, BYTEWISE, card->profile->extended ? CHAINS | EXTENDS : CHAINS,
	};

	tmg_tlv_put(out, TAG_SERVICES, (tmg_view){ &services, 1 });
	tmg_tlv_put(out, TAG_CAPABILITIES, TMG_VIEW(can));
	tmg_tlv_put(out, TAG_PREISSUING, tmg_view_str("tamga-vcard"));
}

static void
put_tries(const gids_pin *pin, uint32_t tag, tmg_out *out)
{
	uint8_t bytes[8];
	tmg_out o = TMG_OUT(bytes);

	tmg_tlv_put(&o, TAG_LEFT, (tmg_view){ &pin->left, 1 });
	tmg_tlv_put(&o, TAG_MOST, (tmg_view){ &pin->most, 1 });
	tmg_tlv_put(out, tag, tmg_out_view(&o));
}

/* One object's tag, as a tag list has it; 0: another number of them, or none at all. */
static uint32_t
only_tag(tmg_view list)
{
	uint8_t bytes[4];
	tmg_out o = TMG_OUT(bytes);
	tmg_tlv t;

	/* a tag is read as an object with nothing in it */
	tmg_put(&o, list);
	tmg_put_u8(&o, 0);
	list = tmg_out_view(&o);
	return !o.full && tmg_tlv_next(&list, &t) == TMG_OK && list.len == 0 ? t.tag : 0;
}

static uint16_t
get_own(vc_gids *g, uint32_t tag, tmg_out *out)
{
	if ((tag != DO_PIN && tag != DO_PIN_TOO) || g->pin.len == 0)
		return SW_NO_REFERENCE;
	put_tries(&g->pin, tag, out);
	return SW_OK;
}

/* ---- a file by P1 and P2 ------------------------------------------------------------------------ */
static uint16_t
find(const vc_gids *g, const vc_command *c, int *at)
{
	const uint16_t id = (uint16_t)(c->p1 << 8 | c->p2);

	if (id == NO_FILE)
		return SW_P1P2;
	*at = id == CURRENT ? g->fs.ef : vc_fs_child(&g->fs, FS_MF, id);
	if (*at == FS_NONE)
		return id == CURRENT ? SW_NO_FILE : SW_NOT_FOUND;
	return g->fs.files[*at].kind == FS_EF ? SW_OK : SW_STRUCTURE;
}

static void
put_all(const vc_gids *g, int at, tmg_out *out)
{
	for (size_t i = 0; i < GIDS_OBJECTS; i++)
		if (g->objects[i].data != NULL && g->objects[i].file == at)
			tmg_put(out, (tmg_view){ g->objects[i].data, g->objects[i].len });
}

/* An empty list, or the tag of the list itself, asks for everything. */
static uint16_t
get(vc_gids *g, int at, tmg_view list, tmg_out *out)
{
	const uint32_t tag = only_tag(list);
	const gids_object *object;
	uint16_t sw;

	if (list.len != 0 && tag == 0)
		return SW_DATA;
	if ((sw = gids_may(g, at, GIDS_GET)) != SW_OK)
		return sw;
	vc_fs_make_current(&g->fs, at);
	if (list.len == 0 || tag == TAG_LIST) {
		put_all(g, at, out);
		return SW_OK;
	}
	if ((object = gids_object_find(g, at, tag)) == NULL)
		return SW_NO_REFERENCE;
	tmg_put(out, (tmg_view){ object->data, object->len });
	return SW_OK;
}

uint16_t
gids_get_data(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	const uint16_t id = (uint16_t)(c->p1 << 8 | c->p2);
	tmg_view list = c->data, value;
	uint16_t sw;
	int at;

	if (id == GIDS_ID_APP && list.len > 0 && list.ptr[0] == GIDS_TAG_KEY)
		return gids_public(card, g, c, out);
	if (tmg_tlv_expect(&list, TAG_LIST, &value) || list.len != 0)
		return SW_DATA;
	if (id == GIDS_ID_APP)
		return get_own(g, only_tag(value), out);
	if (id == EF_ATR) {
		put_atr(card, out);
		return SW_OK;
	}
	return (sw = find(g, c, &at)) != SW_OK ? sw : get(g, at, value, out);
}

/* ---- PUT DATA ------------------------------------------------------------------------------------ */
/* An empty object over an empty one takes both away. */
static uint16_t
put(vc_gids *g, int at, const tmg_tlv *t, tmg_view whole)
{
	gids_object *before = gids_object_find(g, at, t->tag);

	if (t->value.len == 0 && before != NULL && before->len == whole.len) {
		gids_object_drop(g, before);
		return SW_OK;
	}
	switch (gids_object_store(g, at, t->tag, whole)) {
	case TMG_OK:
		return SW_OK;
	case TMG_E_SPACE:
		return SW_FULL;
	default:
		return SW_INTERNAL;
	}
}

uint16_t
gids_put_data(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	tmg_view rest = c->data;
	uint16_t sw;
	tmg_tlv t;
	int at;

	if ((c->p1 << 8 | c->p2) == GIDS_ID_APP)
		return gids_put_key(card, g, c, out);
	if ((sw = find(g, c, &at)) != SW_OK)
		return sw;
	if (tmg_tlv_next(&rest, &t) != TMG_OK || rest.len != 0)
		return SW_DATA;
	if ((sw = gids_may(g, at, GIDS_PUT)) != SW_OK)
		return sw;
	vc_fs_make_current(&g->fs, at);
	if ((sw = put(g, at, &t, c->data)) == SW_OK)
		card->dirty = true;
	return sw;
}
