/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CREATE, DELETE, ACTIVATE and DEACTIVATE FILE: ISO/IEC 7816-9 9.3.
 */
#include "tools/vcard/pkcs15.h"

uint16_t
p15_create(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	fs_file file;
	int at;

	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	switch (vc_fcp_parse(c->data, p15->kind->rules_tag, &file)) {
	case TMG_OK:
		break;
	case TMG_UNSUPPORTED:
		return SW_NO_FUNCTION;
	default:
		return SW_DATA;
	}
	if (file.kind == FS_KEY && !p15->kind->naming->ruled)
		return SW_NO_FUNCTION;
	if (!p15_may(p15, p15->fs.df,
	    file.kind == FS_DF ? P15_OP_CREATE_DF : P15_OP_CREATE_EF))
		return SW_SECURITY;
	file.life = p15->kind->life;
	switch (vc_fs_add(&p15->fs, p15->fs.df, &file, &at)) {
	case TMG_OK:
		break;
	case TMG_OCCUPIED:
		return SW_EXISTS;
	case TMG_NOT_FOUND:
		return SW_CONDITIONS;
	default:
		return SW_FULL;
	}
	vc_fs_make_current(&p15->fs, at);
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

static int
current(const vc_fs *fs)
{
	return fs->ef != FS_NONE ? fs->ef : fs->df;
}

/* The file in the data, or the current one. */
static uint16_t
addressed(const vc_p15 *p15, const vc_command *c, int *at)
{
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0 && c->data.len != 2)
		return SW_LENGTH;
	*at = c->data.len == 0 ? current(&p15->fs) :
	    vc_fs_by_id(&p15->fs, (uint16_t)(c->data.ptr[0] << 8 | c->data.ptr[1]));
	return *at != FS_NONE ? SW_OK : SW_NOT_FOUND;
}

/* A key goes with its file. */
static void
forget_keys(vc_p15 *p15)
{
	if (!p15->kind->naming->ruled)
		return;
	for (int i = 0; i < FS_FILES; i++)
		if (p15->fs.files[i].kind != FS_KEY)
			vc_pkey_drop(&p15->keys[i]);
}

uint16_t
p15_delete(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	uint16_t sw;
	int at;

	(void)out;
	if ((sw = addressed(p15, c, &at)) != SW_OK)
		return sw;
	if (at == FS_MF)
		return SW_CONDITIONS;
	if (!p15_may(p15, at, P15_OP_DELETE))
		return SW_SECURITY;
	vc_fs_remove(&p15->fs, at);
	forget_keys(p15);
	p15->session.key = FS_NONE;
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

static uint16_t
turn(vc_card *card, vc_p15 *p15, const vc_command *c, p15_op op, uint8_t life)
{
	uint16_t sw;
	int at;

	if ((sw = addressed(p15, c, &at)) != SW_OK)
		return sw;
	if (!p15_may(p15, at, op))
		return SW_SECURITY;
	p15->fs.files[at].life = life;
	card->dirty = true;
	return SW_OK;
}

uint16_t
p15_activate(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	(void)out;
	return turn(card, p15, c, P15_OP_ACTIVATE, p15->kind->life);
}

uint16_t
p15_deactivate(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	(void)out;
	return turn(card, p15, c, P15_OP_DEACTIVATE, FS_LIFE_INACTIVE);
}
