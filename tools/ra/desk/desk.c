/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/desk.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/policy.h"
#include "tools/ra/desk/errand.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/desk/vet.h"
#include "tools/ra/form/choice.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/ids.h"

#define DAY 86400

static tmg_rc
get_app(ra_desk *d, const char *id, ra_app *app)
{
	const tmg_rc rc = ra_app_get(d->store, id, app);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0,
		    _("there is no application %s; tamga-ra list shows them"), id);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* ---- carrying an application on ---- */

/* A number and a time for the certificate, which nobody has written down yet. */
static tmg_rc
choose(ra_desk *d, ra_app *app, const ra_profile *profile, ra_cert *cert)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	tmg_auto(ra_answers) answers = { 0 };
	tmg_rc rc;

	if (profile->carrier_count > 0 &&
	    (rc = ra_answers_load(d->store, app->id, &answers)))
		return ra_desk_says(d, rc);
	if ((rc = ra_vet_validity(d, ra_choice_days(profile, &answers), cert)))
		return rc;
	snprintf(cert->app, sizeof(cert->app), "%s", app->id);
	if ((rc = ra_serial_new(d->office->ctx, cert->serial)))
		return tmg_raise(&d->fault, rc, 0, _("no random numbers to be had"));
	return ra_desk_step(d, app, RA_EV_RESERVE, &ca, cert->serial);
}

/* The number is ours alone, random as it is. */
static tmg_rc
written(ra_desk *d, tmg_rc rc)
{
	return rc ? ra_desk_says(d, rc == TMG_OCCUPIED ? TMG_E_IO : rc) : TMG_OK;
}

/* For whoever signs later; one elsewhere is asked from now on. */
static tmg_rc
set_aside(ra_desk *d, const ra_app *app, const ra_cert *cert)
{
	const tmg_rc rc = written(d, ra_cert_reserve(d->store, cert));

	return rc || !d->office->ca->ops->elsewhere ? rc : ra_errand_begin(d, app);
}

static tmg_rc
reserve(ra_desk *d, ra_app *app, const ra_profile *profile, ra_cert *cert)
{
	const tmg_rc rc = choose(d, app, profile, cert);

	return rc ? rc : set_aside(d, app, cert);
}

/* The officer's command and the applicant who asks again may both carry it
 * on: who has the turn looks what became of it. */
static tmg_rc
reserve_now(ra_desk *d, ra_app *app, const ra_profile *profile)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char id[RA_ID_MAX];
	tmg_rc rc;

	memcpy(id, app->id, sizeof(id));
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	ra_app_release(app);
	if ((rc = get_app(d, id, app)) || app->state != RA_APPROVED)
		return rc;
	if ((rc = reserve(d, app, profile, &cert)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* The words of the audit log about a certificate. */
static tmg_rc
describe(const char *serial, tmg_view der, char *text, size_t cap)
{
	char hash[RA_HASH_TEXT];
	const tmg_rc rc = ra_sha256_text(der, hash);

	snprintf(text, cap, "serial %s sha256 %s", serial, hash);
	return rc;
}

/* The certificate is in the store: in the same transaction the application says
 * so. */
static tmg_rc
note_issue(ra_desk *d, ra_app *app, const char *serial, tmg_view der)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	char detail[RA_REASON_MAX];
	const tmg_rc rc = describe(serial, der, detail, sizeof(detail));

	return rc ? tmg_raise(&d->fault, rc, 0, _("hashing failed")) :
	    ra_desk_step(d, app, RA_EV_ISSUE, &ca, detail);
}

/* Stores what the CA signed, unless somebody else was quicker: TMG_OCCUPIED.
 * In the caller's transaction. */
static tmg_rc
keep(ra_desk *d, ra_app *app, const char *serial, tmg_view der)
{
	const tmg_rc rc = ra_cert_finish(d->store, serial, der);

	if (rc)
		return rc == TMG_OCCUPIED ? rc : ra_desk_says(d, rc);
	return note_issue(d, app, serial, der);
}

static tmg_rc
finish(ra_desk *d, ra_app *app, const char *serial, tmg_view der)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = keep(d, app, serial, der)))
		return rc == TMG_OCCUPIED ? TMG_OK : rc;
	return ra_desk_commit(d, &txn);
}

/* What is to be signed for. */
struct wanted {
	const ra_request *request;
	const ra_profile *profile;
	X509 **draft;		/* as of ra_order */
};

static tmg_rc
sign(ra_desk *d, const struct wanted *w, const ra_cert *reserved, uint8_t **der,
    size_t *len)
{
	const ra_order order = { w->request, w->profile, reserved->serial,
		reserved->not_before, reserved->not_after,
		&d->config->points, ra_book_known(d->book), w->draft };

	return d->office->ca->ops->issue(d->office->ca, &order, der, len,
	    &d->fault);
}

static tmg_rc
sign_and_finish(ra_desk *d, ra_app *app, const ra_profile *profile,
    const ra_cert *reserved)
{
	const tmg_view csr = { app->csr, app->csr_len };
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	const struct wanted w = { &request, profile, NULL };
	tmg_auto_free uint8_t *der = NULL;
	size_t len = 0;
	tmg_rc rc;

	if ((rc = ra_request_read(d->office->ctx, csr, &request, &d->fault)) ||
	    (rc = sign(d, &w, reserved, &der, &len)))
		return rc;
	return finish(d, app, reserved->serial, (tmg_view){ der, len });
}

static tmg_rc
cert_of(ra_desk *d, const ra_app *app, ra_cert *cert)
{
	const tmg_rc rc = ra_cert_of_app(d->store, app->id, cert);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, TMG_E_IO, 0,
		    _("the store holds no certificate for application %s, which is %s"),
		    app->id, ra_state_get(app->state)->name);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* What the applicant gets; not when it was revoked while we looked. */
static tmg_rc
hand_over(ra_desk *d, const ra_app *app, ra_cert *cert)
{
	const tmg_rc rc = cert_of(d, app, cert);

	if (rc || cert->revoked == 0)
		return rc;
	return tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("the certificate %s was revoked"), cert->serial);
}

/* What must not be signed waits for an officer, who reads why. */
static tmg_rc
note_failure(ra_desk *d, ra_app *app)
{
	const ra_actor ca = { RA_BY_SYSTEM, "authority" };
	tmg_auto(ra_txn) txn = { NULL };
	const tmg_fault why = d->fault;
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	rc = ra_desk_step(d, app, RA_EV_FAIL, &ca, why.text);
	if (rc == TMG_OK)
		rc = ra_desk_commit(d, &txn);
	else if (rc == TMG_MISMATCH)
		rc = TMG_OK;	/* somebody else was quicker, either way */
	if (rc)
		return rc;
	d->fault = why;
	return TMG_MISMATCH;
}

/* From approved or issuing to issued; what is stored in the end counts. */
static tmg_rc
work(ra_desk *d, ra_app *app, ra_cert *cert)
{
	const ra_profile *profile =
	    ra_profiles_find(d->profiles, app->profile);
	tmg_auto(ra_cert) reserved = { .der = NULL };
	tmg_rc rc;

	if (profile == NULL)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s needs the profile %s, which is not there any more"),
		    app->id, app->profile);
	if (app->state == RA_APPROVED && (rc = reserve_now(d, app, profile)))
		return rc;
	if ((rc = cert_of(d, app, &reserved)))
		return rc;
	if (reserved.der == NULL && d->office->ca->ops->elsewhere)
		return ra_errand_wait(d, app);
	if (reserved.der == NULL && (rc = sign_and_finish(d, app, profile, &reserved)))
		return rc == TMG_MISMATCH ? note_failure(d, app) : rc;
	return hand_over(d, app, cert);
}

/* For people, after "application NUMBER". */
static const char *
waiting_for(const ra_app *app)
{
	static const struct {
		unsigned fact;
		const char *words;
	} waits[] = {
		{ RA_CONFIRMED, N_("waits for an officer") },
		{ RA_RELEASED, N_("waits for a second officer") },
		{ RA_PAID, N_("waits for its payment") },
	};
	const unsigned missing = app->state == RA_ISSUE_FAILED ? RA_CONFIRMED :
	    ra_life_missing(app, RA_EV_APPROVE, RA_BY_SYSTEM);

	for (size_t i = 0; i < TMG_COUNT(waits); i++)
		if ((missing & waits[i].fact) != 0)
			return waits[i].words;
	return N_("waits for the applicant");
}

tmg_rc
ra_desk_progress(ra_desk *d, ra_app *app, ra_cert *cert)
{
	const ra_state_row *row = ra_state_get(app->state);

	switch (row->answer) {
	case RA_ANSWER_WAIT:
		return tmg_raise(&d->fault, TMG_PENDING, 0, _("application %s %s"),
		    app->id, _(waiting_for(app)));
	case RA_ANSWER_WORK:
		return work(d, app, cert);
	case RA_ANSWER_DONE:
		return hand_over(d, app, cert);
	case RA_ANSWER_NO:
		break;
	}
	return tmg_raise(&d->fault, TMG_DENIED, 0, "%s: %s%s%s", app->id,
	    _(row->label), app->reason[0] ? ": " : "", app->reason);
}

/* ---- taking requests in ---- */

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
		keeps ? in->previous_app->spki_hash : "", &t->draft };
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

tmg_rc
ra_desk_settle(ra_desk *d, ra_app *app)
{
	char name[RA_NAME_MAX + 16];

	if (!ra_life_may(app, RA_EV_APPROVE, RA_BY_SYSTEM))
		return TMG_OK;
	snprintf(name, sizeof(name), "profile:%s", app->profile);
	const ra_actor self = { RA_BY_SYSTEM, name };

	return ra_desk_step(d, app, RA_EV_APPROVE, &self, "");
}

/* An authority in this process has signed for nobody until the transaction
 * is over.  What it cannot sign now is begun, and told by who carries it on. */
static tmg_rc
sign_at_once(ra_desk *d, struct intake *t, ra_app *app)
{
	const struct wanted w = { t->request, t->in->profile, &t->draft };
	ra_cert *cert = t->cert;
	tmg_rc rc;

	if (!d->office->ca->ops->at_once ||
	    sign(d, &w, cert, &cert->der, &cert->len) != TMG_OK)
		return set_aside(d, app, cert);
	if ((rc = written(d, ra_cert_add(d->store, cert))))
		return rc;
	return note_issue(d, app, cert->serial, (tmg_view){ cert->der, cert->len });
}

/* What needs nobody is issued at once, in the same transaction where the
 * authority can; else its serial number is set aside. */
static tmg_rc
settle_and_issue(ra_desk *d, struct intake *t, ra_app *app)
{
	tmg_rc rc;

	if ((rc = ra_desk_settle(d, app)) || app->state != RA_APPROVED)
		return rc;
	if ((rc = choose(d, app, t->in->profile, t->cert)))
		return rc;
	return sign_at_once(d, t, app);
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
	return ra_life_keep(d->store, app, &d->fault);
}

/* The application that this very request is already. */
static tmg_rc
find(ra_desk *d, const ra_submission *in, const ra_request *request, ra_app *app)
{
	const tmg_rc rc = ra_app_find(d->store, in->owner,
	    request->csr_hash,
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
	if ((rc = find(d, in, t->request, app)) != TMG_NOT_FOUND)
		return rc;
	if ((rc = take_in(d, t, app)))
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

/* ---- decisions ---- */

tmg_rc
ra_desk_decide(ra_desk *d, const char *id, ra_event event,
    const ra_actor *actor, const char *reason, ra_app *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = get_app(d, id, app)) ||
	    (rc = ra_desk_step(d, app, event, actor, reason)) ||
	    (rc = ra_desk_settle(d, app)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* Those that nobody has moved since a time. */
struct left {
	ra_ids ids;
	time_t since;
};

static void
left_release(struct left *left)
{
	ra_ids_release(&left->ids);
}

static tmg_rc
collect(void *arg, const ra_app *app)
{
	struct left *left = arg;

	return app->changed > left->since ? TMG_OK :
	    ra_ids_add(&left->ids, app->id);
}

static tmg_rc
finish_one(ra_desk *d, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	const tmg_rc rc = get_app(d, id, &app);

	return rc ? rc : ra_desk_progress(d, &app, &cert);
}

tmg_rc
ra_desk_recover(ra_desk *d, time_t idle_s, unsigned *finished)
{
	__attribute__((__cleanup__(left_release))) struct left left = { { NULL, 0, 0 }, ra_desk_now(d) - idle_s };
	tmg_rc rc;

	*finished = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_app_each(d->store, RA_APPROVED, collect, &left)) == TMG_OK)
		rc = ra_app_each(d->store, RA_ISSUING, collect, &left);
	if (rc)
		rc = ra_desk_says(d, rc);
	for (size_t i = 0; rc == TMG_OK && i < left.ids.count; i++) {
		rc = finish_one(d, left.ids.id[i]);
		if (rc == TMG_OK)
			(*finished)++;
		else if (!tmg_is_fault(rc))
			rc = TMG_OK;	/* that one's own trouble; it is told when asked */
	}
	return rc;
}
