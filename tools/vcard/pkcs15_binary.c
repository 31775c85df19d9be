/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * READ, UPDATE and ERASE BINARY: ISO/IEC 7816-4 11.3.
 */
#include "tools/vcard/pkcs15.h"

enum {
	P1_SFI = 0x80,
	SFI_RESERVED = 0x60,	/* bits that are 0 beside a short identifier */
	TAG_OFFSET = 0x54,
	TAG_DATA = 0x53,
};

/* What such a command is about. */
typedef struct place {
	int at;
	size_t offset;
} place;

static uint16_t
check(const vc_p15 *p15, const place *w, p15_op op)
{
	if (p15->fs.files[w->at].kind != FS_EF)
		return SW_STRUCTURE;
	if (p15->active && p15->fs.files[w->at].life == FS_LIFE_INACTIVE)
		return SW_CONDITIONS;
	if (!p15_may(p15, w->at, op))
		return SW_SECURITY;
	return w->offset <= p15->fs.files[w->at].size ? SW_OK : SW_OFFSET;
}

/* P1 and P2: an offset of 15 bits into the current EF, or a short identifier and
 * an offset of 8 bits (11.3.2).  A file that is found is current. */
static uint16_t
locate(vc_p15 *p15, const vc_command *c, p15_op op, place *w)
{
	uint16_t sw;

	if ((c->p1 & P1_SFI) != 0) {
		if ((c->p1 & SFI_RESERVED) != 0)
			return SW_P1P2;
		*w = (place){ vc_fs_by_sfi(&p15->fs, p15->fs.df, c->p1 & 0x1f), c->p2 };
		if ((c->p1 & 0x1f) == 0 || w->at == FS_NONE)
			return SW_NOT_FOUND;
	} else {
		*w = (place){ p15->fs.ef, (size_t)(c->p1 << 8 | c->p2) };
		if (w->at == FS_NONE)
			return SW_NO_FILE;
	}
	if ((sw = check(p15, w, op)) == SW_OK)
		vc_fs_make_current(&p15->fs, w->at);
	return sw;
}

/* Odd instructions: P1 and P2 name the file, 0000 the current one; the offset is
 * in the data. */
static uint16_t
locate_odd(vc_p15 *p15, const vc_command *c, tmg_view *in, p15_op op, place *w)
{
	const uint16_t id = (uint16_t)(c->p1 << 8 | c->p2);
	tmg_view offset;
	uint16_t sw;

	*w = (place){ id == 0 ? p15->fs.ef : id < 0x20 ?
	    vc_fs_by_sfi(&p15->fs, p15->fs.df, (uint8_t)id) :
	    vc_fs_child(&p15->fs, p15->fs.df, id), 0 };
	if (w->at == FS_NONE)
		return id == 0 ? SW_NO_FILE : SW_NOT_FOUND;
	if (tmg_tlv_expect(in, TAG_OFFSET, &offset) || offset.len > 4)
		return SW_DATA;
	for (size_t i = 0; i < offset.len; i++)
		w->offset = w->offset << 8 | offset.ptr[i];
	if ((sw = check(p15, w, op)) == SW_OK)
		vc_fs_make_current(&p15->fs, w->at);
	return sw;
}

/* From there to the end, or so much. */
static tmg_view
bytes_of(const vc_p15 *p15, const place *w, size_t most)
{
	const fs_file *f = &p15->fs.files[w->at];
	const size_t there = f->size - w->offset;

	return (tmg_view){ f->data + w->offset, there < most ? there : most };
}

uint16_t
p15_read(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	place w;
	uint16_t sw;

	(void)card;
	if (c->data.len != 0)
		return SW_LENGTH;
	if ((sw = locate(p15, c, P15_OP_READ, &w)) != SW_OK)
		return sw;
	if (w.offset > 0 && w.offset == p15->fs.files[w.at].size)
		return SW_OFFSET;
	tmg_put(out, bytes_of(p15, &w, c->le != VC_LE_NONE ? c->le : 256));
	return SW_OK;
}

uint16_t
p15_read_odd(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	const size_t head = 4;		/* of 53 with a length of two bytes */
	tmg_view in = c->data;
	place w;
	uint16_t sw;

	(void)card;
	if ((sw = locate_odd(p15, c, &in, P15_OP_READ, &w)) != SW_OK)
		return sw;
	if (in.len != 0)
		return SW_DATA;
	tmg_tlv_put(out, TAG_DATA,
	    bytes_of(p15, &w, c->le > head ? c->le - head : 256 - head));
	return SW_OK;
}

/* The whole, or nothing: no file grows. */
static uint16_t
write_at(vc_card *card, vc_p15 *p15, const place *w, tmg_view bytes)
{
	fs_file *f = &p15->fs.files[w->at];

	if (bytes.len == 0)
		return SW_LENGTH;
	if (bytes.len > f->size - w->offset)
		return SW_FULL;
	memcpy(f->data + w->offset, bytes.ptr, bytes.len);
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

uint16_t
p15_update(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	place w;
	uint16_t sw = locate(p15, c, P15_OP_UPDATE, &w);

	(void)out;
	return sw == SW_OK ? write_at(card, p15, &w, c->data) : sw;
}

uint16_t
p15_update_odd(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	tmg_view in = c->data, bytes;
	place w;
	uint16_t sw;

	(void)out;
	if ((sw = locate_odd(p15, c, &in, P15_OP_UPDATE, &w)) != SW_OK)
		return sw;
	if (tmg_tlv_expect(&in, TAG_DATA, &bytes) || in.len != 0)
		return SW_DATA;
	return write_at(card, p15, &w, bytes);
}

/* To the end, or to the offset in the data, which is not erased any more. */
uint16_t
p15_erase(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	place w;
	uint16_t sw;
	size_t end;

	(void)out;
	if (c->data.len != 0 && c->data.len != 2)
		return SW_LENGTH;
	if ((sw = locate(p15, c, P15_OP_UPDATE, &w)) != SW_OK)
		return sw;
	end = c->data.len == 0 ? p15->fs.files[w.at].size :
	    (size_t)(c->data.ptr[0] << 8 | c->data.ptr[1]);
	if (end > p15->fs.files[w.at].size || end < w.offset)
		return SW_OFFSET;
	memset(p15->fs.files[w.at].data + w.offset, 0, end - w.offset);
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}
