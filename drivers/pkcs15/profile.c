/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of cards.  The last row is any card by the standards; what its keys want
 * of MSE it tells in TokenInfo.  Where the others come from stands in
 * doc/design/pkcs15.md.
 */
#include "drivers/pkcs15/write.h"

static const uint8_t isoapplet_aid[] = {
	0xf2, 0x76, 0xa2, 0x88, 0xbc, 0xfb, 0xa6, 0x9d, 0x34, 0xf3, 0x10, 0x01,
};

const tmg_p15_profile tmg_p15_profiles[] = {
	{
		.model = "IsoApplet",
		.aid = { isoapplet_aid, sizeof(isoapplet_aid) },
		.from_mf = true,
		.rsa_pkcs1 = 0x11, .rsa_raw = P15_NO_REF, .ec = 0x21,
		.sha1_alone = true,
		.ways = { .pads = true },
		.family = &tmg_p15_isoapplet,
	},
	{
		.model = "IsoApplet",
		.aid = { isoapplet_aid, sizeof(isoapplet_aid) },
		.interface = 1,
		.from_mf = true,
		.rsa_pkcs1 = 0x11, .rsa_raw = P15_NO_REF, .ec = 0x22,
		.ways = { .pads = true },
	},
	{
		.model = "MyEID",
		.manufacturer = "Aventra", .historical = "MyEID",
		.from_mf = true, .by_file = true, .halves = true, .general = true,
		.rsa_pkcs1 = 0x02, .rsa_raw = 0x00, .ec = 0x04,
		.ways = { .pads = true, .filled = true },
		.family = &tmg_p15_myeid,
	},
	{
		.model = "IAS ECC",
		.hashes = true, .padding = 0x81, .challenge = 8,
		.rsa_pkcs1 = P15_NO_REF, .rsa_raw = P15_NO_REF, .ec = P15_NO_REF,
		.ways = { .pads = true },
	},
	{
		.model = "PKCS #15",
		.rsa_pkcs1 = P15_NO_REF, .rsa_raw = P15_NO_REF, .ec = P15_NO_REF,
		.ways = { .pads = true },
	},
};
const size_t tmg_p15_profile_count = TMG_COUNT(tmg_p15_profiles);

/* ---- which one a card is -------------------------------------------------- */

static bool
made_by(const tmg_p15_profile *profile, tmg_view manufacturer)
{
	const tmg_view name = tmg_view_str(profile->manufacturer);

	return profile->manufacturer != NULL && manufacturer.len >= name.len &&
	    memcmp(manufacturer.ptr, name.ptr, name.len) == 0;
}

/* By its ATR, whatever was written to it. */
static bool
looks_like(const tmg_p15 *p, const tmg_p15_profile *profile)
{
	const tmg_channel *ch = p->base.ch;

	return profile->historical != NULL && memmem(ch->atr, ch->atr_len,
	    profile->historical, strlen(profile->historical)) != NULL;
}

/* IAS ECC: TokenInfo names hashes by themselves. */
static bool
hashes(const tmg_p15_info *info)
{
	tmg_view in = info->algorithms;
	tmg_p15_algorithm a;

	while (tmg_p15_algorithm_next(&in, &a) == TMG_OK)
		if (a.operations == P15_DOES_HASH)
			return true;
	return false;
}

static bool
is_kind(const tmg_p15 *p, const tmg_p15_profile *profile)
{
	if (p->profile->aid.len > 0)
		return tmg_view_equal(p->profile->aid, profile->aid) &&
		    profile->interface == p->interface;
	return looks_like(p, profile) ||
	    made_by(profile, p->content.info.manufacturer) ||
	    (profile->hashes && hashes(&p->content.info));
}

/* The first row that fits. */
void
tmg_p15_profile_choose(tmg_p15 *p)
{
	for (size_t i = 0; i < tmg_p15_profile_count; i++)
		if (is_kind(p, &tmg_p15_profiles[i])) {
			p->profile = &tmg_p15_profiles[i];
			break;
		}
}
