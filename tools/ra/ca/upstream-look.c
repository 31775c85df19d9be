/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of an authority elsewhere, and what it gave: held to what we
 * would have signed.
 */
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/changes.h"
#include "tools/ra/ca/draw.h"
#include "tools/ra/ca/lint.h"
#include "tools/ra/ca/upstream-parts.h"

tmg_rc
ra_upstream_copy(tmg_view from, uint8_t **to, size_t *len)
{
	uint8_t *copy = malloc(from.len + 1);

	if (copy == NULL)
		return TMG_E_NOMEM;
	if (from.len > 0)
		memcpy(copy, from.ptr, from.len);
	free(*to);
	*to = copy;
	*len = from.len;
	return TMG_OK;
}

static void
add_change(ra_asking *q, const char *name)
{
	const size_t at = strlen(q->changes);

	snprintf(q->changes + at, sizeof(q->changes) - at, "%s%s",
	    at > 0 ? ", " : "", name);
}

/* When it begins is the other authority's affair: what we draw up to compare
 * begins when that one did, if that was just now. */
static ra_order
in_its_time(const ra_ca *base, const ra_order *order)
{
	ra_order fit = *order;
	time_t from;

	if (tmg_x509_time(X509_get0_notBefore(base->cert), &from) == TMG_OK &&
	    from > fit.not_before)
		fit.not_before = from;
	return fit;
}

tmg_rc
ra_upstream_vet(ra_ca *base, const ra_order *order, tmg_fault *f)
{
	const struct upstream_ca *ca = (const struct upstream_ca *)(const void *)base;
	const ra_request *r = order->request;
	const ra_order fit = in_its_time(base, order);

	if (r->made != NULL && !ca->vouches)
		return tmg_raise(f, TMG_MISMATCH, 0, "%s",
		    _("this request came as CRMF, whose proof cannot be passed on to another authority; the applicant has to hand in a PKCS #10"));
	if (r->has_challenge && !order->spent && !ca->vouches &&
	    !ca->passes_challenges)
		return tmg_raise(f, TMG_MISMATCH, 0, "%s",
		    _("this request has a challenge password, which would be told to the authority that issues; hand in one without it"));
	return ra_draw_vet(base, &fit, f);
}

/* Against what we would have signed for that order. */
static tmg_rc
name_changes(const ra_ca *base, ra_asking *q, const ra_draft *draft, tmg_fault *f)
{
	tmg_auto(ra_X509) wanted = NULL;
	ra_order order = in_its_time(base, q->order);
	tmg_fault why = { .rc = TMG_OK };
	tmg_rc rc;

	order.draft = NULL;
	if ((rc = ra_draw_take(base, &order, &wanted, f)))
		return rc;
	ra_changes_name(wanted, draft->cert, q->changes, sizeof(q->changes));
	rc = ra_lint_check(draft, RA_LINT_TIME | RA_LINT_USE, &why);
	if (rc == TMG_MISMATCH && ra_lint_check(draft, RA_LINT_TIME, &why) == rc)
		add_change(q, "validity");
	return rc == TMG_MISMATCH && q->changes[0] != '\0' ? TMG_OK :
	    rc ? tmg_fault_copy(f, &why, rc) : TMG_OK;
}

static tmg_rc
look_at(const struct upstream_ca *ca, ra_asking *q, const X509 *cert, tmg_fault *f)
{
	const ra_request *r = q->order->request;
	const ra_draft draft = { cert, ca->base.cert, q->order->profile, r->key, r->spki,
		q->order->known };
	tmg_rc rc;

	if (X509_NAME_cmp(X509_get_issuer_name(cert),
	    X509_get_subject_name(ca->base.cert)) != 0 ||
	    X509_verify((X509 *)(uintptr_t)cert, X509_get0_pubkey(ca->base.cert)) != 1) {
		ERR_clear_error();
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the certificate that came is not signed by the first one of ca.certificate; has the authority a new certificate?"));
	}
	if ((rc = ra_lint_check(&draft, RA_LINT_KEY, f)) ||
	    (rc = name_changes(&ca->base, q, &draft, f)))
		return rc;
	return q->changes[0] == '\0' || ca->takes_changes ? TMG_OK :
	    tmg_raise(f, TMG_MISMATCH, 0,
	    _("the authority issued another certificate than was asked for (%s); it was not taken, see upstream.changes"),
	    q->changes);
}

tmg_rc
ra_upstream_take(const struct upstream_ca *ca, ra_asking *q, tmg_view der, tmg_fault *f)
{
	tmg_auto(ra_X509) cert = NULL;
	tmg_rc rc;

	if (tmg_x509_parse(tmg_ctx_libctx(ca->base.ctx), der, &cert))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the certificate that came cannot be read"));
	if ((rc = look_at(ca, q, cert, f)))
		return rc;
	return ra_upstream_copy(der, &q->der, &q->len) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}
