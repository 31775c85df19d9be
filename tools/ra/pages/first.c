/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/first.h"

#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/formview.h"

bool
ra_first_has_terms(const ra_profile *p)
{
	return p->flow.line[0] == RA_AGREED;
}

bool
ra_first_unaccepted(const ra_visit *v, const ra_profile *p)
{
	return ra_first_has_terms(p) && p->consent.box[0] != '\0' &&
	    strcmp(ra_posted_get(&v->form, "agree"), "yes") != 0;
}

const ra_profile *
ra_first_profile(ra_visit *v)
{
	const ra_profile *p = ra_profiles_find(v->desk->profiles,
	    v->call->label);

	if (p != NULL && p->section[0] != '\0' &&
	    (p->flow.line[0] == RA_REGISTERED || ra_first_has_terms(p)))
		return p;
	ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
	    _("There is no such service here."));
	return NULL;
}

const char ra_first_changed[] =
    N_("The terms were changed meanwhile: read them again, as they are now.");

static void
put_terms(ra_visit *v, const ra_profile *p, const ra_terms *terms)
{
	ra_put(&v->page, "<pre class=\"terms\" id=\"f-terms\" tabindex=\"0\""
	    " role=\"region\" aria-label=\"%s\">%s</pre>\n", _("Agreement"),
	    terms->text);
	ra_put(&v->page, "<input type=\"hidden\" name=\"terms\" value=\"%s\">\n",
	    terms->hash);
	if (p->consent.box[0] != '\0')
		ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\""
		    " name=\"agree\" id=\"f-agree\" value=\"yes\" required>"
		    "<label for=\"f-agree\">%s</label></div>\n",
		    ra_said(p, p->consent.box));
}

const char *
ra_first_field(const ra_profile *p)
{
	return p->consent.box[0] != '\0' ? "f-agree" : "f-terms";
}

tmg_rc
ra_first_agreed(ra_visit *v, const ra_profile *p, const char **hash)
{
	const bool asked = ra_first_has_terms(p);

	*hash = asked ? ra_posted_get(&v->form, "terms") : "";
	return asked ? ra_terms_match(v->desk, p, *hash) : TMG_OK;
}

void
ra_first_show(ra_visit *v, const ra_profile *p, const ra_first *first,
    const ra_answers *given, const ra_form_errors *errors)
{
	const bool terms = ra_first_has_terms(p);
	tmg_auto(ra_terms) text = { .text = NULL };
	tmg_rc rc;

	if (terms && (rc = ra_terms_read(v->desk, p, &text))) {
		ra_visit_fault(v, rc);
		return;
	}
	v->refused = errors->count > 0 || first->wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(p, p->title), first->head);
	ra_formview_errors(v, p, errors);
	ra_formview_lack(v, first->field, first->wrong);
	ra_visit_form(v, first->action, false);
	first->put(v);
	if (terms)
		put_terms(v, p, &text);
	else
		ra_formview_fields(v, p, "registered", given, errors);
	ra_put(&v->page, "<button>%s</button></form>\n", first->button);
	ra_visit_foot(v, v->refused ? HTTP_BAD_REQUEST : HTTP_OK);
}
