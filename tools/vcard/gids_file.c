/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SELECT, CREATE FILE, ACTIVATE FILE, DELETE FILE: ISO/IEC 7816-4 11.2.2, 7816-9 9.2.
 */
#include "src/base/scope.h"
#include "tools/vcard/gids.h"

enum {
	BY_ID = 0x00,
	BY_NAME = 0x04,
	NAME_LEAST = 9,		/* without the version */

	GIVE_FCI = 0x00,
	GIVE_FCP = 0x04,
	GIVE_FMD = 0x08,
	GIVE_NOTHING = 0x0c,

	TAG_APPLICATION = 0x61,
	TAG_NAME = 0x4f,
	TAG_DISCRETIONARY = 0x73,
	TAG_MECHANISMS = 0x40,
	MECHANISMS = 0xc0,	/* as such cards announce it */
	TAG_FMD = 0x64,
	TAG_PIN_POLICY = 0x5f2f,
	PIN_POLICY = 0x60,

	TEMPLATE_MAX = 192,
};

/* ---- what SELECT answers ------------------------------------------------------------ */
static void
put_byte(tmg_out *o, uint32_t tag, uint8_t b)
{
	tmg_tlv_put(o, tag, (tmg_view){ &b, 1 });
}

static void
put_application(tmg_out *out)
{
	uint8_t bytes[32], inner[4];
	tmg_out o = TMG_OUT(bytes), in = TMG_OUT(inner);

	tmg_tlv_put(&o, TAG_NAME, gids_name());
	put_byte(&in, TAG_MECHANISMS, MECHANISMS);
	tmg_tlv_put(&o, TAG_DISCRETIONARY, tmg_out_view(&in));
	tmg_tlv_put(out, TAG_APPLICATION, tmg_out_view(&o));
}

/* As it was created, and how far its life went. */
static void
put_parameters(const vc_gids *g, int at, uint32_t template, tmg_out *out)
{
	const fs_file *f = &g->fs.files[at];
	const uint8_t id[2] = { (uint8_t)(f->id >> 8), (uint8_t)f->id };
	const gids_key *key = &g->keys[at];
	uint8_t bytes[TEMPLATE_MAX];
	tmg_out o = TMG_OUT(bytes);

	put_byte(&o, FCP_DESCRIPTOR, f->descriptor);
	if (at != FS_MF)
		tmg_tlv_put(&o, FCP_ID, TMG_VIEW(id));
	if (f->rules_len > 0)
		tmg_tlv_put(&o, FCP_RULES_COMPACT, (tmg_view){ f->rules, f->rules_len });
	if (key->crts_len > 0)
		tmg_tlv_put(&o, GIDS_TAG_CRTS, (tmg_view){ key->crts, key->crts_len });
	put_byte(&o, FCP_LIFE, f->life);
	tmg_tlv_put(out, template, tmg_out_view(&o));
}

static void
put_management(tmg_out *out)
{
	uint8_t bytes[8];
	tmg_out o = TMG_OUT(bytes);

	put_byte(&o, TAG_PIN_POLICY, PIN_POLICY);
	tmg_tlv_put(out, TAG_FMD, tmg_out_view(&o));
}

static uint16_t
describe(const vc_gids *g, int at, uint8_t what, tmg_out *out)
{
	switch (what) {
	case GIVE_FCI:
		if (at == FS_MF)
			put_application(out);
		else
			put_parameters(g, at, FCI_TEMPLATE, out);
		return SW_OK;
	case GIVE_FCP:
		put_parameters(g, at, FCP_TEMPLATE, out);
		return SW_OK;
	case GIVE_FMD:
		if (at != FS_MF)
			return SW_P1P2;
		put_management(out);
		return SW_OK;
	default:
		return SW_OK;
	}
}

/* ---- SELECT ----------------------------------------------------------------------------- */
static bool
is_own_name(tmg_view name)
{
	return name.len >= NAME_LEAST && name.len <= gids_name().len &&
	    memcmp(name.ptr, gids_name().ptr, name.len) == 0;
}

static int
by_id(const vc_gids *g, tmg_view id)
{
	const uint16_t n = (uint16_t)(id.len == 0 ? GIDS_ID_APP : id.ptr[0] << 8 | id.ptr[1]);

	return n == GIDS_ID_APP || n == FS_ID_MF ? FS_MF : vc_fs_child(&g->fs, FS_MF, n);
}

uint16_t
gids_select(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	uint16_t sw;
	int at;

	(void)card;
	if ((c->p1 != BY_ID && c->p1 != BY_NAME) || (c->p2 & ~GIVE_NOTHING) != 0)
		return SW_P1P2;
	if (c->p1 == BY_ID && c->data.len != 0 && c->data.len != 2)
		return SW_LENGTH;
	at = c->p1 == BY_ID ? by_id(g, c->data) : is_own_name(c->data) ? FS_MF : FS_NONE;
	if (at == FS_NONE)
		return SW_NOT_FOUND;
	if ((sw = describe(g, at, c->p2, out)) == SW_OK)
		vc_fs_make_current(&g->fs, at);
	return sw;
}

/* ---- CREATE FILE -------------------------------------------------------------------------- */
static tmg_view
crts_of(tmg_view fcp)
{
	static const uint32_t path[] = { FCP_TEMPLATE, GIDS_TAG_CRTS, 0 };
	tmg_view crts;

	return tmg_tlv_walk(fcp, path, &crts) == TMG_OK ? crts : (tmg_view){ 0 };
}

/* Key files are those whose identifier says so, and have templates. */
static bool
take_kind(fs_file *f, tmg_view crts)
{
	const bool keyed = (f->id & 0xff00) == GIDS_ID_KEYS;

	f->size = 0;
	f->sfi = 0;
	f->kind = f->descriptor == GIDS_FD_KEY ? FS_KEY : FS_EF;
	if (f->kind == FS_KEY)
		return keyed && (f->id & 0xff) != 0 && gids_crts_sound(crts);
	return f->descriptor == GIDS_FD_OBJECTS && !keyed && crts.len == 0;
}

static uint16_t
answer_to(tmg_rc rc)
{
	return rc == TMG_OK ? SW_OK : rc == TMG_OCCUPIED ? SW_EXISTS : rc == TMG_E_SPACE ?
	    SW_FULL : SW_INTERNAL;
}

uint16_t
gids_create(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	const tmg_view crts = crts_of(c->data);
	uint16_t sw;
	fs_file f;
	int at;

	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	/* its kinds of files are not those of the ISO file system */
	if (vc_fcp_parse(c->data, FCP_RULES_COMPACT, &f) != TMG_UNSUPPORTED || !take_kind(&f, crts))
		return SW_DATA;
	if ((sw = gids_may(g, FS_MF, GIDS_CREATE_EF)) != SW_OK)
		return sw;
	f.life = FS_LIFE_CREATION;
	if ((sw = answer_to(vc_fs_add(&g->fs, FS_MF, &f, &at))) != SW_OK)
		return sw;
	if (crts.len > 0)
		memcpy(g->keys[at].crts, crts.ptr, crts.len);
	g->keys[at].crts_len = (uint8_t)crts.len;
	vc_fs_make_current(&g->fs, at);
	card->dirty = true;
	return SW_OK;
}

/* ---- ACTIVATE FILE, DELETE FILE ---------------------------------------------------------------- */
/* The application's own activation ends what its creator may. */
uint16_t
gids_activate(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	const int at = g->fs.ef != FS_NONE ? g->fs.ef : FS_MF;

	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0)
		return SW_LENGTH;
	if (g->fs.files[at].life == FS_LIFE_ACTIVE)
		return SW_OK;
	g->fs.files[at].life = FS_LIFE_ACTIVE;
	if (at == FS_MF)
		gids_forget(&g->session);
	card->dirty = true;
	return SW_OK;
}

static uint16_t
may_delete(const vc_gids *g, int at)
{
	const fs_file *f = &g->fs.files[at];
	uint8_t condition;

	return vc_fcp_condition(f, GIDS_DELETE_SELF, &condition) ?
	    gids_may(g, at, GIDS_DELETE_SELF) : gids_may(g, FS_MF, GIDS_DELETE_CHILD);
}

uint16_t
gids_delete(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	const int at = g->fs.ef;
	uint16_t sw;

	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0)
		return SW_LENGTH;
	if (at == FS_NONE)
		return SW_NO_FILE;
	if ((sw = may_delete(g, at)) != SW_OK)
		return sw;
	gids_objects_drop(g, at);
	gids_key_drop(&g->keys[at]);
	vc_fs_remove(&g->fs, at);
	if (g->session.key == at)
		g->session.key = FS_NONE;
	if (g->session.admin_key == at)
		g->session.admin_key = FS_NONE;
	card->dirty = true;
	return SW_OK;
}
