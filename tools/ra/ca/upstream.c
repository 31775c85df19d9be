/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The applicant's request is passed on as it is; we say who we are, the
 * authority believes us that the applicant was looked at (RFC 7030 3.7, RFC
 * 9483 5.1, RFC 8894 2.3), and what it gives is looked at before anybody gets it.
 */
#include "tools/ra/ca/upstream.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "src/pki/x509.h"
#include "tamga/enroll.h"
#include "tools/ra/ca/changes.h"
#include "tools/ra/ca/draw.h"
#include "tools/ra/ca/keeper-signer.h"
#include "tools/ra/ca/lint.h"
#include "tools/ra/ca/passphrase.h"

#define PEM_MAX (1024 * 1024)

struct upstream_ca {
	ra_ca base;
	char url[RA_TEXT_MAX];
	char user[RA_TEXT_MAX];
	ra_words options;
	const char *option[RA_WORDS_MAX + 1];
	bool takes_changes;
	unsigned timeout_s;
	tmg_certs *anchors;
	tmg_certs *own;			/* ours at 0, then its issuers; NULL none */
	tmg_certs *above;		/* those alone */
	ra_keeper *keeper;		/* of its key; NULL none */
	tmg_secret password;
};

const char *
ra_upstream_check(const char *url)
{
	static const char *const schemes[] = { "est+https://",
		"cmp+https://", "cmp+http://", "scep+https://", "scep+http://" };

	if (url[0] == '\0')
		return NULL;
	for (size_t i = 0; i < TMG_COUNT(schemes); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0 &&
		    strpbrk(url, " \t\r\n\"\\") == NULL)
			return NULL;
	return _("an authority's address such as \"est+https://ca.example\", \"cmp+http://ca.example\" or \"scep+http://ca.example/scep\"");
}

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
copy_bytes(tmg_view from, uint8_t **to, size_t *len)
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

static tmg_rc
write_down(void *arg, tmg_view state, tmg_fault *f)
{
	ra_asking *q = ((struct talk *)arg)->asking;
	ra_errand *e = q->errand;

	if (copy_bytes(state, &e->kept, &e->kept_len))
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

/* ---- asking -------------------------------------------------------------- */

/* Whose signature proves the key, the authority sees for itself. */
static tmg_rc
wrap(const struct talk *t, tmg_view pkcs10, tmg_fault *f)
{
	ra_errand *e = t->asking->errand;
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out o = { store, TMG_CSR_MAX, 0, false };
	tmg_rc rc;

	if (store == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_authority_forward(t->authority, pkcs10, &o)))
		return tmg_fault_copy(f, tmg_authority_fault(t->authority), rc);
	return copy_bytes(tmg_out_view(&o), &e->request, &e->request_len) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

/* RFC 4211 4: it proves the key to whoever it was sent to. */
static const char crmf[] =
    N_("this request came as CRMF, whose proof cannot be passed on to another authority; the applicant has to hand in a PKCS #10");

static tmg_rc
make_request(const struct talk *t, tmg_fault *f)
{
	const ra_request *request = t->asking->order->request;
	ra_errand *e = t->asking->errand;
	tmg_rc rc;

	if (e->request != NULL)
		return TMG_OK;
	if (request->made != NULL)
		return tmg_raise(f, TMG_UNSUPPORTED, 0, "%s", _(crmf));
	if ((rc = wrap(t, request->pkcs10, f)))
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

/* ---- what came ----------------------------------------------------------- */

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
	struct tm tm;
	time_t from;

	if (ASN1_TIME_to_tm(X509_get0_notBefore(base->cert), &tm) == 1 &&
	    (from = timegm(&tm)) > fit.not_before)
		fit.not_before = from;
	return fit;
}

static tmg_rc
upstream_vet(ra_ca *base, const ra_order *order, tmg_fault *f)
{
	const ra_order fit = in_its_time(base, order);

	if (order->request->made != NULL)
		return tmg_raise(f, TMG_MISMATCH, 0, "%s", _(crmf));
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

static tmg_rc
take(const struct upstream_ca *ca, ra_asking *q, tmg_view der, tmg_fault *f)
{
	tmg_auto(ra_X509) cert = NULL;
	tmg_rc rc;

	if (tmg_x509_parse(tmg_ctx_libctx(ca->base.ctx), der, &cert))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the certificate that came cannot be read"));
	if ((rc = look_at(ca, q, cert, f)))
		return rc;
	return copy_bytes(der, &q->der, &q->len) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

static tmg_rc
converse(struct talk *t, tmg_fault *f)
{
	tmg_decision d = { .certs = NULL };
	tmg_rc rc;

	if ((rc = away(t, greet(t), f)) || (rc = make_request(t, f)))
		return rc;
	rc = hand_in(t, &d);
	rc = rc == TMG_OK ? take(t->ca, t->asking, tmg_certs_get(d.certs, 0), f) :
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
	.vet = upstream_vet, \
	.issue = upstream_issue, \
	.appoint = upstream_appoint, \
	.crl = upstream_crl, \
	.ask = upstream_ask, \
	.hello = upstream_hello, \
	.revoke = (revocation), \
	.close = upstream_close, \
}

/* Where the protocol has a word for it, and where it has none. */
static const ra_ca_ops revoking_ops = OPS(upstream_revoke);
static const ra_ca_ops upstream_ops = OPS(NULL);

/* ---- opening ------------------------------------------------------------- */

static tmg_rc
add_file(const char *file, tmg_certs **certs, tmg_fault *f)
{
	tmg_auto_free uint8_t *pem = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_file_read(file, PEM_MAX, &pem, &len)))
		return tmg_raise(f, rc, 0, "%s: %s", file, strerror(errno));
	if (*certs == NULL && (rc = tmg_certs_new(certs)))
		return tmg_raise(f, rc, 0, _("out of memory"));
	if (tmg_certs_add_pem(*certs, (tmg_view){ pem, len }))
		return tmg_raise(f, TMG_MISMATCH, 0, _("%s: no certificates in PEM"),
		    file);
	return TMG_OK;
}

static tmg_rc
split_own(struct upstream_ca *ca, tmg_fault *f)
{
	tmg_rc rc = tmg_certs_new(&ca->above);

	for (size_t i = 1; rc == TMG_OK && i < tmg_certs_count(ca->own); i++)
		rc = tmg_certs_add(ca->above, tmg_certs_get(ca->own, i));
	return rc ? tmg_raise(f, rc, 0, _("out of memory")) : TMG_OK;
}

static tmg_rc
open_credential(struct upstream_ca *ca, const ra_upstream *u, tmg_fault *f)
{
	tmg_auto(ra_X509) own = NULL;
	tmg_rc rc;

	if (u->user[0] != '\0' && (rc = ra_passphrase_read(u->password_file,
	    _("the secret of the authority upstream"), false, &ca->password, f)))
		return rc;
	if (u->own_file[0] == '\0')
		return TMG_OK;
	if ((rc = add_file(u->own_file, &ca->own, f)) || (rc = split_own(ca, f)))
		return rc;
	if (tmg_x509_parse(tmg_ctx_libctx(ca->base.ctx), tmg_certs_get(ca->own, 0),
	    &own))
		return tmg_raise(f, TMG_MISMATCH, 0, _("%s: no certificates in PEM"),
		    u->own_file);
	return ra_keeper_open(ca->base.ctx, &u->key, own, &ca->keeper, f);
}

static tmg_rc
copy_texts(struct upstream_ca *ca, const ra_upstream *u, tmg_fault *f)
{
	if (strlen(u->url) >= sizeof(ca->url) || strlen(u->user) >= sizeof(ca->user))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), u->url);
	strcpy(ca->url, u->url);
	strcpy(ca->user, u->user);
	ca->options = *u->options;
	for (size_t i = 0; i < ca->options.count; i++)
		ca->option[i] = ca->options.word[i];
	ca->takes_changes = u->takes_changes;
	ca->timeout_s = (unsigned)u->timeout_s;
	return TMG_OK;
}

/* What the settings say is tried out, and nothing sent. */
static tmg_rc
rehearse(const struct upstream_ca *ca, tmg_fault *f)
{
	__attribute__((__cleanup__(talk_release))) struct talk t =
	    { ca, NULL, NULL, NULL };

	return begin(&t, f);
}

static tmg_rc
open_all(struct upstream_ca *ca, const ra_upstream *u, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = copy_texts(ca, u, f)) || (rc = ra_ca_load(&ca->base, u->cert_file, f)) ||
	    (rc = add_file(u->cert_file, &ca->anchors, f)) ||
	    (u->tls_file[0] != '\0' && (rc = add_file(u->tls_file, &ca->anchors, f))) ||
	    (rc = open_credential(ca, u, f)))
		return rc;
	return rehearse(ca, f);
}

tmg_rc
ra_ca_upstream(tmg_ctx *ctx, const ra_upstream *u, tmg_fault *f, ra_ca **out)
{
	struct upstream_ca *ca = calloc(1, sizeof(*ca));
	tmg_rc rc;

	*out = NULL;
	if (ca == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	ca->base = (ra_ca){ strncmp(u->url, "cmp+", 4) == 0 ? &revoking_ops :
	    &upstream_ops, ctx, NULL, NULL };
	if ((rc = open_all(ca, u, f))) {
		upstream_close(&ca->base);
		return rc;
	}
	*out = &ca->base;
	return TMG_OK;
}
