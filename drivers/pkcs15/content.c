/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card holds, by its directories: each is read when it is first wanted,
 * and once. */
#include "drivers/pkcs15/write.h"

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

/* Filling is behind the last object, or the file ends there, as it tells itself.  A card
 * that breaks off earlier has rows that nobody saw. */
static bool
is_ended(const tmg_p15 *p, const tmg_p15_value *value, size_t got, size_t used)
{
	const tmg_p15_place *place = &value->place;
	const tmg_fcp *fcp = &p->files.fcp;

	if (place->path.len == 0 || used < got)
		return true;
	return (place->length > 0 && got >= place->length) ||
	    (fcp->sized && place->offset + got >= fcp->size);
}

tmg_rc
tmg_p15_keep(tmg_p15 *p, size_t at, const tmg_p15_value *value, tmg_extent extent,
    tmg_view *kept, const char *what)
{
	tmg_auto_free uint8_t *room = malloc(P15_DIRECTORY_MAX);
	tmg_out out = { room, P15_DIRECTORY_MAX, 0, false };
	size_t got;
	tmg_rc rc;

	*kept = (tmg_view){ NULL, 0 };
	if (room == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_p15_value_read(p, value, extent, &out, what)))
		return rc;
	got = out.len;
	if (extent == TMG_EXTENT_OBJECTS)
		out.len = end_of(tmg_out_view(&out));
	free(p->content.bytes[at]);	/* what could not be understood */
	p->content.bytes[at] = malloc(out.len + 1);
	if (p->content.bytes[at] == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(p->content.bytes[at], room, out.len);
	p->content.lens[at] = out.len;
	p->content.ended[at] = is_ended(p, value, got, out.len);
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

	rc = tmg_p15_keep(p, at, &c->sources[at].value, TMG_EXTENT_OBJECTS, &bytes,
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
