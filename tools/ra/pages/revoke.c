/* SPDX-License-Identifier: BSD-2-Clause */
/* Revoking a certificate, by the applicant and by an officer: what cannot be
 * undone has a page of its own. */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/pages/casefile.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

#define PATH_MAX_TEXT 96

/* Who revokes what: the form's address, where it goes on, under which name. */
struct who {
	unsigned by;
	const char *number;
	char name[RA_ACTOR_MAX];
	char form[PATH_MAX_TEXT];
	char after[PATH_MAX_TEXT];
};

/* Both doors have this page; the address says which one it was. */
static struct who
who_of(const ra_visit *v)
{
	struct who w = { RA_BY_APPLICANT, v->number, "applicant", "/my/revoke",
		"/my" };

	if (strncmp(v->call->path, "/desk/", 6) != 0)
		return w;
	w.number = v->call->label;
	w.by = ra_visit_officer(v, w.name).by;
	snprintf(w.after, sizeof(w.after), "/desk/case/%s", w.number);
	snprintf(w.form, sizeof(w.form), "/desk/case/%s/revoke", w.number);
	return w;
}

static bool
open_for(ra_visit *v, const struct who *w, ra_casefile *file)
{
	if (!ra_casefile_open(v, w->number, file))
		return false;
	if (ra_casefile_may(file, RA_EV_REVOKE, w->by))
		return true;
	ra_visit_say(v, HTTP_CONFLICT, _("This is not possible"),
	    _("There is no certificate in force that could be revoked."));
	return false;
}

static void
put_reasons(ra_visit *v, const char *chosen)
{
	const char *label;

	ra_put(&v->page, "<div class=\"field\"><label for=\"f-why\">%s</label>"
	    "<select id=\"f-why\" name=\"why\" required>", _("Reason"));
	ra_put(&v->page, "<option value=\"\">%s</option>", _("choose one"));
	for (size_t i = 0; i < ra_reason_count; i++) {
		const char *name = ra_reason_at(i, &label);

		ra_put(&v->page, strcmp(name, chosen) == 0 ?
		    "<option value=\"%s\" selected>%s</option>" :
		    "<option value=\"%s\">%s</option>", name, _(label));
	}
	ra_put(&v->page, "</select></div>\n");
}

/* field: what is wrong, "" nothing is. */
static void
show(ra_visit *v, const struct who *w, const ra_casefile *file,
    const char *field, const char *wrong)
{
	v->refused = wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(file->profile, file->profile->title),
	    _("Revoke the certificate"));
	ra_formview_lack(v, field, wrong);
	ra_put(&v->page, "<div class=\"panel\"><p>%s</p><p class=\"number\">%s</p></div>\n",
	    _("Application number"), file->app.id);
	ra_casefile_certificate(v, file);
	ra_put(&v->page, "<p class=\"note\">%s</p>\n",
	    _("A revoked certificate is never valid again, and stands on the revocation list at once. One that may be found again can be suspended."));
	ra_visit_form(v, w->form, false);
	put_reasons(v, ra_posted_get(&v->form, "why"));
	ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\" id=\"f-sure\""
	    " name=\"sure\" value=\"yes\" required><label for=\"f-sure\">%s</label>"
	    "</div>\n<button class=\"risk\">%s</button></form>\n"
	    "<p><a href=\"%s\">%s</a></p>\n", _("I know that this cannot be undone"),
	    _("Revoke the certificate"), w->after, _("Back, change nothing"));
	ra_visit_foot(v, wrong[0] != '\0' ? HTTP_BAD_REQUEST : HTTP_OK);
}

static void
revoke_it(ra_visit *v, const struct who *w, const ra_casefile *file)
{
	const ra_actor actor = { w->by, w->name };
	tmg_auto(ra_cert) cert = { .der = NULL };
	int reason = 0;
	tmg_rc rc;

	if (ra_reason_parse(ra_posted_get(&v->form, "why"), &reason)) {
		show(v, w, file, "f-why", _("Choose a reason."));
		return;
	}
	if (strcmp(ra_posted_get(&v->form, "sure"), "yes") != 0) {
		show(v, w, file, "f-sure",
		    _("Tick the box: a revocation cannot be undone."));
		return;
	}
	rc = ra_desk_revoke(v->desk, file->app.id, reason, &actor, &cert);
	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, w->after);
}

void
ra_revoke_page(ra_visit *v)
{
	const struct who w = who_of(v);
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for(v, &w, &file))
		show(v, &w, &file, "", "");
}

void
ra_revoke_post(ra_visit *v)
{
	const struct who w = who_of(v);
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for(v, &w, &file))
		revoke_it(v, &w, &file);
}
