/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/files.h"

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/iso/sw.h"

enum {
	INS_READ_BINARY = 0xb0,
	INS_READ_BINARY_ODD = 0xb1,
	INS_SELECT = 0xa4,
	INS_UPDATE_BINARY = 0xd6,
	INS_UPDATE_BINARY_ODD = 0xd7,

	/* SELECT, tables 39 and 40. */
	P1_FID = 0x00,
	P1_EF = 0x02,		/* in the current DF */
	P1_FROM_MF = 0x08,	/* path without the MF's identifier */
	P1_FROM_DF = 0x09,	/* path without the current DF's */

	/* Offsets beyond 15 bits are data objects of odd instructions: 7.2.2. */
	OFFSET_SHORT = 0x7fff,
	TAG_OFFSET = 0x54,
	TAG_DATA = 0x53,
	WRAPPING = 8,		/* bytes of tag and length around an answer */

	SW_DEACTIVATED = 0x6283,
	SW_NO_EF = 0x6986,
};

static const struct {
	uint16_t sw;
	tmg_rc rc;
} verdicts[] = {
	{ TMG_SW_OK, TMG_OK },
	{ TMG_SW_END_EARLY, TMG_OK },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND },
	{ TMG_SW_NO_RECORD, TMG_NOT_FOUND },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND },
	{ SW_DEACTIVATED, TMG_DENIED },
	{ TMG_SW_LOGIN, TMG_LOGIN },
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED },
	{ TMG_SW_CONDITIONS, TMG_DENIED },
	{ TMG_SW_FULL, TMG_DENIED },
	{ TMG_SW_NOT_FOR_FILE, TMG_UNSUPPORTED },	/* no transparent file */
	{ SW_NO_EF, TMG_UNSUPPORTED },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED },
	{ TMG_SW_INS, TMG_UNSUPPORTED },
	{ TMG_SW_CLA, TMG_UNSUPPORTED },
};

tmg_rc
tmg_files_verdict(uint16_t sw)
{
	for (size_t i = 0; i < TMG_COUNT(verdicts); i++)
		if (verdicts[i].sw == sw)
			return verdicts[i].rc;
	return TMG_E_CARD;
}

void
tmg_files_forget(tmg_files *f)
{
	f->at.len = f->df.len = 0;
}

void
tmg_files_at_home(tmg_files *f)
{
	static const tmg_path home = { { 0x3f, 0xff }, 2 };

	f->at = f->df = home;
	f->fcp = (tmg_fcp){ .kind = TMG_FILE_DF };
}

/* ---- SELECT -------------------------------------------------------------- */

/* Which form names the path in the fewest bytes. */
static void
select_form(const tmg_path *path, tmg_capdu *c)
{
	const tmg_view rest = { path->bytes + 2, path->len - 2 };

	c->p1 = P1_FROM_MF;
	c->data = rest;
	if (rest.len == 0) {
		c->p1 = P1_FID;
		c->data = tmg_path_view(path);
	} else if (tmg_path_from(path, TMG_FID_HOME)) {
		c->p1 = rest.len == 2 ? P1_EF : P1_FROM_DF;
	}
}

/* A card that counts from the application's DF must be in it. */
static tmg_rc
go_home(tmg_files *f, const tmg_path *path)
{
	if (!tmg_path_from(path, TMG_FID_HOME) ||
	    (f->df.len == 2 && tmg_path_from(&f->df, TMG_FID_HOME)))
		return TMG_OK;
	return f->home(f->arg);
}

static void
selected(tmg_files *f, const tmg_path *path, const tmg_fcp *fcp)
{
	f->at = *path;
	f->fcp = *fcp;
	f->fcp.name = (tmg_view){ NULL, 0 };
	f->df = fcp->kind == TMG_FILE_DF || path->len == 2 ? *path
	    : tmg_path_parent(path);
}

tmg_rc
tmg_files_select(tmg_files *f, const tmg_path *path, uint16_t *sw)
{
	tmg_capdu c = { .ins = INS_SELECT, .le = TMG_LE_SHORT };
	uint8_t bytes[256];
	tmg_out answer = TMG_OUT(bytes);
	tmg_fcp fcp;
	tmg_rc rc;

	*sw = 0;
	if (path->len < 2)
		return TMG_E_USAGE;
	if (tmg_path_equal(&f->at, path))
		return TMG_OK;
	if ((rc = go_home(f, path)) || tmg_path_equal(&f->at, path))
		return rc;
	select_form(path, &c);
	f->at.len = 0;		/* until it is certain */
	if ((rc = f->send(f->arg, &c, &answer, sw))) {
		tmg_files_forget(f);
		return rc;
	}
	if ((rc = tmg_files_verdict(*sw)) ||
	    (rc = tmg_fcp_parse(tmg_out_view(&answer), &fcp)))
		return rc;
	selected(f, path, &fcp);
	return TMG_OK;
}

tmg_rc
tmg_files_enter(tmg_files *f, const tmg_path *path, uint16_t *sw)
{
	const tmg_path parent = tmg_path_parent(path);

	*sw = 0;
	if (f->df.len > 0 && (tmg_path_equal(&f->df, path) ||
	    (path->len > 2 && tmg_path_equal(&f->df, &parent))))
		return TMG_OK;
	return tmg_files_select(f, path, sw);
}

/* ---- READ BINARY --------------------------------------------------------- */

/* Bytes up to the end of the first object; 0: its head is not there yet. */
static size_t
object_size(tmg_view have)
{
	size_t n, head = 1, len = 0;

	if (have.len < 2)
		return 0;
	if ((have.ptr[0] & 0x1f) == 0x1f)
		while (head < have.len && (have.ptr[head++] & 0x80) != 0)
			;
	if (head >= have.len)
		return 0;
	n = have.ptr[head++];
	if (n < 0x80)
		return head + n;
	n &= 0x7f;
	if (n == 0 || n > 3)
		return have.len;	/* no length: nothing more would help */
	if (head + n > have.len)
		return 0;
	for (size_t i = 0; i < n; i++)
		len = len << 8 | have.ptr[head + i];
	return head + n + len;
}

/* No object begins here: 00 00 and FF are filling; 00 in front of a length marks
 * an object that was deleted, which is skipped. */
static bool
is_filling(tmg_view in)
{
	return in.ptr[0] == 0xff ||
	    (in.ptr[0] == 0x00 && in.len > 1 && in.ptr[1] == 0x00);
}

/* Is there anything behind have that is still wanted?  *end is where the read
 * ends when it is known, else it is left alone. */
static bool
wants_more(tmg_extent extent, tmg_view have, size_t *end)
{
	size_t at = 0, n;

	if (extent == TMG_EXTENT_FILE || have.len == 0)
		return true;
	if (extent == TMG_EXTENT_OBJECT) {
		if ((n = object_size(have)) > 0 && n < *end)
			*end = n;
		return have.len < *end;
	}
	while (at < have.len) {
		const tmg_view rest = { have.ptr + at, have.len - at };

		if (is_filling(rest))
			return false;
		n = object_size(rest);
		if (n == 0 || n > rest.len)
			return true;
		at += n;
	}
	return true;
}

/* One command; what a card of short answers cannot give at once comes later. */
static tmg_rc
read_even(tmg_files *f, size_t offset, uint32_t le, tmg_out *data, uint16_t *sw)
{
	return f->send(f->arg, &(tmg_capdu){
		.ins = INS_READ_BINARY,
		.p1 = (uint8_t)(offset >> 8), .p2 = (uint8_t)offset,
		.le = le,
	    }, data, sw);
}

static void
put_offset(tmg_out *o, size_t offset)
{
	const uint8_t bytes[] = { (uint8_t)(offset >> 16), (uint8_t)(offset >> 8),
	    (uint8_t)offset };

	tmg_tlv_put(o, TAG_OFFSET, offset > UINT16_MAX ? TMG_VIEW(bytes)
	    : (tmg_view){ bytes + 1, 2 });
}

/* P1-P2 0000: the current EF; the answer is wrapped in 53. */
static tmg_rc
read_odd(tmg_files *f, size_t offset, uint32_t le, tmg_out *data, uint16_t *sw)
{
	tmg_auto_free uint8_t *store = malloc(le + WRAPPING);
	tmg_out answer = { store, le + WRAPPING, 0, false };
	uint8_t bytes[8];
	tmg_out where = TMG_OUT(bytes);
	tmg_view in, value;
	tmg_rc rc;

	if (store == NULL)
		return TMG_E_NOMEM;
	put_offset(&where, offset);
	if ((rc = f->send(f->arg, &(tmg_capdu){
		.ins = INS_READ_BINARY_ODD,
		.data = tmg_out_view(&where),
		.le = le + WRAPPING > TMG_LE_ANY ? TMG_LE_ANY : le + WRAPPING,
	    }, &answer, sw)))
		return rc;
	in = tmg_out_view(&answer);
	if (in.len == 0)
		return TMG_OK;
	if (tmg_tlv_expect(&in, TAG_DATA, &value))
		return TMG_E_MALFORMED;
	tmg_put(data, value);
	return tmg_out_done(data);
}

/* A card that finds Le too long is not asked so again. */
static tmg_rc
read_part(tmg_files *f, size_t offset, size_t want, tmg_out *data, uint16_t *sw)
{
	uint32_t le = want > TMG_LE_ANY ? TMG_LE_ANY : (uint32_t)want;
	tmg_rc rc;

	if (f->most > 0 && le > f->most)
		le = (uint32_t)f->most;
	rc = offset > OFFSET_SHORT ? read_odd(f, offset, le, data, sw)
	    : read_even(f, offset, le, data, sw);
	if (rc != TMG_OK || *sw != TMG_SW_LENGTH || le <= TMG_LE_SHORT)
		return rc;
	f->most = TMG_LE_SHORT;
	return read_part(f, offset, want, data, sw);
}

/* The end of the span that is known before anything was read. */
static size_t
known_end(const tmg_files *f, const tmg_span *span)
{
	size_t end = TMG_FILE_MAX;

	if (f->fcp.sized && f->fcp.size < end)
		end = f->fcp.size > span->offset ? f->fcp.size - span->offset : 0;
	if (span->length > 0 && span->length < end)
		end = span->length;
	return end;
}

static bool
is_end(const tmg_files *f, uint16_t sw, size_t got)
{
	return got == 0 || sw == TMG_SW_END_EARLY ||
	    (!f->fcp.sized && got < TMG_LE_SHORT);
}

tmg_rc
tmg_files_read(tmg_files *f, const tmg_span *span, tmg_out *data, uint16_t *sw)
{
	const size_t mark = data->len;
	size_t end, got = 0;
	tmg_rc rc;

	if ((rc = tmg_files_select(f, &span->path, sw)))
		return rc;
	end = known_end(f, span);
	while (got < end && wants_more(span->extent,
	    (tmg_view){ data->ptr + mark, got }, &end) && got < end) {
		const size_t before = data->len;

		if ((rc = read_part(f, span->offset + got, end - got, data, sw)))
			return rc;
		if (*sw == TMG_SW_WRONG_P1P2) {	/* the offset is outside */
			data->len = before;
			break;
		}
		if ((rc = tmg_files_verdict(*sw)))
			return rc;
		got += data->len - before;
		if (is_end(f, *sw, data->len - before))
			break;
	}
	/* What lies behind the end came along. */
	(void)wants_more(span->extent, (tmg_view){ data->ptr + mark, got }, &end);
	if (got > end)
		data->len = mark + end;
	return tmg_out_done(data);
}

/* ---- UPDATE BINARY ------------------------------------------------------- */

#define WRITE_SHORT 255u

static tmg_rc
update_odd(tmg_files *f, size_t offset, tmg_view part, uint16_t *sw)
{
	tmg_auto_free uint8_t *store = malloc(part.len + 2 * WRAPPING);
	tmg_out o = { store, part.len + 2 * WRAPPING, 0, false };

	if (store == NULL)
		return TMG_E_NOMEM;
	put_offset(&o, offset);
	tmg_tlv_put(&o, TAG_DATA, part);
	return f->send(f->arg, &(tmg_capdu){
		.ins = INS_UPDATE_BINARY_ODD, .data = tmg_out_view(&o),
	    }, NULL, sw);
}

static tmg_rc
update_part(tmg_files *f, size_t offset, tmg_view part, uint16_t *sw)
{
	tmg_rc rc;

	if (offset > OFFSET_SHORT)
		rc = update_odd(f, offset, part, sw);
	else
		rc = f->send(f->arg, &(tmg_capdu){
			.ins = INS_UPDATE_BINARY,
			.p1 = (uint8_t)(offset >> 8), .p2 = (uint8_t)offset,
			.data = part,
		    }, NULL, sw);
	if (rc)
		return rc;
	/* 63Cx: written at the x-th try, 5.1.3. */
	if ((*sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES)
		return TMG_OK;
	return *sw == TMG_SW_WRONG_P1P2 || *sw == TMG_SW_LENGTH ? TMG_DENIED
	    : tmg_files_verdict(*sw);
}

tmg_rc
tmg_files_update(tmg_files *f, const tmg_path *path, size_t offset, tmg_view data,
    uint16_t *sw)
{
	const size_t room = f->chunk > 0 ? f->chunk : WRITE_SHORT;
	tmg_rc rc;

	if ((rc = tmg_files_select(f, path, sw)))
		return rc;
	if (f->fcp.sized && data.len + offset > f->fcp.size)
		return TMG_DENIED;
	while (data.len > 0) {
		/* A wrapped part fits into as many bytes. */
		const size_t most = offset > OFFSET_SHORT ? room - 2 * WRAPPING
		    : room;
		tmg_view part;

		if ((rc = tmg_view_take(&data, data.len < most ? data.len : most,
		    &part)) || (rc = update_part(f, offset, part, sw)))
			return rc;
		offset += part.len;
	}
	return TMG_OK;
}
