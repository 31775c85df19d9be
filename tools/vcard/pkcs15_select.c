/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SELECT of a file: ISO/IEC 7816-4 11.2.2.
 */
#include "tools/vcard/pkcs15.h"

enum {
	BY_ID = 0x00,
	CHILD_DF = 0x01,
	CHILD_EF = 0x02,
	PARENT = 0x03,
	BY_NAME = 0x04,
	PATH_FROM_MF = 0x08,
	PATH_FROM_DF = 0x09,

	GIVE_FCI = 0x00,
	GIVE_FCP = 0x04,
	GIVE_NOTHING = 0x0c,
};

static uint16_t
number_of(tmg_view id)
{
	return (uint16_t)(id.ptr[0] << 8 | id.ptr[1]);
}

static int
child(const vc_fs *fs, tmg_view id, bool df)
{
	const int at = id.len == 2 ? vc_fs_child(fs, fs->df, number_of(id)) : FS_NONE;

	return at != FS_NONE && (fs->files[at].kind == FS_DF) == df ? at : FS_NONE;
}

static int
parent(const vc_fs *fs, tmg_view id)
{
	return id.len == 0 && fs->df != FS_MF ? fs->files[fs->df].parent : FS_NONE;
}

/* 3FFF is that DF; OpenSC names the MF so to IAS ECC cards, which take it. */
static int
from_df(const vc_fs *fs, tmg_view id)
{
	if (id.len > 2 && number_of(id) == FS_ID_RESERVED)
		return vc_fs_by_path(fs, fs->df, (tmg_view){ id.ptr + 2, id.len - 2 });
	if (id.len > 2 && number_of(id) == FS_ID_MF)
		return vc_fs_by_path_from_mf(fs, id);
	return vc_fs_by_path(fs, fs->df, id);
}

/* SW_OK and the place of the file, or why not. */
static uint16_t
find(const vc_fs *fs, uint8_t how, tmg_view id, int *at)
{
	switch (how) {
	case BY_ID:
		if (id.len != 0 && id.len != 2)
			return SW_LENGTH;
		*at = id.len == 0 ? FS_MF : vc_fs_by_id(fs, number_of(id));
		break;
	case CHILD_DF:
	case CHILD_EF:
		*at = child(fs, id, how == CHILD_DF);
		break;
	case PARENT:
		*at = parent(fs, id);
		break;
	case BY_NAME:
		*at = vc_fs_by_name(fs, id);
		break;
	case PATH_FROM_MF:
		*at = vc_fs_by_path_from_mf(fs, id);
		break;
	case PATH_FROM_DF:
		*at = from_df(fs, id);
		break;
	default:
		return SW_P1P2;
	}
	return *at != FS_NONE ? SW_OK : SW_NOT_FOUND;
}

uint16_t
p15_select(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	uint16_t sw;
	int at;

	(void)card;
	if (c->p2 != GIVE_FCI && c->p2 != GIVE_FCP && c->p2 != GIVE_NOTHING)
		return SW_P1P2;
	if ((sw = find(&p15->fs, c->p1, c->data, &at)) != SW_OK)
		return sw;
	if (!p15->kind->naming->files && p15->fs.files[at].kind == FS_KEY)
		return SW_NOT_FOUND;
	vc_fs_make_current(&p15->fs, at);
	if (c->p2 == GIVE_NOTHING)
		return SW_OK;
	vc_fcp_put(&p15->fs.files[at], p15->kind->control != 0 ? p15->kind->control :
	    c->p2 == GIVE_FCP ? FCP_TEMPLATE : FCI_TEMPLATE, p15->kind->rules_tag,
	    p15->active ? p15->fs.files[at].life : FS_LIFE_CREATION, out);
	return SW_OK;
}
