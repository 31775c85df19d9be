/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is what the authority issued what was asked for?  Asked before a byte of it
 * reaches the token.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

static tmg_rc
same_key(tmg_provision *p, tmg_view cert)
{
	tmg_view spki;

	if (tmg_cert_spki(cert, &spki) != TMG_OK)
		return tmg_raise(&p->fault, TMG_E_MALFORMED, 0,
		    _("the authority issued something that is no certificate"));
	if (!tmg_view_equal(spki, tmg_blob_view(&p->j.spki)))
		return tmg_raise(&p->fault, TMG_MISMATCH, 0, _("the authority issued a "
		    "certificate for another key; it was not installed: tell the "
		    "authority, then resume"));
	return TMG_OK;
}

static tmg_rc
same_subject(tmg_provision *p, const tmg_cert_facts *facts)
{
	char asked[TMG_NAME_MAX];
	tmg_out out = { (uint8_t *)asked, sizeof(asked) - 1, 0, false };
	tmg_rc rc;

	if ((rc = tmg_csr_subject(tmg_blob_view(&p->j.csr), &out)))
		return tmg_pass(&p->fault, rc);
	asked[out.len] = '\0';
	if (strcmp(asked, facts->subject) == 0 || p->any_subject ||
	    tmg_authority_names_hosts(p->authority))
		return TMG_OK;
	return tmg_advise(&p->fault, TMG_TRY_ACCEPT,
	    tmg_raise(&p->fault, TMG_MISMATCH, 0, _("the authority issued the "
		"name %.90s instead of %.90s; it was not installed: tell the "
		"authority, or agree to the name and resume"),
		facts->subject, asked));
}

/*
 * A renewal that brings the old certificate back, or one that ends sooner,
 * renews nothing.
 */
static tmg_rc
really_new(tmg_provision *p, const tmg_cert_facts *facts)
{
	tmg_cert_facts old;
	tmg_rc rc;

	if (p->j.renews[0] == '\0')
		return TMG_OK;
	if ((rc = tmg_cert_facts_get(tmg_blob_view(&p->j.renewed), &old)))
		return tmg_pass(&p->fault, rc);
	if (strcmp(old.serial, facts->serial) == 0)
		return tmg_raise(&p->fault, TMG_MISMATCH, 0, _("the authority gave the "
		    "old certificate back (serial number %s); it was not installed: "
		    "ask the authority why it did not renew"), old.serial);
	if (facts->not_after < old.not_after)
		return tmg_raise(&p->fault, TMG_MISMATCH, 0, _("the renewed certificate "
		    "would end before the old one; it was not installed: ask the "
		    "authority why"));
	return TMG_OK;
}

/* The issuers may come with the certificate or with the CA's own. */
static tmg_rc
leads_to_anchor(tmg_provision *p, const tmg_certs *issued, tmg_certs *chain)
{
	tmg_auto_ptr(tmg_certs) others = NULL;
	const tmg_certs *ca;
	tmg_rc rc;

	if ((rc = tmg_authority_cacerts(p->authority, &ca)))
		return tmg_work_authority_said(p, rc);
	if ((rc = tmg_certs_new(&others)))
		return rc;
	for (size_t i = 1; rc == TMG_OK && i < tmg_certs_count(issued); i++)
		rc = tmg_certs_add(others, tmg_certs_get(issued, i));
	for (size_t i = 0; rc == TMG_OK && i < tmg_certs_count(ca); i++)
		rc = tmg_certs_add(others, tmg_certs_get(ca, i));
	if (rc != TMG_OK)
		return rc;
	return tmg_certs_verify(p->ctx, tmg_certs_get(issued, 0), others,
	    p->j.anchors, chain, &p->fault);
}

tmg_rc
tmg_check_issued(tmg_provision *p, const tmg_certs *issued)
{
	tmg_auto_ptr(tmg_certs) chain = NULL;
	tmg_cert_facts facts;
	tmg_view cert;
	tmg_rc rc;

	if (issued == NULL || tmg_certs_count(issued) == 0)
		return tmg_raise(&p->fault, TMG_E_MALFORMED, 0,
		    _("the authority answered without a certificate"));
	cert = tmg_certs_get(issued, 0);
	if ((rc = same_key(p, cert)))
		return rc;
	if ((rc = tmg_cert_facts_get(cert, &facts)) ||
	    (rc = tmg_certs_new(&chain)))
		return tmg_pass(&p->fault, rc);
	if ((rc = same_subject(p, &facts)) ||
	    (rc = really_new(p, &facts)) ||
	    (rc = leads_to_anchor(p, issued, chain)))
		return rc;

	if ((rc = tmg_blob_set(&p->j.cert, cert)))
		return rc;
	tmg_certs_free(&p->j.chain);
	p->j.chain = chain;
	chain = NULL;
	return TMG_OK;
}
