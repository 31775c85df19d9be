/* SPDX-License-Identifier: BSD-2-Clause */
/* Applications that an officer enters for who came in person: on showing the
 * identity card, and no other way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/pages/apply.h"
#include "tools/ra/pages/casefile.h"
#include "tools/ra/pages/first.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

#define PATH_TEXT 96

void
ra_enter_choose(ra_visit *v)
{
	const ra_profiles *all = v->desk->profiles;

	ra_visit_head_of(v, _("Desk"), _("Enter an application"));
	ra_put(&v->page, "<p>%s</p>\n<ul>\n",
	    _("For somebody who came in person and shows his identity card."));
	for (size_t i = 0; i < all->count; i++)
		if (all->row[i].section[0] != '\0')
			ra_put(&v->page, "<li><a href=\"/desk/new/%s\">%s</a></li>\n",
			    all->row[i].name,
			    ra_said(&all->row[i], all->row[i].title));
	ra_put(&v->page, "</ul>\n");
	ra_visit_foot(v, HTTP_OK);
}

/* ---- the first step ---- */

static void
put_seen(ra_visit *v)
{
	ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\" id=\"f-seen\""
	    " name=\"seen\" value=\"yes\" required><label for=\"f-seen\">%s</label>"
	    "</div>\n", _("The applicant showed his identity card, and it is he"));
}

static void
show_first(ra_visit *v, const ra_profile *p, const ra_answers *given,
    const ra_form_errors *errors, const char *field, const char *wrong)
{
	char action[PATH_TEXT];

	snprintf(action, sizeof(action), "/desk/new/%s", v->call->label);
	ra_first_show(v, p, &(ra_first){ action, _("Enter an application"),
	    ra_first_has_terms(p) ? _("The applicant accepts the terms") :
	    _("Register"), field, wrong, put_seen }, given, errors);
}

void
ra_enter_first(ra_visit *v)
{
	const ra_profile *p = ra_first_profile(v);
	static const ra_form_errors none;
	tmg_auto(ra_answers) nothing = { 0 };

	if (p != NULL)
		show_first(v, p, &nothing, &none, "", "");
}

/* What the applicant takes home; a code that was mailed is not told here. */
static void
show_code(ra_visit *v, const char *title, const char *number, const char *code)
{
	ra_visit_head_of(v, _("Desk"), title);
	ra_put(&v->page, "<div class=\"panel\"><p>%s</p><p class=\"number\">%s</p>",
	    _("Application number"), number);
	if (code[0] != '\0')
		ra_put(&v->page, "<p>%s</p><p class=\"number code\">%s</p>",
		    _("Access code"), code);
	ra_put(&v->page, "</div>\n<p>%s</p>\n<p><a class=\"button\""
	    " href=\"/desk/case/%s\">%s</a></p>\n", code[0] != '\0' ?
	    _("Give both to the applicant: the access code is shown this once.") :
	    _("The access code was mailed to the applicant."), number,
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
	char name[RA_ACTOR_MAX], code[RA_CODE_MAX] = "";
	const ra_actor officer = ra_visit_officer(v, name);
	tmg_rc rc = errors == NULL ? TMG_E_NOMEM : ra_case_enter(v->desk, p,
	    &officer, v->officer.branch, hash, terms ? NULL : given, errors, &app,
	    code);

	if (rc == TMG_MISMATCH && errors->count > 0)
		show_first(v, p, given, errors, "", "");
	else if (rc)
		ra_visit_fault(v, rc);
	else
		show_code(v, _("The application is begun"), app.id,
		    terms ? code : "");
	explicit_bzero(code, sizeof(code));
}

void
ra_enter_begin(ra_visit *v)
{
	const ra_profile *p = ra_first_profile(v);
	static const ra_form_errors none;
	tmg_auto(ra_answers) given = { 0 };
	const char *hash;
	tmg_rc rc;

	if (p == NULL)
		return;
	if ((rc = ra_formview_given(v, p, &given)))
		ra_visit_fault(v, rc);
	else if (strcmp(ra_posted_get(&v->form, "seen"), "yes") != 0)
		show_first(v, p, &given, &none, "f-seen",
		    _("Only who shows his identity card can have an application entered: tick that you saw it."));
	else if (ra_first_unaccepted(v, p))
		show_first(v, p, &given, &none, "f-agree",
		    _("Tick the box if the applicant accepts the terms; without it there is no application."));
	else if ((rc = ra_first_agreed(v, p, &hash)) == TMG_MISMATCH)
		show_first(v, p, &given, &none, ra_first_field(p),
		    _(ra_first_changed));
	else if (rc)
		ra_visit_fault(v, rc);
	else
		begin(v, p, &given, hash);
}

/* ---- who it is ---- */

static void
show_identity(ra_visit *v, const ra_casefile *file, const char *number,
    const char *wrong)
{
	char path[PATH_TEXT];

	snprintf(path, sizeof(path), "/desk/case/%s/identity", file->app.id);
	v->refused = wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(file->profile, file->profile->title),
	    _("Identity of the applicant"));
	ra_formview_lack(v, "f-identity", wrong);
	ra_visit_form(v, path, false);
	ra_formview_line(v, &(ra_line){ "identity",
	    ra_said(file->profile, file->profile->identity.label),
	    "text", "off", number, wrong, "" });
	ra_put(&v->page, "<button>%s</button></form>\n",
	    ra_said(file->profile, file->profile->identity.button));
	ra_visit_foot(v, v->refused ? HTTP_BAD_REQUEST : HTTP_OK);
}

static bool
open_for(ra_visit *v, ra_casefile *file)
{
	if (!ra_casefile_open(v, v->call->label, file))
		return false;
	if (ra_casefile_may(file, RA_EV_IDENTIFY, RA_BY_SYSTEM))
		return true;
	ra_visit_say(v, HTTP_CONFLICT, _("This is not possible"),
	    _("Nobody is looked up at this step."));
	return false;
}

void
ra_enter_identity(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for(v, &file))
		show_identity(v, &file, "", "");
}

void
ra_enter_identify(ra_visit *v)
{
	const char *number = ra_posted_get(&v->form, "identity");
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	char after[PATH_TEXT];
	tmg_rc rc;

	if (!open_for(v, &file) ||
	    !ra_visit_count(v, &ra_limit_look_up, file.app.id))
		return;
	snprintf(after, sizeof(after), "/desk/case/%s/data", file.app.id);
	rc = ra_apply_ask(v, file.profile, file.app.id, number, &app);
	if (rc == TMG_OK)
		ra_visit_go(v, after);
	else if (rc == TMG_MISMATCH || rc == TMG_NOT_FOUND)
		show_identity(v, &file, number, v->desk->fault.text);
	else
		ra_visit_fault(v, rc);
}

/* ---- a new code ---- */

void
ra_enter_code(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	char name[RA_ACTOR_MAX], code[RA_CODE_MAX] = "";
	const ra_actor officer = ra_visit_officer(v, name);
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	if (strcmp(ra_posted_get(&v->form, "seen"), "yes") != 0) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("A code is given to whom it belongs: tick that you saw the identity card."));
		return;
	}
	if ((rc = ra_case_new_code(v->desk, file.app.id, &officer, &app, code)))
		ra_visit_fault(v, rc);
	else
		show_code(v, _("New access code"), app.id, code);
	explicit_bzero(code, sizeof(code));
}
