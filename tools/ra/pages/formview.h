/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile's form on a page.
 */
#ifndef RA_FORMVIEW_H
#define RA_FORMVIEW_H

#include "tools/ra/form/form.h"
#include "tools/ra/pages/visit.h"

/* All that is wrong, each a link to its field; nothing where nothing is. */
void
ra_formview_errors(ra_visit *visit, const ra_profile *profile,
    const ra_form_errors *errors);

/* The same for one thing that is wrong, "" none, with the field of that id. */
void
ra_formview_lack(ra_visit *visit, const char *id, const char *text);

/* What is wrong with the field of that name; "" nothing. */
const char *
ra_formview_wrong(const ra_form_errors *errors, const char *name);

/* The fields of a step with what was answered, the carriers with those of
 * "filled".  Of a list that depends on another one the second is offered once
 * the first is chosen. */
void
ra_formview_fields(ra_visit *visit, const ra_profile *profile, const char *step,
    const ra_answers *answers, const ra_form_errors *errors);

/* One line that is not of the profile.  type: of HTML's input. */
typedef struct ra_line {
	const char *name;
	const char *label;
	const char *type;
	const char *autocomplete;
	const char *value;
	const char *wrong;		/* "" nothing is */
	const char *hint;		/* "" none */
} ra_line;

void
ra_formview_line(ra_visit *visit, const ra_line *line);

/* What was sent of a step's form. */
TMG_MUST_USE tmg_rc
ra_formview_given(const ra_visit *visit, const ra_profile *profile,
    ra_answers *given);

/* Whether the second list still has to be offered: the first one was changed,
 * or the list was asked for. */
bool
ra_formview_unfinished(const ra_visit *visit, const ra_profile *profile,
    const ra_answers *given);

#endif
