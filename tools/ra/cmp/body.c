/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/body.h"

#include "src/codec/tlv.h"

enum {
	SEQUENCE = 0x30,
	INTEGER = 0x02,
	OCTET_STRING = 0x04,
	OID = 0x06,
	ENUMERATED = 0x0a,
	BOOLEAN = 0x01,
	HASH_ALGORITHM = 0xa0,
	TEMPLATE_SERIAL = 0x81,	/* RFC 4211: implicit, ... */
	TEMPLATE_ISSUER = 0xa3,	/* ... but for a CHOICE */
	ACCEPTED = 0,
	GRANTED_WITH_MODS = 1,
};

/* id-ce-cRLReasons, RFC 5280 5.3.1 */
static const uint8_t crl_reason[] = { 0x55, 0x1d, 0x15 };

tmg_rc
ra_cmp_number(tmg_view integer, int *number)
{
	if (integer.len < 1 || integer.len > 3)
		return TMG_MISMATCH;
	*number = integer.ptr[0] >= 0x80 ? -1 : 0;
	for (size_t i = 0; i < integer.len; i++)
		*number = *number * 256 + integer.ptr[i];
	return TMG_OK;
}

tmg_rc
ra_cmp_read_request(tmg_view content, tmg_view *request, int *id)
{
	ra_crmf crmf;
	tmg_view list;

	if (tmg_tlv_expect(&content, SEQUENCE, &list) || content.len > 0 ||
	    tmg_tlv_expect_whole(&list, SEQUENCE, request) || list.len > 0 ||
	    ra_crmf_read(*request, &crmf))
		return TMG_MISMATCH;
	return ra_cmp_number(crmf.id, id);
}

tmg_rc
ra_cmp_read_poll(tmg_view content, int *id)
{
	tmg_view list, one, number;

	if (tmg_tlv_expect(&content, SEQUENCE, &list) || content.len > 0 ||
	    tmg_tlv_expect(&list, SEQUENCE, &one) || list.len > 0 ||
	    tmg_tlv_expect(&one, INTEGER, &number) || one.len > 0)
		return TMG_MISMATCH;
	return ra_cmp_number(number, id);
}

/* ---- certConf ---- */

static tmg_rc
read_status(tmg_view info, ra_cmp_said *said)
{
	tmg_view number;
	int status;

	if (tmg_tlv_expect(&info, INTEGER, &number) ||
	    ra_cmp_number(number, &status))
		return TMG_MISMATCH;
	said->accepted = status == ACCEPTED || status == GRANTED_WITH_MODS;
	return TMG_OK;
}

/* CertStatus, RFC 9480 2.10 */
tmg_rc
ra_cmp_read_conf(tmg_view content, ra_cmp_said *said)
{
	tmg_view list, one, number;
	tmg_tlv part;
	tmg_rc rc;

	*said = (ra_cmp_said){ .accepted = true };
	if (tmg_tlv_expect(&content, SEQUENCE, &list) || content.len > 0)
		return TMG_MISMATCH;
	if (list.len == 0)
		return TMG_OK;
	if (tmg_tlv_expect(&list, SEQUENCE, &one) || list.len > 0 ||
	    tmg_tlv_expect(&one, OCTET_STRING, &said->hash) ||
	    tmg_tlv_expect(&one, INTEGER, &number) ||
	    ra_cmp_number(number, &said->id))
		return TMG_MISMATCH;
	said->said = true;
	while ((rc = tmg_tlv_next(&one, &part)) == TMG_OK) {
		if (part.tag == SEQUENCE ? read_status(part.value, said) :
		    part.tag != HASH_ALGORITHM || tmg_tlv_expect_whole(&part.value,
		    SEQUENCE, &said->algorithm))
			return TMG_MISMATCH;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : TMG_MISMATCH;
}

/* ---- rr ---- */

static tmg_rc
read_reason(tmg_view value, int *reason)
{
	tmg_view number;

	if (tmg_tlv_expect(&value, ENUMERATED, &number) || value.len > 0)
		return TMG_MISMATCH;
	return ra_cmp_number(number, reason);
}

static tmg_rc
read_extensions(tmg_view list, int *reason)
{
	tmg_view one, type, value;

	while (list.len > 0) {
		if (tmg_tlv_expect(&list, SEQUENCE, &one) ||
		    tmg_tlv_expect(&one, OID, &type))
			return TMG_MISMATCH;
		if (one.len > 0 && one.ptr[0] == BOOLEAN &&
		    tmg_tlv_expect(&one, BOOLEAN, &value))
			return TMG_MISMATCH;
		if (tmg_tlv_expect(&one, OCTET_STRING, &value) ||
		    (tmg_view_equal(type, TMG_VIEW(crl_reason)) &&
		    read_reason(value, reason)))
			return TMG_MISMATCH;
	}
	return TMG_OK;
}

tmg_rc
ra_cmp_read_revocation(tmg_view content, ra_cmp_revocation *r)
{
	tmg_view list, one, template, extensions = { NULL, 0 };

	*r = (ra_cmp_revocation){ .reason = 0 };
	if (tmg_tlv_expect(&content, SEQUENCE, &list) || content.len > 0 ||
	    tmg_tlv_expect(&list, SEQUENCE, &one) || list.len > 0 ||
	    tmg_tlv_expect(&one, SEQUENCE, &template) ||
	    (one.len > 0 && tmg_tlv_expect(&one, SEQUENCE, &extensions)) ||
	    tmg_tlv_find(template, TEMPLATE_SERIAL, &r->serial) ||
	    tmg_tlv_find(template, TEMPLATE_ISSUER, &r->issuer))
		return TMG_MISMATCH;
	return read_extensions(extensions, &r->reason);
}
