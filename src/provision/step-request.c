/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request: signed once by the token, written down, posted as it is until
 * somebody decides.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

/* The certificate of the key that signs attestations, when the token shows it. */
static tmg_rc
attestation_issuer(tmg_provision *p, tmg_view *der)
{
	size_t count;
	tmg_rc rc = tmg_token_keys(p->token, &count);

	for (size_t i = 0; rc == TMG_OK && i < count; i++) {
		tmg_key *key = tmg_token_key(p->token, i);

		if ((tmg_key_slot(key)->uses & TMG_USE_ATTEST) != 0)
			return tmg_key_cert(key, der);
	}
	return rc == TMG_OK ? TMG_NOT_FOUND : rc;
}

/* Fills chain, whose first entry lies in store. */
static tmg_rc
attest(tmg_provision *p, tmg_out *store, tmg_view chain[static 2], size_t *count)
{
	tmg_rc rc;

	*count = 0;
	if (!p->j.attest)
		return TMG_OK;
	if ((rc = tmg_key_attest(p->key, store)))
		return tmg_work_token_said(p, rc);
	chain[(*count)++] = tmg_out_view(store);
	rc = attestation_issuer(p, &chain[1]);
	if (rc == TMG_OK)
		(*count)++;
	return rc == TMG_NOT_FOUND || rc == TMG_OK ? TMG_OK :
	    tmg_work_token_said(p, rc);
}

/* One, and another where the same key also protects the message, as the one
 * that is renewed. */
static unsigned
signatures(const tmg_provision *p)
{
	return p->j.renews[0] != '\0' && p->j.keep_key ? 2 : 1;
}

/* A token's key that signs this, and nothing more. */
static tmg_rc
sign_request(tmg_provision *p, const tmg_csr_spec *spec, tmg_out *csr)
{
	tmg_signer *signer;
	tmg_rc rc;

	if ((rc = tmg_key_signer(p->key, &signer)))
		return tmg_work_token_said(p, rc);
	signer->limit = signer->used + signatures(p);
	rc = tmg_authority_request(p->authority, spec, signer,
	    p->j.renews[0] != '\0', csr);
	signer->limit = 0;
	if (rc == TMG_MISMATCH)
		return tmg_work_another_key(p);
	return rc == TMG_OK ? rc : tmg_work_authority_said(p, rc);
}

tmg_rc
tmg_step_request(tmg_provision *p)
{
	tmg_csr_spec spec = tmg_work_csr_spec(p);
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_auto_free uint8_t *attested = malloc(TMG_CERT_MAX);
	tmg_out csr = { store, TMG_CSR_MAX, 0, false };
	tmg_out leaf = { attested, TMG_CERT_MAX, 0, false };
	tmg_view chain[2];
	tmg_rc rc;

	if (store == NULL || attested == NULL)
		return TMG_E_NOMEM;
	if (p->j.challenged && p->challenge == NULL)
		return tmg_advise(&p->fault, TMG_TRY_CHALLENGE,
		    tmg_raise(&p->fault, TMG_CANCELLED, 0, _("the challenge password "
			"was not kept, and the request is not made yet; go on with "
			"enrollment %s and the password"), p->j.id));
	if ((rc = tmg_work_token(p)) ||
	    (rc = tmg_work_login_user(p)) ||
	    (rc = tmg_work_authority(p)) ||
	    (p->j.linked && (rc = tmg_work_link(p))) ||
	    (rc = attest(p, &leaf, chain, &spec.attestation_count)))
		return rc;
	spec.attestation = chain;
	p->linked_here = p->j.linked;
	if ((rc = sign_request(p, &spec, &csr)) ||
	    (rc = tmg_blob_set(&p->j.csr, tmg_out_view(&csr))))
		return rc;
	return tmg_work_reached(p, TMG_STEP_REQUEST);
}
