/* SPDX-License-Identifier: BSD-2-Clause */
/* The officers' page of one case: what is known, what may be done, doing it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/birth.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/errand.h"
#include "tools/ra/form/choice.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/pages/apply.h"
#include "tools/ra/pages/command.h"
#include "tools/ra/pages/counter.h"
#include "tools/ra/pages/csrtext.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/logview.h"
#include "tools/ra/pages/papers.h"
#include "tools/ra/pages/site.h"

/* ---- what may be done to a case ---- */

static const struct action {
	ra_event event;
	const char *label;
	bool reason;		/* the applicant is told one */
	bool documents;		/* each must be ticked */
	bool seen;		/* the identity card must be */
	const char *class;
} actions[] = {
	{ RA_EV_RECEIVE_DOCS, N_("Documents are here"), false, false, false, "" },
	{ RA_EV_CHECK_DOCS, N_("Documents are complete and genuine"), false, true, false, "" },
	{ RA_EV_MISS_DOCS, N_("Documents are missing"), true, false, false, "plain" },
	{ RA_EV_CHECK_DATA, N_("Data is right"), false, false, false, "" },
	{ RA_EV_RETURN_DATA, N_("Return for correction"), true, false, false, "plain" },
	{ RA_EV_PAY, N_("Payment received"), false, false, false, "" },
	{ RA_EV_CONFIRM, N_("Confirm the application"), false, true, false, "" },
	{ RA_EV_RELEASE, N_("Release for issuing (second officer)"), false, false, false, "" },
	{ RA_EV_RETRY, N_("Try to issue it again"), false, false, false, "" },
	{ RA_EV_HAND_OVER, N_("Carrier handed over, identity card seen"), false, false, true, "" },
	{ RA_EV_REJECT, N_("Refuse"), true, false, false, "risk" },
	{ RA_EV_CANCEL, N_("Cancel for the applicant"), false, false, false, "risk" },
	{ RA_EV_SUSPEND, N_("Suspend the certificate"), true, false, false, "plain" },
	{ RA_EV_RESUME, N_("Resume the certificate"), false, false, false, "" },
};

/* Documents are ticked once: where their check is a step of its own, with it;
 * otherwise when the application is confirmed. */
static bool
wants_documents(const ra_casefile *file, const struct action *a)
{
	bool own_step = false;

	for (size_t i = 0; i < file->flow.count; i++)
		own_step = own_step || file->flow.line[i] == RA_DOCS_CHECKED;
	return a->documents && (a->event == RA_EV_CHECK_DOCS || !own_step);
}

/* Those that were accepted one by one need no tick any more. */
static void
put_ticks(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	tmg_auto_free ra_papers *papers = malloc(sizeof(*papers));

	if (papers == NULL || ra_papers_load(v, file, papers)) {
		v->page.failed = true;
		return;
	}
	for (size_t i = 0; i < p->document_count; i++) {
		const ra_document *d = &p->document[i];

		if (ra_papers_accepted(papers, i))
			continue;
		ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\""
		    " id=\"d-%s\" name=\"doc.%s\" value=\"yes\">"
		    "<label for=\"d-%s\">%s%s%s</label></div>\n", d->name, d->name,
		    d->name, ra_said(p, d->title), d->notarised ? _(", notarised") : "",
		    d->optional ? _(", where it applies") : "");
	}
}

static void
put_seen(ra_visit *v, const char *id, const char *label)
{
	ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\" id=\"s-%s\""
	    " name=\"seen\" value=\"yes\" required><label for=\"s-%s\">%s</label>"
	    "</div>\n", id, id, label);
}

static void
put_action(ra_visit *v, const ra_casefile *file, const struct action *a)
{
	const char *name = ra_event_name(a->event);
	const bool risk = strcmp(a->class, "risk") == 0;
	char path[64];

	snprintf(path, sizeof(path), "/desk/case/%s", file->app.id);
	if (risk)
		ra_put(&v->page, "<details><summary>%s</summary>\n", _(a->label));
	ra_visit_form(v, path, false);
	if (wants_documents(file, a))
		put_ticks(v, file);
	if (a->seen)
		put_seen(v, name, _("The applicant showed his identity card"));
	if (a->reason)
		ra_put(&v->page, "<div class=\"field\"><label for=\"r-%s\">%s: %s</label>"
		    "<input type=\"text\" id=\"r-%s\" name=\"reason\" maxlength=\"200\""
		    " required></div>\n", name, _(a->label),
		    _("reason, told to the applicant"), name);
	ra_put(&v->page, "<button class=\"%s\" name=\"event\" value=\"%s\">%s"
	    "</button></form>\n", a->class, name, _(a->label));
	if (risk)
		ra_put(&v->page, "</details>\n");
}

static void
put_link(ra_visit *v, const ra_casefile *file, ra_event event,
    const char *page, const char *label)
{
	if (ra_casefile_may(file, event, RA_BY_OFFICER))
		ra_put(&v->page, "<p><a class=\"button plain\" href=\"/desk/case/%s/%s\">%s"
		    "</a></p>\n", file->app.id, page, label);
}

/* Four eyes: who confirmed is told that somebody else releases it. */
static bool
is_own_release(const ra_visit *v, const ra_casefile *file, ra_event event)
{
	char name[RA_ACTOR_MAX];
	const ra_actor officer = ra_visit_officer(v, name);

	return event == RA_EV_RELEASE &&
	    strcmp(file->app.confirmed_by, officer.name) == 0;
}

/* Whether there is anything to pay, or waited for. */
static bool
is_paid_for(const ra_casefile *file)
{
	char price[RA_PRICE_TEXT];
	unsigned needs = 0;

	for (size_t i = 0; i < RA_STATES; i++)
		needs |= file->flow.needs[i];
	ra_choice_price(file->profile, &file->answers, price);
	return price[0] != '\0' || (needs & RA_PAID) != 0;
}

static void
put_actions(ra_visit *v, const ra_casefile *file)
{
	size_t shown = 0;

	ra_put(&v->page, "<h2 id=\"decide\">%s</h2>\n", _("Management"));
	for (size_t i = 0; i < TMG_COUNT(actions); i++) {
		if (!ra_casefile_may(file, actions[i].event, RA_BY_OFFICER) ||
		    (actions[i].event == RA_EV_PAY && !is_paid_for(file)))
			continue;
		shown++;
		if (is_own_release(v, file, actions[i].event))
			ra_put(&v->page, "<p class=\"note\">%s</p>\n",
			    _("You confirmed this application: a second officer releases it."));
		else
			put_action(v, file, &actions[i]);
	}
	if (shown == 0)
		ra_put(&v->page, "<p>%s</p>\n",
		    _("There is nothing for an officer to do now."));
	if (ra_casefile_may(file, RA_EV_IDENTIFY, RA_BY_SYSTEM))
		ra_put(&v->page, "<p><a class=\"button plain\" href=\"/desk/case/%s/identity\">"
		    "%s</a></p>\n", file->app.id, _("Identity of the applicant"));
	put_link(v, file, RA_EV_FILL, "data", _("Fill in the form"));
	put_link(v, file, RA_EV_CORRECT_DATA, "data", _("Correct the data"));
	put_link(v, file, RA_EV_REVOKE, "revoke", _("Revoke the certificate"));
}

/* Whoever lost his code, or has the carrier made here, gets a new one. */
static void
put_code(ra_visit *v, const ra_casefile *file)
{
	char path[64];

	if (ra_state_get(file->app.state)->part == RA_PART_END)
		return;
	snprintf(path, sizeof(path), "/desk/case/%s/code", file->app.id);
	ra_put(&v->page, "<details><summary>%s</summary>\n", _("New access code"));
	ra_visit_form(v, path, false);
	put_seen(v, "code", _("Whoever asks for a new code showed his identity card"));
	ra_put(&v->page, "<button class=\"plain\">%s</button></form></details>\n",
	    _("Give a new access code"));
}

/* Where the office makes the key, the operator does it with the command, on
 * the carrier; or hands the carrier's request in here. */
static void
put_request(ra_visit *v, const ra_casefile *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/desk/case/%s", file->app.id);
	if (ra_casefile_office_key(file) && file->app.state != RA_HANDED_OVER)
		ra_casefile_follow(v, file, path);
	if (!ra_casefile_office_key(file) ||
	    !ra_casefile_may(file, RA_EV_SUBMIT, RA_BY_OFFICER))
		return;
	snprintf(path, sizeof(path), "/desk/case/%s/request", file->app.id);
	ra_put(&v->page, "<h2>%s</h2>\n<p>%s</p>\n",
	    _("Personalising the carrier"),
	    _("Connect the carrier and run this command, with the access code in a file: it makes the key there and hands the request in; when the application is confirmed, it installs the certificate."));
	ra_command_enroll(v, file, "", " --code-file FILE --at-office");
	ra_visit_form(v, path, true);
	ra_put(&v->page, "<div class=\"field\"><label for=\"f-request\">%s</label>"
	    "<textarea id=\"f-request\" name=\"request\" spellcheck=\"false\">"
	    "</textarea></div>\n<button>%s</button></form>\n",
	    _("Certification request (PKCS#10, PEM), made on the carrier"),
	    _("Hand in"));
}

static void
put_audit(ra_visit *v, const ra_casefile *file)
{
	ra_logview_begin(v, _("Audit"));
	if (ra_audit_each_of(v->desk->store, file->app.id, ra_logview_row, v))
		v->page.failed = true;
	ra_logview_end(v);
}

static void
put_facts(ra_visit *v, const ra_casefile *file)
{
	char price[RA_PRICE_TEXT], born[RA_BIRTH_TEXT], asked[RA_ERRAND_TEXT];

	ra_errand_say(v->desk, &file->app, asked);
	ra_birth_say(v->desk, file->profile, (tmg_view){ file->app.csr,
	    file->app.csr_len }, born);
	ra_choice_price(file->profile, &file->answers, price);
	ra_put(&v->page, "<dl><dt>%s</dt><dd>%s</dd><dt>%s</dt><dd>%s %s %s</dd>"
	    "<dt>%s</dt><dd>%s</dd><dt>%s</dt><dd>%s</dd>\n", _("Service"),
	    ra_said(file->profile, file->profile->title), _("Payment"), price,
	    file->profile->payment.currency, price[0] == '\0' ?
	    _("nothing to pay") : (file->app.facts & RA_PAID) != 0 ? _("paid") :
	    _("not paid yet"), _("Confirmed by"),
	    file->app.confirmed_by[0] != '\0' ? file->app.confirmed_by : "—",
	    _("Key (SHA-256)"), file->app.spki_hash[0] != '\0' ?
	    file->app.spki_hash : "—");
	if (born[0] != '\0')
		ra_put(&v->page, "<dt>%s</dt><dd>%s</dd>\n", _("Key made"), born);
	if (asked[0] != '\0')
		ra_put(&v->page, "<dt>%s</dt><dd>%s</dd>\n",
		    _("Certification authority"), asked);
	ra_put(&v->page, "</dl>\n");
}

static void
show_case(ra_visit *v, const ra_casefile *file, const char *wrong)
{
	v->refused = wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(file->profile, file->profile->title),
	    file->app.id);
	ra_formview_lack(v, "decide", wrong);
	put_facts(v, file);
	ra_casefile_data(v, file);
	ra_casefile_certificate(v, file);
	ra_papers_theirs(v, file);
	put_actions(v, file);
	put_request(v, file);
	put_code(v, file);
	ra_casefile_progress(v, file);
	put_audit(v, file);
	ra_visit_foot(v, v->refused ? HTTP_BAD_REQUEST : HTTP_OK);
}

void
ra_counter_case(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (ra_casefile_open(v, v->call->label, &file))
		show_case(v, &file, "");
}

/* ---- doing it ---- */

static const struct action *
action_of(const ra_visit *v)
{
	ra_event event;

	if (ra_event_parse(ra_posted_get(&v->form, "event"), &event))
		return NULL;
	for (size_t i = 0; i < TMG_COUNT(actions); i++)
		if (actions[i].event == event)
			return &actions[i];
	return NULL;
}

static bool
is_ticked(const ra_visit *v, const ra_document *d)
{
	char name[RA_TEXT_MAX + 8];

	snprintf(name, sizeof(name), "doc.%s", d->name);
	return strcmp(ra_posted_get(&v->form, name), "yes") == 0;
}

/* What is ticked is accepted, each document for itself; TMG_PENDING: one that
 * is needed is neither ticked nor accepted. */
static tmg_rc
take_ticks(ra_visit *v, const ra_casefile *file, const ra_actor *officer)
{
	const ra_profile *p = file->profile;
	tmg_auto_free ra_papers *papers = malloc(sizeof(*papers));
	tmg_rc rc;

	if (papers == NULL)
		return TMG_E_NOMEM;
	if ((rc = ra_papers_load(v, file, papers)))
		return rc;
	for (size_t i = 0; i < p->document_count; i++)
		if (!p->document[i].optional && !ra_papers_accepted(papers, i) &&
		    !is_ticked(v, &p->document[i]))
			return TMG_PENDING;
	for (size_t i = 0; i < p->document_count && rc == TMG_OK; i++)
		if (is_ticked(v, &p->document[i]) && !ra_papers_accepted(papers, i))
			rc = ra_desk_judge_paper(v->desk, file->app.id,
			    p->document[i].name, officer, true, "", "");
	return rc;
}

/* Whether the officer's form is complete; where not, the reply says why. */
static bool
is_complete(ra_visit *v, const ra_casefile *file, const struct action *a,
    const ra_actor *officer)
{
	tmg_rc rc;

	if (a->reason && ra_posted_get(&v->form, "reason")[0] == '\0') {
		show_case(v, file, _("The applicant is told a reason: write one."));
		return false;
	}
	if (a->seen && strcmp(ra_posted_get(&v->form, "seen"), "yes") != 0) {
		show_case(v, file, _("A carrier is handed over on showing the identity card only: tick that you saw it."));
		return false;
	}
	if (!wants_documents(file, a))
		return true;
	if ((rc = take_ticks(v, file, officer)) == TMG_OK)
		return true;
	if (rc == TMG_PENDING)
		show_case(v, file, _("Tick every document that is needed, or say that documents are missing."));
	else
		ra_visit_fault(v, rc);
	return false;
}

void
ra_counter_carry_on(ra_visit *v, ra_app *app)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	char location[64];
	tmg_rc rc = ra_state_get(app->state)->answer == RA_ANSWER_WORK ?
	    ra_desk_progress(v->desk, app, &cert) : TMG_OK;

	if (rc && rc != TMG_PENDING) {
		ra_visit_fault(v, rc);
		return;
	}
	snprintf(location, sizeof(location), "/desk/case/%s", app->id);
	ra_visit_go(v, location);
}

void
ra_counter_act(ra_visit *v)
{
	const struct action *a = action_of(v);
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	char name[RA_ACTOR_MAX];
	const ra_actor officer = ra_visit_officer(v, name);
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	if (a == NULL) {
		show_case(v, &file, _("There is no such action."));
		return;
	}
	if (!is_complete(v, &file, a, &officer))
		return;
	rc = ra_desk_decide(v->desk, file.app.id, a->event, &officer,
	    a->reason ? ra_posted_get(&v->form, "reason") :
	    a->seen ? "identity card seen" : "", &app);
	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_counter_carry_on(v, &app);
}

void
ra_counter_request(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out der = { store, RA_CSR_MAX, 0, store == NULL };
	char name[RA_ACTOR_MAX];
	const ra_actor officer = ra_visit_officer(v, name);
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	if (ra_csrtext_read(&v->form, &der)) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("This is no certification request in PEM or DER."));
		return;
	}
	rc = ra_case_submit(v->desk, file.app.id, &officer, tmg_out_view(&der),
	    &app);
	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_counter_carry_on(v, &app);
}
