/* SPDX-License-Identifier: BSD-2-Clause */
/* Data that officers fill in for who came in person, or put right. */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/pages/apply.h"
#include "tools/ra/pages/counter.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

/* Filled in for who came in person, or put right. */
static ra_event
event_of(const ra_casefile *file)
{
	return ra_casefile_may(file, RA_EV_FILL, RA_BY_OFFICER) ? RA_EV_FILL :
	    RA_EV_CORRECT_DATA;
}

static void
show_data(ra_visit *v, const ra_casefile *file, const ra_answers *answers,
    const ra_form_errors *errors)
{
	const bool fills = event_of(file) == RA_EV_FILL;
	char path[64];

	snprintf(path, sizeof(path), "/desk/case/%s/data", file->app.id);
	v->refused = errors->count > 0;
	ra_visit_head_of(v, file->app.id, fills ? _("Fill in the form") :
	    _("Correct the data"));
	if (!fills)
		ra_put(&v->page, "<p class=\"note\">%s</p>\n",
		    _("Whatever the applicant agreed to and officers confirmed is void once the data is changed."));
	ra_formview_errors(v, file->profile, errors);
	ra_visit_form(v, path, false);
	ra_formview_fields(v, file->profile, "filled", answers, errors);
	ra_put(&v->page, "<button>%s</button></form>\n", fills ?
	    _("Continue") : _("Correct"));
	ra_visit_foot(v, errors->count > 0 ? HTTP_BAD_REQUEST : HTTP_OK);
}

void
ra_counter_correct(ra_visit *v)
{
	static const ra_form_errors none;
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (ra_casefile_open(v, v->call->label, &file))
		show_data(v, &file, &file.answers, &none);
}

void
ra_counter_correction(ra_visit *v)
{
	static const ra_form_errors none;
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_answers) given = { 0 };
	tmg_auto_free ra_form_errors *errors = calloc(1, sizeof(*errors));
	tmg_auto(ra_app) app = { .id = "" };
	char name[RA_ACTOR_MAX];
	const ra_actor officer = ra_visit_officer(v, name);
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	if (errors == NULL || ra_formview_given(v, file.profile, &given) ||
	    ra_apply_keep(&file, &given)) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("The answers are too long."));
		return;
	}
	if (ra_formview_unfinished(v, file.profile, &given)) {
		show_data(v, &file, &given, &none);
		return;
	}
	rc = ra_case_fill(v->desk, file.app.id, event_of(&file), &officer, &given,
	    errors, &app);
	if (rc == TMG_MISMATCH && errors->count > 0)
		show_data(v, &file, &given, errors);
	else if (rc)
		ra_visit_fault(v, rc);
	else
		ra_counter_carry_on(v, &app);
}
