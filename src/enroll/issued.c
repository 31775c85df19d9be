/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/issued.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tamga/csr.h"

/* Verdicts TMG_NOT_FOUND.  Faults TMG_E_MALFORMED: csr is no request. */
static tmg_rc
find_key(const tmg_certs *certs, tmg_view csr, size_t *leaf)
{
	tmg_view spki;
	tmg_rc rc = TMG_MISMATCH;

	for (*leaf = 0; *leaf < tmg_certs_count(certs); (*leaf)++) {
		if (tmg_cert_spki(tmg_certs_get(certs, *leaf), &spki) == TMG_OK)
			rc = tmg_csr_has_key(csr, spki);
		if (rc != TMG_MISMATCH)
			return rc;
	}
	return TMG_NOT_FOUND;
}

static tmg_rc
add_all(tmg_certs *to, const tmg_certs *from)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < tmg_certs_count(from); i++)
		rc = tmg_certs_add(to, tmg_certs_get(from, i));
	return rc;
}

/* Adding twice is adding once, so the first stays the first. */
static tmg_rc
put_first(tmg_certs **certs, size_t leaf)
{
	tmg_auto_ptr(tmg_certs) sorted = NULL;
	tmg_certs *old = *certs;
	tmg_rc rc;

	if ((rc = tmg_certs_new(&sorted)) ||
	    (rc = tmg_certs_add(sorted, tmg_certs_get(old, leaf))) ||
	    (rc = add_all(sorted, old)))
		return rc;
	*certs = sorted;
	sorted = old;
	return TMG_OK;
}

static tmg_rc
check_chain(tmg_authority *a, const tmg_certs *certs)
{
	tmg_auto_ptr(tmg_certs) others = NULL;
	const tmg_certs *known = NULL;
	tmg_rc rc;

	if ((rc = tmg_authority_cacerts(a, &known)))
		return tmg_pass(&a->fault, rc);
	if ((rc = tmg_certs_new(&others)) || (rc = add_all(others, certs)) ||
	    (rc = add_all(others, known)))
		return tmg_authority_raise(a, rc, "%s", _("out of memory"));
	return tmg_certs_verify(a->ctx, tmg_certs_get(certs, 0), others, a->anchors,
	    NULL, &a->fault);
}

tmg_rc
tmg_issued_check(tmg_authority *a, tmg_view csr, tmg_certs **certs)
{
	size_t leaf;
	tmg_rc rc = find_key(*certs, csr, &leaf);

	if (tmg_is_fault(rc))
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("the request is none that can be read"));
	if (rc == TMG_NOT_FOUND)
		return tmg_authority_raise(a, TMG_MISMATCH,
		    _("%s: the certificate it issued is for another key than the one "
		    "requested; it was not accepted. Tell the authority's operator"),
		    a->uri.where);
	if ((rc = put_first(certs, leaf)))
		return tmg_authority_raise(a, rc, "%s", _("out of memory"));
	return check_chain(a, *certs);
}
