/* SPDX-License-Identifier: BSD-2-Clause */
/* The profile page of an application that is open: "Process status" and
 * "Management". */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/payment.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/form/choice.h"
#include "tools/ra/pages/command.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/papers.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/post/sheet.h"
#include "tools/ra/store/digest.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };

/* ---- management ---- */

/* An action that leads to a page of its own, or is a button. */
static const struct action {
	ra_event event;
	unsigned by;
	const char *label;
	const char *page;	/* "" a button */
	const char *class;
} actions[] = {
	{ RA_EV_ACTIVATE, RA_BY_APPLICANT, N_("Change the initial access code"),
	    "/my/code", "" },
	{ RA_EV_IDENTIFY, RA_BY_SYSTEM, N_("Continue with your identity"),
	    RA_SITE_IDENTITY, "" },
	{ RA_EV_FILL, RA_BY_APPLICANT, N_("Fill in the form"), "/my/form", "" },
	{ RA_EV_SEND_DOCS, RA_BY_APPLICANT, N_("The documents are sent"), "", "" },
	{ RA_EV_AGREE_DATA, RA_BY_APPLICANT, N_("I agree with the data"), "", "" },
	{ RA_EV_KEY, RA_BY_APPLICANT, N_("Make the key pair"), "/my/key", "" },
	{ RA_EV_SUBMIT, RA_BY_APPLICANT, N_("Submit application"), "/my/key", "" },
	{ RA_EV_CANCEL, RA_BY_APPLICANT, N_("Cancel the application"), "", "risk" },
	{ RA_EV_SUSPEND, RA_BY_APPLICANT, N_("Suspend the certificate"), "",
	    "plain" },
	{ RA_EV_RESUME, RA_BY_APPLICANT, N_("Resume the certificate"), "", "" },
	{ RA_EV_REVOKE, RA_BY_APPLICANT, N_("Revoke the certificate"),
	    "/my/revoke", "risk" },
};

static bool
is_open(const ra_casefile *file, const struct action *a)
{
	const bool key = a->event == RA_EV_KEY || a->event == RA_EV_SUBMIT;

	return ra_casefile_may(file, a->event, a->by) &&
	    !(key && ra_casefile_office_key(file));
}

/* What is filled in may be filled in otherwise; it is not what comes next. */
static const char *
class_of(const ra_casefile *file, const struct action *a)
{
	return a->event == RA_EV_FILL && file->app.state == RA_FILLED ? "plain"
	    : a->class;
}

static void
put_action(ra_visit *v, const ra_casefile *file, const struct action *a)
{
	if (a->page[0] != '\0') {
		ra_put(&v->page, "<p><a class=\"button %s\" href=\"%s\">%s</a></p>\n",
		    class_of(file, a), a->page, _(a->label));
		return;
	}
	if (strcmp(a->class, "risk") == 0)
		ra_put(&v->page, "<details><summary>%s</summary>\n<p>%s</p>\n",
		    _(a->label), _("This cannot be undone."));
	ra_visit_form(v, "/my", false);
	ra_put(&v->page, "<button class=\"%s\" name=\"event\" value=\"%s\">%s"
	    "</button></form>\n", a->class, ra_event_name(a->event), _(a->label));
	if (strcmp(a->class, "risk") == 0)
		ra_put(&v->page, "</details>\n");
}

static bool
has_certificate(const ra_casefile *file)
{
	return ra_state_get(file->app.state)->answer == RA_ANSWER_DONE &&
	    !ra_casefile_office_key(file);
}

static void
put_management(ra_visit *v, const ra_casefile *file)
{
	size_t shown = 0;

	ra_put(&v->page, "<h2>%s</h2>\n", _("Management"));
	if (has_certificate(file)) {
		ra_visit_form(v, "/my/certificate", false);
		ra_put(&v->page, "<button>%s</button></form>\n",
		    _("Download the certificate"));
		shown++;
	}
	if (has_certificate(file) && ra_renew_may(v->desk, &file->app) == TMG_OK) {
		ra_put(&v->page, "<p><a class=\"button\" href=\"/my/renew\">%s</a></p>\n",
		    _("Renew the certificate"));
		shown++;
	}
	if (ra_casefile_to_install(file)) {
		ra_put(&v->page, "<p><a class=\"button\" href=\"/my/install\">%s</a></p>\n",
		    ra_install_button(file->profile));
		shown++;
	}
	for (size_t i = 0; i < TMG_COUNT(actions); i++) {
		if (is_open(file, &actions[i])) {
			put_action(v, file, &actions[i]);
			shown++;
		}
	}
	if (shown == 0)
		ra_put(&v->page, "<p>%s</p>\n", _("There is nothing for you to do now."));
}

/* What lies in the folder by now, for whoever wants to see it. */
static void
put_folder(ra_visit *v, const ra_casefile *file)
{
	if (!ra_folder_holds(file) || file->app.csr_len == 0)
		return;
	ra_put(&v->page, "<p>%s</p>\n", file->app.state == RA_INSTALLED ?
	    _("There is one certificate in the folder containing the private key, ready to be used.") :
	    _("The private key was generated on your computer. You can ascertain its availability by opening the folder."));
}

static void
put_payment(ra_visit *v, const ra_casefile *file)
{
	const ra_payment *pay = &file->profile->payment;
	char price[RA_PRICE_TEXT], link[RA_PAYMENT_LINK];

	ra_choice_price(file->profile, &file->answers, price);
	if (price[0] == '\0')
		return;
	ra_put(&v->page, "<h2>%s</h2>\n<p>%s %s — <strong>%s</strong>. %s</p>\n",
	    _("Payment"), price, pay->currency,
	    (file->app.facts & RA_PAID) != 0 ? _("paid") : _("not paid yet"),
	    ra_said(file->profile, pay->text));
	if (ra_payment_link(v->desk, &file->app, price, pay->currency, link))
		ra_put(&v->page, "<p><a class=\"button\" href=\"%s\">%s</a></p>\n",
		    link, _("Pay now"));
}

/* The number, once it means something to others. */
static void
put_number(ra_visit *v, const ra_casefile *file)
{
	ra_put(&v->page, "<div class=\"panel\"><p>%s</p><p class=\"number\">%s</p></div>\n",
	    _("Application number"), file->app.id);
	if (file->profile->number_text[0] != '\0')
		ra_put(&v->page, "<p class=\"note\">%s</p>\n",
		    ra_said(file->profile, file->profile->number_text));
}

static const char *
print_name(const char *form)
{
	static const struct {
		const char *form, *name;
	} names[] = {
		{ "pdf", N_("PDF, to print") },
		{ "html", N_("Web page (HTML)") },
		{ "txt", N_("Plain text") },
	};

	for (size_t i = 0; i < TMG_COUNT(names); i++)
		if (strcmp(names[i].form, form) == 0)
			return _(names[i].name);
	return form;
}

/* The application, printed in each form that its profile offers. */
static void
put_prints(ra_visit *v, const ra_casefile *file)
{
	const ra_words *forms = &file->profile->print;

	if (forms->count == 0 || !file->app.csr_len)
		return;
	ra_put(&v->page, "<h2>%s</h2>\n<ul>\n",
	    _("Save and print out the application"));
	for (size_t i = 0; i < forms->count; i++)
		ra_put(&v->page, "<li><a href=\"/my/print/%s\">%s</a></li>\n",
		    forms->word[i], print_name(forms->word[i]));
	ra_put(&v->page, "</ul>\n");
}

void
ra_my_page(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (!ra_casefile_open(v, v->number, &file))
		return;
	ra_visit_head_of(v, ra_said(file.profile, file.profile->title),
	    _("My application"));
	put_number(v, &file);
	ra_casefile_progress(v, &file);
	put_folder(v, &file);
	ra_casefile_certificate(v, &file);
	ra_casefile_follow(v, &file, "/my");
	put_management(v, &file);
	put_prints(v, &file);
	put_payment(v, &file);
	if (ra_state_get(file.app.state)->part != RA_PART_END)
		ra_papers_mine(v, &file);
	ra_casefile_data(v, &file);
	ra_visit_foot(v, HTTP_OK);
}

void
ra_my_act(ra_visit *v)
{
	const char *word = ra_posted_get(&v->form, "event");
	tmg_auto(ra_app) app = { .id = "" };
	ra_event event;
	size_t i = 0;
	tmg_rc rc;

	if (ra_event_parse(word, &event) == TMG_OK)
		while (i < TMG_COUNT(actions) && (actions[i].event != event ||
		    actions[i].page[0] != '\0'))
			i++;
	else
		i = TMG_COUNT(actions);
	if (i == TMG_COUNT(actions)) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("There is no such action."));
		return;
	}
	if ((rc = ra_desk_decide(v->desk, v->number, event, &applicant, "", &app)))
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, "/my");
}

/* ---- the access code ---- */

static void
show_code(ra_visit *v, const char *wrong_old, const char *wrong_new)
{
	const bool fine = wrong_old[0] == '\0' && wrong_new[0] == '\0';

	v->refused = !fine;
	ra_visit_head(v, _("Change the access code"));
	ra_formview_lack(v, "f-old", wrong_old);
	ra_formview_lack(v, "f-new", wrong_new);
	ra_visit_form(v, "/my/code", false);
	ra_formview_line(v, &(ra_line){ "old", _("Access code until now"),
	    "password", "current-password", "", wrong_old, "" });
	ra_formview_line(v, &(ra_line){ "new", _("New access code"), "password",
	    "new-password", "", wrong_new, "" });
	ra_formview_line(v, &(ra_line){ "again", _("New access code, once more"),
	    "password", "new-password", "", "", "" });
	ra_put(&v->page, "<button>%s</button></form>\n", _("Change the code"));
	ra_visit_foot(v, fine ? HTTP_OK : HTTP_BAD_REQUEST);
}

void
ra_my_code(ra_visit *v)
{
	show_code(v, "", "");
}

void
ra_my_code_change(ra_visit *v)
{
	const char *old = ra_posted_get(&v->form, "old");
	const char *new = ra_posted_get(&v->form, "new");
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if (!ra_visit_count(v, &ra_limit_code, v->number))
		return;
	if (strcmp(new, ra_posted_get(&v->form, "again")) != 0) {
		show_code(v, "", _("The two new codes are not the same."));
		return;
	}
	rc = ra_case_change_code(v->desk, v->number, tmg_view_str(old),
	    tmg_view_str(new), &app);
	if (rc == TMG_PIN_WRONG)
		show_code(v, v->desk->fault.text, "");
	else if (rc == TMG_MISMATCH)
		show_code(v, "", v->desk->fault.text);
	else if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, "/my");
}

/* ---- the certificate ---- */

static tmg_rc
write_pem(ra_visit *v, const ra_cert *cert)
{
	const unsigned char *at = cert->der;
	tmg_auto(ra_X509) x = d2i_X509(NULL, &at, (long)cert->len);
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (x == NULL || bio == NULL || PEM_write_bio_X509(bio, x) != 1 ||
	    ra_ca_pem(v->desk->office->ca, bio))
		return TMG_E_NOMEM;
	len = BIO_get_mem_data(bio, &text);
	ra_reply_bytes(v->reply, "application/x-pem-file",
	    (tmg_view){ (uint8_t *)text, (size_t)len });
	snprintf(v->reply->file, sizeof(v->reply->file), "%s.pem", cert->app);
	return TMG_OK;
}

void
ra_my_certificate(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if (!ra_casefile_open(v, v->number, &file))
		return;
	if (!has_certificate(&file)) {
		ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
		    _("There is no certificate to download."));
		return;
	}
	if ((rc = ra_desk_progress(v->desk, &file.app, &cert)) ||
	    (ra_casefile_may(&file, RA_EV_DOWNLOAD, RA_BY_APPLICANT) &&
	    (rc = ra_desk_decide(v->desk, v->number, RA_EV_DOWNLOAD, &applicant,
	    "", &app))) || (rc = write_pem(v, &cert)))
		ra_visit_fault(v, rc);
}

/* Saved, never shown here: what it says is the applicant's. */
void
ra_my_print(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_printed) printed = { .bytes = NULL };
	const char *form = v->call->label;
	const char *document = ra_posted_get(v->call->query, "document");
	tmg_rc rc;

	if (!ra_casefile_open(v, v->number, &file))
		return;
	if (!ra_words_have(&file.profile->print, form)) {
		ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
		    _("The application is not printed in such a form."));
		return;
	}
	if ((rc = ra_print(v->desk, &file.app, document, form, &printed))) {
		ra_visit_fault(v, rc);
		return;
	}
	ra_reply_bytes(v->reply, printed.type,
	    (tmg_view){ printed.bytes, printed.len });
	snprintf(v->reply->file, sizeof(v->reply->file), "%s", printed.file);
}
