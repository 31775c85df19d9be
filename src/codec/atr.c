/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/atr.h"

enum {
	TS_DIRECT = 0x3b,	/* ISO/IEC 7816-3, "initial character" */
	TS_INVERSE = 0x3f,
	Y_TA = 0x01,		/* of Y(i): TA(i) follows, and so on */
	Y_TB = 0x02,
	Y_TC = 0x04,
	Y_TD = 0x08,

	/* what counts without interface bytes, ISO/IEC 7816-3:2006 8.3, 10.2
	 * and 11.4 */
	DEFAULT_FD = 0x11,
	DEFAULT_WI = 10,
	DEFAULT_IFSC = 32,
	DEFAULT_WAITING = 0x4d,
	TA2_IMPLICIT = 0x10,
	TC_CRC = 0x01,
	T1 = 1,

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

/* The byte of that kind in a group that has the kinds y; NULL without one. */
static const uint8_t *
byte_of(tmg_view group, unsigned y, unsigned kind)
{
	return (y & kind) != 0 ? &group.ptr[bits_of(y & (kind - 1))] : NULL;
}

static void
take_byte(const uint8_t *from, uint8_t *to)
{
	if (from != NULL)
		*to = *from;
}

/* The first two groups are of both protocols, but for TC(2). */
static void
take_global(tmg_view group, unsigned y, unsigned i, tmg_atr_talk *talk)
{
	const uint8_t *ta = byte_of(group, y, Y_TA);

	if (i == 1) {
		take_byte(ta, &talk->fd);
		take_byte(byte_of(group, y, Y_TC), &talk->guard);
		return;
	}
	take_byte(byte_of(group, y, Y_TC), &talk->wi);
	talk->specific = ta != NULL;
	if (ta == NULL)
		return;
	talk->specific_t = *ta & 0x0f;
	talk->implicit = (*ta & TA2_IMPLICIT) != 0;
}

/* The first group behind a TD that says T=1. */
static void
take_t1(tmg_view group, unsigned y, tmg_atr_talk *talk)
{
	const uint8_t *tc = byte_of(group, y, Y_TC);

	take_byte(byte_of(group, y, Y_TA), &talk->ifsc);
	take_byte(byte_of(group, y, Y_TB), &talk->waiting);
	talk->crc = tc != NULL && (*tc & TC_CRC) != 0;
}

/* Interface bytes: groups of TA TB TC TD, each TD announcing the next. */
static tmg_rc
take_interface(tmg_view *in, unsigned y, tmg_atr *atr)
{
	unsigned of = 0;	/* the protocol that the group is of */
	bool t1_told = false;
	tmg_view group;
	tmg_rc rc;

	for (unsigned i = 1; y != 0; i++) {
		if ((rc = tmg_view_take(in, bits_of(y), &group)))
			return rc;
		if (i <= 2)
			take_global(group, y, i, &atr->talk);
		else if (of == T1 && !t1_told) {
			take_t1(group, y, &atr->talk);
			t1_told = true;
		}
		if (!(y & Y_TD))
			break;
		/* TD is the last byte of its group. */
		const uint8_t td = group.ptr[group.len - 1];

		of = td & 0x0f;
		if (atr->protocols == 0)
			atr->protocol = of;
		atr->protocols |= 1u << of;
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

	*atr = (tmg_atr){ .talk = { .fd = DEFAULT_FD, .wi = DEFAULT_WI,
	    .ifsc = DEFAULT_IFSC, .waiting = DEFAULT_WAITING } };
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
