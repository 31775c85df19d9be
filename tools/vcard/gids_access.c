/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/gids.h"

enum {	/* security condition byte, ISO/IEC 7816-4 table 31 */
	SC_ALWAYS = 0x00,
	SC_NEVER = 0xff,
	SC_ALL = 0x80,		/* all that are named, not one of them */
	SC_SECURE = 0x40,
	SC_EXTERNAL = 0x20,
	SC_USER = 0x10,
	SC_ENVIRONMENT = 0x0f,
	SE_CONTACTS = 1,	/* 2: only without contacts, which this card has */
};

bool
gids_is_open(const vc_gids *g)
{
	return g->fs.files[FS_MF].life == FS_LIFE_CREATION;
}

static bool
is_met(const vc_gids *g, uint8_t condition)
{
	const bool user = g->session.user || gids_is_open(g);
	const bool admin = g->session.admin || gids_is_open(g);

	if (condition == SC_ALWAYS)
		return true;
	if (condition == SC_NEVER || (condition & SC_ENVIRONMENT) > SE_CONTACTS ||
	    (condition & (SC_SECURE | SC_EXTERNAL | SC_USER)) == 0)
		return false;
	if ((condition & SC_ALL) != 0)
		return (condition & SC_SECURE) == 0 &&
		    ((condition & SC_USER) == 0 || user) &&
		    ((condition & SC_EXTERNAL) == 0 || admin);
	return ((condition & SC_USER) != 0 && user) || ((condition & SC_EXTERNAL) != 0 && admin);
}

/* A new file takes nothing before it was activated. */
uint16_t
gids_may(const vc_gids *g, int at, gids_mode mode)
{
	const fs_file *f = &g->fs.files[at];
	uint8_t condition;

	if (at != FS_MF && f->life == FS_LIFE_CREATION)
		return SW_CONDITIONS;
	if (f->rules_len == 0)
		return SW_OK;
	return vc_fcp_condition(f, (uint8_t)mode, &condition) && is_met(g, condition) ? SW_OK : SW_SECURITY;
}
