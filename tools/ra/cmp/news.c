/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/news.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tamga/alg.h"
#include "tools/ra/ca/successor.h"
#include "tools/ra/cmp/crls.h"

#define NEWS_MOST 8		/* in one message */

enum {
	SEQUENCE = 0x30,
	SET = 0x31,
	INTEGER = 0x02,
	OID = 0x06,
	UTF8_STRING = 0x0c,
	NEW_WITH_OLD = 0xa0,		/* RootCaKeyUpdateValue, RFC 9810 5.3.19.15 */
	OLD_WITH_NEW = 0xa1,
	TEMPLATE_SUBJECT = 0xa5,	/* RFC 4211: explicit for a CHOICE */
};

/* id-it, RFC 4210 appendix F, RFC 9480 2.14 */
#define ID_IT 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x04
enum {
	IT_CURRENT_CRL = 6,
	IT_CA_CERTS = 17,
	IT_ROOT_UPDATE = 18,
	IT_TEMPLATE = 19,
	IT_ROOT = 20,
	IT_CRL_STATUS = 22,
	IT_CRLS = 23,
};

struct asking {
	ra_desk *desk;
	const ra_profile *profile;
	tmg_view value;			/* of the question; empty: none */
};

/* ---- values; nothing is one, too ---- */

static tmg_rc
put_crl(const struct asking *a, tmg_der *d)
{
	tmg_auto(ra_crl) crl = { .number = 0 };
	const tmg_rc rc = ra_desk_crl(a->desk, &crl);

	if (rc == TMG_OK)
		tmg_der_bytes(d, (tmg_view){ crl.der, crl.len });
	return rc;
}

/* RFC 9483 4.3.4 */
static tmg_rc
put_newer_crl(const struct asking *a, tmg_der *d)
{
	return ra_cmp_crls_put(a->desk, a->value, d);
}

static tmg_rc
put_authorities(const struct asking *a, tmg_der *d)
{
	tmg_auto_free uint8_t *der = NULL;
	const size_t mark = d->at;
	size_t len;

	if (ra_ca_der(a->desk->office->ca, &der, &len))
		return tmg_raise(&a->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	tmg_der_bytes(d, (tmg_view){ der, len });
	tmg_der_wrap(d, SEQUENCE, mark);
	return TMG_OK;
}

static void
put_tagged(tmg_der *d, uint8_t tag, tmg_view cert)
{
	const size_t mark = d->at;

	if (cert.len == 0)
		return;
	tmg_der_bytes(d, cert);
	tmg_der_wrap(d, tag, mark);
}

/* RFC 9483 4.3.2: of a root that has none, and of one that is not ours, nothing. */
static tmg_rc
put_root_update(const struct asking *a, tmg_der *d)
{
	const size_t mark = d->at;
	ra_root_update u;

	if (ra_successor_root(a->desk->office->next, a->value, &u))
		return TMG_OK;
	put_tagged(d, OLD_WITH_NEW, u.old_with_new);
	put_tagged(d, NEW_WITH_OLD, u.new_with_old);
	tmg_der_bytes(d, u.new_with_new);
	tmg_der_wrap(d, SEQUENCE, mark);
	return TMG_OK;
}

static void
put_object(tmg_der *d, int nid)
{
	unsigned char *der = NULL;
	const int len = i2d_ASN1_OBJECT(OBJ_nid2obj(nid), &der);

	if (len > 0)
		tmg_der_bytes(d, (tmg_view){ der, (size_t)len });
	else
		d->full = true;
	OPENSSL_free(der);
}

/* id-regCtrl-algId and id-regCtrl-rsaKeyLen, RFC 9480 2.15 */
static const uint8_t control_algorithm[] = { 0x06, 0x09, 0x2b, 0x06, 0x01, 0x05,
	0x05, 0x07, 0x05, 0x01, 0x0b };
static const uint8_t control_rsa[] = { 0x06, 0x09, 0x2b, 0x06, 0x01, 0x05, 0x05,
	0x07, 0x05, 0x01, 0x0c };

static void
put_key(tmg_der *d, const tmg_alg_row *row)
{
	const uint8_t bits[] = { (uint8_t)(row->bits >> 8), (uint8_t)row->bits };
	const size_t mark = d->at;

	if (row->family == TMG_FAMILY_RSA) {
		tmg_der_unsigned(d, TMG_VIEW(bits));
		tmg_der_bytes(d, TMG_VIEW(control_rsa));
	} else if (row->family == TMG_FAMILY_EC) {
		put_object(d, EC_curve_nist2nid(row->group));
		put_object(d, NID_X9_62_id_ecPublicKey);
		tmg_der_wrap(d, SEQUENCE, mark);
		tmg_der_bytes(d, TMG_VIEW(control_algorithm));
	} else {
		put_object(d, OBJ_sn2nid(row->group));
		tmg_der_wrap(d, SEQUENCE, mark);
		tmg_der_bytes(d, TMG_VIEW(control_algorithm));
	}
	tmg_der_wrap(d, SEQUENCE, mark);
}

/* What must be named, for the client to fill in. */
static void
put_subject(tmg_der *d, const ra_words *required)
{
	const size_t end = d->at;

	for (size_t i = required->count; i-- > 0;) {
		const size_t mark = d->at;

		tmg_der_wrap(d, UTF8_STRING, mark);
		put_object(d, OBJ_txt2nid(required->word[i]));
		tmg_der_wrap(d, SEQUENCE, mark);
		tmg_der_wrap(d, SET, mark);
	}
	tmg_der_wrap(d, SEQUENCE, end);
	tmg_der_wrap(d, TEMPLATE_SUBJECT, end);
}

/* CertReqTemplateContent, RFC 9480 2.15 */
static tmg_rc
put_template(const struct asking *a, tmg_der *d)
{
	const ra_profile *p = a->profile;
	const size_t end = d->at;
	size_t mark;
	tmg_alg alg;

	for (size_t i = p->keys.count; i-- > 0;)
		if (tmg_alg_parse(p->keys.word[i], &alg) == TMG_OK)
			put_key(d, tmg_alg_get(alg));
	if (d->at != end)
		tmg_der_wrap(d, SEQUENCE, end);
	mark = d->at;
	if (p->subject_required.count > 0)
		put_subject(d, &p->subject_required);
	tmg_der_wrap(d, SEQUENCE, mark);
	tmg_der_wrap(d, SEQUENCE, end);
	return TMG_OK;
}

/* ---- the list ---- */

static const struct kind {
	uint8_t asked[8];
	uint8_t told;			/* last arc of what it is called then */
	tmg_rc (*put)(const struct asking *a, tmg_der *d);
} kinds[] = {
	{ { ID_IT, IT_CURRENT_CRL }, IT_CURRENT_CRL, put_crl },
	{ { ID_IT, IT_CA_CERTS }, IT_CA_CERTS, put_authorities },
	{ { ID_IT, IT_TEMPLATE }, IT_TEMPLATE, put_template },
	{ { ID_IT, IT_ROOT }, IT_ROOT_UPDATE, put_root_update },
	{ { ID_IT, IT_CRL_STATUS }, IT_CRLS, put_newer_crl },
};

static tmg_rc
put_one(const struct asking *a, tmg_view type, tmg_der *d)
{
	const size_t end = d->at;
	size_t mark;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < TMG_COUNT(kinds) && rc == TMG_OK; i++) {
		if (!tmg_view_equal(type, TMG_VIEW(kinds[i].asked)))
			continue;
		rc = kinds[i].put(a, d);
		mark = d->at;
		tmg_der_u8(d, kinds[i].told);
		tmg_der_bytes(d, (tmg_view){ type.ptr, type.len - 1 });
		tmg_der_wrap(d, OID, mark);
		tmg_der_wrap(d, SEQUENCE, end);
		return rc;
	}
	tmg_der_bytes(d, type);
	tmg_der_wrap(d, OID, end);
	tmg_der_wrap(d, SEQUENCE, end);
	return rc;
}

tmg_rc
ra_cmp_news_put(ra_desk *desk, const ra_profile *profile, tmg_view content,
    tmg_der *d)
{
	struct asking a = { desk, profile, { NULL, 0 } };
	tmg_view list, values[NEWS_MOST], types[NEWS_MOST];
	size_t count = 0;
	tmg_rc rc = TMG_OK;

	if (tmg_tlv_expect(&content, SEQUENCE, &list) || content.len > 0)
		return TMG_MISMATCH;
	while (list.len > 0 && count < NEWS_MOST) {
		if (tmg_tlv_expect(&list, SEQUENCE, &values[count]) ||
		    tmg_tlv_expect(&values[count], OID, &types[count]))
			return TMG_MISMATCH;
		count++;
	}
	if (list.len > 0)
		return TMG_MISMATCH;
	while (rc == TMG_OK && count-- > 0) {
		a.value = values[count];
		rc = put_one(&a, types[count], d);
	}
	return rc != TMG_OK || !d->full ? rc : tmg_raise(&desk->fault, TMG_E_SPACE,
	    0, _("the answer does not fit"));
}
