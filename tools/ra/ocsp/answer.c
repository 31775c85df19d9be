/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ocsp/answer.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/deputy.h"

#define HOUR 3600

RA_SCOPE(OCSP_BASICRESP, OCSP_BASICRESP_free)
RA_SCOPE(OCSP_RESPONSE, OCSP_RESPONSE_free)
RA_SCOPE(ASN1_TIME, ASN1_TIME_free)

static time_t
reserve_of(const ra_desk *d)
{
	return (time_t)d->config->ocsp.hours * HOUR / 4;
}

time_t
ra_ocsp_stale(const ra_desk *d, const ra_ocsp_row *row)
{
	return row->next_update - reserve_of(d);
}

/* ---- what is so ---- */

/* A number that was set aside is not given to anybody yet. */
static tmg_rc
find(ra_desk *d, const ra_ocsp_asked *asked, ra_cert *cert, int *status)
{
	tmg_rc rc;

	*status = V_OCSP_CERTSTATUS_UNKNOWN;
	rc = ra_cert_get(d->store, asked->serial, cert);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	if (rc == TMG_OK && cert->der != NULL)
		*status = cert->revoked != 0 ? V_OCSP_CERTSTATUS_REVOKED :
		    V_OCSP_CERTSTATUS_GOOD;
	return TMG_OK;
}

/* ---- saying it ---- */

struct saying {
	OCSP_BASICRESP *basic;
	X509 *signer;
	ASN1_TIME *from, *to;
	bool by_name;			/* RFC 6960 4.2.1: ResponderID byName or byKey */
};

static tmg_rc
say_one(ra_desk *d, struct saying *s, const ra_ocsp_asked *asked,
    ra_ocsp_row *row)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_ASN1_TIME) since = NULL;
	int status;
	tmg_rc rc;

	if ((rc = find(d, asked, &cert, &status)))
		return rc;
	if (status == V_OCSP_CERTSTATUS_REVOKED)
		since = ASN1_TIME_set(NULL, cert.revoked);
	/* unspecified is left out, as in RFC 5280 5.3.1 */
	if (OCSP_basic_add1_status(s->basic, asked->id, status,
	    cert.reason == 0 ? OCSP_REVOKED_STATUS_NOSTATUS : cert.reason, since,
	    s->from, s->to) == NULL)
		return ra_ca_fail(&d->fault, _("the answer could not be made"));
	if (status != V_OCSP_CERTSTATUS_UNKNOWN)
		memcpy(row->serial, cert.serial, sizeof(row->serial));
	row->revoked = cert.revoked;
	row->reason = cert.reason;
	return TMG_OK;
}

static int
sign(void *what, EVP_PKEY *key)
{
	const struct saying *s = what;

	return OCSP_basic_sign(s->basic, s->signer, key, ra_keeper_hash(key), NULL,
	    s->by_name ? 0 : OCSP_RESPID_KEY);
}

static tmg_rc
give(ra_desk *d, OCSP_BASICRESP *basic, ra_ocsp_row *row)
{
	tmg_auto(ra_OCSP_RESPONSE) response =
	    OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	const int len = i2d_OCSP_RESPONSE(response, NULL);
	unsigned char *at = len > 0 ? malloc((size_t)len) : NULL;

	if ((row->der = at) == NULL || i2d_OCSP_RESPONSE(response, &at) != len)
		return ra_ca_fail(&d->fault, _("the answer could not be made"));
	row->len = (size_t)len;
	return TMG_OK;
}

static tmg_rc
say(ra_desk *d, const ra_deputy *deputy, struct saying *s,
    const ra_ocsp_question *q, ra_ocsp_row *row)
{
	tmg_rc rc;

	if (s->basic == NULL || s->signer == NULL || s->from == NULL ||
	    s->to == NULL)
		return ra_ca_fail(&d->fault, _("the answer could not be made"));
	for (size_t i = 0; i < q->count; i++)
		if ((rc = say_one(d, s, &q->asked[i], row)))
			return rc;
	if (q->nonce && d->config->ocsp.nonces &&
	    OCSP_copy_nonce(s->basic, q->req) != 1)
		return ra_ca_fail(&d->fault, _("the answer could not be made"));
	if ((rc = deputy->keeper->ops->sign(deputy->keeper, sign, s, &d->fault)))
		return rc;
	return give(d, s->basic, row);
}

/* Never in force for longer than who signs it. */
static tmg_rc
make(ra_desk *d, const ra_ocsp_question *q, ra_ocsp_row *row)
{
	const ra_deputy *deputy = d->office->deputy[RA_DEPUTY_OCSP];
	tmg_auto(ra_cert) own = { .der = NULL };
	const unsigned char *at;
	tmg_rc rc;

	if ((rc = ra_deputy_now(d, deputy, &own)))
		return rc;
	*row = (ra_ocsp_row){ .this_update = ra_desk_now(d) };
	row->next_update = row->this_update + 4 * reserve_of(d);
	if (row->next_update > own.not_after)
		row->next_update = own.not_after;
	memcpy(row->signer, own.serial, sizeof(row->signer));

	tmg_auto(ra_OCSP_BASICRESP) basic = OCSP_BASICRESP_new();
	tmg_auto(ra_X509) signer = X509_new_ex(tmg_ctx_libctx(d->office->ctx), NULL);
	tmg_auto(ra_ASN1_TIME) from = ASN1_TIME_set(NULL, row->this_update);
	tmg_auto(ra_ASN1_TIME) to = ASN1_TIME_set(NULL, row->next_update);

	at = own.der;
	if (signer == NULL || d2i_X509(&signer, &at, (long)own.len) == NULL)
		return ra_ca_fail(&d->fault, _("the responder's certificate cannot be read"));
	struct saying s = { basic, signer, from, to,
		strcmp(d->config->ocsp.responder, "name") == 0 };

	return say(d, deputy, &s, q, row);
}

/* ---- once ---- */

static bool
may_keep(const ra_desk *d, const ra_ocsp_question *q)
{
	return q->count == 1 && !(q->nonce && d->config->ocsp.nonces);
}

/* Of what we never issued there is no end: nothing is kept. */
static void
keep(ra_desk *d, const ra_ocsp_question *q, ra_ocsp_row *row)
{
	memcpy(row->id, q->asked[0].name, sizeof(row->id));
	if (row->serial[0] == '\0' || ra_ocsp_row_put(d->store, row) == TMG_OK)
		return;
	tmg_log(d->office->ctx, TMG_LOG_WARN, "an answer is not kept: %s",
	    d->store->fault.text);
}

tmg_rc
ra_ocsp_answer(ra_desk *d, const ra_ocsp_question *q, ra_ocsp_row *row)
{
	const bool kept = may_keep(d, q);
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	*row = (ra_ocsp_row){ .der = NULL };
	if (kept && (rc = ra_ocsp_row_get(d->store, q->asked[0].name,
	    ra_desk_now(d) + reserve_of(d), row)) != TMG_NOT_FOUND)
		return rc ? ra_desk_says(d, rc) : TMG_OK;
	if ((rc = make(d, q, row)))
		return rc;
	if (kept)
		keep(d, q, row);
	else
		row->next_update = 0;
	return TMG_OK;
}
