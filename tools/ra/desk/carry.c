/* SPDX-License-Identifier: BSD-2-Clause */
/* Errands are carried out: taken, asked of the authority upstream, settled. */
#include "tools/ra/desk/errand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/upstream.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/life/audit.h"

enum {
	WAIT_MOST_S = 3600,	/* between two tries in vain */
	ASK_LEAST_S = 1,	/* whatever the other one advises, */
	ASK_MOST_S = 86400,	/* nobody asks more often, or more seldom */
};

/* ---- one of them ---------------------------------------------------------- */

/* Longer than asking can take: then whoever asked was ended in the middle. */
static time_t
lease_s(const ra_desk *d)
{
	return (time_t)d->config->upstream.timeout_s * RA_UPSTREAM_EXCHANGES;
}

static tmg_rc
take(ra_desk *d, ra_errand *e)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_errand_next(d->store, ra_desk_now(d), e)))
		return rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
	if (ra_number_new(d->office->ctx, e->holder, sizeof(e->holder)))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	e->due = ra_desk_now(d) + lease_s(d);
	if ((rc = ra_errand_take(d->store, e)) || (rc = ra_txn_commit(&txn)))
		return ra_desk_says(d, rc);
	return TMG_OK;
}

static tmg_rc
keep(void *arg, const ra_errand *e, tmg_fault *f)
{
	ra_desk *d = arg;
	const tmg_rc rc = ra_errand_keep(d->store, e);

	return rc == TMG_MISMATCH ? tmg_raise(f, TMG_E_IO, 0,
	    _("another process asks for application %s by now"), e->app) :
	    rc ? tmg_fault_copy(f, &d->store->fault, rc) : TMG_OK;
}

/* What is to be asked for, as it is read from the store each time. */
struct matter {
	ra_app app;
	ra_cert reserved;
	ra_request request;
	const ra_profile *profile;
};

static void
matter_release(struct matter *m)
{
	ra_app_release(&m->app);
	ra_cert_release(&m->reserved);
	ra_request_release(&m->request);
}

/* Verdicts TMG_NOT_FOUND: nothing of it is waited for any more. */
static tmg_rc
read_matter(ra_desk *d, const ra_errand *e, struct matter *m)
{
	tmg_rc rc;

	if ((rc = ra_app_get(d->store, e->app, &m->app)))
		return rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
	if (m->app.state != RA_ISSUING)
		return TMG_NOT_FOUND;
	if ((rc = ra_cert_of_app(d->store, e->app, &m->reserved)))
		return ra_desk_says(d, rc == TMG_NOT_FOUND ? TMG_E_IO : rc);
	m->profile = ra_profiles_find(d->profiles, m->app.profile);
	if (m->profile == NULL)
		return tmg_raise(&d->fault, TMG_E_IO, 0,
		    _("application %s needs the profile %s, which is not there any more"),
		    e->app, m->app.profile);
	return ra_request_read(d->office->ctx,
	    (tmg_view){ m->app.csr, m->app.csr_len }, &m->request, &d->fault);
}

/* ---- how it ends ---------------------------------------------------------- */

static tmg_rc
describe_cert(tmg_view der, ra_cert *cert, tmg_fault *f)
{
	tmg_cert_facts *facts = malloc(sizeof(*facts));
	tmg_rc rc = facts == NULL ? TMG_E_NOMEM : tmg_cert_facts_get(der, facts);

	if (rc == TMG_OK) {
		memcpy(cert->serial, facts->serial, sizeof(cert->serial));
		cert->not_before = facts->not_before;
		cert->not_after = facts->not_after;
	}
	free(facts);
	return rc ? tmg_raise(f, rc, 0,
	    _("the certificate that came cannot be read")) : TMG_OK;
}

static tmg_rc
accept_step(ra_desk *d, struct matter *m, const ra_cert *cert,
    const char *changes)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	char hash[RA_HASH_TEXT], detail[RA_REASON_MAX];

	if (ra_sha256_text((tmg_view){ cert->der, cert->len }, hash))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0, _("hashing failed"));
	snprintf(detail, sizeof(detail), "serial %s sha256 %s%s%s", cert->serial,
	    hash, changes[0] != '\0' ? " changed " : "", changes);
	return ra_desk_step(d, &m->app, RA_EV_ISSUE, &ca, detail);
}

/* Verdicts TMG_MISMATCH: there is a certificate of that number already. */
static tmg_rc
accept(ra_desk *d, const ra_errand *e, struct matter *m, const ra_asking *q)
{
	tmg_auto(ra_txn) txn = { NULL };
	ra_cert cert = { .der = q->der, .len = q->len };
	tmg_rc rc;

	if ((rc = describe_cert((tmg_view){ q->der, q->len }, &cert, &d->fault)))
		return rc;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = ra_cert_become(d->store, m->reserved.serial, &cert);
	if (rc == TMG_OCCUPIED)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the authority gave the certificate the number %s, which another one has"),
		    cert.serial);
	if (rc == TMG_MISMATCH)
		return TMG_OK;		/* somebody else was quicker */
	if (rc)
		return ra_desk_says(d, rc);
	if ((rc = accept_step(d, m, &cert, q->changes)))
		return rc;
	if ((rc = ra_errand_drop(d->store, e)) && rc != TMG_MISMATCH)
		return ra_desk_says(d, rc);
	return ra_desk_commit(d, &txn);
}

/* An officer reads why; tried again it is asked for anew. */
static tmg_rc
refuse(ra_desk *d, ra_errand *e, struct matter *m, const char *why)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	snprintf(e->said, sizeof(e->said), "%.*s", (int)sizeof(e->said) - 1, why);
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = ra_errand_close(d->store, e);
	if (rc == TMG_MISMATCH)
		return TMG_OK;
	if (rc)
		return ra_desk_says(d, rc);
	if ((rc = ra_desk_step(d, &m->app, RA_EV_FAIL, &ca, e->said)))
		return rc == TMG_MISMATCH ? TMG_OK : rc;
	return ra_desk_commit(d, &txn);
}

static long
between(long least, long value, long most)
{
	return value < least ? least : value < most ? value : most;
}

static long
in_vain_s(const ra_desk *d, int tries)
{
	long wait = d->config->upstream.retry_s;

	for (int i = 1; i < tries && wait < WAIT_MOST_S; i++)
		wait *= 2;
	return wait < WAIT_MOST_S ? wait : WAIT_MOST_S;
}

/* Asked, and not decided; or not to be asked now. */
static tmg_rc
put_off(ra_desk *d, ra_errand *e, long again_s, tmg_rc asked, const char *why)
{
	const time_t now = ra_desk_now(d);
	tmg_rc rc;

	if (asked == TMG_PENDING) {
		e->asked = e->asked != 0 ? e->asked : now;
		e->tries = 0;
		e->due = now + between(ASK_LEAST_S, again_s >= 0 ? again_s :
		    d->config->upstream.retry_s, ASK_MOST_S);
	} else {
		e->tries++;
		e->due = now + in_vain_s(d, e->tries);
		tmg_log(d->office->ctx, TMG_LOG_WARN, "application %s: %s", e->app, why);
	}
	snprintf(e->said, sizeof(e->said), "%.*s", (int)sizeof(e->said) - 1, why);
	rc = ra_errand_settle(d->store, e);
	return rc && rc != TMG_MISMATCH ? ra_desk_says(d, rc) : TMG_OK;
}

static tmg_rc
settle(ra_desk *d, ra_errand *e, struct matter *m, const ra_asking *q,
    tmg_rc asked, unsigned *done)
{
	const tmg_fault why = d->fault;
	tmg_rc rc = TMG_OK;

	if (asked == TMG_OK)
		rc = accept(d, e, m, q);
	if (asked == TMG_PENDING || tmg_is_fault(asked))
		return put_off(d, e, q->again_s, asked, why.text);
	if (asked != TMG_OK)
		rc = refuse(d, e, m, why.text);
	else if (rc == TMG_MISMATCH)
		rc = refuse(d, e, m, d->fault.text);
	*done += rc == TMG_OK;
	return rc;
}

static tmg_rc
drop(ra_desk *d, const ra_errand *e)
{
	const tmg_rc rc = ra_errand_drop(d->store, e);

	return rc && rc != TMG_MISMATCH ? ra_desk_says(d, rc) : TMG_OK;
}

/* ---- revocations ----------------------------------------------------------- */

static tmg_rc
note_told(ra_desk *d, const ra_errand *e, tmg_rc told)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	char detail[RA_REASON_MAX];

	snprintf(detail, sizeof(detail), "%.*s", (int)sizeof(detail) - 1,
	    told == TMG_OK ? "revoked upstream" : e->said);
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = ca.name, .event = "upstream", .app = e->app,
	    .detail = detail }, &d->fault);
}

/* What it refuses is for an officer to take up with somebody. */
static tmg_rc
settle_revoked(ra_desk *d, ra_errand *e, tmg_rc told)
{
	const tmg_fault why = d->fault;
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if (tmg_is_fault(told))
		return put_off(d, e, -1, told, why.text);
	snprintf(e->said, sizeof(e->said), "%.*s", (int)sizeof(e->said) - 1,
	    told == TMG_OK ? "" : why.text);
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = told == TMG_OK ? ra_errand_drop(d->store, e) :
	    ra_errand_close(d->store, e);
	if (rc)
		return rc == TMG_MISMATCH ? TMG_OK : ra_desk_says(d, rc);
	return (rc = note_told(d, e, told)) ? rc : ra_desk_commit(d, &txn);
}

static tmg_rc
carry_revocation(ra_desk *d, ra_errand *e, unsigned *done)
{
	ra_ca *ca = d->office->ca;
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc = ra_cert_of_app(d->store, e->app, &cert);

	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && ca->ops->revoke == NULL))
		return drop(d, e);
	if (rc)
		return ra_desk_says(d, rc);
	rc = ca->ops->revoke(ca, (tmg_view){ cert.der, cert.len },
	    (int)strtol(e->ticket, NULL, 10), &d->fault);
	*done += !tmg_is_fault(rc);
	return settle_revoked(d, e, rc == TMG_PENDING ? TMG_E_IO : rc);
}

static tmg_rc
carry_issue(ra_desk *d, ra_errand *e, unsigned *done)
{
	__attribute__((__cleanup__(matter_release))) struct matter m =
	    { .profile = NULL };
	ra_asking q = { .errand = e, .keep = keep, .arg = d };
	ra_ca *ca = d->office->ca;
	ra_order order;
	tmg_rc rc;

	rc = read_matter(d, e, &m);
	if (rc == TMG_NOT_FOUND)
		return drop(d, e);
	order = (ra_order){ &m.request, m.profile, m.reserved.serial,
		m.reserved.not_before, m.reserved.not_after, &d->config->points,
		ra_book_known(d->book), NULL, false };
	q.order = &order;
	if (rc == TMG_OK)
		rc = ca->ops->ask(ca, &q, &d->fault);
	rc = settle(d, e, &m, &q, rc, done);
	free(q.der);
	return rc;
}

static tmg_rc
carry_out(ra_desk *d, ra_errand *e, unsigned *done)
{
	return strcmp(e->kind, RA_ERRAND_REVOKE) == 0 ? carry_revocation(d, e, done) :
	    carry_issue(d, e, done);
}

tmg_rc
ra_errands_run(ra_desk *d, const atomic_bool *stop, unsigned *done)
{
	tmg_rc rc = TMG_OK;

	*done = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (!d->office->ca->ops->elsewhere)
		return TMG_OK;
	while (rc == TMG_OK && (stop == NULL || !atomic_load(stop))) {
		tmg_auto(ra_errand) e = { .app = "" };

		if ((rc = take(d, &e)) == TMG_OK)
			rc = carry_out(d, &e, done);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}
