/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/certificate.h"

#include "src/codec/tlv.h"

enum {
	TAG_INTEGER = 0x02,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_VERSION = 0xa0,	/* [0] EXPLICIT, RFC 5280 4.1 */
};

/* The next element, header included; *value is what is inside. */
static tmg_rc
take(tmg_view *in, uint32_t tag, tmg_view *whole, tmg_view *value)
{
	const tmg_view before = *in;
	tmg_tlv t;

	if (tmg_tlv_next(in, &t) != TMG_OK || t.tag != tag)
		return TMG_E_MALFORMED;
	*whole = (tmg_view){ before.ptr, before.len - in->len };
	*value = t.value;
	return TMG_OK;
}

tmg_rc
tmg_p11_cert_parse(tmg_view der, tmg_p11_cert *cert)
{
	tmg_view whole, in, tbs, skip;
	tmg_rc rc;

	if ((rc = take(&der, TAG_SEQUENCE, &whole, &in)) ||
	    (rc = take(&in, TAG_SEQUENCE, &whole, &tbs)))
		return rc;
	if (tbs.len > 0 && tbs.ptr[0] == TAG_VERSION &&
	    (rc = take(&tbs, TAG_VERSION, &whole, &skip)))
		return rc;
	if ((rc = take(&tbs, TAG_INTEGER, &cert->serial, &cert->number)) ||
	    (rc = take(&tbs, TAG_SEQUENCE, &whole, &skip)) ||	/* signature */
	    (rc = take(&tbs, TAG_SEQUENCE, &cert->issuer, &skip)) ||
	    (rc = take(&tbs, TAG_SEQUENCE, &whole, &skip)) ||	/* validity */
	    (rc = take(&tbs, TAG_SEQUENCE, &cert->subject, &skip)))
		return rc;
	return take(&tbs, TAG_SEQUENCE, &cert->spki, &skip);
}

tmg_rc
tmg_p11_cert_curve(tmg_view spki, tmg_view *curve)
{
	tmg_view whole, in, alg, skip;
	tmg_rc rc;

	if ((rc = take(&spki, TAG_SEQUENCE, &whole, &in)) ||
	    (rc = take(&in, TAG_SEQUENCE, &whole, &alg)) ||
	    (rc = take(&alg, TAG_OID, curve, &skip)))
		return rc;
	if (alg.len > 0)
		return take(&alg, TAG_OID, curve, &skip);
	return TMG_OK;
}
