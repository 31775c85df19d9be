/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of directories come and go.  At every moment a directory can be read to
 * its end, by 5.8.2: 00 in front of a length is a hole, 00 00 is the end.
 */
#include "drivers/pkcs15/write.h"

enum {
	ONE_UPDATE = 255,	/* bytes that one UPDATE BINARY carries */
	END = 2,		/* 00 00 */
	HOLE_MAX = 4,		/* bytes of a hole's head */
};

/* What is known of a directory is what stands in it now. */
static tmg_rc
set_image(tmg_p15 *p, size_t at, uint8_t *bytes, size_t len)
{
	tmg_p15_content *c = &p->content;

	free(c->bytes[at]);
	c->bytes[at] = bytes;
	c->lens[at] = len;
	return at == P15_AT_ODF ? TMG_OK
	    : tmg_p15_relearn(p, c->sources[at].dir);
}

/* Nobody knows what the card took: it is asked again. */
static tmg_rc
lose_image(tmg_p15 *p, size_t at, tmg_rc rc)
{
	if (at == P15_AT_ODF)
		tmg_p15_content_drop(&p->content);
	else
		tmg_p15_unlearn(p, p->content.sources[at].dir);
	return p15_pass(p, rc);
}

static tmg_rc
place_of(const tmg_p15 *p, size_t at, tmg_p15_place *place)
{
	const tmg_p15_content *c = &p->content;
	static const uint8_t odf[] = { P15_EF_ODF >> 8, P15_EF_ODF & 0xff };

	*place = (tmg_p15_place){ .offset = 0 };
	if (at != P15_AT_ODF) {
		*place = c->sources[at].value.place;
		return place->path.len > 0 ? TMG_OK : TMG_UNSUPPORTED;
	}
	if (p->odf.len > 0)
		return tmg_path_join(&c->base, tmg_path_view(&p->odf), &place->path);
	return tmg_path_join(&c->base, TMG_VIEW(odf), &place->path);
}

static tmg_rc
not_written(tmg_p15 *p)
{
	return p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: a directory of the card cannot be written"), p->who);
}

/* Of a directory that broke off nobody knows where it ends: it is asked again, by whoever
 * tries once more. */
static tmg_rc
check_end(tmg_p15 *p, size_t at)
{
	if (p->content.ended[at])
		return TMG_OK;
	return lose_image(p, at, p15_raise(p, TMG_E_CARD, 0, _("%s: the card broke off "
	    "while a directory was read, and what was not seen is not written over: take "
	    "the card out, put it in again, and try once more"), p->who));
}

/* Bytes of the directory from offset on. */
static tmg_rc
put(tmg_p15 *p, size_t at, size_t offset, tmg_view bytes)
{
	tmg_p15_place place;
	tmg_rc rc;

	if ((rc = place_of(p, at, &place)))
		return not_written(p);
	if (place.length > 0 && offset + bytes.len > place.length)
		return tmg_p15_changed(p, TMG_DENIED, TMG_SW_OK,
		    N_("writing a directory"));
	return tmg_p15_file_write(p, &place.path, place.offset + offset, bytes);
}

/* How many bytes of 00 still fit behind a directory that ends there. */
static tmg_rc
end_room(tmg_p15 *p, size_t at, size_t end, size_t *room)
{
	tmg_p15_place place;
	size_t size;
	uint16_t sw = 0;
	tmg_rc rc;

	if ((rc = place_of(p, at, &place)))
		return not_written(p);
	rc = tmg_files_select(&p->files, &place.path, &sw);
	if ((rc = tmg_p15_changed(p, rc, rc == TMG_OK ? TMG_SW_OK : sw,
	    N_("writing a directory"))))
		return rc;
	size = place.length > 0 ? place.offset + place.length
	    : p->files.fcp.sized ? p->files.fcp.size : SIZE_MAX;
	*room = size - place.offset > end ? size - place.offset - end : 0;
	*room = *room < END ? *room : END;
	return TMG_OK;
}

tmg_rc
tmg_p15_row_add(tmg_p15 *p, size_t at, tmg_view row)
{
	tmg_p15_content *c = &p->content;
	const size_t end = c->lens[at];
	uint8_t bytes[P15_ROW_MAX + END] = { 0 };
	uint8_t *image;
	size_t room = 0;
	tmg_rc rc;

	if (row.len > P15_ROW_MAX)
		return p15_pass(p, TMG_E_SPACE);
	if ((rc = check_end(p, at)))
		return rc;
	memcpy(bytes, row.ptr, row.len);
	image = malloc(end + row.len + 1);
	if (image == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(image, c->bytes[at], end);
	memcpy(image + end, row.ptr, row.len);
	if ((rc = end_room(p, at, end + row.len, &room)) ||
	    (rc = put(p, at, end, (tmg_view){ bytes, row.len + room }))) {
		free(image);
		return lose_image(p, at, rc);
	}
	return set_image(p, at, image, end + row.len);
}

/* ---- a row goes ---------------------------------------------------------------- */

/* The head of a hole that takes so many bytes in all. */
static void
put_hole(tmg_out *o, size_t size)
{
	tmg_put_u8(o, 0x00);
	if (size - 2 < 0x80) {
		tmg_put_u8(o, (uint8_t)(size - 2));
	} else if (size - 3 <= 0xff) {
		tmg_put_u8(o, 0x81);
		tmg_put_u8(o, (uint8_t)(size - 3));
	} else {
		tmg_put_u8(o, 0x82);
		tmg_put_u16(o, (uint16_t)(size - 4));
	}
}

/* The rows behind the hole change places with it, each by one command.  A row that
 * is too long for that leaves it where it is. */
static tmg_rc
move_hole(tmg_p15 *p, size_t at, uint8_t *image, size_t *len, size_t offset,
    size_t size)
{
	static const uint8_t end[END] = { 0 };
	tmg_view rest = { image + offset + size, *len - offset - size };
	uint8_t bytes[ONE_UPDATE];
	tmg_tlv row;
	tmg_rc rc;

	while (rest.len > 0) {
		const uint8_t *from = rest.ptr;
		tmg_out o = TMG_OUT(bytes);
		size_t taken;

		if (tmg_tlv_next(&rest, &row))
			return TMG_OK;
		taken = (size_t)(rest.ptr - from);
		tmg_put(&o, (tmg_view){ from, taken });
		put_hole(&o, size);
		if (o.full)
			return TMG_OK;
		if ((rc = put(p, at, offset, tmg_out_view(&o))))
			return rc;
		memcpy(image + offset, bytes, o.len);
		offset += taken;
	}
	*len = offset;
	return put(p, at, offset, TMG_VIEW(end));
}

/* In one command where it carries all that is behind; else by way of a hole. */
static tmg_rc
take_out(tmg_p15 *p, size_t at, uint8_t *image, size_t *len, size_t offset,
    size_t size)
{
	const size_t behind = *len - offset - size;
	uint8_t bytes[ONE_UPDATE] = { 0 };
	tmg_out hole = { bytes, HOLE_MAX, 0, false };
	tmg_rc rc;

	if (behind + END <= sizeof(bytes)) {
		memcpy(bytes, image + offset + size, behind);
		memmove(image + offset, image + offset + size, behind);
		*len -= size;
		return put(p, at, offset, (tmg_view){ bytes, behind + END });
	}
	put_hole(&hole, size);
	if ((rc = put(p, at, offset, tmg_out_view(&hole))))
		return rc;
	memcpy(image + offset, bytes, hole.len);
	return move_hole(p, at, image, len, offset, size);
}

tmg_rc
tmg_p15_row_remove(tmg_p15 *p, const tmg_p15_common *old)
{
	tmg_p15_content *c = &p->content;
	const size_t at = old->source;
	size_t len = c->lens[at];
	uint8_t *image;
	tmg_rc rc;

	if ((rc = check_end(p, at)))
		return rc;
	image = malloc(len + 1);
	if (image == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(image, c->bytes[at], len);
	if ((rc = take_out(p, at, image, &len, old->offset, old->size))) {
		free(image);
		return lose_image(p, at, rc);
	}
	return set_image(p, at, image, len);
}

/* ---- a row changes -------------------------------------------------------------- */

/* With all that is behind it, in one command. */
static tmg_rc
shift(tmg_p15 *p, const tmg_p15_common *old, tmg_view row, uint8_t *image, size_t *len)
{
	const size_t behind = *len - old->offset - old->size;
	const size_t size = row.len + behind;
	size_t room = 0;
	tmg_rc rc;

	memmove(image + old->offset + row.len, image + old->offset + old->size, behind);
	memcpy(image + old->offset, row.ptr, row.len);
	*len = old->offset + size;
	if ((rc = end_room(p, old->source, *len, &room)))
		return rc;
	memset(image + *len, 0, room);
	return put(p, old->source, old->offset,
	    (tmg_view){ image + old->offset, size + room });
}

/* A shorter one, and a hole for the rest, which goes then. */
static tmg_rc
shrink(tmg_p15 *p, const tmg_p15_common *old, tmg_view row, uint8_t *image, size_t *len)
{
	const size_t hole = old->size - row.len;
	tmg_out o = { image + old->offset, row.len + HOLE_MAX, 0, false };
	tmg_rc rc;

	tmg_put(&o, row);
	put_hole(&o, hole);
	if ((rc = put(p, old->source, old->offset, tmg_out_view(&o))))
		return rc;
	return move_hole(p, old->source, image, len, old->offset + row.len, hole);
}

/* Behind the others before the old goes: for a moment there are both, as
 * unfinished.c knows. */
static tmg_rc
add_before(tmg_p15 *p, const tmg_p15_common *old, tmg_view row)
{
	const tmg_rc rc = tmg_p15_row_add(p, old->source, row);

	return rc ? rc : tmg_p15_row_remove(p, old);
}

/* In the place of one that is as long. */
static tmg_rc
overwrite(tmg_p15 *p, const tmg_p15_common *old, tmg_view row, uint8_t *image, size_t *len)
{
	(void)len;
	memcpy(image + old->offset, row.ptr, row.len);
	return put(p, old->source, old->offset, row);
}

typedef tmg_rc change(tmg_p15 *p, const tmg_p15_common *old, tmg_view row,
    uint8_t *image, size_t *len);

/* What a pull leaves the old one or the new one with; NULL: nothing does. */
static change *
change_for(const tmg_p15_common *old, size_t len, size_t size)
{
	const size_t behind = len - old->offset - old->size;

	if (size == old->size)
		return overwrite;
	if (size + behind + END <= ONE_UPDATE)
		return shift;
	return size + END < old->size ? shrink : NULL;
}

tmg_rc
tmg_p15_row_replace(tmg_p15 *p, const tmg_p15_common *old, tmg_view row)
{
	const tmg_p15_common was = *old;
	tmg_p15_content *c = &p->content;
	size_t len = c->lens[was.source];
	change *const how = change_for(&was, len, row.len);
	uint8_t *image;
	tmg_rc rc;

	if ((rc = check_end(p, was.source)))
		return rc;
	if (how == NULL)
		return add_before(p, &was, row);
	image = malloc(len + row.len + END);
	if (image == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(image, c->bytes[was.source], len);
	if ((rc = how(p, &was, row, image, &len))) {
		free(image);
		return lose_image(p, was.source, rc);
	}
	return set_image(p, was.source, image, len);
}

/* ---- a directory comes ------------------------------------------------------------ */

/* It is empty before the ODF tells of it. */
static tmg_rc
make(tmg_p15 *p, const tmg_p15_job *job, tmg_p15_dir dir, size_t *at)
{
	const tmg_p15_family *family = p->profile->family;
	tmg_p15_content *c = &p->content;
	const tmg_p15_birth file = {
		.fid = family->dirs[dir], .purpose = P15_FOR_DIRECTORY,
		.size = family->dir_size, .pin = job->pin,
	};
	uint8_t bytes[64];
	tmg_out row = TMG_OUT(bytes);
	tmg_p15_source source = { .dir = dir };
	tmg_rc rc;

	*at = c->source_count;
	if ((c->hidden >> dir & 1) != 0)
		return p15_raise(p, TMG_DENIED, 0,
		    _("%s: the card hides what it has of that kind even behind its "
		    "PIN; use the program of its maker"), p->who);
	if (file.fid == 0 || *at == P15_SOURCES)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card has no directory for that"), p->who);
	if ((rc = tmg_p15_file_make(p, job, file, &source.value.place.path)))
		return rc;
	tmg_p15_source_put(&row, dir, &source.value.place.path);
	if ((rc = tmg_p15_row_add(p, P15_AT_ODF, tmg_out_view(&row))))
		return rc;
	c->ended[*at] = true;
	c->bytes[*at] = calloc(1, 1);
	if (c->bytes[*at] == NULL)
		return p15_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	c->sources[c->source_count++] = source;
	return TMG_OK;
}

/* All that the card's list tells of was read to its end, or is hidden: in what was not may
 * be the very row that would be written once more. */
static tmg_rc
check_whole(tmg_p15 *p, tmg_p15_dir dir)
{
	const tmg_p15_content *c = &p->content;
	const bool hidden = (c->hidden >> dir & 1) != 0;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < c->source_count; i++) {
		if (c->sources[i].dir != dir)
			continue;
		if (c->bytes[i] != NULL)
			rc = check_end(p, i);
		else if (!hidden)
			rc = lose_image(p, i, p15_raise(p, TMG_E_CARD, 0, _("%s: the "
			    "card's list names a directory which the card says it has "
			    "not; nothing was changed: take the card out, put it in "
			    "again, and try once more"), p->who));
	}
	return rc;
}

tmg_rc
tmg_p15_directory_want(tmg_p15 *p, const tmg_p15_job *job, tmg_p15_dir dir,
    size_t *at)
{
	tmg_rc rc;

	if ((rc = tmg_p15_learn(p, dir)))
		return rc;
	if ((rc = check_whole(p, dir)))
		return rc;
	for (*at = 0; *at < p->content.source_count; (*at)++)
		if (p->content.sources[*at].dir == dir &&
		    p->content.bytes[*at] != NULL &&
		    p->content.sources[*at].value.place.path.len > 0)
			return TMG_OK;
	return make(p, job, dir, at);
}
