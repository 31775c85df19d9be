/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card holds, by its directories: each is read when it is first wanted,
 * and once. */
#include "drivers/pkcs15/write.h"

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

/* Without the filling behind the last object. */
static size_t
end_of(tmg_view bytes)
{
	tmg_view in = bytes, content;
	uint32_t tag;
	size_t size;
	tmg_rc rc;

	while ((rc = tmg_p15_next(&in, &tag, &content, &size)) == TMG_OK)
		;
	return rc == TMG_NOT_FOUND ? bytes.len - in.len : bytes.len;
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
	if (extent == TMG_EXTENT_OBJECTS)
		out.len = end_of(tmg_out_view(&out));
	free(p->content.bytes[at]);	/* what could not be understood */
	p->content.bytes[at] = malloc(out.len + 1);
	if (p->content.bytes[at] == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(p->content.bytes[at], room, out.len);
	p->content.lens[at] = out.len;
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
	rc = keep(p, P15_AT_ODF, &odf, TMG_EXTENT_OBJECTS, bytes,
	    N_("reading the object directory"));
	if (rc != TMG_NOT_FOUND || p->path.len > 0 || p->odf.len > 0)
		return rc;
	c->base = tmg_path_equal(&c->base, &home) ? usual : home;
	odf = file_of(&c->base, P15_EF_ODF);
	return keep(p, P15_AT_ODF, &odf, TMG_EXTENT_OBJECTS, bytes,
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
static void
choose_profile(tmg_p15 *p)
{
	for (size_t i = 0; i < tmg_p15_profile_count; i++)
		if (is_kind(p, &tmg_p15_profiles[i])) {
			p->profile = &tmg_p15_profiles[i];
			break;
		}
	/* From the MF all of its files are reached without selecting it by its name,
	 * which would end logins. */
	if (p->profile->from_mf && p->path.len == 0)
		p->content.base = usual;
}

/* An ODF that tells of nothing is of a set-up that was cut short. */
static void
tell_blank(tmg_p15 *p)
{
	if (tmg_p15_opening_of(p) != NULL && p->content.lens[P15_AT_ODF] == 0)
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
	rc = keep(p, P15_AT_INFO, &file, TMG_EXTENT_OBJECT, &bytes,
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

/* ---- the directories --------------------------------------------------------------- */

/* What cannot be understood, or is too many, is left out. */
static tmg_p15_common *
add_key(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	return c->key_count < P15_OBJECTS && tmg_p15_key_parse(tag, content,
	    &c->base, &c->keys[c->key_count]) == TMG_OK
	    ? &c->keys[c->key_count++].common : NULL;
}

static tmg_p15_common *
add_public(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	return c->public_count < P15_OBJECTS && tmg_p15_key_parse(tag, content,
	    &c->base, &c->publics[c->public_count]) == TMG_OK
	    ? &c->publics[c->public_count++].common : NULL;
}

static tmg_p15_common *
add_cert(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	return c->cert_count < P15_OBJECTS && tmg_p15_cert_parse(tag, content,
	    &c->base, &c->certs[c->cert_count]) == TMG_OK
	    ? &c->certs[c->cert_count++].common : NULL;
}

static tmg_p15_common *
add_pin(tmg_p15_content *c, uint32_t tag, tmg_view content)
{
	return c->pin_count < P15_OBJECTS && tmg_p15_pin_parse(tag, content,
	    &c->base, &c->pins[c->pin_count]) == TMG_OK
	    ? &c->pins[c->pin_count++].common : NULL;
}

/* By kind of directory: what is in it, and how many are kept. */
static const struct {
	tmg_p15_common *(*add)(tmg_p15_content *c, uint32_t tag, tmg_view content);
	size_t count;		/* where it stands in tmg_p15_content */
} kinds[P15_DIRS] = {
	[P15_PRIVATE] = { add_key, offsetof(tmg_p15_content, key_count) },
	[P15_PUBLIC] = { add_public, offsetof(tmg_p15_content, public_count) },
	[P15_CERTS] = { add_cert, offsetof(tmg_p15_content, cert_count) },
	[P15_AUTH] = { add_pin, offsetof(tmg_p15_content, pin_count) },
};

static tmg_rc
parse_source(tmg_p15 *p, size_t at)
{
	tmg_p15_content *c = &p->content;
	const tmg_view all = { c->bytes[at], c->lens[at] };
	tmg_view in = all, content;
	tmg_p15_common *common;
	uint32_t tag;
	size_t size;
	tmg_rc rc;

	while ((rc = tmg_p15_next(&in, &tag, &content, &size)) == TMG_OK) {
		common = kinds[c->sources[at].dir].add(c, tag, content);
		if (common == NULL)
			continue;
		common->source = (unsigned)at;
		common->size = size;
		common->offset = (size_t)(in.ptr - all.ptr) - size;
	}
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: a directory of the card is damaged"), p->who);
}

static bool
is_hiding(tmg_rc rc)
{
	return rc == TMG_LOGIN || rc == TMG_PIN_LOCKED || rc == TMG_DENIED ||
	    rc == TMG_UNSUPPORTED;
}

/* A directory that only a PIN opens, or nobody, or that is missing, hides what is in
 * it and nothing else: its bytes are not there. */
static tmg_rc
read_source(tmg_p15 *p, size_t at)
{
	tmg_p15_content *c = &p->content;
	tmg_view bytes;
	tmg_rc rc;

	rc = keep(p, at, &c->sources[at].value, TMG_EXTENT_OBJECTS, &bytes,
	    N_("reading a directory"));
	if (is_hiding(rc))
		c->hidden |= UINT32_C(1) << c->sources[at].dir;
	return rc == TMG_NOT_FOUND || is_hiding(rc) ? TMG_OK : rc;
}

static void
reset_count(tmg_p15_content *c, tmg_p15_dir dir)
{
	*(size_t *)((uint8_t *)c + kinds[dir].count) = 0;
}

/* Indexes of objects are others now. */
static void
clear(tmg_p15 *p, tmg_p15_dir dir)
{
	tmg_p15_content *c = &p->content;

	reset_count(c, dir);
	c->spots_known = p->se.known = false;
	c->spot_count = 0;
}

/* Not the AODF: p->in counts its rows. */
void
tmg_p15_unhide(tmg_p15 *p)
{
	tmg_p15_content *c = &p->content;

	for (unsigned dir = 0; dir < P15_AUTH; dir++) {
		if ((c->hidden >> dir & 1) == 0)
			continue;
		c->hidden &= ~(UINT32_C(1) << dir);
		c->read &= ~(UINT32_C(1) << dir);
		if (kinds[dir].add != NULL)
			clear(p, (tmg_p15_dir)dir);
	}
}

void
tmg_p15_unlearn(tmg_p15 *p, tmg_p15_dir dir)
{
	tmg_p15_content *c = &p->content;

	clear(p, dir);
	c->read &= ~(UINT32_C(1) << dir);
	for (size_t i = 0; i < c->source_count; i++)
		if (c->sources[i].dir == dir) {
			free(c->bytes[i]);
			c->bytes[i] = NULL;
			c->lens[i] = 0;
		}
}

tmg_rc
tmg_p15_relearn(tmg_p15 *p, tmg_p15_dir dir)
{
	tmg_p15_content *c = &p->content;
	tmg_rc rc = TMG_OK;

	clear(p, dir);
	for (size_t i = 0; rc == TMG_OK && i < c->source_count; i++)
		if (c->sources[i].dir == dir && c->bytes[i] != NULL)
			rc = parse_source(p, i);
	return rc;
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
	reset_count(c, dir);	/* of an attempt that was cut short */
	for (size_t i = 0; i < c->source_count; i++) {
		if (c->sources[i].dir != dir)
			continue;
		if ((c->bytes[i] == NULL && (rc = read_source(p, i))) ||
		    (c->bytes[i] != NULL && (rc = parse_source(p, i))))
			return rc;
	}
	c->read |= 1u << dir;
	return TMG_OK;
}

tmg_rc
tmg_p15_learn_rest(tmg_p15 *p)
{
	const tmg_p15_content *c = &p->content;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < c->source_count; i++)
		if (c->bytes[i] == NULL)
			rc = read_source(p, i);
	return rc;
}
