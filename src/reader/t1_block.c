/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/t1.h"

enum {
	PROLOGUE = 3,		/* NAD PCB LEN, ISO/IEC 7816-3:2006 11.3.2 */
	S_KIND = 0x1f,
};

/*
 * ISO/IEC 7816-3 11.3.4 refers to ISO/IEC 13239.  The high byte first and no
 * complement, as every driver in use has it; hardly a card wants it.
 */
static uint16_t
crc_of(tmg_view v)
{
	uint16_t crc = 0xffff;

	for (size_t i = 0; i < v.len; i++) {
		crc ^= v.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)((crc & 1) != 0 ? crc >> 1 ^ 0x8408
			    : crc >> 1);
	}
	return crc;
}

static uint8_t
lrc_of(tmg_view v)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < v.len; i++)
		sum ^= v.ptr[i];
	return sum;
}

static bool
checks(tmg_view body, tmg_view sum, bool crc)
{
	if (crc)
		return crc_of(body) == (sum.ptr[0] << 8 | sum.ptr[1]);
	return lrc_of(body) == sum.ptr[0];
}

/* 11.3.2.2: I-blocks leave bits 1 to 5 alone, R-blocks tell of three things,
 * S-blocks are of four kinds, of which two carry one byte. */
static bool
exists(uint8_t pcb, size_t inf)
{
	const uint8_t kind = pcb & S_KIND;

	if ((pcb & 0x80) == 0)
		return (pcb & 0x1f) == 0;
	if ((pcb & TMG_T1_S) == TMG_T1_R)
		return (pcb & 0x2c) == 0 && (pcb & 3) != 3 && inf == 0;
	if (kind == TMG_T1_S_IFS || kind == TMG_T1_S_WTX)
		return inf == 1;
	return (kind == TMG_T1_S_RESYNCH || kind == TMG_T1_S_ABORT) && inf == 0;
}

tmg_rc
tmg_t1_take(tmg_view in, bool crc, tmg_t1_block *block)
{
	const size_t epilogue = crc ? 2 : 1;
	size_t body;

	*block = (tmg_t1_block){ .nad = 0 };
	if (in.len < PROLOGUE + epilogue)
		return TMG_E_MALFORMED;
	body = PROLOGUE + (size_t)in.ptr[2];
	/* 11.3.2.1: not to us, who gave no address; as if it came damaged */
	if (in.ptr[0] != 0 || in.ptr[2] > TMG_T1_INF_MAX || in.len != body + epilogue ||
	    !checks((tmg_view){ in.ptr, body },
		(tmg_view){ in.ptr + body, epilogue }, crc) ||
	    !exists(in.ptr[1], in.ptr[2]))
		return TMG_E_MALFORMED;
	*block = (tmg_t1_block){ .nad = in.ptr[0], .pcb = in.ptr[1],
	    .inf = { in.ptr + PROLOGUE, in.ptr[2] } };
	return TMG_OK;
}

void
tmg_t1_put(tmg_out *out, bool crc, const tmg_t1_block *block)
{
	const uint8_t head[PROLOGUE] = { block->nad, block->pcb,
	    (uint8_t)block->inf.len };
	const size_t from = out->len;
	tmg_view body;

	tmg_put(out, TMG_VIEW(head));
	tmg_put(out, block->inf);
	if (out->full)
		return;
	body = (tmg_view){ out->ptr + from, out->len - from };
	if (crc)
		tmg_put_u16(out, crc_of(body));
	else
		tmg_put_u8(out, lrc_of(body));
}
