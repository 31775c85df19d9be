/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card holds, by its directories: each is read when it is first wanted,
 * and once. */
#include "drivers/pkcs15/pkcs15.h"

enum {
	AT_ODF = P15_SOURCES,	/* in tmg_p15_content.bytes */
	AT_INFO = P15_SOURCES + 1,
};

static const tmg_path home = { { 0x3f, 0xff }, 2 };
/* Where the application is that no EF.DIR tells of: 5.6, file identifiers. */
static const tmg_path usual = { { 0x3f, 0x00, 0x50, 0x15 }, 4 };

void
tmg_p15_content_drop(tmg_p15_content *c)
{
	for (size_t i = 0; i < TMG_COUNT(c->bytes); i++)
		free(c->bytes[i]);
	*c = (tmg_p15_content){ .sources_known = false };
}

/* Keeps what a file holds, so that views into it hold; no longer than it is. */
static tmg_rc
keep(tmg_p15 *p, size_t at, const tmg_p15_value *value, tmg_extent extent,
    tmg_view *kept, const char *what)
{
	tmg_auto_free uint8_t *room = malloc(P15_DIRECTORY_MAX);
	tmg_out out = { room, P15_DIRECTORY_MAX, 0, false };
	tmg_rc rc;

	*kept = (tmg_view){ NULL, 0 };
	if (room == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_p15_value_read(p, value, extent, &out, what)))
		return rc;
	p->content.bytes[at] = malloc(out.len + 1);
	if (p->content.bytes[at] == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(p->content.bytes[at], room, out.len);
	*kept = (tmg_view){ p->content.bytes[at], out.len };
	return TMG_OK;
}

tmg_rc
tmg_p15_value_read(tmg_p15 *p, const tmg_p15_value *value, tmg_extent extent,
    tmg_out *out, const char *what)
{
	const tmg_span span = {
		.path = value->place.path,
		.offset = value->place.offset, .length = value->place.length,
		.extent = extent,
	};

	if (span.path.len > 0)
		return tmg_p15_read(p, &span, out, what);
	tmg_put(out, value->direct);
	return tmg_out_done(out);
}

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
	rc = keep(p, AT_ODF, &odf, TMG_EXTENT_OBJECTS, bytes,
	    N_("reading the object directory"));
	if (rc != TMG_NOT_FOUND || p->path.len > 0 || p->odf.len > 0)
		return rc;
	c->base = tmg_path_equal(&c->base, &home) ? usual : home;
	odf = file_of(&c->base, P15_EF_ODF);
	return keep(p, AT_ODF, &odf, TMG_EXTENT_OBJECTS, bytes,
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
	    "files yet; pkcs15-init --create-pkcs15 of OpenSC makes them") : NULL;
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

static bool
made_by(const tmg_p15_profile *profile, tmg_view manufacturer)
{
	const tmg_view name = tmg_view_str(profile->manufacturer);

	return profile->manufacturer != NULL && manufacturer.len >= name.len &&
	    memcmp(manufacturer.ptr, name.ptr, name.len) == 0;
}

/* By its ATR, where it has nothing yet. */
static bool
looks_like(const tmg_p15 *p, const tmg_p15_profile *profile)
{
	const tmg_channel *ch = p->base.ch;

	return profile->historical != NULL && p->base.info.blank != NULL &&
	    memmem(ch->atr, ch->atr_len, profile->historical,
		strlen(profile->historical)) != NULL;
}

static void
choose_profile(tmg_p15 *p)
{
	for (size_t i = 0; i < tmg_p15_profile_count; i++) {
		const tmg_p15_profile *profile = &tmg_p15_profiles[i];

		if (p->profile->aid.len == 0 && (looks_like(p, profile) ||
		    made_by(profile, p->content.info.manufacturer)))
			p->profile = profile;
	}
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
		return TMG_OK;
	}
	file = file_of(&c->base, P15_EF_INFO);
	if (p->info.len > 0)
		(void)!tmg_path_join(&c->base, tmg_path_view(&p->info),
		    &file.place.path);
	rc = keep(p, AT_INFO, &file, TMG_EXTENT_OBJECT, &bytes,
	    N_("reading what the token says of itself"));
	if (rc == TMG_RESET || rc == TMG_REMOVED || rc == TMG_E_IO ||
	    rc == TMG_E_NOMEM)
		return rc;
	if (rc || tmg_p15_info_parse(bytes, &c->info))
		c->info = (tmg_p15_info){ .readonly = false };
	c->info_known = true;
	choose_profile(p);
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

/* ---- the directories --------------------------------------------------------------- */

/* What cannot be understood, or is too many, is left out. */
static void
add_key(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	if (c->key_count < P15_OBJECTS && tmg_p15_key_parse(tag, content, &c->base,
	    &c->keys[c->key_count]) == TMG_OK)
		c->key_count++;
}

static void
add_public(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	if (c->public_count < P15_OBJECTS && tmg_p15_key_parse(tag, content,
	    &c->base, &c->publics[c->public_count]) == TMG_OK)
		c->public_count++;
}

static void
add_cert(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	if (c->cert_count < P15_OBJECTS && tmg_p15_cert_parse(tag, content, &c->base,
	    &c->certs[c->cert_count]) == TMG_OK)
		c->cert_count++;
}

static void
add_pin(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	if (c->pin_count < P15_OBJECTS && tmg_p15_pin_parse(tag, content, &c->base,
	    &c->pins[c->pin_count]) == TMG_OK)
		c->pin_count++;
}

static void (*const adders[P15_DIRS])(tmg_p15_content *c, uint32_t tag,
    tmg_view content) = {
	[P15_PRIVATE] = add_key,
	[P15_PUBLIC] = add_public,
	[P15_CERTS] = add_cert,
	[P15_AUTH] = add_pin,
};

/* A directory that only a PIN opens, or that is missing, hides what is in it and
 * nothing else. */
static tmg_rc
read_source(tmg_p15 *p, size_t at)
{
	tmg_p15_content *c = &p->content;
	const tmg_p15_source *s = &c->sources[at];
	tmg_view in, content;
	uint32_t tag;
	size_t size;
	tmg_rc rc;

	rc = keep(p, at, &s->value, TMG_EXTENT_OBJECTS, &in,
	    N_("reading a directory"));
	if (rc == TMG_NOT_FOUND || rc == TMG_LOGIN)
		return TMG_OK;
	if (rc)
		return rc;
	while ((rc = tmg_p15_next(&in, &tag, &content, &size)) == TMG_OK)
		adders[s->dir](c, tag, content);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: a directory of the card is damaged"), p->who);
}

tmg_rc
tmg_p15_learn(tmg_p15 *p, tmg_p15_dir dir)
{
	tmg_p15_content *c = &p->content;
	tmg_rc rc;

	if ((c->read >> dir & 1) != 0)
		return TMG_OK;
	if ((rc = tmg_p15_learn_info(p)))
		return rc;
	for (size_t i = 0; i < c->source_count; i++)
		if (c->sources[i].dir == dir && c->bytes[i] == NULL &&
		    (rc = read_source(p, i)))
			return rc;
	c->read |= 1u << dir;
	return TMG_OK;
}
