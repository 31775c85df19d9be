/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/crls.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/scope.h"
#include "tools/ra/cmp/name.h"

enum {
	SEQUENCE = 0x30,
	UTC_TIME = 0x17,
	GENERALIZED_TIME = 0x18,
	/* CRLSource, of a module with explicit tags */
	POINT = 0xa0,		/* [0] DistributionPointName */
	ISSUER = 0xa1,		/* [1] GeneralNames */
	/* DistributionPointName, RFC 5280 4.2.1.13: implicit tags */
	FULL_NAME = 0xa0,	/* [0] GeneralNames */
	URI = 0x86,		/* GeneralName [6] */
	STATUSES_MAX = 16,	/* sources in one question */
};

/* Whether one of the GeneralNames is where our list is, or who we are. */
static tmg_rc
names_us(const ra_desk *desk, tmg_view names, bool *ours)
{
	const tmg_view place = tmg_view_str(desk->config->points.crl);
	const X509_NAME *issuer = X509_get_subject_name(desk->office->ca->cert);
	tmg_tlv name;
	tmg_rc rc;

	while (names.len > 0) {
		const uint8_t *begin = names.ptr;

		if ((rc = tmg_tlv_next(&names, &name)))
			return rc;
		if (name.tag == URI)
			*ours = *ours || (place.len > 0 && tmg_view_equal(name.value, place));
		else
			*ours = *ours || ra_cmp_general_is((tmg_view){ begin,
			    (size_t)(names.ptr - begin) }, issuer);
	}
	return TMG_OK;
}

static tmg_rc
read_source(const ra_desk *desk, tmg_tlv source, bool *ours)
{
	tmg_view names;
	tmg_tlv point;

	if (source.tag == ISSUER)
		return tmg_tlv_expect(&source.value, SEQUENCE, &names) ? TMG_E_MALFORMED :
		    names_us(desk, names, ours);
	if (source.tag != POINT || tmg_tlv_next(&source.value, &point))
		return TMG_E_MALFORMED;
	/* a name relative to an issuer is nothing that we use */
	return point.tag == FULL_NAME ? names_us(desk, point.value, ours) : TMG_OK;
}

/* Whether a list of that time would be newer than what the asker has. */
static tmg_rc
is_newer(tmg_view since, const ASN1_TIME *made, bool *newer)
{
	const uint8_t *p = since.ptr;
	tmg_held(ASN1_TIME) has = NULL;

	*newer = true;
	if (since.len == 0)
		return TMG_OK;
	has = d2i_ASN1_TIME(NULL, &p, (long)since.len);
	if (has == NULL || p != since.ptr + since.len || ASN1_TIME_check(has) != 1)
		return TMG_E_MALFORMED;
	*newer = ASN1_TIME_compare(has, made) < 0;
	return TMG_OK;
}

/* CRLStatus ::= SEQUENCE { source CRLSource, thisUpdate Time OPTIONAL } */
static tmg_rc
read_status(const ra_desk *desk, tmg_view status, const ASN1_TIME *made, bool *wanted)
{
	bool ours = false, newer = false;
	tmg_tlv source;
	tmg_rc rc;

	if (tmg_tlv_next(&status, &source))
		return TMG_E_MALFORMED;
	if ((rc = read_source(desk, source, &ours)) ||
	    (rc = is_newer(status, made, &newer)))
		return rc;
	*wanted = *wanted || (ours && newer);
	return TMG_OK;
}

static tmg_rc
read_list(const ra_desk *desk, tmg_view asked, const ASN1_TIME *made, bool *wanted)
{
	tmg_view list, status;
	tmg_rc rc = TMG_OK;

	if (tmg_tlv_expect(&asked, SEQUENCE, &list) || asked.len > 0 || list.len == 0)
		return TMG_E_MALFORMED;
	for (unsigned i = 0; rc == TMG_OK && list.len > 0; i++)
		rc = i == STATUSES_MAX || tmg_tlv_expect(&list, SEQUENCE, &status) ?
		    TMG_E_MALFORMED : read_status(desk, status, made, wanted);
	return rc;
}

tmg_rc
ra_cmp_crls_put(ra_desk *desk, tmg_view asked, tmg_der *d)
{
	tmg_auto(ra_crl) crl = { .number = 0 };
	tmg_rc rc = ra_desk_crl(desk, &crl);
	const uint8_t *p = crl.der;
	const size_t mark = d->at;
	bool wanted = false;
	X509_CRL *list;

	if (rc)
		return rc;
	if ((list = d2i_X509_CRL(NULL, &p, (long)crl.len)) == NULL)
		return tmg_raise(&desk->fault, TMG_E_CRYPTO, 0,
		    _("the revocation list cannot be read"));
	rc = read_list(desk, asked, X509_CRL_get0_lastUpdate(list), &wanted);
	X509_CRL_free(list);
	ERR_clear_error();
	if (rc)
		return TMG_MISMATCH;
	if (wanted) {
		tmg_der_bytes(d, (tmg_view){ crl.der, crl.len });
		tmg_der_wrap(d, SEQUENCE, mark);
	}
	return TMG_OK;
}
