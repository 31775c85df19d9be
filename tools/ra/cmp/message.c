/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/message.h"

#include "src/base/scope.h"
#include "src/codec/tlv.h"

enum {
	SEQUENCE = 0x30,
	INTEGER = 0x02,
	OCTET_STRING = 0x04,
	BIT_STRING = 0x03,
	OID = 0x06,
	CONTEXT = 0xa0,		/* and a number, constructed */
	NUMBER = 0x1f,
	GENERAL_INFO = CONTEXT | 8,
};

/* id-it-implicitConfirm, RFC 4210 5.1.1.1 */
static const uint8_t implicit_confirm[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	0x04, 0x0d };

/* ---- the header ---- */

static bool
read_octets(tmg_view in, tmg_view *out)
{
	return tmg_tlv_expect(&in, OCTET_STRING, out) == TMG_OK && in.len == 0;
}

static bool
read_info(tmg_view in, ra_cmp_message *m)
{
	tmg_view list, one, type;

	if (tmg_tlv_expect(&in, SEQUENCE, &list) || in.len > 0)
		return false;
	while (list.len > 0) {
		if (tmg_tlv_expect(&list, SEQUENCE, &one) ||
		    tmg_tlv_expect(&one, OID, &type))
			return false;
		m->implicit |= tmg_view_equal(type, TMG_VIEW(implicit_confirm));
	}
	return true;
}

/* The optional parts, by their tags: once each, in their order. */
static bool
read_options(tmg_view in, ra_cmp_message *m)
{
	struct {
		unsigned number;
		tmg_view *octets;
	} const octets[] = {
		{ 2, &m->key_id }, { 4, &m->transaction }, { 5, &m->nonce },
		{ 6, &m->answered },
	};
	uint32_t last = 0;
	tmg_tlv part;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(&in, &part)) == TMG_OK) {
		if (part.tag <= last || part.tag < CONTEXT || part.tag > GENERAL_INFO)
			return false;
		last = part.tag;
		if (part.tag == (CONTEXT | 1) && tmg_tlv_expect_whole(&part.value,
		    SEQUENCE, &m->algorithm))
			return false;
		if (part.tag == GENERAL_INFO && !read_info(part.value, m))
			return false;
		for (size_t i = 0; i < TMG_COUNT(octets); i++)
			if (part.tag == (CONTEXT | octets[i].number) &&
			    !read_octets(part.value, octets[i].octets))
				return false;
	}
	return rc == TMG_NOT_FOUND;
}

static bool
read_name(tmg_view *in, tmg_view *whole)
{
	const tmg_view before = *in;
	tmg_tlv name;

	if (tmg_tlv_next(in, &name))
		return false;
	*whole = (tmg_view){ before.ptr, before.len - in->len };
	return true;
}

static bool
read_header(ra_cmp_message *m)
{
	tmg_view whole = m->header, in, version;

	if (tmg_tlv_expect(&whole, SEQUENCE, &in) ||
	    tmg_tlv_expect(&in, INTEGER, &version) ||
	    !read_name(&in, &m->sender) || !read_name(&in, &m->recipient))
		return false;
	m->version = version.len == 1 && version.ptr[0] < 0x80 ?
	    version.ptr[0] : 0;
	return read_options(in, m);
}

/* ---- the rest ---- */

static bool
read_body(tmg_view *in, ra_cmp_message *m)
{
	const tmg_view before = *in;
	tmg_tlv body;

	if (tmg_tlv_next(in, &body) || (body.tag & ~(uint32_t)NUMBER) != CONTEXT ||
	    (body.tag & NUMBER) > RA_CMP_POLLREP)
		return false;
	m->body = (tmg_view){ before.ptr, before.len - in->len };
	m->kind = (ra_cmp_kind)(body.tag & NUMBER);
	m->content = body.value;
	return true;
}

static bool
read_protection(tmg_view in, ra_cmp_message *m)
{
	tmg_view bits;

	if (tmg_tlv_expect(&in, BIT_STRING, &bits) || in.len > 0 || bits.len < 2 ||
	    bits.ptr[0] != 0)
		return false;
	m->protection = (tmg_view){ bits.ptr + 1, bits.len - 1 };
	return true;
}

static bool
read_certs(tmg_view in, ra_cmp_message *m)
{
	tmg_view list;

	return tmg_tlv_expect(&in, SEQUENCE, &list) == TMG_OK && in.len == 0 &&
	    (list.len == 0 ||
	    tmg_tlv_expect_whole(&list, SEQUENCE, &m->signer) == TMG_OK);
}

static bool
read_ends(tmg_view in, ra_cmp_message *m)
{
	uint32_t last = 0;
	tmg_tlv part;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(&in, &part)) == TMG_OK) {
		if (part.tag <= last || !(part.tag == CONTEXT ?
		    read_protection(part.value, m) : part.tag == (CONTEXT | 1) &&
		    read_certs(part.value, m)))
			return false;
		last = part.tag;
	}
	return rc == TMG_NOT_FOUND;
}

tmg_rc
ra_cmp_message_read(tmg_view der, ra_cmp_message *m)
{
	tmg_view rest = der, in;

	*m = (ra_cmp_message){ .der = der };
	return tmg_tlv_expect(&rest, SEQUENCE, &in) == TMG_OK && rest.len == 0 &&
	    tmg_tlv_expect_whole(&in, SEQUENCE, &m->header) == TMG_OK &&
	    read_header(m) && read_body(&in, m) && read_ends(in, m) ?
	    TMG_OK : TMG_MISMATCH;
}
