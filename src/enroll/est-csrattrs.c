/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EST /csrattrs, RFC 7030 4.5, and the one attribute this floor must know.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/est-body.h"
#include "src/enroll/est.h"
#include "src/http/status.h"

enum {			/* DER, ITU-T X.690 8 */
	OBJECT_ID = 0x06,
	SEQUENCE = 0x30,
	ATTRIBUTES = 0xa0,	/* [0] of CertificationRequestInfo, RFC 2986 4.1 */
};

#define TYPE "application/csrattrs"	/* RFC 7030 4.5.2 */

static const char *const headers[] = { "Accept: " TYPE, NULL };

/* 1.2.840.113549.1.9.7, RFC 2985 5.4.1 */
static const uint8_t challenge_password[] = {
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x07,
};

static tmg_rc
read_answer(tmg_authority *a, tmg_http_response *r, tmg_out *csrattrs)
{
	tmg_rc rc;

	/* 204 and 404 both mean "nothing in particular", RFC 7030 4.5.2 */
	if (r->status == TMG_HTTP_NO_CONTENT || r->status == TMG_HTTP_NOT_FOUND ||
	    (r->status == TMG_HTTP_OK && r->len == 0))
		return TMG_OK;
	if (r->status != TMG_HTTP_OK)
		return tmg_refusal_status(a, r);
	if ((rc = tmg_refusal_type(a, r, TYPE)))
		return rc;
	if ((rc = tmg_est_body_attrs(r->body, r->len, csrattrs)))
		return tmg_authority_raise(a, rc,
		    _("%s: what it wants in requests cannot be read (no CsrAttrs, or "
		    "cut off); tell its operator"), a->uri.where);
	return TMG_OK;
}

tmg_rc
tmg_est_csrattrs(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	char url[TMG_EST_URL_MAX];
	tmg_rc rc;

	if ((rc = tmg_est_url(a, "csrattrs", url, sizeof(url))))
		return tmg_pass(&a->fault, rc);
	if ((rc = tmg_est_do(a, http, &(tmg_http_request){ .url = url,
	    .headers = headers }, &r)))
		return tmg_pass(&a->fault, rc);
	return read_answer(a, &r, csrattrs);
}

static bool
is_challenge(tmg_tlv t)
{
	return t.tag == OBJECT_ID &&
	    tmg_view_equal(t.value, TMG_VIEW(challenge_password));
}

/* AttrOrOID ::= CHOICE { oid, attribute SEQUENCE { type, values } } */
static bool
names_challenge(tmg_tlv t)
{
	tmg_tlv type;

	if (is_challenge(t))
		return true;
	return t.tag == SEQUENCE && tmg_tlv_next(&t.value, &type) == TMG_OK &&
	    is_challenge(type);
}

static bool
list_names_challenge(tmg_view list)
{
	tmg_tlv t;

	while (tmg_tlv_next(&list, &t) == TMG_OK)
		if (names_challenge(t))
			return true;
	return false;
}

bool
tmg_est_demands_challenge(tmg_view csrattrs)
{
	tmg_view list;

	return tmg_tlv_find(csrattrs, SEQUENCE, &list) == TMG_OK &&
	    list_names_challenge(list);
}

bool
tmg_est_has_challenge(tmg_view csr)
{
	static const uint32_t path[] = { SEQUENCE, SEQUENCE, ATTRIBUTES, 0 };
	tmg_view list;

	return tmg_tlv_walk(csr, path, &list) == TMG_OK && list_names_challenge(list);
}
