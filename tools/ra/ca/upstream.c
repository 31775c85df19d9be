/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The applicant's request is passed on as it is; we say who we are, the
 * authority believes us that the applicant was looked at (RFC 7030 3.7, RFC
 * 9483 5.1, RFC 8894 2.3), and what it gives is looked at before anybody gets it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/keeper-signer.h"
#include "tools/ra/ca/upstream-parts.h"

/* ---- one conversation ---------------------------------------------------- */

struct talk {
	const struct upstream_ca *ca;
	ra_asking *asking;		/* NULL: we only say hello */
	ra_keeper_signer *signer;
	tmg_authority *authority;
};

static void
talk_release(struct talk *t)
{
	tmg_authority_free(&t->authority);
	ra_keeper_signer_free(&t->signer);
}

static tmg_rc
write_down(void *arg, tmg_view state, tmg_fault *f)
{
	ra_asking *q = ((struct talk *)arg)->asking;
	ra_errand *e = q->errand;

	if (ra_upstream_copy(state, &e->kept, &e->kept_len))
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	return q->keep(q->arg, e, f);
}

static tmg_rc
begin(struct talk *t, tmg_fault *f)
{
	const struct upstream_ca *ca = t->ca;
	tmg_authority_spec spec = { .uri = ca->url, .anchors = ca->anchors,
		.timeout_s = ca->timeout_s, .options = ca->option, .arg = t };
	tmg_rc rc;

	if (ca->user[0] != '\0') {
		spec.user = ca->user;
		spec.password = tmg_secret_view(&ca->password);
	}
	if (ca->keeper != NULL) {
		if ((rc = ra_keeper_signer_new(ca->base.ctx, ca->keeper, &t->signer, f)))
			return rc;
		spec.signer = ra_keeper_signer_of(t->signer);
		spec.cert = tmg_certs_get(ca->own, 0);
		spec.chain = ca->above;
	}
	if (t->asking != NULL) {
		spec.kept = (tmg_view){ t->asking->errand->kept,
			t->asking->errand->kept_len };
		spec.keep = write_down;
	}
	return tmg_authority_open(ca->base.ctx, &spec, f, &t->authority);
}

/* What it says is nobody's request's fault: somebody has to mend it. */
static tmg_rc
away(const struct talk *t, tmg_rc rc, tmg_fault *f)
{
	return rc == TMG_OK ? TMG_OK :
	    tmg_raise(f, TMG_E_IO, 0, "%s", tmg_authority_fault(t->authority)->text);
}

/* Before anything is handed in: whether it is who it should be, and takes what
 * we would hand in. */
static tmg_rc
greet(struct talk *t)
{
	const tmg_certs *certs;
	tmg_rc rc;

	if ((rc = tmg_authority_cacerts(t->authority, &certs)))
		return rc;
	return t->asking != NULL && t->asking->errand->asked != 0 ? TMG_OK :
	    tmg_authority_admits(t->authority, false);
}

static tmg_rc
upstream_hello(ra_ca *base, tmg_fault *f)
{
	__attribute__((__cleanup__(talk_release))) struct talk t =
	    { (const struct upstream_ca *)(const void *)base, NULL, NULL, NULL };
	tmg_rc rc;

	if ((rc = begin(&t, f)))
		return rc;
	rc = greet(&t);
	return rc ? tmg_fault_copy(f, tmg_authority_fault(t.authority), rc) : TMG_OK;
}

tmg_rc
ra_upstream_rehearse(const struct upstream_ca *ca, tmg_fault *f)
{
	__attribute__((__cleanup__(talk_release))) struct talk t =
	    { ca, NULL, NULL, NULL };

	return begin(&t, f);
}

/* ---- asking -------------------------------------------------------------- */

/* RFC 4211 4.1: a template's proof is over a form that only CMP knows.  What is
 * said to us alone stays here, and the signature is over that, too. */
static bool
must_vouch(const struct upstream_ca *ca, const ra_request *r)
{
	return r->made != NULL ||
	    (ca->vouches && r->has_challenge && !ca->passes_challenges);
}

/* Whose signature proves the key, the authority sees for itself, where it can. */
static tmg_rc
wrap(const struct talk *t, const ra_request *r, tmg_fault *f)
{
	ra_errand *e = t->asking->errand;
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out o = { store, TMG_CSR_MAX, 0, false };
	tmg_rc rc;

	if (store == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	rc = must_vouch(t->ca, r) ? tmg_authority_vouch(t->authority, r->pkcs10, &o) :
	    tmg_authority_forward(t->authority, r->pkcs10, &o);
	if (rc)
		return tmg_fault_copy(f, tmg_authority_fault(t->authority), rc);
	return ra_upstream_copy(tmg_out_view(&o), &e->request, &e->request_len) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

static tmg_rc
make_request(const struct talk *t, tmg_fault *f)
{
	ra_errand *e = t->asking->errand;
	tmg_rc rc;

	if (e->request != NULL)
		return TMG_OK;
	if ((rc = wrap(t, t->asking->order->request, f)))
		return rc;
	return t->asking->keep(t->asking->arg, e, f);
}

static tmg_rc
hand_in(struct talk *t, tmg_decision *d)
{
	ra_errand *e = t->asking->errand;
	const tmg_view request = { e->request, e->request_len };
	tmg_rc rc;

	rc = e->asked == 0 ?
	    tmg_authority_submit(t->authority, request, false, d) :
	    tmg_authority_poll(t->authority, request, false, e->ticket, d);
	if (rc == TMG_OK || rc == TMG_PENDING)
		snprintf(e->ticket, sizeof(e->ticket), "%s", d->ticket);
	t->asking->again_s = rc == TMG_PENDING ? d->retry_after_s : -1;
	return rc;
}

static tmg_rc
converse(struct talk *t, tmg_fault *f)
{
	tmg_decision d = { .certs = NULL };
	tmg_rc rc;

	if ((rc = away(t, greet(t), f)) || (rc = make_request(t, f)))
		return rc;
	rc = hand_in(t, &d);
	rc = rc == TMG_OK ?
	    ra_upstream_take(t->ca, t->asking, tmg_certs_get(d.certs, 0), f) :
	    tmg_fault_copy(f, tmg_authority_fault(t->authority), rc);
	tmg_certs_free(&d.certs);
	return rc;
}

/* Verdicts of a key that is away are no refusals, nor is what is said of our
 * name or secret, nor an answer that anybody may have made. */
static tmg_rc
judge(tmg_rc rc, tmg_fault *f)
{
	if (rc > TMG_OK && (f->remedies & (TMG_TRY_CREDENTIAL | TMG_TRY_AGAIN)) != 0)
		return tmg_fault_copy(f, f, TMG_E_IO);
	switch (rc) {
	case TMG_OK: case TMG_PENDING: case TMG_DENIED: case TMG_MISMATCH:
	case TMG_UNSUPPORTED:
		return rc;
	default:
		return tmg_is_fault(rc) ? rc : tmg_fault_copy(f, f, TMG_E_IO);
	}
}

static tmg_rc
upstream_ask(ra_ca *base, ra_asking *asking, tmg_fault *f)
{
	__attribute__((__cleanup__(talk_release))) struct talk t =
	    { (const struct upstream_ca *)(const void *)base, asking, NULL, NULL };
	tmg_rc rc;

	asking->again_s = -1;
	if ((rc = begin(&t, f)))
		return tmg_is_fault(rc) ? rc : tmg_fault_copy(f, f, TMG_E_IO);
	return judge(converse(&t, f), f);
}

/* ---- what it does by itself ---------------------------------------------- */

static tmg_rc
upstream_issue(ra_ca *base, const ra_order *order, uint8_t **der, size_t *len,
    tmg_fault *f)
{
	(void)base, (void)order, (void)der, (void)len;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("another authority signs certificates, and has to be asked"));
}

static tmg_rc
upstream_appoint(ra_ca *base, const struct ra_appointment *a, uint8_t **der,
    size_t *len, tmg_fault *f)
{
	(void)base, (void)a, (void)der, (void)len;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("another authority signs certificates; it appoints no deputies of ours"));
}

static tmg_rc
upstream_vouch(ra_ca *base, tmg_view content, uint8_t **der, size_t *len, tmg_fault *f)
{
	(void)base, (void)content, (void)der, (void)len;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("another authority signs certificates; its key is not here"));
}

static tmg_rc
upstream_crl(ra_ca *base, ra_store *store, int64_t number, time_t now,
    time_t next, uint8_t **der, size_t *len, tmg_fault *f)
{
	(void)base, (void)store, (void)number, (void)now, (void)next;
	(void)der, (void)len;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("another authority issues the certificates and keeps their revocation list; the certificates say where it is"));
}

static void
upstream_close(ra_ca *base)
{
	struct upstream_ca *ca = (struct upstream_ca *)(void *)base;

	ra_ca_unload(base);
	ra_keeper_free(&ca->keeper);
	tmg_certs_free(&ca->anchors);
	tmg_certs_free(&ca->own);
	tmg_certs_free(&ca->above);
	tmg_secret_wipe(&ca->password);
	free(ca);
}

static tmg_rc
upstream_revoke(ra_ca *base, tmg_view cert, int reason, tmg_fault *f)
{
	__attribute__((__cleanup__(talk_release))) struct talk t =
	    { (const struct upstream_ca *)(const void *)base, NULL, NULL, NULL };
	tmg_rc rc;

	if ((rc = begin(&t, f)))
		return tmg_is_fault(rc) ? rc : tmg_fault_copy(f, f, TMG_E_IO);
	if ((rc = away(&t, greet(&t), f)))
		return rc;
	rc = tmg_authority_revoke(t.authority, cert, reason);
	return judge(tmg_fault_copy(f, tmg_authority_fault(t.authority), rc), f);
}

#define OPS(revocation) { \
	.name = "upstream", \
	.at_once = false, \
	.elsewhere = true, \
	.vet = ra_upstream_vet, \
	.issue = upstream_issue, \
	.appoint = upstream_appoint, \
	.vouch = upstream_vouch, \
	.crl = upstream_crl, \
	.ask = upstream_ask, \
	.hello = upstream_hello, \
	.revoke = (revocation), \
	.close = upstream_close, \
}

/* Where the protocol has a word for it, and where it has none. */
const ra_ca_ops ra_upstream_revoking_ops = OPS(upstream_revoke);
const ra_ca_ops ra_upstream_ops = OPS(NULL);
