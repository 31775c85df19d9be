/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/cmp-message.h"

#include "src/codec/tlv.h"

enum {			/* DER, ITU-T X.690 8 */
	INTEGER = 0x02,
	BIT_STRING = 0x03,
	OCTET_STRING = 0x04,
	OBJECT_ID = 0x06,
	GENERALIZED_TIME = 0x18,
	SEQUENCE = 0x30,
};

/* EXPLICIT tags throughout, RFC 9810 appendix F: [n] holds a whole object. */
enum {
	CONTEXT = 0xa0,		/* [0] */
	LAST_SHORT = 0xbe,	/* [30], the last that takes one byte */
	TIME = 0xa0,		/* PKIHeader 5.1.1: [0] and [4] to [6] */
	ALGORITHM = 0xa1,
	TRANSACTION = 0xa4,
	SENDER_NONCE = 0xa5,
	RECIP_NONCE = 0xa6,
	GENERAL_INFO = 0xa8,
	PROTECTION = 0xa0,	/* PKIMessage 5.1: [0] and [1] */
	EXTRA_CERTS = 0xa1,
	CA_PUBS = 0xa1,		/* CertRepMessage 5.3.4: [1] */
};

static tmg_rc
one_octets(tmg_view in, tmg_view *octets)
{
	const tmg_rc rc = tmg_tlv_expect(&in, OCTET_STRING, octets);

	return rc == TMG_OK && in.len > 0 ? TMG_E_MALFORMED : rc;
}

/* PKIHeader from messageTime on: everything is optional. */
static tmg_rc
read_options(tmg_view in, tmg_cmp_message *m)
{
	tmg_tlv t;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK) {
		if (t.tag == TIME)
			m->time = t.value;
		else if (t.tag == ALGORITHM)
			m->algorithm = t.value;
		else if (t.tag == TRANSACTION)
			rc = one_octets(t.value, &m->transaction);
		else if (t.tag == SENDER_NONCE)
			rc = one_octets(t.value, &m->sender_nonce);
		else if (t.tag == RECIP_NONCE)
			rc = one_octets(t.value, &m->recip_nonce);
		else if (t.tag == GENERAL_INFO)
			rc = tmg_tlv_expect(&t.value, SEQUENCE, &m->general);
		if (rc)
			return rc;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
read_header(tmg_view in, tmg_cmp_message *m)
{
	const uint8_t *begin;
	tmg_view version;
	tmg_tlv name;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&in, INTEGER, &version)))
		return rc;
	begin = in.ptr;
	if (tmg_tlv_next(&in, &name))			/* sender */
		return TMG_E_MALFORMED;
	m->sender = (tmg_view){ begin, (size_t)(in.ptr - begin) };
	if (tmg_tlv_next(&in, &name))			/* recipient */
		return TMG_E_MALFORMED;
	return read_options(in, m);
}

static tmg_rc
read_body(tmg_view *in, tmg_cmp_message *m)
{
	tmg_tlv t;

	if (tmg_tlv_next(in, &t) || t.tag < CONTEXT || t.tag > LAST_SHORT ||
	    t.tag - CONTEXT >= TMG_CMP_BODIES)
		return TMG_E_MALFORMED;
	m->body = (unsigned)(t.tag - CONTEXT);
	m->content = t.value;
	return TMG_OK;
}

/* Protection and certificates, each at most once and in this order. */
static tmg_rc
read_rest(tmg_view in, tmg_cmp_message *m)
{
	tmg_view list;
	tmg_tlv t;
	tmg_rc rc = tmg_tlv_next(&in, &t);

	if (rc == TMG_OK && t.tag == PROTECTION) {
		if ((rc = tmg_tlv_expect(&t.value, BIT_STRING, &m->protection)))
			return rc;
		rc = tmg_tlv_next(&in, &t);
	}
	if (rc == TMG_OK && t.tag == EXTRA_CERTS) {
		if ((rc = tmg_tlv_expect(&t.value, SEQUENCE, &list)))
			return rc;
		m->extra = list;
		rc = tmg_tlv_next(&in, &t);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_cmp_message_read(tmg_view der, tmg_cmp_message *m)
{
	tmg_view in, header;
	tmg_rc rc;

	*m = (tmg_cmp_message){ .body = TMG_CMP_BODIES };
	if ((rc = tmg_tlv_expect(&der, SEQUENCE, &in)) ||
	    (rc = tmg_tlv_expect(&in, SEQUENCE, &header)) ||
	    (rc = read_header(header, m)) ||
	    (rc = read_body(&in, m)) ||
	    (rc = read_rest(in, m)))
		return rc;
	return der.len > 0 ? TMG_E_MALFORMED : TMG_OK;
}

static bool
tells_of_a_certificate(unsigned body)
{
	return body == TMG_CMP_IP || body == TMG_CMP_CP || body == TMG_CMP_KUP;
}

tmg_rc
tmg_cmp_message_status(const tmg_cmp_message *m, unsigned *status)
{
	tmg_view content = m->content, in, list, response, id, info, number;
	tmg_tlv t;
	tmg_rc rc;

	if (!tells_of_a_certificate(m->body))
		return TMG_NOT_FOUND;
	if ((rc = tmg_tlv_expect(&content, SEQUENCE, &in)))
		return rc;
	if (in.len > 0 && in.ptr[0] == CA_PUBS && tmg_tlv_next(&in, &t))
		return TMG_E_MALFORMED;
	if ((rc = tmg_tlv_expect(&in, SEQUENCE, &list)) ||
	    (rc = tmg_tlv_expect(&list, SEQUENCE, &response)) ||
	    (rc = tmg_tlv_expect(&response, INTEGER, &id)) ||
	    (rc = tmg_tlv_expect(&response, SEQUENCE, &info)) ||
	    (rc = tmg_tlv_expect(&info, INTEGER, &number)))
		return rc;
	if (number.len != 1 || list.len > 0)
		return TMG_E_MALFORMED;
	*status = number.ptr[0];
	return TMG_OK;
}

/* Of InfoTypeAndValues, one after the other. */
static tmg_rc
find_info(tmg_view list, tmg_view type, tmg_view *value)
{
	tmg_view item, oid;
	tmg_rc rc;

	while (list.len > 0) {
		if ((rc = tmg_tlv_expect(&list, SEQUENCE, &item)) ||
		    (rc = tmg_tlv_expect(&item, OBJECT_ID, &oid)))
			return rc;
		if (tmg_view_equal(oid, type)) {
			*value = item;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}

tmg_rc
tmg_cmp_message_info(const tmg_cmp_message *m, tmg_view type, tmg_view *value)
{
	tmg_view content = m->content, list;
	tmg_rc rc;

	if (m->body != TMG_CMP_GENP)
		return TMG_NOT_FOUND;
	rc = tmg_tlv_expect(&content, SEQUENCE, &list);
	return rc ? rc : find_info(list, type, value);
}

tmg_rc
tmg_cmp_message_confirm_by(const tmg_cmp_message *m, tmg_view *time)
{
	static const uint8_t type[] = { 0x2b, 6, 1, 5, 5, 7, 4, 14 };
	tmg_view value;
	const tmg_rc rc = find_info(m->general, TMG_VIEW(type), &value);

	return rc ? rc : tmg_tlv_expect_whole(&value, GENERALIZED_TIME, time);
}
