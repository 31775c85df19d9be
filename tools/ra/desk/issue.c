/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/issue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/errand.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/desk/vet.h"
#include "tools/ra/form/choice.h"
#include "tools/ra/store/ids.h"

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
	if ((rc = ra_desk_app(d, id, app)) || app->state != RA_APPROVED)
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
	if ((rc = keep(d, app, serial, der)) && rc != TMG_OCCUPIED)
		return rc;
	return ra_desk_commit(d, &txn);
}

static tmg_rc
sign(ra_desk *d, const ra_wanted *w, const ra_cert *reserved, uint8_t **der,
    size_t *len)
{
	const ra_order order = { w->request, w->profile, reserved->serial,
		reserved->not_before, reserved->not_after,
		&d->config->points, ra_book_known(d->book), w->draft, false };

	return d->office->ca->ops->issue(d->office->ca, &order, der, len,
	    &d->fault);
}

static tmg_rc
sign_and_finish(ra_desk *d, ra_app *app, const ra_profile *profile,
    const ra_cert *reserved)
{
	const tmg_view csr = { app->csr, app->csr_len };
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	const ra_wanted w = { &request, profile, NULL };
	tmg_auto_free uint8_t *der = NULL;
	size_t len = 0;
	tmg_rc rc;

	if ((rc = ra_request_read(d->office->ctx, csr, &request, &d->fault)) ||
	    (rc = sign(d, &w, reserved, &der, &len)))
		return rc;
	return finish(d, app, reserved->serial, (tmg_view){ der, len });
}

tmg_rc
ra_issue_at_once(ra_desk *d, ra_app *app, const ra_wanted *w, ra_cert *cert)
{
	tmg_rc rc;

	if ((rc = choose(d, app, w->profile, cert)))
		return rc;
	if (!d->office->ca->ops->at_once ||
	    sign(d, w, cert, &cert->der, &cert->len) != TMG_OK)
		return set_aside(d, app, cert);
	if ((rc = written(d, ra_cert_add(d->store, cert))))
		return rc;
	return note_issue(d, app, cert->serial, (tmg_view){ cert->der, cert->len });
}

/* ---- carrying an application on ---- */

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

/* ---- what was begun before a crash ---- */

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
	const tmg_rc rc = ra_desk_app(d, id, &app);

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
