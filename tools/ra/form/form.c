/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/form/form.h"

#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/input.h"

static void
add_error(ra_form_errors *errors, const ra_input *input, const char *text)
{
	if (errors->count == RA_INPUTS_MAX)
		return;
	errors->row[errors->count].input = input;
	snprintf(errors->row[errors->count].text, RA_PROSE_MAX, "%s", text);
	errors->count++;
}

static bool
is_locked(const ra_profile *p, const ra_input *input)
{
	return p->identity.locked && ra_words_have(&p->identity.fills, input->name);
}

static bool
is_in(const ra_input *input, const char *step)
{
	return strcmp(input->step, step) == 0;
}

static const ra_input *
of_kind(const ra_profile *p, const char *kind)
{
	for (size_t i = 0; i < p->input_count; i++)
		if (strcmp(p->input[i].kind, kind) == 0)
			return &p->input[i];
	return NULL;
}

static const char *
answer_to(const ra_profile *p, const char *kind, const ra_answers *answers)
{
	const ra_input *input = of_kind(p, kind);

	return input != NULL ? ra_answers_get(answers, input->name) : "";
}

tmg_rc
ra_form_branch(const ra_profile *p, const ra_answers *answers,
    const ra_branch **branch)
{
	return ra_branch_find(p, answer_to(p, "region", answers),
	    answer_to(p, "city", answers), branch);
}

static bool
has_region(const ra_profile *p, const char *region)
{
	for (size_t i = 0; i < p->branch_count; i++)
		if (strcmp(p->branch[i].region, region) == 0)
			return true;
	return false;
}

static bool
was_given(const ra_input *input, const char *step, const ra_answers *given)
{
	return input != NULL && is_in(input, step) &&
	    ra_answers_get(given, input->name)[0] != '\0';
}

/* The second list depends on the first: nothing is in a region that there is
 * not. */
static void
check_branch(const ra_profile *p, const char *step, const ra_answers *given,
    ra_form_errors *errors)
{
	const ra_input *region = of_kind(p, "region"), *city = of_kind(p, "city");
	const ra_branch *branch;

	if (was_given(region, step, given) &&
	    !has_region(p, ra_answers_get(given, region->name)))
		add_error(errors, region, _("choose one from the list"));
	else if (was_given(city, step, given) && ra_form_branch(p, given, &branch))
		add_error(errors, city, _("choose one that is in the region"));
}

static void
check_one(const ra_profile *p, const ra_input *input, const char *value,
    ra_form_errors *errors)
{
	tmg_fault f = { .rc = TMG_OK };

	if (ra_input_check(input, ra_said(p, input->label), value, &f))
		add_error(errors, input, f.text);
}

/* ---- where the key is kept ---- */

static const ra_input carrier_input = { .name = "carrier",
	.label = N_("Carrier"), .kind = "choice", .step = "filled", .required = true };

static bool
was_asked(const ra_answers *given, const char *name)
{
	for (size_t i = 0; i < given->count; i++)
		if (strcmp(given->row[i].name, name) == 0)
			return true;
	return false;
}

/* With a carrier only what is offered with it can be ordered.  A program that
 * knows the token already does not ask for it. */
static void
check_carrier(const ra_profile *p, const char *step, const ra_answers *given,
    ra_form_errors *errors)
{
	const char *extra = ra_answers_get(given, "carrier.extra");
	const ra_carrier *c;

	if (p->carrier_count == 0 || !is_in(&carrier_input, step) ||
	    !was_asked(given, "carrier"))
		return;
	c = ra_profile_carrier(p, ra_answers_get(given, "carrier"));
	if (c == NULL)
		add_error(errors, &carrier_input, _("choose where the key is kept"));
	else if (extra[0] != '\0' && strcmp(extra, c->extra) != 0)
		add_error(errors, &carrier_input,
		    _("this cannot be ordered with the carrier chosen"));
}

/* What is answered of carriers. */
static const char *const carrier_names[] = { "carrier", "carrier.extra" };

bool
ra_form_has(const ra_profile *p, const char *name)
{
	for (size_t i = 0; i < p->input_count; i++)
		if (strcmp(p->input[i].name, name) == 0)
			return true;
	for (size_t i = 0; p->carrier_count > 0 && i < TMG_COUNT(carrier_names); i++)
		if (strcmp(carrier_names[i], name) == 0)
			return true;
	return false;
}

static tmg_rc
keep_carrier(const ra_profile *p, const char *step, const ra_answers *given,
    ra_answers *answers)
{
	tmg_rc rc = TMG_OK;

	if (p->carrier_count == 0 || !is_in(&carrier_input, step))
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(carrier_names) && rc == TMG_OK; i++)
		rc = ra_answers_set(answers, carrier_names[i],
		    ra_answers_get(given, carrier_names[i]));
	return rc;
}

tmg_rc
ra_form_take(const ra_profile *p, const char *step, const ra_answers *given,
    ra_answers *answers, ra_form_errors *errors)
{
	tmg_rc rc = TMG_OK;

	errors->count = 0;
	for (size_t i = 0; i < p->input_count; i++) {
		const ra_input *input = &p->input[i];

		if (is_in(input, step))
			check_one(p, input, ra_answers_get(is_locked(p, input) ?
			    answers : given, input->name), errors);
	}
	check_branch(p, step, given, errors);
	check_carrier(p, step, given, errors);
	if (errors->count > 0)
		return TMG_MISMATCH;
	for (size_t i = 0; i < p->input_count && rc == TMG_OK; i++)
		if (is_in(&p->input[i], step) && !is_locked(p, &p->input[i]))
			rc = ra_answers_set(answers, p->input[i].name,
			    ra_answers_get(given, p->input[i].name));
	if (rc == TMG_OK)
		rc = keep_carrier(p, step, given, answers);
	return rc == TMG_MISMATCH ? TMG_E_SPACE : rc;
}
