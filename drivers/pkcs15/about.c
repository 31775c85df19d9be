/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card tells of itself: where its directories are, and what it is. */
#include "drivers/pkcs15/write.h"

static const tmg_path home = { { 0x3f, 0xff }, 2 };
/* Where the application is that no EF.DIR tells of: 5.6, file identifiers. */
static const tmg_path usual = { { 0x3f, 0x00, 0x50, 0x15 }, 4 };

static tmg_p15_value
file_of(const tmg_path *base, uint16_t fid)
{
	const uint8_t bytes[] = { (uint8_t)(fid >> 8), (uint8_t)fid };
	tmg_p15_value value = { .direct = { NULL, 0 } };

	(void)!tmg_path_join(base, TMG_VIEW(bytes), &value.place.path);
	return value;
}

/* ---- ODF, 6.2 ----------------------------------------------------------------- */

/* In the application's DF, wherever that is; where SELECT leads to the MF, in the
 * usual place. */
static tmg_rc
read_odf(tmg_p15 *p, tmg_view *bytes)
{
	tmg_p15_content *c = &p->content;
	tmg_p15_value odf;
	tmg_rc rc;

	c->base = p->path.len > 0 ? p->path : p->files.df.len > 0 &&
	    !p->profile->from_mf ? home : usual;
	odf = file_of(&c->base, P15_EF_ODF);
	if (p->odf.len > 0)
		(void)!tmg_path_join(&c->base, tmg_path_view(&p->odf),
		    &odf.place.path);
	rc = tmg_p15_keep(p, P15_AT_ODF, &odf, TMG_EXTENT_OBJECTS, bytes,
	    N_("reading the object directory"));
	if (rc != TMG_NOT_FOUND || p->path.len > 0 || p->odf.len > 0)
		return rc;
	c->base = tmg_path_equal(&c->base, &home) ? usual : home;
	odf = file_of(&c->base, P15_EF_ODF);
	return tmg_p15_keep(p, P15_AT_ODF, &odf, TMG_EXTENT_OBJECTS, bytes,
	    N_("reading the object directory"));
}

/* A card as it comes from the factory has the application, and no directory. */
static tmg_rc
learn_sources(tmg_p15 *p)
{
	tmg_p15_content *c = &p->content;
	tmg_view bytes;
	tmg_rc rc;

	if (c->sources_known)
		return TMG_OK;
	rc = read_odf(p, &bytes);
	p->base.info.blank = rc == TMG_NOT_FOUND ? N_("empty: it has no PKCS #15 "
	    "files yet; the program of its maker makes them") : NULL;
	c->sources_known = rc == TMG_NOT_FOUND;
	if (rc)
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	if (tmg_p15_odf_parse(bytes, &c->base, c->sources, P15_SOURCES,
	    &c->source_count))
		return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the card's object directory is damaged"), p->who);
	c->sources_known = true;
	return TMG_OK;
}

/* ---- TokenInfo, 6.9 -------------------------------------------------------------- */

static void
choose_profile(tmg_p15 *p)
{
	tmg_p15_profile_choose(p);
	/* From the MF all of its files are reached without selecting it by its name,
	 * which would end logins. */
	if (p->profile->from_mf && p->path.len == 0)
		p->content.base = usual;
}

/* An ODF that tells of nothing is of a set-up that was cut short. */
static void
tell_blank(tmg_p15 *p)
{
	if (tmg_p15_opening_of(p) != NULL && p->content.lens[P15_AT_ODF] == 0 &&
	    (p->content.bytes[P15_AT_ODF] == NULL || p->content.ended[P15_AT_ODF]))
		p->base.info.blank = N_("empty: it has no PKCS #15 files yet; tamga "
		    "setup makes them");
}

/* A card without it, or with another, is a card that says nothing of itself. */
static tmg_rc
learn_info(tmg_p15 *p)
{
	tmg_p15_content *c = &p->content;
	tmg_p15_value file;
	tmg_view bytes;
	tmg_rc rc;

	if (c->info_known)
		return TMG_OK;
	if (p->base.info.blank != NULL) {
		c->info_known = true;
		choose_profile(p);
		tell_blank(p);
		tmg_p15_name(p);
		return TMG_OK;
	}
	file = file_of(&c->base, P15_EF_INFO);
	if (p->info.len > 0)
		(void)!tmg_path_join(&c->base, tmg_path_view(&p->info),
		    &file.place.path);
	rc = tmg_p15_keep(p, P15_AT_INFO, &file, TMG_EXTENT_OBJECT, &bytes,
	    N_("reading what the token says of itself"));
	if (tmg_p15_is_past_card(rc))
		return rc;
	if (rc || tmg_p15_info_parse(bytes, &c->info))
		c->info = (tmg_p15_info){ .readonly = false };
	c->info_known = true;
	choose_profile(p);
	tell_blank(p);
	tmg_p15_name(p);
	return TMG_OK;
}

/* Both at once, while the application's DF is the current one: a way back there
 * would be another SELECT, which ends logins. */
tmg_rc
tmg_p15_learn_info(tmg_p15 *p)
{
	const tmg_rc rc = learn_sources(p);

	return rc ? rc : learn_info(p);
}
