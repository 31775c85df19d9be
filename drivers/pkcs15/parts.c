/* SPDX-License-Identifier: BSD-2-Clause */
/* What all structures are made of: fields, numbers, flags, paths, objects. */
#include "drivers/pkcs15/parse.h"

#include "src/codec/tlv.h"

enum {
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_UTF8 = 0x0c,
	DER_SEQUENCE = 0x30,
	TAG_0 = 0xa0,
	TAG_1 = 0xa1,
	TAG_LENGTH = 0x80,	/* Path.length, [0] IMPLICIT INTEGER */

	FLAG_PRIVATE = 1u << 0,
	FLAG_MODIFIABLE = 1u << 1,

	P1_FROM_MF = 0x08,	/* at the end of a qualified path */
	P1_FROM_DF = 0x09,
};

tmg_rc
tmg_p15_field(tmg_view *rest, uint32_t tag, tmg_view *value)
{
	tmg_view in = *rest;
	tmg_tlv t;
	tmg_rc rc;

	if ((rc = tmg_tlv_next(&in, &t)))
		return rc;
	if (t.tag != tag)
		return TMG_NOT_FOUND;
	*value = t.value;
	*rest = in;
	return TMG_OK;
}

tmg_rc
tmg_p15_optional(tmg_view *rest, uint32_t tag, tmg_view *value)
{
	const tmg_rc rc = tmg_p15_field(rest, tag, value);

	if (rc == TMG_NOT_FOUND)
		*value = (tmg_view){ NULL, 0 };
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
tmg_p15_number(tmg_view value, size_t *number)
{
	size_t n = 0;

	if (value.len == 0 || (value.ptr[0] & 0x80) != 0)
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < value.len; i++) {
		if (n > (INT32_MAX >> 8))
			return TMG_E_MALFORMED;
		n = n << 8 | value.ptr[i];
	}
	*number = n;
	return TMG_OK;
}

/* The first bit is the highest of the first byte, X.690 8.6.2. */
tmg_rc
tmg_p15_flags(tmg_view value, unsigned *flags)
{
	*flags = 0;
	if (value.len == 0 || value.ptr[0] > 7 || (value.len == 1 && value.ptr[0] > 0))
		return TMG_E_MALFORMED;
	for (unsigned bit = 0; bit < 16 && 1 + bit / 8 < value.len; bit++)
		if ((value.ptr[1 + bit / 8] & (0x80u >> bit % 8)) != 0)
			*flags |= 1u << bit;
	return TMG_OK;
}

/* ---- Path, 6.1.5 ---------------------------------------------------------- */

/* ISO/IEC 7816-15 8.2.5: an odd number of bytes ends in the P1 that SELECT wants,
 * which the path itself tells as well. */
static tmg_view
unqualified(tmg_view bytes)
{
	if (bytes.len > 2 && bytes.len % 2 != 0 &&
	    (bytes.ptr[bytes.len - 1] == P1_FROM_MF ||
	    bytes.ptr[bytes.len - 1] == P1_FROM_DF))
		bytes.len--;
	return bytes;
}

static tmg_rc
take_number(tmg_view *rest, uint32_t tag, size_t *number)
{
	tmg_view value;
	tmg_rc rc;

	*number = 0;
	if ((rc = tmg_p15_field(rest, tag, &value)))
		return rc == TMG_NOT_FOUND ? TMG_OK : rc;
	return tmg_p15_number(value, number);
}

/* Index and length stand together or not at all. */
tmg_rc
tmg_p15_place_parse(tmg_view content, const tmg_path *base, tmg_p15_place *place)
{
	tmg_p15_place p = { .offset = 0 };
	tmg_view path;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&content, DER_OCTETS, &path)) ||
	    (rc = tmg_path_join(base, unqualified(path), &p.path)) ||
	    (rc = take_number(&content, DER_INTEGER, &p.offset)) ||
	    (rc = take_number(&content, TAG_LENGTH, &p.length)))
		return rc;
	*place = p;
	return TMG_OK;
}

tmg_rc
tmg_p15_value_take(tmg_view *rest, const tmg_path *base, tmg_p15_value *value)
{
	tmg_tlv t;

	*value = (tmg_p15_value){ .direct = { NULL, 0 } };
	if (tmg_tlv_next(rest, &t))
		return TMG_E_MALFORMED;
	if (t.tag == DER_SEQUENCE)
		return tmg_p15_place_parse(t.value, base, &value->place);
	if (t.tag != TAG_0)
		return TMG_UNSUPPORTED;
	value->direct = t.value;
	return TMG_OK;
}

/* ---- PKCS15Object, 6.1.9 --------------------------------------------------- */

/* Nothing is known of a user who consents so often, but that it is asked. */
static tmg_rc
common_parse(tmg_view in, tmg_p15_common *c)
{
	tmg_view flags, consent;
	unsigned bits = 0;
	tmg_rc rc;

	if ((rc = tmg_p15_optional(&in, DER_UTF8, &c->label)) ||
	    (rc = tmg_p15_optional(&in, DER_BITS, &flags)) ||
	    (rc = tmg_p15_optional(&in, DER_OCTETS, &c->auth)) ||
	    (rc = tmg_p15_optional(&in, DER_INTEGER, &consent)))
		return rc;
	if (flags.len > 0 && (rc = tmg_p15_flags(flags, &bits)))
		return rc;
	c->is_private = (bits & FLAG_PRIVATE) != 0;
	c->modifiable = (bits & FLAG_MODIFIABLE) != 0;
	c->consent = consent.len > 0;
	return TMG_OK;
}

tmg_rc
tmg_p15_object_parse(tmg_view in, tmg_p15_object *o)
{
	tmg_view common;
	tmg_rc rc;

	*o = (tmg_p15_object){ .class = { NULL, 0 } };
	if ((rc = tmg_tlv_expect(&in, DER_SEQUENCE, &common)) ||
	    (rc = common_parse(common, &o->common)) ||
	    (rc = tmg_tlv_expect(&in, DER_SEQUENCE, &o->class)) ||
	    (rc = tmg_p15_optional(&in, TAG_0, &o->sub)))
		return rc;
	return tmg_tlv_expect(&in, TAG_1, &o->type);
}

/* ---- directories ----------------------------------------------------------- */

/* 00 in front of a length marks what was deleted (5.8.2); 00 00 and FF are what
 * was never written. */
static bool
ends(tmg_view in)
{
	return in.len == 0 || in.ptr[0] == 0xff ||
	    (in.ptr[0] == 0x00 && (in.len == 1 || in.ptr[1] == 0x00));
}

tmg_rc
tmg_p15_next(tmg_view *in, uint32_t *tag, tmg_view *content, size_t *size)
{
	tmg_tlv t;
	tmg_rc rc;

	do {
		const size_t before = in->len;

		if (ends(*in))
			return TMG_NOT_FOUND;
		if ((rc = tmg_tlv_next(in, &t)))
			return rc;
		*size = before - in->len;
	} while (t.tag == 0);
	*tag = t.tag;
	*content = t.value;
	return TMG_OK;
}
