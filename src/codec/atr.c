/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/atr.h"

enum {
	TS_DIRECT = 0x3b,	/* ISO/IEC 7816-3, "initial character" */
	TS_INVERSE = 0x3f,
	Y_TD = 0x08,		/* of Y(i): TD(i) follows */

	/* category indicator, ISO/IEC 7816-4:2005 8.1.1 */
	CATEGORY_STATUS = 0x00,	/* three bytes of status end the historical bytes */
	CATEGORY_TLV = 0x80,	/* COMPACT-TLV to the end */
	STATUS_BYTES = 3,

	/* card capabilities, ISO/IEC 7816-4:2005 8.1.1.2 */
	TAG_CAPABILITIES = 0x7,
	THIRD_CHAINING = 0x80,
	THIRD_EXTENDED = 0x40,
};

static unsigned
bits_of(unsigned nibble)
{
	return (nibble & 1) + (nibble >> 1 & 1) + (nibble >> 2 & 1) +
	    (nibble >> 3 & 1);
}

/* Interface bytes: groups of TA TB TC TD, each TD announcing the next. */
static tmg_rc
take_interface(tmg_view *in, unsigned y, tmg_atr *atr)
{
	tmg_view group;
	tmg_rc rc;

	while (y != 0) {
		if ((rc = tmg_view_take(in, bits_of(y), &group)))
			return rc;
		if (!(y & Y_TD))
			break;
		/* TD is the last byte of its group. */
		const uint8_t td = group.ptr[group.len - 1];

		if (atr->protocols == 0)
			atr->protocol = td & 0x0f;
		atr->protocols |= 1u << (td & 0x0f);
		y = td >> 4;
	}
	if (atr->protocols == 0)
		atr->protocols = 1u << 0;
	return TMG_OK;
}

/* TCK is there unless only T=0 is offered, and makes the XOR of all bytes
 * after TS zero, ISO/IEC 7816-3, "check byte TCK". */
static tmg_rc
check_sum(tmg_view after_ts, tmg_view rest, const tmg_atr *atr)
{
	uint8_t sum = 0;

	if (atr->protocols == 1u << 0)
		return rest.len == 0 ? TMG_OK : TMG_E_MALFORMED;
	if (rest.len != 1)
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < after_ts.len; i++)
		sum ^= after_ts.ptr[i];
	return sum == 0 ? TMG_OK : TMG_E_MALFORMED;
}

/* Historical bytes are free-form for many cards: what does not read as
 * COMPACT-TLV simply tells nothing. */
static void
read_capabilities(tmg_view in, tmg_atr *atr)
{
	tmg_view head, value;

	if (tmg_view_take(&in, 1, &head))
		return;
	if (head.ptr[0] == CATEGORY_STATUS && in.len >= STATUS_BYTES)
		in.len -= STATUS_BYTES;
	else if (head.ptr[0] != CATEGORY_TLV)
		return;

	while (!tmg_view_take(&in, 1, &head) &&
	    !tmg_view_take(&in, head.ptr[0] & 0x0f, &value)) {
		if (head.ptr[0] >> 4 != TAG_CAPABILITIES || value.len < 3)
			continue;
		atr->chaining = value.ptr[2] & THIRD_CHAINING;
		atr->extended = value.ptr[2] & THIRD_EXTENDED;
	}
}

tmg_rc
tmg_atr_parse(tmg_view bytes, tmg_atr *atr)
{
	tmg_view in = bytes, head, after_ts;
	tmg_rc rc;

	*atr = (tmg_atr){ 0 };
	if (bytes.len > TMG_ATR_MAX)
		return TMG_E_MALFORMED;
	if ((rc = tmg_view_take(&in, 1, &head)))
		return rc;
	if (head.ptr[0] != TS_DIRECT && head.ptr[0] != TS_INVERSE)
		return TMG_E_MALFORMED;

	after_ts = in;
	if ((rc = tmg_view_take(&in, 1, &head)) ||
	    (rc = take_interface(&in, head.ptr[0] >> 4, atr)) ||
	    (rc = tmg_view_take(&in, head.ptr[0] & 0x0f, &atr->historical)) ||
	    (rc = check_sum(after_ts, in, atr)))
		return rc;

	read_capabilities(atr->historical, atr);
	return TMG_OK;
}
