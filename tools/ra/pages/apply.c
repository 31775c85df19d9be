/* SPDX-License-Identifier: BSD-2-Clause */
/* Beginning an application, and its steps up to the form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/desk/captcha.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/register.h"
#include "tools/ra/pages/apply.h"
#include "tools/ra/pages/casefile.h"
#include "tools/ra/pages/first.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };

/* ---- the first step ---- */

static void
put_nothing(ra_visit *v)
{
	(void)v;
}

static void
show_first(ra_visit *v, const ra_profile *p, const ra_answers *given,
    const ra_form_errors *errors, const char *wrong)
{
	const bool terms = ra_first_has_terms(p);
	char action[RA_LABEL_MAX + 16];

	snprintf(action, sizeof(action), "/apply/%s", v->call->label);
	ra_first_show(v, p, &(ra_first){ action,
	    terms ? _("Agreement") : _("Registration"),
	    terms ? ra_said(p, p->consent.button) : _("Register"),
	    ra_first_field(p), wrong, put_nothing }, given, errors);
}

void
ra_apply_first(ra_visit *v)
{
	const ra_profile *p = ra_first_profile(v);
	static const ra_form_errors none;
	tmg_auto(ra_answers) nothing = { 0 };

	if (p != NULL)
		show_first(v, p, &nothing, &none, "");
}

/* The registration's number; its code goes by mail alone, so that the address
 * is proven by knowing it. */
static void
show_registered(ra_visit *v, const ra_app *app)
{
	ra_visit_head(v, _("You are registered"));
	ra_put(&v->page, "<div class=\"panel\"><p>%s</p><p class=\"number\">%s</p></div>\n"
	    "<p>%s</p>\n"
	    "<p><a class=\"button\" href=\"/login\">%s</a></p>\n",
	    _("REGISTRATION NUMBER"), app->id,
	    _("The initial access code and the number are sent to the e-mail address that you gave. Log in with both and change the code: nothing else is possible before."),
	    _("Log in"));
	ra_visit_foot(v, HTTP_OK);
}

/* One that begins with the terms: number and code are told once, here. */
static void
show_begun(ra_visit *v, const ra_profile *p, const ra_app *app, const char *code)
{
	ra_visit_head_of(v, ra_said(p, p->title), _("Your application is begun"));
	ra_put(&v->page, "<div class=\"panel\"><p>%s</p><p class=\"number\">%s</p>"
	    "<p>%s</p><p class=\"number code\">%s</p></div>\n", _("Application number"),
	    app->id, _("Access code"), code);
	ra_put(&v->page, "<p>%s</p>\n<p>%s</p>\n"
	    "<p><a class=\"button\" href=\"/my\">%s</a></p>\n",
	    _("Write both down now: the access code is shown this once."),
	    _("With both you log in again later, and the program that makes your key asks for them. The number alone shows no more than the status."),
	    _("Continue"));
	ra_visit_foot(v, HTTP_OK);
}

static void
begin(ra_visit *v, const ra_profile *p, const ra_answers *given,
    const char *hash)
{
	const bool terms = ra_first_has_terms(p);
	tmg_auto_free ra_form_errors *errors = calloc(1, sizeof(*errors));
	tmg_auto(ra_app) app = { .id = "" };
	char code[RA_CODE_MAX] = "";
	tmg_rc rc = errors == NULL ? TMG_E_NOMEM : ra_case_begin(v->desk, p,
	    &applicant, hash, terms ? NULL : given, errors, &app, code);

	if (rc == TMG_MISMATCH && errors->count > 0)
		show_first(v, p, given, errors, "");
	else if (rc)
		ra_visit_fault(v, rc);
	else if (!terms)
		show_registered(v, &app);
	else if ((rc = ra_visit_open(v, app.id)))
		ra_visit_fault(v, rc);
	else
		show_begun(v, p, &app, code);
	explicit_bzero(code, sizeof(code));
}

void
ra_apply_begin(ra_visit *v)
{
	const ra_profile *p = ra_first_profile(v);
	static const ra_form_errors none;
	tmg_auto(ra_answers) given = { 0 };
	const char *hash;
	tmg_rc rc;

	if (p == NULL || !ra_visit_count(v, &ra_limit_begin,
	    ra_posted_get(&v->form, p->mail_to)))
		return;
	if (ra_first_unaccepted(v, p)) {
		show_first(v, p, &given, &none,
		    _("Tick the box if you accept the terms; without it there is no application."));
		return;
	}
	if ((rc = ra_first_agreed(v, p, &hash)) == TMG_MISMATCH)
		show_first(v, p, &given, &none, _(ra_first_changed));
	else if (rc || (rc = ra_formview_given(v, p, &given)))
		ra_visit_fault(v, rc);
	else
		begin(v, p, &given, hash);
}

/* ---- who it is ---- */

static bool
open_for(ra_visit *v, ra_event event, unsigned by, ra_casefile *file)
{
	if (!ra_casefile_open(v, v->number, file))
		return false;
	if (ra_casefile_may(file, event, by))
		return true;
	ra_visit_go(v, "/my");
	return false;
}

/* The picture stands in the page itself: it is shown once. */
static void
put_picture(ra_visit *v, const ra_captcha *c)
{
	const size_t cap = TMG_BASE64_LEN(c->len) + 1;
	tmg_out o = { malloc(cap), cap, 0, false };

	if (o.ptr == NULL) {
		v->page.failed = true;
		return;
	}
	tmg_base64_put(&o, (tmg_view){ c->png, c->len }, 0);
	tmg_put_u8(&o, '\0');
	ra_put(&v->page, "<p><img alt=\"%s\" src=\"data:image/png;base64,%s\"></p>\n",
	    _("a code of digits; the question below may be answered instead"),
	    (const char *)o.ptr);
	free(o.ptr);
}

static void
put_captcha(ra_visit *v, const char *wrong)
{
	tmg_auto(ra_captcha) c = { .png = NULL };

	if (ra_captcha_new(v->desk, v->csrf, &c)) {
		v->page.failed = true;
		return;
	}
	if (c.png != NULL)
		put_picture(v, &c);
	ra_put(&v->page, "<input type=\"hidden\" name=\"captcha-id\" value=\"%s\">\n",
	    c.id);
	ra_formview_line(v, &(ra_line){ "captcha", c.png != NULL ?
	    _("The code indicated in the picture, or the answer to the question") :
	    _("The answer to the question"), "text", "off", "", wrong, c.question });
}

/* True where the profile asks for none. */
static bool
is_answered(ra_visit *v, const ra_profile *p)
{
	return !p->captcha || ra_captcha_check(v->desk, v->csrf,
	    ra_posted_get(&v->form, "captcha-id"),
	    ra_posted_get(&v->form, "captcha")) == TMG_OK;
}

static void
show_identity(ra_visit *v, const ra_profile *p, const char *number,
    const char *wrong, const char *wrong_code)
{
	const ra_identity *id = &p->identity;
	const bool fine = wrong[0] == '\0' && wrong_code[0] == '\0';

	v->refused = !fine;
	ra_visit_head_of(v, ra_said(p, p->title), _("Your identity"));
	ra_formview_lack(v, "f-captcha", wrong_code);
	ra_formview_lack(v, "f-identity", wrong);
	ra_visit_form(v, RA_SITE_IDENTITY, false);
	if (p->captcha)
		put_captcha(v, wrong_code);
	ra_formview_line(v, &(ra_line){ "identity", ra_said(p, id->label),
	    "text", "off", number, wrong, "" });
	if (id->box[0] != '\0')
		ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\""
		    " name=\"fetch\" id=\"f-fetch\" value=\"yes\" required>"
		    "<label for=\"f-fetch\">%s</label></div>\n", ra_said(p, id->box));
	ra_put(&v->page, "<button>%s</button></form>\n", ra_said(p, id->button));
	ra_visit_foot(v, fine ? HTTP_OK : HTTP_BAD_REQUEST);
}

/* The desk's words are copied: a new picture needs the desk, too. */
static void
show_refused(ra_visit *v, const ra_profile *p, const char *number)
{
	const tmg_fault fault = v->desk->fault;

	show_identity(v, p, number, fault.text, "");
}

void
ra_apply_identity(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for(v, RA_EV_IDENTIFY, RA_BY_SYSTEM, &file) &&
	    (!file.profile->captcha ||
	    ra_visit_count(v, &ra_limit_captcha, v->number)))
		show_identity(v, file.profile, "", "", "");
}

tmg_rc
ra_apply_ask(ra_visit *v, const ra_profile *p, const char *id,
    const char *number, ra_app *app)
{
	tmg_auto(ra_answers) known = { 0 };
	tmg_rc rc = ra_register_ask(v->desk, p, number, &known);

	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	return ra_case_identify(v->desk, id, number,
	    rc == TMG_OK ? &known : NULL, app);
}

static void
refuse_for_now(ra_visit *v, tmg_rc rc)
{
	if (rc == TMG_BUSY)
		v->reply->retry_after_s = RA_REGISTER_RETRY_S;
	ra_visit_fault(v, rc);
}

void
ra_apply_identify(ra_visit *v)
{
	const char *number = ra_posted_get(&v->form, "identity");
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if (!ra_visit_count(v, &ra_limit_look_up, v->number) ||
	    !open_for(v, RA_EV_IDENTIFY, RA_BY_SYSTEM, &file))
		return;
	if (file.profile->identity.box[0] != '\0' &&
	    strcmp(ra_posted_get(&v->form, "fetch"), "yes") != 0) {
		show_identity(v, file.profile, number,
		    _("Tick the box: without the register's data there is no application."),
		    "");
		return;
	}
	if (!is_answered(v, file.profile)) {
		show_identity(v, file.profile, number, "",
		    _("This is not the code. Here is another one."));
		return;
	}
	rc = ra_apply_ask(v, file.profile, v->number, number, &app);
	if (rc == TMG_OK)
		ra_visit_go(v, "/my/form");
	else if (rc == TMG_MISMATCH || rc == TMG_NOT_FOUND)
		show_refused(v, file.profile, number);
	else
		refuse_for_now(v, rc);
}

/* ---- the form ---- */

static void
show_form(ra_visit *v, const ra_profile *p, const ra_answers *answers,
    const ra_form_errors *errors)
{
	v->refused = errors->count > 0;
	ra_visit_head_of(v, ra_said(p, p->title), _("Application form"));
	ra_formview_errors(v, p, errors);
	ra_visit_form(v, "/my/form", false);
	ra_formview_fields(v, p, "filled", answers, errors);
	ra_put(&v->page, "<button>%s</button></form>\n", p->form_button[0] != '\0' ?
	    ra_said(p, p->form_button) : _("Continue"));
	ra_visit_foot(v, errors->count > 0 ? HTTP_BAD_REQUEST : HTTP_OK);
}

void
ra_apply_form(ra_visit *v)
{
	static const ra_form_errors none;
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for(v, RA_EV_FILL, RA_BY_APPLICANT, &file))
		show_form(v, file.profile, &file.answers, &none);
}

/* What a register filled in stays on the page as it is. */
tmg_rc
ra_apply_keep(const ra_casefile *file, ra_answers *given)
{
	const ra_words *fills = &file->profile->identity.fills;
	tmg_rc rc = TMG_OK;

	if (!file->profile->identity.locked)
		return TMG_OK;
	for (size_t i = 0; i < fills->count && rc == TMG_OK; i++)
		rc = ra_answers_set(given, fills->word[i],
		    ra_answers_get(&file->answers, fills->word[i]));
	return rc;
}

void
ra_apply_fill(ra_visit *v)
{
	static const ra_form_errors none;
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_answers) given = { 0 };
	tmg_auto_free ra_form_errors *errors = calloc(1, sizeof(*errors));
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;

	if (!open_for(v, RA_EV_FILL, RA_BY_APPLICANT, &file))
		return;
	if (errors == NULL || ra_formview_given(v, file.profile, &given) ||
	    ra_apply_keep(&file, &given)) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("The answers are too long."));
		return;
	}
	if (ra_formview_unfinished(v, file.profile, &given)) {
		show_form(v, file.profile, &given, &none);
		return;
	}
	rc = ra_case_fill(v->desk, v->number, RA_EV_FILL, &applicant, &given,
	    errors, &app);
	if (rc == TMG_OK)
		ra_visit_go(v, "/my");
	else if (rc == TMG_MISMATCH && errors->count > 0)
		show_form(v, file.profile, &given, errors);
	else
		ra_visit_fault(v, rc);
}
