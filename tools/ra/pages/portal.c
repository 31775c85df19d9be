/* SPDX-License-Identifier: BSD-2-Clause */
/* What everybody may see: services, help, the status of a number, logging in. */
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/terms.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/papers.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/pages/style.h"

/* ---- services ---- */

/* The next section after one, in the order of profiles; NULL: no more. */
static bool
is_first_of_section(const ra_profiles *all, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(all->row[i].section, all->row[at].section) == 0)
			return false;
	return all->row[at].section[0] != '\0';
}

static void
put_section(ra_visit *v, const ra_profiles *all, const ra_profile *first)
{
	ra_put(&v->page, "<h2>%s</h2>\n<ul class=\"cards\">\n",
	    ra_said(first, first->section));
	for (size_t i = 0; i < all->count; i++) {
		const ra_profile *p = &all->row[i];

		if (strcmp(p->section, first->section) == 0)
			ra_put(&v->page, "<li><a href=\"/service/%s\">%s</a><p>%s</p></li>\n",
			    p->name, ra_said(p, p->title), ra_said(p, p->about));
	}
	ra_put(&v->page, "</ul>\n");
}

void
ra_portal_home(ra_visit *v)
{
	const ra_profiles *all = v->desk->profiles;

	ra_visit_head(v, _("Services"));
	for (size_t i = 0; i < all->count; i++)
		if (is_first_of_section(all, i))
			put_section(v, all, &all->row[i]);
	ra_visit_foot(v, HTTP_OK);
}

static void
put_documents(ra_visit *v, const ra_profile *p)
{
	if (p->document_count == 0)
		return;
	ra_put(&v->page, "<h2>%s</h2>\n", _("Documents"));
	ra_papers_wanted(v, p);
}

static void
put_carriers(ra_visit *v, const ra_profile *p)
{
	if (p->carrier_count == 0)
		return;
	ra_put(&v->page, "<h2>%s</h2>\n<ul>\n", _("Carriers"));
	for (size_t i = 0; i < p->carrier_count; i++) {
		const ra_carrier *c = &p->carrier[i];

		ra_put(&v->page, c->certification[0] != '\0' ?
		    "<li>%s — %s</li>\n" : "<li>%s</li>\n",
		    ra_said(p, c->label), ra_said(p, c->certification));
	}
	ra_put(&v->page, "</ul>\n");
}

/* A carrier may cost something else. */
static void
put_carrier_prices(ra_visit *v, const ra_profile *p)
{
	for (size_t i = 0; i < p->carrier_count; i++)
		if (p->carrier[i].price[0] != '\0')
			ra_put(&v->page, "<p>%s: %s %s</p>\n",
			    ra_said(p, p->carrier[i].label), p->carrier[i].price,
			    p->payment.currency);
}

static void
put_price(ra_visit *v, const ra_profile *p)
{
	if (p->payment.price[0] == '\0')
		return;
	ra_put(&v->page, "<h2>%s</h2>\n<p>%s %s. %s</p>\n", _("Price"),
	    p->payment.price, p->payment.currency, ra_said(p, p->payment.text));
	put_carrier_prices(v, p);
}

/* What there is to read before anything is applied for. */
static void
put_texts(ra_visit *v, const ra_profile *p)
{
	ra_put(&v->page, "<ul>\n");
	if (p->policy[0] != '\0')
		ra_put(&v->page, "<li><a href=\"/policy/%s\">%s</a></li>\n", p->name,
		    _("Issuance policy"));
	if (p->instructions[0] != '\0')
		ra_put(&v->page, "<li><a href=\"/help/%s\">%s</a></li>\n", p->name,
		    _("Instructions, step by step"));
	if (p->supplier_count > 0)
		ra_put(&v->page, "<li><a href=\"/suppliers\">%s</a></li>\n",
		    _("Approved suppliers of cards and readers"));
	ra_put(&v->page, "</ul>\n");
}

static const ra_profile *
service_of(ra_visit *v)
{
	const ra_profile *p = ra_profiles_find(v->desk->profiles, v->call->label);

	if (p != NULL && p->section[0] != '\0')
		return p;
	ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
	    _("There is no such service here."));
	return NULL;
}

/* A text beside the profile. */
static void
show_text(ra_visit *v, const ra_profile *p, const char *title,
    const char *file)
{
	tmg_auto_free char *text = NULL;
	tmg_rc rc;

	if (file[0] == '\0') {
		ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
		    _("There is no such text for this service."));
		return;
	}
	if ((rc = ra_terms_file(v->desk, p, file, RA_UNIT_PARAGRAPH, &text))) {
		ra_visit_fault(v, rc);
		return;
	}
	ra_visit_head_of(v, ra_said(p, p->title), title);
	ra_put(&v->page, "<pre class=\"terms\" tabindex=\"0\" role=\"region\""
	    " aria-label=\"%s\">%s</pre>\n<p><a href=\"/service/%s\">%s</a></p>\n",
	    title, text, p->name, ra_said(p, p->title));
	ra_visit_foot(v, HTTP_OK);
}

void
ra_portal_policy(ra_visit *v)
{
	const ra_profile *p = service_of(v);

	if (p != NULL)
		show_text(v, p, _("Issuance policy"), p->policy);
}

void
ra_portal_instructions(ra_visit *v)
{
	const ra_profile *p = service_of(v);

	if (p != NULL)
		show_text(v, p, _("Instructions, step by step"), p->instructions);
}

void
ra_portal_suppliers(ra_visit *v)
{
	const ra_profiles *all = v->desk->profiles;
	size_t shown = 0;

	ra_visit_head(v, _("Approved suppliers of cards and readers"));
	for (size_t i = 0; i < all->count; i++) {
		const ra_profile *p = &all->row[i];

		if (p->section[0] == '\0' || p->supplier_count == 0)
			continue;
		ra_put(&v->page, "<h2>%s</h2>\n<dl>\n", ra_said(p, p->title));
		for (size_t j = 0; j < p->supplier_count; j++, shown++)
			ra_put(&v->page, "<dt>%s</dt><dd>%s<br>%s</dd>\n",
			    ra_said(p, p->supplier[j].name),
			    ra_said(p, p->supplier[j].offers),
			    ra_said(p, p->supplier[j].address));
		ra_put(&v->page, "</dl>\n");
	}
	ra_put(&v->page, "<p>%s</p>\n", shown > 0 ?
	    _("For questions concerning purchase, installment and settings please contact the supplier.") :
	    _("No service here names suppliers: any token that it offers will do."));
	ra_visit_foot(v, HTTP_OK);
}

void
ra_portal_service(ra_visit *v)
{
	const ra_profile *p = service_of(v);

	if (p == NULL)
		return;
	ra_visit_head_of(v, ra_said(p, p->section), ra_said(p, p->title));
	ra_put(&v->page, "<p class=\"lead\">%s</p>\n", ra_said(p, p->about));
	put_documents(v, p);
	put_carriers(v, p);
	put_price(v, p);
	put_texts(v, p);
	ra_put(&v->page, "<p><a class=\"button\" href=\"/apply/%s\">%s</a></p>\n",
	    p->name, _("Submit application"));
	ra_visit_foot(v, HTTP_OK);
}

void
ra_portal_help(ra_visit *v)
{
	static const char *const steps[] = {
		N_("Choose a service and read what it needs."),
		N_("Accept the terms, or register with your name and e-mail address."),
		N_("Fill in the form. What is wrong is told all at once, beside its field."),
		N_("Where the key is made on your card or token, connect it and run the command that the page shows; your PIN stays on your computer."),
		N_("Write the application number down: it shows the status, and officers ask for it."),
		N_("When the certificate is issued, the same command installs it; it can also be downloaded from \"My application\"."),
	};

	const ra_profiles *all = v->desk->profiles;

	ra_visit_head(v, _("Help"));
	ra_put(&v->page, "<ol>\n");
	for (size_t i = 0; i < TMG_COUNT(steps); i++)
		ra_put(&v->page, "<li>%s</li>\n", _(steps[i]));
	ra_put(&v->page, "</ol>\n<h2>%s</h2>\n<ul>\n", _("Instructions"));
	for (size_t i = 0; i < all->count; i++) {
		const ra_profile *p = &all->row[i];

		if (p->section[0] != '\0' && p->instructions[0] != '\0')
			ra_put(&v->page, "<li><a href=\"/help/%s\">%s</a></li>\n",
			    p->name, ra_said(p, p->title));
	}
	ra_put(&v->page, "<li><a href=\"/suppliers\">%s</a></li>\n</ul>\n",
	    _("Approved suppliers of cards and readers"));
	ra_visit_foot(v, HTTP_OK);
}

void
ra_portal_style(ra_visit *v)
{
	uint8_t text[RA_STYLE_MAX];
	tmg_out o = TMG_OUT(text);
	char name[RA_STYLE_NAME];

	ra_style_name(name);
	if (strcmp(v->call->label, name) != 0) {
		ra_reply_text(v->reply, HTTP_NOT_FOUND, _("there is nothing here"));
		return;
	}
	ra_style_write(&o);
	ra_reply_bytes(v->reply, "text/css; charset=utf-8", tmg_out_view(&o));
	v->reply->keep = true;
	/* what is kept for everybody carries nobody's cookie */
	v->reply->cookie[0][0] = v->reply->cookie[1][0] = '\0';
}

/* ---- the status of a number ---- */

static void
put_search(ra_visit *v, const char *number, const char *wrong)
{
	ra_formview_lack(v, "f-number", wrong);
	ra_visit_form(v, "/status", false);
	ra_formview_line(v, &(ra_line){ "number", _("Application number"), "text",
	    "off", number, wrong, _("For example 1A2B-3C4D-5E6F-7G8H") });
	ra_put(&v->page, "<button>%s</button></form>\n", _("Search"));
}

void
ra_portal_status(ra_visit *v)
{
	ra_visit_head(v, _("Checking request status"));
	put_search(v, "", "");
	ra_visit_foot(v, HTTP_OK);
}

/* The words of the state, where its profile shows them for the number alone;
 * what does not, is not there. */
static const char *
status_of(ra_visit *v, const char *number, ra_app *app)
{
	const ra_profile *p;

	if (ra_app_get(v->desk->store, number, app))
		return NULL;
	p = ra_profiles_find(v->desk->profiles, app->profile);
	return p != NULL && p->number_opens ? ra_profile_status(p, app->state) :
	    NULL;
}

void
ra_portal_search(ra_visit *v)
{
	const char *number = ra_posted_get(&v->form, "number"), *status;
	tmg_auto(ra_app) app = { .id = "" };

	if (!ra_visit_may(v, &ra_limit_search))
		return;
	status = status_of(v, number, &app);
	if (status == NULL && !ra_visit_count(v, &ra_limit_search, ""))
		return;
	v->refused = status == NULL;
	ra_visit_head(v, _("Checking request status"));
	if (status != NULL)
		ra_put(&v->page, "<dl><dt>%s</dt><dd>%s</dd><dt>%s</dt>"
		    "<dd><strong>%s</strong></dd></dl>\n",
		    _("Application number"), app.id, _("Application status"), status);
	put_search(v, number, status != NULL ? "" :
	    _("No application of this number shows its status here. Look for a wrong letter or digit."));
	ra_visit_foot(v, status != NULL ? HTTP_OK : HTTP_NOT_FOUND);
}

/* ---- logging in ---- */

static void
put_login(ra_visit *v, const char *number, const char *wrong)
{
	ra_formview_lack(v, "f-code", wrong);
	ra_visit_form(v, "/login", false);
	ra_formview_line(v, &(ra_line){ "number", _("Registration number"), "text",
	    "username", number, "", "" });
	ra_formview_line(v, &(ra_line){ "code", _("Access code"), "password",
	    "current-password", "", wrong, "" });
	ra_put(&v->page, "<button>%s</button></form>\n", _("Log in"));
}

void
ra_portal_login(ra_visit *v)
{
	ra_visit_head(v, _("Log in"));
	ra_put(&v->page, "<p>%s</p>\n",
	    _("With the number and the access code of your registration."));
	put_login(v, "", "");
	ra_visit_foot(v, HTTP_OK);
}

static void
refuse_login(ra_visit *v, const char *number, tmg_rc rc, long wait_s)
{
	if (rc == TMG_BUSY)
		v->reply->retry_after_s = wait_s;
	v->refused = true;
	ra_visit_head(v, _("Log in"));
	put_login(v, number, rc == TMG_BUSY ?
	    _("Too many tries failed. Wait a minute and try again.") :
	    _("No such number, or not its code."));
	ra_visit_foot(v, rc == TMG_BUSY ? HTTP_TOO_MANY : HTTP_FORBIDDEN);
}

void
ra_portal_enter(ra_visit *v)
{
	const char *number = ra_posted_get(&v->form, "number");
	ra_user user = { .name = "" };
	long wait_s = 0;
	tmg_rc rc = ra_visit_enter(v, number, ra_posted_get(&v->form, "code"),
	    &user, &wait_s);

	if (rc == TMG_OK && strcmp(user.role, "application") != 0)
		rc = TMG_DENIED;
	if (rc == TMG_OK && (rc = ra_visit_open(v, user.name)) == TMG_OK) {
		ra_visit_go(v, "/my");
	} else if (tmg_is_fault(rc)) {
		v->desk->fault = v->desk->store->fault;
		ra_visit_fault(v, rc);
	} else {
		refuse_login(v, number, rc, wait_s);
	}
}

void
ra_portal_leave(ra_visit *v)
{
	const tmg_rc rc = ra_visit_close(v);

	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, "/");
}
