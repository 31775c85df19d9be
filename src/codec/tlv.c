/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/tlv.h"

#define TAG_CLASS_AND_FORM	0xe0u
#define TAG_MORE		0x1fu	/* low bits all ones: more tag bytes */
#define CONTINUES		0x80u

/* BER-TLV tag, at most three bytes (ISO/IEC 7816-4:2020 6.3). */
static tmg_rc
take_tag(tmg_view *in, uint32_t *tag)
{
	tmg_view b;

	if (tmg_view_take(in, 1, &b))
		return TMG_E_MALFORMED;
	*tag = b.ptr[0];
	if ((b.ptr[0] & ~TAG_CLASS_AND_FORM) != TAG_MORE)
		return TMG_OK;

	for (int more = 0; more < 2; more++) {
		if (tmg_view_take(in, 1, &b))
			return TMG_E_MALFORMED;
		*tag = *tag << 8 | b.ptr[0];
		if (!(b.ptr[0] & CONTINUES))
			return TMG_OK;
	}
	return TMG_E_MALFORMED;
}

/* Definite length, one to five bytes.  80 (indefinite) is not for cards. */
static tmg_rc
take_length(tmg_view *in, size_t *len)
{
	tmg_view b;
	size_t n, v = 0;

	if (tmg_view_take(in, 1, &b))
		return TMG_E_MALFORMED;
	if (b.ptr[0] < 0x80) {
		*len = b.ptr[0];
		return TMG_OK;
	}

	n = b.ptr[0] & 0x7fu;
	if (n < 1 || n > 4 || tmg_view_take(in, n, &b))
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | b.ptr[i];
	*len = v;
	return TMG_OK;
}

tmg_rc
tmg_tlv_next(tmg_view *in, tmg_tlv *out)
{
	tmg_view rest = *in;
	size_t len;
	tmg_rc rc;

	if (rest.len == 0)
		return TMG_NOT_FOUND;
	if ((rc = take_tag(&rest, &out->tag)) ||
	    (rc = take_length(&rest, &len)) ||
	    (rc = tmg_view_take(&rest, len, &out->value)))
		return rc;

	*in = rest;
	return TMG_OK;
}

tmg_rc
tmg_tlv_expect(tmg_view *in, uint32_t tag, tmg_view *value)
{
	tmg_tlv t;

	if (tmg_tlv_next(in, &t) != TMG_OK || t.tag != tag)
		return TMG_E_MALFORMED;
	*value = t.value;
	return TMG_OK;
}

tmg_rc
tmg_tlv_expect_whole(tmg_view *in, uint32_t tag, tmg_view *whole)
{
	const uint8_t *start = in->ptr;
	tmg_view value;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(in, tag, &value)))
		return rc;
	*whole = (tmg_view){ start, (size_t)(in->ptr - start) };
	return TMG_OK;
}

tmg_rc
tmg_tlv_find(tmg_view in, uint32_t tag, tmg_view *value)
{
	tmg_tlv t;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK) {
		if (t.tag == tag) {
			*value = t.value;
			return TMG_OK;
		}
	}
	return rc;
}

tmg_rc
tmg_tlv_walk(tmg_view in, const uint32_t *path, tmg_view *value)
{
	tmg_rc rc = TMG_OK;

	for (; *path != 0 && rc == TMG_OK; path++)
		rc = tmg_tlv_find(in, *path, &in);
	if (rc == TMG_OK)
		*value = in;
	return rc;
}

static void
put_number(tmg_out *o, size_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		if (n >> shift || shift == 0)
			tmg_put_u8(o, (uint8_t)(n >> shift & 0xff));
}

static size_t
number_size(size_t n)
{
	return n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
}

void
tmg_tlv_put_head(tmg_out *o, uint32_t tag, size_t len)
{
	put_number(o, tag);
	if (len >= 0x80)
		tmg_put_u8(o, (uint8_t)(0x80 | number_size(len)));
	put_number(o, len);
}

void
tmg_tlv_put(tmg_out *o, uint32_t tag, tmg_view value)
{
	tmg_tlv_put_head(o, tag, value.len);
	tmg_put(o, value);
}

size_t
tmg_tlv_size(uint32_t tag, size_t len)
{
	return number_size(tag) + (len >= 0x80 ? 1 : 0) + number_size(len) + len;
}
