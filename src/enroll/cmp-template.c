/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/cmp-template.h"

#include "src/codec/tlv.h"

enum {
	INTEGER = 0x02,
	OCTET_STRING = 0x04,
	OBJECT_ID = 0x06,
	SEQUENCE = 0x30,
	SET = 0x31,
	EXTENSIONS = 0xa9,	/* CertTemplate, RFC 4211 5: [9] */
	ROOM = 4096,		/* bytes of extensions */
};

/* Contents of OBJECT IDENTIFIERs. */
#define OID(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }

static const tmg_view alg_id = OID(0x2b, 6, 1, 5, 5, 7, 5, 1, 11);	/* id-regCtrl */
static const tmg_view rsa_len = OID(0x2b, 6, 1, 5, 5, 7, 5, 1, 12);
static const tmg_view rsa = OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1);
static const tmg_view ext_request = OID(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14);

/* Attribute ::= SEQUENCE { type, values SET OF one } */
static void
put_attribute(tmg_out *o, tmg_view type, uint32_t tag, tmg_view value)
{
	const size_t set = tmg_tlv_size(tag, value.len);

	tmg_tlv_put_head(o, SEQUENCE, tmg_tlv_size(OBJECT_ID, type.len) +
	    tmg_tlv_size(SET, set));
	tmg_tlv_put(o, OBJECT_ID, type);
	tmg_tlv_put_head(o, SET, set);
	tmg_tlv_put(o, tag, value);
}

/* AlgorithmIdentifier: a curve, when that is its parameter. */
static tmg_rc
put_algorithm(tmg_out *o, tmg_view in)
{
	tmg_view algorithm, oid;
	tmg_tlv parameter;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&in, SEQUENCE, &algorithm)) ||
	    (rc = tmg_tlv_expect(&algorithm, OBJECT_ID, &oid)))
		return rc;
	rc = tmg_tlv_next(&algorithm, &parameter);
	if (rc == TMG_OK && parameter.tag == OBJECT_ID)
		put_attribute(o, oid, OBJECT_ID, parameter.value);
	else if (rc == TMG_OK || rc == TMG_NOT_FOUND)
		tmg_tlv_put(o, OBJECT_ID, oid);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* Controls that speak of the key; others are for whoever knows them. */
static tmg_rc
put_controls(tmg_out *o, tmg_view list)
{
	tmg_view control, type, bits;
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK && list.len > 0) {
		if ((rc = tmg_tlv_expect(&list, SEQUENCE, &control)) ||
		    (rc = tmg_tlv_expect(&control, OBJECT_ID, &type)))
			return rc;
		if (tmg_view_equal(type, alg_id))
			rc = put_algorithm(o, control);
		else if (tmg_view_equal(type, rsa_len) &&
		    (rc = tmg_tlv_expect(&control, INTEGER, &bits)) == TMG_OK)
			put_attribute(o, rsa, INTEGER, bits);
	}
	return rc;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } */
static tmg_rc
has_value(tmg_view extension, bool *has)
{
	tmg_view in, oid;
	tmg_tlv t;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&extension, SEQUENCE, &in)) ||
	    (rc = tmg_tlv_expect(&in, OBJECT_ID, &oid)))
		return rc;
	do {
		if (tmg_tlv_next(&in, &t))
			return TMG_E_MALFORMED;
	} while (t.tag != OCTET_STRING);
	*has = t.value.len > 0;
	return TMG_OK;
}

static tmg_rc
put_extensions(tmg_out *o, tmg_view list)
{
	uint8_t store[ROOM];
	tmg_out wanted = TMG_OUT(store);
	tmg_view whole;
	bool has;
	tmg_rc rc;

	while (list.len > 0) {
		if ((rc = tmg_tlv_expect_whole(&list, SEQUENCE, &whole)) ||
		    (rc = has_value(whole, &has)))
			return rc;
		if (has)
			tmg_put(&wanted, whole);
	}
	if (wanted.len > 0)
		put_attribute(o, ext_request, SEQUENCE, tmg_out_view(&wanted));
	return wanted.full ? TMG_E_MALFORMED : TMG_OK;
}

static tmg_rc
put_wishes(tmg_out *o, tmg_view template, tmg_view controls)
{
	tmg_tlv t;
	tmg_rc rc = put_controls(o, controls);

	while (rc == TMG_OK && (rc = tmg_tlv_next(&template, &t)) == TMG_OK)
		if (t.tag == EXTENSIONS)
			rc = put_extensions(o, t.value);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
tmg_cmp_template(tmg_view content, tmg_out *csrattrs)
{
	uint8_t store[ROOM + 512];
	tmg_out wishes = TMG_OUT(store);
	tmg_view in, template, controls = { NULL, 0 };
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&content, SEQUENCE, &in)) ||
	    (rc = tmg_tlv_expect(&in, SEQUENCE, &template)) ||
	    (in.len > 0 && (rc = tmg_tlv_expect(&in, SEQUENCE, &controls))))
		return rc;
	if (content.len > 0 || in.len > 0)
		return TMG_E_MALFORMED;
	if ((rc = put_wishes(&wishes, template, controls)))
		return rc;
	if (wishes.len > 0)
		tmg_tlv_put(csrattrs, SEQUENCE, tmg_out_view(&wishes));
	return wishes.full || csrattrs->full ? TMG_E_MALFORMED : TMG_OK;
}
