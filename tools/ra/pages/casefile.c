/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/casefile.h"

#include <string.h>
#include <time.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/deadline.h"

#define AGAIN_S 5	/* a page that waits looks again */

void
ra_casefile_release(ra_casefile *file)
{
	ra_app_release(&file->app);
	ra_answers_release(&file->answers);
}

static bool
is_elsewhere(const ra_visit *v, const ra_app *app)
{
	return v->officer.branch[0] != '\0' && strcmp(v->number, app->id) != 0 &&
	    strcmp(v->officer.branch, app->branch) != 0;
}

bool
ra_casefile_open(ra_visit *v, const char *number, ra_casefile *file)
{
	ra_store *store = v->desk->store;
	tmg_rc rc = ra_app_get(store, number, &file->app);

	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && is_elsewhere(v, &file->app))) {
		ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
		    _("There is no such application."));
		return false;
	}
	if (rc || (rc = ra_answers_load(store, number, &file->answers))) {
		v->desk->fault = store->fault;
		ra_visit_fault(v, rc);
		return false;
	}
	file->profile = ra_profiles_find(v->desk->profiles,
	    file->app.profile);
	if (file->profile == NULL || ra_flow_parse(file->app.flow, &file->flow)) {
		ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
		    _("The service of this application is not offered any more."));
		return false;
	}
	return true;
}

bool
ra_casefile_may(const ra_casefile *file, ra_event event, unsigned by)
{
	return ra_life_may(&file->app, event, by);
}

static bool
goes_through(const ra_casefile *file, ra_state state)
{
	for (size_t i = 0; i < file->flow.count; i++)
		if (file->flow.line[i] == state)
			return true;
	return false;
}

bool
ra_casefile_office_key(const ra_casefile *file)
{
	return ra_flow_office_key(&file->flow);
}

bool
ra_casefile_to_install(const ra_casefile *file)
{
	return !ra_casefile_office_key(file) && goes_through(file, RA_INSTALLED) &&
	    (file->app.state == RA_ISSUED || file->app.state == RA_DOWNLOADED);
}

/* ---- process status ---- */

/* Beside the line: which step is to be done again. */
static const struct {
	ra_state beside, again;
} detours[] = {
	{ RA_DOCS_INCOMPLETE, RA_DOCS_RECEIVED },
	{ RA_DATA_RETURNED, RA_DATA_CHECKED },
	{ RA_ISSUE_FAILED, RA_ISSUED },
};

/* How many of the line's steps are done. */
static size_t
done_of(const ra_casefile *file)
{
	ra_state state = file->app.state == RA_SUSPENDED ? file->app.before :
	    file->app.state;
	size_t i, more = 1;

	for (i = 0; i < TMG_COUNT(detours); i++) {
		if (detours[i].beside == state) {
			state = detours[i].again;
			more = 0;
			break;
		}
	}
	for (i = 0; i < file->flow.count; i++)
		if (file->flow.line[i] == state)
			return i + more;
	return 0;
}

/* The authority's own two steps are one to everybody else. */
static bool
is_shown(ra_state state)
{
	return state != RA_APPROVED && state != RA_ISSUING;
}

/* What a step is called while it is still to be done, or is done. */
static const char *
step_name(ra_state state)
{
	static const struct {
		ra_state state;
		const char *name;
	} names[] = {
		{ RA_REGISTERED, N_("Registration") },
		{ RA_ACTIVATED, N_("Change of the initial access code") },
		{ RA_AGREED, N_("Agreement") },
		{ RA_IDENTIFIED, N_("Identity") },
		{ RA_FILLED, N_("Form") },
		{ RA_DOCS_SENT, N_("Documents sent") },
		{ RA_DOCS_RECEIVED, N_("Documents received") },
		{ RA_DOCS_CHECKED, N_("Check of the documents") },
		{ RA_DATA_CHECKED, N_("Check of the data") },
		{ RA_DATA_AGREED, N_("Agreement to the data") },
		{ RA_KEY_GENERATED, N_("Key pair") },
		{ RA_SUBMITTED, N_("Application submitted") },
		{ RA_ISSUED, N_("Certificate issued") },
		{ RA_DOWNLOADED, N_("Certificate downloaded") },
		{ RA_INSTALLED, N_("Certificate installed") },
		{ RA_HANDED_OVER, N_("Carrier handed over") },
	};

	for (size_t i = 0; i < TMG_COUNT(names); i++)
		if (names[i].state == state)
			return _(names[i].name);
	return _(ra_state_get(state)->label);
}

static void
put_step(ra_visit *v, ra_state state, bool done, bool now)
{
	ra_put(&v->page, now ? "<li class=\"now\" aria-current=\"step\">" :
	    done ? "<li class=\"done\">" : "<li class=\"next\">");
	ra_put(&v->page, "<span class=\"mark\" aria-hidden=\"true\">%s</span>%s "
	    "<span class=\"how\">— %s</span></li>\n",
	    done ? "\xe2\x9c\x93" : now ? "\xe2\x80\xa2" : "", step_name(state),
	    done ? _("done") : now ? _("now") : _("to come"));
}

static void
put_deadlines(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	char date[RA_DAY_TEXT];

	for (size_t i = 0; i < p->deadline_count; i++) {
		const ra_deadline *d = &p->deadline[i];

		if (strcmp(d->state, ra_state_get(file->app.state)->name) != 0 ||
		    (file->app.facts & RA_CONFIRMED) != 0)
			continue;
		ra_day_text(ra_due_at(d, file->app.entered), date);
		ra_put(&v->page, "<p class=\"note\">%s: <strong>%s</strong>. %s</p>\n",
		    _("Deadline"), date, ra_said(p, d->warning));
	}
}

/* Once the step is done again, what was wrong with it is history. */
static bool
has_reason(ra_state state)
{
	const ra_part part = ra_state_get(state)->part;

	return part == RA_PART_BESIDE || part == RA_PART_END;
}

void
ra_casefile_progress(ra_visit *v, const ra_casefile *file)
{
	const size_t done = done_of(file);
	const bool ended = ra_state_get(file->app.state)->part == RA_PART_END;
	/* what is suspended goes on with nothing until it is resumed */
	bool now = !ended && file->app.state != RA_SUSPENDED;

	ra_put(&v->page, "<h2 id=\"way\">%s</h2>\n<p class=\"status\" role=\"status\">%s</p>\n", _("Process status"),
	    ra_profile_status(file->profile, file->app.state));
	if (file->app.reason[0] != '\0' && has_reason(file->app.state))
		ra_put(&v->page, "<p class=\"note\">%s</p>\n", file->app.reason);
	put_deadlines(v, file);
	if (ended)
		return;
	ra_put(&v->page, "<ol class=\"way\" aria-labelledby=\"way\">\n");
	for (size_t i = 0; i < file->flow.count; i++) {
		if (!is_shown(file->flow.line[i]))
			continue;
		put_step(v, file->flow.line[i], i < done, i >= done && now);
		now = now && i < done;
	}
	ra_put(&v->page, "</ol>\n");
}

/* A page that loads itself again takes the place away from whoever listens to
 * it: it does so only for who asked for it (WCAG 2.2.1, 2.2.4). */
void
ra_casefile_follow(ra_visit *v, const ra_casefile *file, const char *path)
{
	const ra_state_row *state = ra_state_get(file->app.state);
	const bool asked = strcmp(ra_posted_get(v->call->query, "follow"),
	    "yes") == 0;

	if (state->part == RA_PART_END || state->answer == RA_ANSWER_DONE)
		return;
	v->reply->again_s = asked ? AGAIN_S : 0;
	if (asked)
		ra_put(&v->page, "<p>%s <a href=\"%s\">%s</a></p>\n",
		    _("This page looks for news every few seconds."), path,
		    _("Stop following"));
	else
		ra_put(&v->page, "<p><a href=\"%s?follow=yes\">%s</a></p>\n", path,
		    _("Follow the progress"));
}

/* ---- the certificate ---- */

static const char *
standing_of(const ra_visit *v, const ra_cert *cert)
{
	return cert->revoked != 0 ? cert->reason == RA_CERT_HOLD ?
	    _("suspended") : _("revoked") :
	    cert->not_after < ra_desk_now(v->desk) ? _("expired") : _("in force");
}

void
ra_casefile_certificate(ra_visit *v, const ra_casefile *file)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	char from[RA_DAY_TEXT], until[RA_DAY_TEXT];
	const tmg_rc rc = ra_cert_of_app(v->desk->store, file->app.id, &cert);

	if (tmg_is_fault(rc))
		v->page.failed = true;
	if (rc || cert.der == NULL)
		return;
	ra_day_text(cert.not_before, from);
	ra_day_text(cert.not_after, until);
	ra_put(&v->page, "<h2>%s</h2>\n<dl><dt>%s</dt><dd>%s</dd><dt>%s</dt>"
	    "<dd>%s – %s</dd><dt>%s</dt><dd>%s</dd></dl>\n", _("Certificate"),
	    _("Serial number"), cert.serial, _("Valid"), from, until,
	    _("Standing"), standing_of(v, &cert));
}

/* ---- data ---- */

static const char *
carrier_label(const ra_profile *p, const char *name)
{
	const ra_carrier *carrier = ra_profile_carrier(p, name);

	return carrier != NULL ? ra_said(p, carrier->label) : name;
}

static void
put_value(ra_visit *v, const char *label, const char *value)
{
	if (value[0] != '\0')
		ra_put(&v->page, "<dt>%s</dt><dd>%s</dd>\n", label, value);
}

void
ra_casefile_data(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	const ra_answers *a = &file->answers;

	ra_put(&v->page, "<h2>%s</h2>\n<dl>\n", _("Data"));
	if (p->identity.field[0] != '\0')
		put_value(v, ra_said(p, p->identity.label),
		    ra_answers_get(a, p->identity.field));
	for (size_t i = 0; i < p->input_count; i++)
		put_value(v, ra_said(p, p->input[i].label), ra_said_answer(p,
		    &p->input[i], ra_answers_get(a, p->input[i].name)));
	put_value(v, _("Where the key is kept"),
	    carrier_label(p, ra_answers_get(a, "carrier")));
	put_value(v, _("Ordered with it"),
	    ra_said(p, ra_answers_get(a, "carrier.extra")));
	put_value(v, _("Branch"), ra_said(p, file->app.branch));
	ra_put(&v->page, "</dl>\n");
}
