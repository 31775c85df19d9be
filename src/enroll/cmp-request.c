/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request: a message of CMP, whole and protected, that is sent as it is
 * until somebody decides.  It costs the new key one signature (proof of
 * possession) and, where no secret protects it, the old one another.
 */
#include <openssl/crmf.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/cmp.h"
#include "src/pki/x509.h"
#include "tamga/openssl.h"

/* A request in the making. */
typedef struct making {
	tmg_authority *a;
	const tmg_csr_spec *spec;
	tmg_signer *signer;
	unsigned command;
	OSSL_CMP_CTX *ctx;
	tmg_guard guard;	/* the new key, for its one signature */
	tmg_out *out;		/* where the message is caught */
	bool caught;
} making;

static tmg_rc
failed(making *m)
{
	const tmg_cmp *cmp = m->a->state;
	const tmg_fault *new = &m->guard.watch.refusal;
	const tmg_fault *old = &cmp->guard.watch.refusal;
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	if (new->rc != TMG_OK)
		return tmg_fault_copy(&m->a->fault, new, new->rc);
	if (old->rc != TMG_OK)
		return tmg_fault_copy(&m->a->fault, old, old->rc);
	return tmg_authority_raise(m->a, TMG_E_CRYPTO,
	    _("%s: libcrypto makes no request of CMP with these keys (%s)"),
	    m->a->uri.where, why != NULL ? why : "?");
}

/* ---- which request ------------------------------------------------------- */

/* What a certificate template (RFC 4211 5) has no place for. */
static const char *
needs_pkcs10(const making *m)
{
	if (m->spec->attestation_count > 0)
		return _("an attestation");
	if (m->spec->challenge != NULL)
		return _("a challenge password");
	return m->spec->pss ? _("a signature by RSASSA-PSS") : NULL;
}

static tmg_rc
choose_command(making *m, bool renews)
{
	const tmg_cmp *cmp = m->a->state;
	const char *what = needs_pkcs10(m);

	m->command = cmp->command;
	if (m->command == TMG_CMP_BODIES)
		m->command = what != NULL ? TMG_CMP_P10CR : renews ? TMG_CMP_KUR :
		    m->a->spec.signer != NULL ? TMG_CMP_CR : TMG_CMP_IR;
	if (what == NULL || m->command == TMG_CMP_P10CR)
		return TMG_OK;
	return tmg_authority_raise(m->a, TMG_UNSUPPORTED,
	    _("%s: %s can only go with the option \"command=p10cr\""),
	    m->a->uri.where, what);
}

/* ---- what it asks for ---------------------------------------------------- */

static tmg_rc
parse_pkcs10(making *m, tmg_view der, X509_REQ **req)
{
	const uint8_t *p = der.ptr;

	*req = X509_REQ_new_ex(tmg_ctx_libctx(m->a->ctx), NULL);
	return *req != NULL && d2i_X509_REQ(req, &p, (long)der.len) != NULL ?
	    TMG_OK : failed(m);
}

static tmg_rc
set_pkcs10(making *m)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out csr = { store, TMG_CSR_MAX, 0, false };
	tmg_held(X509_REQ) req = NULL;
	tmg_rc rc;

	if (store == NULL)
		return tmg_authority_raise(m->a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = tmg_csr_make(m->a->ctx, m->spec, m->signer, &csr, &m->a->fault)))
		return tmg_pass(&m->a->fault, rc);
	if ((rc = parse_pkcs10(m, tmg_out_view(&csr), &req)))
		return rc;
	return OSSL_CMP_CTX_set1_p10CSR(m->ctx, req) == 1 ? TMG_OK : failed(m);
}

/* The same names, extensions and digest as in PKCS #10, all wishes of the
 * authority applied. */
static tmg_rc
draft(making *m, X509_REQ **req)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out csr = { store, TMG_CSR_MAX, 0, false };
	tmg_rc rc;

	if (store == NULL)
		return tmg_authority_raise(m->a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = tmg_csr_draft(m->a->ctx, m->spec, m->signer, &csr, &m->a->fault)))
		return tmg_pass(&m->a->fault, rc);
	return parse_pkcs10(m, tmg_out_view(&csr), req);
}

static tmg_rc
set_template(making *m, const X509_REQ *req, tmg_view spki)
{
	X509_EXTENSIONS *extensions = X509_REQ_get_extensions((X509_REQ *)(uintptr_t)req);
	tmg_held(EVP_PKEY) key = NULL;

	if (OSSL_CMP_CTX_set0_reqExtensions(m->ctx, extensions) != 1) {
		sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
		return failed(m);
	}
	if (tmg_public_key(tmg_ctx_libctx(m->a->ctx), spki, &key) ||
	    OSSL_CMP_CTX_set1_subjectName(m->ctx, X509_REQ_get_subject_name(req)) != 1 ||
	    OSSL_CMP_CTX_set0_newPkey(m->ctx, 0, key) != 1)
		return failed(m);
	key = NULL;
	return OSSL_CMP_CTX_set_option(m->ctx, OSSL_CMP_OPT_POPO_METHOD,
	    OSSL_CRMF_POPO_NONE) == 1 ? TMG_OK : failed(m);
}

/* ---- proof of possession ------------------------------------------------- */

static tmg_rc
fetch_digest(making *m, const X509_REQ *req, EVP_MD **md)
{
	const tmg_cmp *cmp = m->a->state;
	int nid = cmp->digest;

	*md = NULL;
	if (nid == NID_undef)
		(void)OBJ_find_sigid_algs(X509_REQ_get_signature_nid(req), &nid, NULL);
	if (nid == NID_undef)		/* Ed25519 */
		return TMG_OK;
	*md = EVP_MD_fetch(tmg_ctx_libctx(m->a->ctx), OBJ_nid2sn(nid), NULL);
	return *md != NULL ? TMG_OK : failed(m);
}

/* A token that signs with another key than it says is found out here. */
static tmg_rc
check_proof(making *m, const OSSL_CRMF_MSG *crm)
{
	OSSL_CRMF_MSGS *all = sk_OSSL_CRMF_MSG_new_null();
	const bool ok = all != NULL && sk_OSSL_CRMF_MSG_push(all,
	    (OSSL_CRMF_MSG *)(uintptr_t)crm) > 0 && OSSL_CRMF_MSGS_verify_popo(all,
	    0, 0, tmg_ctx_libctx(m->a->ctx), NULL) == 1;

	sk_OSSL_CRMF_MSG_free(all);
	return ok ? TMG_OK : tmg_authority_raise(m->a, TMG_E_CRYPTO, "%s",
	    _("The request's signature does not belong to its public key: the token's certificate or metadata tell of another key."));
}

static tmg_rc
prove(making *m, const X509_REQ *req, OSSL_CRMF_MSG *crm)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(m->a->ctx);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(EVP_MD) md = NULL;
	tmg_rc rc;

	m->guard.watch.left = 1;
	if ((rc = fetch_digest(m, req, &md)))
		return rc;
	if (tmg_openssl_key(m->a->ctx, &m->guard.base, &key) ||
	    OSSL_CRMF_MSG_create_popo(OSSL_CRMF_POPO_SIGNATURE, crm, key, md,
	    libctx, NULL) != 1)
		return failed(m);
	return check_proof(m, crm);
}

/* ---- the message --------------------------------------------------------- */

static OSSL_CMP_MSG *
catch(OSSL_CMP_CTX *ctx, const OSSL_CMP_MSG *req)
{
	making *m = OSSL_CMP_CTX_get_transfer_cb_arg(ctx);
	tmg_held_bytes der = NULL;
	const int len = i2d_OSSL_CMP_MSG(req, &der);

	if (len > 0)
		tmg_put(m->out, (tmg_view){ der, (size_t)len });
	m->caught = len > 0 && !m->out->full;
	return NULL;
}

/* libcrypto protects the message and hands it over to be sent; it goes into
 * the journal instead. */
static tmg_rc
protect(making *m, const OSSL_CRMF_MSG *crm)
{
	int after;

	if (OSSL_CMP_CTX_set_transfer_cb(m->ctx, catch) != 1 ||
	    OSSL_CMP_CTX_set_transfer_cb_arg(m->ctx, m) != 1)
		return failed(m);
	(void)OSSL_CMP_try_certreq(m->ctx, (int)m->command, crm, &after);
	return m->caught ? TMG_OK : failed(m);
}

static tmg_rc
make_crmf(making *m)
{
	const bool renews = m->command == TMG_CMP_KUR;
	tmg_held(X509_REQ) req = NULL;
	tmg_held(OSSL_CRMF_MSG) crm = NULL;
	tmg_rc rc;

	if ((rc = draft(m, &req)) || (rc = set_template(m, req, m->signer->spki)))
		return rc;
	crm = OSSL_CMP_CTX_setup_CRM(m->ctx, renews, 0);
	if (crm == NULL)
		return failed(m);
	if ((rc = prove(m, req, crm)))
		return rc;
	return protect(m, crm);
}

static tmg_rc
make_pkcs10(making *m)
{
	const tmg_rc rc = set_pkcs10(m);

	return rc == TMG_OK ? protect(m, NULL) : rc;
}

static tmg_rc
make(making *m)
{
	tmg_rc rc;

	ERR_set_mark();
	rc = m->command == TMG_CMP_P10CR ? make_pkcs10(m) : make_crmf(m);
	ERR_pop_to_mark();
	return rc;
}

static tmg_rc
set_options(making *m)
{
	const tmg_cmp *cmp = m->a->state;

	return OSSL_CMP_CTX_set_option(m->ctx, OSSL_CMP_OPT_IMPLICIT_CONFIRM,
	    !cmp->explicit_confirm) == 1 && OSSL_CMP_CTX_set_option(m->ctx,
	    OSSL_CMP_OPT_SUBJECTALTNAME_NODEFAULT, 1) == 1 ? TMG_OK : failed(m);
}

tmg_rc
tmg_cmp_request(tmg_authority *a, const tmg_csr_spec *spec, tmg_signer *signer,
    bool renews, tmg_out *request)
{
	making m = { .a = a, .spec = spec, .signer = signer, .out = request };
	const tmg_cmp_seal seal = a->rehearses ? TMG_CMP_OPEN : tmg_cmp_seal_of(a);
	tmg_held(OSSL_CMP_CTX) ctx = NULL;
	tmg_rc rc;

	if ((rc = tmg_cmp_identified(a)) ||
	    (rc = choose_command(&m, renews)) ||
	    (rc = tmg_cmp_context(a, seal, 1, &ctx)) ||
	    (rc = tmg_cmp_reference(a, renews, ctx)))
		return rc;
	m.ctx = ctx;
	tmg_guard_init(&m.guard, signer);
	return (rc = set_options(&m)) ? rc : make(&m);
}

/* As p10cr (RFC 9483 4.1.4, 5.2.1): its proof is inside, and we say who passes
 * it on. */
static tmg_rc
wrap(making *m, tmg_view pkcs10)
{
	tmg_held(X509_REQ) req = NULL;
	tmg_rc rc;

	if ((rc = set_options(m)) || (rc = parse_pkcs10(m, pkcs10, &req)))
		return rc;
	return OSSL_CMP_CTX_set1_p10CSR(m->ctx, req) == 1 ? protect(m, NULL) :
	    failed(m);
}

/* As cr with raVerified (RFC 4211 4, RFC 9483 5.2.3.2): names, key and extensions
 * and nothing else; that the key is there is our word. */
static tmg_rc
vouch(making *m, tmg_view pkcs10)
{
	tmg_held(X509_REQ) req = NULL;
	tmg_held(OSSL_CRMF_MSG) crm = NULL;
	tmg_view spki;
	tmg_rc rc;

	if ((rc = set_options(m)) || (rc = parse_pkcs10(m, pkcs10, &req)) ||
	    (rc = tmg_csr_spki(pkcs10, &spki)) ||
	    (rc = set_template(m, req, spki)))
		return rc;
	crm = OSSL_CMP_CTX_setup_CRM(m->ctx, 0, 0);
	if (crm == NULL || OSSL_CRMF_MSG_create_popo(OSSL_CRMF_POPO_RAVERIFIED, crm,
	    NULL, NULL, tmg_ctx_libctx(m->a->ctx), NULL) != 1)
		return failed(m);
	return protect(m, crm);
}

static tmg_rc
pass_on(tmg_authority *a, unsigned command,
    tmg_rc (*how)(making *m, tmg_view pkcs10), tmg_view pkcs10, tmg_out *request)
{
	making m = { .a = a, .command = command, .out = request };
	tmg_held(OSSL_CMP_CTX) ctx = NULL;
	tmg_rc rc;

	if ((rc = tmg_cmp_identified(a)) ||
	    (rc = tmg_cmp_context(a, tmg_cmp_seal_of(a), 1, &ctx)))
		return rc;
	m.ctx = ctx;
	ERR_set_mark();
	rc = how(&m, pkcs10);
	ERR_pop_to_mark();
	return rc;
}

tmg_rc
tmg_cmp_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	return pass_on(a, TMG_CMP_P10CR, wrap, pkcs10, request);
}

tmg_rc
tmg_cmp_vouch(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	return pass_on(a, TMG_CMP_CR, vouch, pkcs10, request);
}
