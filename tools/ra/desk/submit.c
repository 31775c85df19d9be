/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests that programs hand in for an account. */
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/policy.h"
#include "tools/ra/desk/issue.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/vet.h"

/* What was handed in, as it was read, and what would be signed for it. */
struct intake {
	const ra_submission *in;
	const ra_request *request;
	X509 *draft;
	ra_cert *cert;		/* what was signed at once; the applicant's when the
				 * transaction is over, nobody's before */
};

static void
intake_release(struct intake *t)
{
	X509_free(t->draft);
}

/* A renewal may keep its key where the profile says so. */
static ra_vet
vetting(struct intake *t)
{
	const ra_submission *in = t->in;
	const bool keeps = in->previous != NULL && in->profile->renewal_same_key;

	return (ra_vet){ in->profile, t->request, "",
		keeps ? in->previous_app->spki_hash : "", &t->draft, in->spent };
}

static tmg_rc
check_renewal(ra_desk *d, const ra_submission *in, const ra_request *request)
{
	const unsigned char *at;
	tmg_rc rc;

	if (in->previous == NULL)
		return TMG_OK;
	if ((rc = ra_renew_window(d, in->profile, in->previous)))
		return rc;
	at = in->previous->der;
	tmg_auto(ra_X509) current = d2i_X509(NULL, &at, (long)in->previous->len);

	if (current == NULL) {
		ERR_clear_error();
		return tmg_raise(&d->fault, TMG_E_IO, 0,
		    _("the store's certificate %s cannot be read"),
		    in->previous->serial);
	}
	return ra_policy_same_names(current, request, &d->fault);
}

/* A program that enrolls hands its request in and waits: of the profile's way
 * it takes the last part.  A renewal may need less. */
static void
choose_way(const ra_submission *in, ra_app *app)
{
	const char *approval = in->previous != NULL && !in->by_number ?
	    in->profile->renewal_approval : in->profile->approval;
	ra_flow flow;

	if (ra_flow_parse("submitted", &flow) == TMG_OK) {
		flow.needs[RA_APPROVED] = strcmp(approval, "automatic") == 0 ? 0 :
		    in->profile->flow.needs[RA_APPROVED] | RA_CONFIRMED;
		ra_flow_print(&flow, app->flow);
	}
}

static tmg_rc
fill_app(ra_desk *d, const ra_submission *in, const ra_request *request,
    ra_app *app)
{
	*app = (ra_app){ .state = RA_NONE, .created = ra_desk_now(d) };
	app->changed = app->created;
	choose_way(in, app);
	snprintf(app->owner, sizeof(app->owner), "%s", in->owner);
	snprintf(app->profile, sizeof(app->profile), "%.*s",
	    (int)sizeof(app->profile) - 1, in->profile->name);
	memcpy(app->csr_hash, request->csr_hash, sizeof(app->csr_hash));
	memcpy(app->spki_hash, request->spki_hash, sizeof(app->spki_hash));
	memcpy(app->subject, request->subject, sizeof(app->subject));
	if (in->previous != NULL) {
		memcpy(app->previous, in->previous->serial, sizeof(app->previous));
		memcpy(app->branch, in->previous_app->branch, sizeof(app->branch));
	}

	if ((app->csr = malloc(in->csr.len)) == NULL)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(app->csr, in->csr.ptr, in->csr.len);
	app->csr_len = in->csr.len;
	if (ra_number_new(d->office->ctx, app->id, sizeof(app->id)))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	return TMG_OK;
}

/* What needs nobody is issued at once, in the same transaction where the
 * authority can; else its serial number is set aside. */
static tmg_rc
settle_and_issue(ra_desk *d, struct intake *t, ra_app *app)
{
	const ra_wanted w = { t->request, t->in->profile, &t->draft };
	tmg_rc rc;

	if ((rc = ra_desk_settle(d, app)) || app->state != RA_APPROVED)
		return rc;
	return ra_issue_at_once(d, app, &w, t->cert);
}

static tmg_rc
take_in(ra_desk *d, struct intake *t, ra_app *app)
{
	const ra_submission *in = t->in;
	const ra_vet vet = vetting(t);
	char name[RA_ACTOR_MAX];
	tmg_rc rc;

	if ((rc = check_renewal(d, in, t->request)) || (rc = ra_vet_key(d, &vet)) ||
	    (rc = fill_app(d, in, t->request, app)))
		return rc;
	app->held_back = true;
	snprintf(name, sizeof(name), "applicant:%s", in->owner);
	const ra_actor applicant = { RA_BY_APPLICANT, name };

	if ((rc = ra_life_begin(d->store, app, RA_EV_SUBMIT, &applicant,
	    app->csr_hash, &d->fault)) || (in->previous != NULL &&
	    (rc = ra_renew_carry(d, in->previous_app, app))) ||
	    (in->along != NULL && (rc = in->along->keep(in->along, d, app))) ||
	    (rc = settle_and_issue(d, t, app)))
		return rc;
	rc = ra_life_keep(d->store, app, &d->fault);
	return rc || app->state != RA_SUBMITTED ? rc :
	    ra_staff_tell(d, app, RA_EV_SUBMIT);
}

/* The application that this very request is already. */
static tmg_rc
find(ra_desk *d, const ra_submission *in, const ra_request *request, ra_app *app)
{
	const tmg_rc rc = ra_app_find(d->store, request->spki_hash,
	    request->csr_hash, in->owner,
	    in->previous != NULL ? in->previous->serial : "", app);

	return rc == TMG_OK || rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
}

/* Those who ask again need no turn to write; those who are new look again
 * when they have it. */
static tmg_rc
find_or_take_in(ra_desk *d, struct intake *t, ra_app *app)
{
	const ra_submission *in = t->in;
	const ra_vet vet = vetting(t);
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = find(d, in, t->request, app)) != TMG_NOT_FOUND)
		return rc;
	if ((rc = ra_policy_check(in->profile, t->request, &d->fault)) ||
	    (rc = ra_vet_draft(d, &vet)))
		return rc;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = find(d, in, t->request, app);
	if ((rc != TMG_OK && rc != TMG_NOT_FOUND) ||
	    (rc == TMG_NOT_FOUND && (rc = take_in(d, t, app))))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_desk_submit(ra_desk *d, const ra_submission *in, ra_app *app, ra_cert *cert)
{
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	tmg_auto(ra_cert) signed_now = { .der = NULL };
	__attribute__((__cleanup__(intake_release))) struct intake t =
	    { in, &request, NULL, &signed_now };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_request_read(d->office->ctx, in->csr, &request, &d->fault)) ||
	    (rc = find_or_take_in(d, &t, app)))
		return rc;
	if (signed_now.der == NULL)
		return ra_desk_progress(d, app, cert);
	*cert = signed_now;
	signed_now.der = NULL;
	return TMG_OK;
}
