/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCSReq, RenewalReq and CertPoll: RFC 8894 3.3.1 to 3.3.3.  A transaction is
 * its identifier and the key that signs its messages: whoever has both asks
 * after what was handed in under them, and gets that and nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/scep/who.h"
#include "tools/ra/store/scep.h"

/* ---- which application it is about ---- */

static tmg_rc
name_transaction(ra_talk *t, ra_scep_row *row)
{
	tmg_auto(ra_md) md = { EVP_MD_CTX_new() };
	unsigned char *spki = NULL;
	const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(t->in.signer), &spki);
	uint8_t hash[32];
	const bool ok = md.ctx != NULL && len > 0 &&
	    EVP_DigestInit_ex(md.ctx, EVP_sha256(), NULL) == 1 &&
	    ra_md_field(md.ctx, tmg_view_str(t->in.header.transaction)) &&
	    ra_md_field(md.ctx, (tmg_view){ spki, (size_t)len }) &&
	    EVP_DigestFinal_ex(md.ctx, hash, NULL) == 1;

	OPENSSL_free(spki);
	*row = (ra_scep_row){ .app = "" };
	ra_hex_lower(row->id, TMG_VIEW(hash));
	return ok ? TMG_OK : tmg_raise(&t->desk->fault, TMG_E_CRYPTO, 0,
	    _("hashing failed"));
}

/* Its application, as far as there is one.  Verdicts TMG_NOT_FOUND. */
static tmg_rc
find_bound(ra_talk *t, ra_scep_row *row, ra_app *app)
{
	ra_desk *d = t->desk;
	ra_scep_row found;
	tmg_rc rc;

	if ((rc = name_transaction(t, row)))
		return rc;
	if ((rc = ra_scep_row_get(d->store, row->id, &found)) == TMG_OK) {
		memcpy(row->app, found.app, sizeof(row->app));
		rc = ra_app_get(d->store, found.app, app);
	}
	return rc == TMG_OK || rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
}

/* Also of one that was there before: the same request, asked for again. */
static tmg_rc
bind(ra_talk *t, ra_scep_row *row, const ra_app *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	ra_desk *d = t->desk;
	tmg_rc rc;

	if (strcmp(row->app, app->id) == 0)
		return TMG_OK;
	memcpy(row->app, app->id, sizeof(row->app));
	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_scep_row_put(d->store, row)))
		return ra_desk_says(d, rc);
	return ra_desk_commit(d, &txn);
}

/* What is written with a new application. */
struct along {
	ra_along base;
	ra_scep_row *row;
	const ra_challenge *challenge;	/* NULL none */
};

static tmg_rc
keep_along(const ra_along *base, ra_desk *d, const ra_app *app)
{
	const struct along *a = (const struct along *)(const void *)base;
	tmg_rc rc;

	memcpy(a->row->app, app->id, sizeof(a->row->app));
	if (a->challenge != NULL && (rc = ra_challenge_take(d, a->challenge, app)))
		return rc;
	return (rc = ra_scep_row_put(d->store, a->row)) ? ra_desk_says(d, rc) : TMG_OK;
}

/* ---- how it ends ---- */

static tmg_rc
give(ra_talk *t, tmg_rc rc, const ra_cert *cert)
{
	return rc ? rc : ra_talk_give(t, (tmg_view){ cert->der, cert->len });
}

static tmg_rc
carry_on(ra_talk *t, ra_app *app)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	const tmg_rc rc = ra_desk_progress(t->desk, app, &cert);

	return give(t, rc, &cert);
}

/* ---- a request ---- */

struct asking {
	ra_request request;
	ra_scep_row row;
	ra_app bound;			/* the transaction's application, if any */
};

static void
asking_release(struct asking *a)
{
	ra_request_release(&a->request);
	ra_app_release(&a->bound);
}

#define ASKING(name) __attribute__((__cleanup__(asking_release))) \
	struct asking name = { .bound = { .id = "" } }

static tmg_rc
read_asking(ra_talk *t, struct asking *a)
{
	tmg_rc rc = ra_request_read(t->desk->office->ctx, tmg_scep_view(&t->body),
	    &a->request, &t->desk->fault);

	if (rc == TMG_MISMATCH)
		return ra_talk_unreadable(t);
	if (rc)
		return rc;
	rc = find_bound(t, &a->row, &a->bound);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* Asked again in the transaction that it is in already; one that was refused
 * may be followed by another request. */
static bool
is_again(const struct asking *a)
{
	return a->bound.id[0] != '\0' &&
	    strcmp(a->bound.spki_hash, a->request.spki_hash) == 0 &&
	    ra_state_get(a->bound.state)->answer != RA_ANSWER_NO;
}

static tmg_rc
is_other(ra_talk *t, const struct asking *a)
{
	if (a->bound.id[0] == '\0' ||
	    ra_state_get(a->bound.state)->answer == RA_ANSWER_NO)
		return TMG_OK;
	return tmg_raise(&t->desk->fault, TMG_DENIED, 0,
	    _("this transaction is about a request for another key: begin another one"));
}

static tmg_rc
submit(ra_talk *t, struct asking *a, const ra_challenge *challenge,
    ra_submission *in)
{
	const struct along along = { { keep_along }, &a->row, challenge };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc, bound = TMG_OK;

	in->csr = tmg_scep_view(&t->body);
	in->along = &along.base;
	a->row.app[0] = '\0';
	rc = ra_desk_submit(t->desk, in, &app, &cert);
	if (rc == TMG_OK || rc == TMG_PENDING)
		bound = bind(t, &a->row, &app);
	return bound ? bound : give(t, rc, &cert);
}

/* A challenge is used up with what it began, and opens that only. */
static tmg_rc
submit_once(ra_talk *t, struct asking *a, const ra_guest *guest,
    ra_submission *in)
{
	tmg_auto(ra_app) began = { .id = "" };
	tmg_rc rc;

	if (guest->challenge.app[0] == '\0')
		return submit(t, a, &guest->challenge, in);
	rc = ra_app_get(t->desk->store, guest->challenge.app, &began);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(t->desk, rc);
	if (rc == TMG_NOT_FOUND ||
	    strcmp(began.csr_hash, a->request.csr_hash) != 0)
		return tmg_raise(&t->desk->fault, TMG_DENIED, 0,
		    _("the challenge was used for another request"));
	return (rc = bind(t, &a->row, &began)) ? rc : carry_on(t, &began);
}

/* The request of an application that its applicant began elsewhere. */
static tmg_rc
submit_by_number(ra_talk *t, struct asking *a, const char *number)
{
	const ra_actor actor = { RA_BY_APPLICANT, "applicant" };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_case_submit(t->desk, number, &actor, tmg_scep_view(&t->body),
	    &app)) || (rc = bind(t, &a->row, &app)))
		return rc;
	return carry_on(t, &app);
}

/* Before there was a RenewalReq a certificate was renewed by a PKCSReq that it signed,
 * and certmonger does so to this day: with the challenge of the first one, used up. */
static bool
is_renewal(const ra_talk *t, const ra_request *request)
{
	return X509_NAME_cmp(X509_get_issuer_name(t->in.signer),
	    X509_get_subject_name(t->desk->office->ca->cert)) == 0 &&
	    X509_NAME_cmp(X509_get_subject_name(t->in.signer),
	    X509_REQ_get_subject_name(request->req)) == 0;
}

tmg_rc
ra_scep_enroll(ra_talk *t)
{
	ra_guest guest;
	ra_submission in = { .owner = guest.name };
	ASKING(a);
	tmg_rc rc;

	if ((rc = read_asking(t, &a)))
		return rc;
	if (is_again(&a))
		return carry_on(t, &a.bound);
	if (is_renewal(t, &a.request))
		return ra_scep_renew(t);
	if ((rc = is_other(t, &a)) || (rc = ra_scep_who(t, a.request.req, &guest)))
		return rc;
	memcpy(t->reply->user, guest.name, sizeof(t->reply->user));
	if (guest.by_number)
		return submit_by_number(t, &a, guest.name);
	in.profile = guest.profile;
	in.spent = guest.once;
	return guest.once ? submit_once(t, &a, &guest, &in) :
	    submit(t, &a, NULL, &in);
}

/* ---- a renewal ---- */

static tmg_rc
recognise(ra_talk *t, ra_cert *cert, ra_app *app)
{
	const tmg_rc rc = ra_talk_recognise(t, true, cert, app);

	return rc == TMG_DENIED ?
	    ra_talk_refuse(t, TMG_SCEP_BAD_CERT_ID, rc) : rc;
}

tmg_rc
ra_scep_renew(ra_talk *t)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	ra_submission in = { .owner = app.owner, .previous = &cert,
		.previous_app = &app };
	ASKING(a);
	tmg_rc rc;

	if ((rc = read_asking(t, &a)) || (rc = recognise(t, &cert, &app)))
		return rc;
	memcpy(t->reply->user, app.owner, sizeof(t->reply->user));
	if (is_again(&a) && strcmp(a.bound.previous, cert.serial) == 0)
		return carry_on(t, &a.bound);
	if ((rc = ra_renew_profile(t->desk, &app, t->call->label, &in.profile)))
		return rc;
	return submit(t, &a, NULL, &in);
}

/* ---- asked after ---- */

static tmg_rc
unknown(ra_talk *t)
{
	return ra_talk_refuse(t, TMG_SCEP_BAD_CERT_ID, tmg_raise(&t->desk->fault,
	    TMG_NOT_FOUND, 0,
	    _("nothing was handed in under this transaction and key, or not for that name")));
}

/* Whose certificate it is to be, as the request had it. */
static bool
is_for(const ra_app *app, const X509_NAME *subject)
{
	const unsigned char *at = app->csr;
	tmg_auto(ra_X509_REQ) req = d2i_X509_REQ(NULL, &at, (long)app->csr_len);

	return req != NULL &&
	    X509_NAME_cmp(X509_REQ_get_subject_name(req), subject) == 0;
}

tmg_rc
ra_scep_poll(ra_talk *t)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_scep_names names;
	ra_scep_row row;
	tmg_rc rc;
	bool same;

	if (tmg_scep_names_read(tmg_scep_view(&t->body), &names))
		return ra_talk_unreadable(t);
	rc = find_bound(t, &row, &app);
	same = rc == TMG_OK && app.csr_len > 0 && is_for(&app, names.subject);
	tmg_scep_names_release(&names);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	memcpy(t->reply->user, app.owner, sizeof(t->reply->user));
	return same ? carry_on(t, &app) : unknown(t);
}
