/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/formview.h"

#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

#define CITIES_OF "cities-of"	/* the region whose cities the page offered */

/* ---- what is wrong ---- */

void
ra_formview_errors(ra_visit *v, const ra_form_errors *errors)
{
	ra_page *p = &v->page;

	if (errors->count == 0)
		return;
	ra_put(p, "<div class=\"summary\" role=\"alert\"><h2>%s</h2><ul>\n",
	    _("Please correct this"));
	for (size_t i = 0; i < errors->count; i++) {
		const ra_input *input = errors->row[i].input;
		const char *text = errors->row[i].text;
		const bool named = strncmp(text, input->label,
		    strlen(input->label)) == 0;

		ra_put(p, "<li><a href=\"#f-%s\">%s%s%s</a></li>\n", input->name,
		    named ? "" : _(input->label), named ? "" : ": ", text);
	}
	ra_put(p, "</ul></div>\n");
}

static const char *
wrong_with(const ra_form_errors *errors, const char *name)
{
	for (size_t i = 0; i < errors->count; i++)
		if (strcmp(errors->row[i].input->name, name) == 0)
			return errors->row[i].text;
	return "";
}

/* ---- one field ---- */

static void
put_about(ra_visit *v, const ra_input *input, const char *wrong)
{
	ra_page *p = &v->page;

	if (input->hint[0] != '\0')
		ra_put(p, "<p class=\"hint\" id=\"h-%s\">%s</p>", input->name,
		    input->hint);
	if (input->warning[0] != '\0')
		ra_put(p, "<p class=\"note\" id=\"w-%s\">%s</p>", input->name,
		    input->warning);
	if (wrong[0] != '\0')
		ra_put(p, "<p class=\"wrong\" id=\"e-%s\">%s</p>", input->name, wrong);
}

/* Of what stands between the label and the field, what is there. */
static void
put_described(ra_visit *v, const ra_input *input, const char *wrong)
{
	const struct {
		const char *prefix, *text;
	} parts[] = { { "h", input->hint }, { "w", input->warning },
		{ "e", wrong } };
	bool any = false;

	for (size_t i = 0; i < TMG_COUNT(parts); i++) {
		if (parts[i].text[0] == '\0')
			continue;
		ra_put(&v->page, any ? " %s-%s" : " aria-describedby=\"%s-%s",
		    parts[i].prefix, input->name);
		any = true;
	}
	if (any)
		ra_put(&v->page, "\"");
}

/* The attributes that all kinds of field have. */
static void
put_attributes(ra_visit *v, const ra_input *input, const char *wrong)
{
	ra_page *p = &v->page;

	ra_put(p, " id=\"f-%s\" name=\"%s\"", input->name, input->name);
	put_described(v, input, wrong);
	if (wrong[0] != '\0')
		ra_put(p, " aria-invalid=\"true\"");
	if (input->required)
		ra_put(p, " required");
}

static const struct {
	const char *kind, *type, *autocomplete;
} types[] = {
	{ "email", "email", "email" },
	{ "phone", "tel", "tel" },
	{ "country", "text", "country" },
	{ "", "text", "off" },		/* all others */
};

static void
put_input(ra_visit *v, const ra_input *input, const char *value,
    const char *wrong, bool locked)
{
	ra_page *p = &v->page;
	size_t i = 0;

	while (types[i].kind[0] != '\0' && strcmp(types[i].kind, input->kind) != 0)
		i++;
	ra_put(p, "<input type=\"%s\" autocomplete=\"%s\" value=\"%s\"",
	    types[i].type, types[i].autocomplete, value);
	put_attributes(v, input, wrong);
	ra_put(p, locked ? " readonly>" : ">");
}

static void
put_option(ra_visit *v, const char *word, const char *value)
{
	ra_put(&v->page, strcmp(word, value) == 0 ?
	    "<option value=\"%s\" selected>%s</option>" :
	    "<option value=\"%s\">%s</option>", word, word);
}

static void
begin_select(ra_visit *v, const ra_input *input, const char *wrong)
{
	ra_put(&v->page, "<select");
	put_attributes(v, input, wrong);
	ra_put(&v->page, "><option value=\"\">%s</option>", _("Choose one"));
}

static bool
is_first_of_region(const ra_profile *profile, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(profile->branch[i].region,
		    profile->branch[at].region) == 0)
			return false;
	return true;
}

static void
put_regions(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const char *value, const char *wrong)
{
	begin_select(v, input, wrong);
	for (size_t i = 0; i < profile->branch_count; i++)
		if (is_first_of_region(profile, i))
			put_option(v, profile->branch[i].region, value);
	ra_put(&v->page, "</select>");
}

static const char *
region_in(const ra_profile *profile, const ra_answers *answers)
{
	for (size_t i = 0; i < profile->input_count; i++)
		if (strcmp(profile->input[i].kind, "region") == 0)
			return ra_answers_get(answers, profile->input[i].name);
	return "";
}

static void
put_cities(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const ra_answers *answers, const char *wrong)
{
	const char *region = region_in(profile, answers);

	ra_put(&v->page, "<input type=\"hidden\" name=\"" CITIES_OF
	    "\" value=\"%s\">", region);
	if (region[0] == '\0') {
		ra_put(&v->page, "<p class=\"hint\" id=\"f-%s\">%s</p>", input->name,
		    _("Offered in the next step, once the region is chosen."));
		return;
	}
	begin_select(v, input, wrong);
	for (size_t i = 0; i < profile->branch_count; i++)
		if (strcmp(profile->branch[i].region, region) == 0)
			put_option(v, profile->branch[i].city,
			    ra_answers_get(answers, input->name));
	ra_put(&v->page, "</select>");
}

static void
put_choice(ra_visit *v, const ra_input *input, const char *value,
    const char *wrong)
{
	begin_select(v, input, wrong);
	for (size_t i = 0; i < input->options.count; i++)
		put_option(v, input->options.word[i], value);
	ra_put(&v->page, "</select>");
}

static void
put_label(ra_visit *v, const ra_input *input)
{
	ra_put(&v->page, input->required ? "<label for=\"f-%s\">%s</label>" :
	    "<label for=\"f-%s\">%s (%s)</label>", input->name, input->label,
	    _("optional"));
}

static void
put_field(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const ra_answers *answers, const ra_form_errors *errors)
{
	const char *value = ra_answers_get(answers, input->name);
	const char *wrong = wrong_with(errors, input->name);
	const bool locked = profile->identity.locked &&
	    ra_words_have(&profile->identity.fills, input->name);

	ra_put(&v->page, "<div class=\"field\">");
	put_label(v, input);
	put_about(v, input, wrong);
	if (strcmp(input->kind, "region") == 0)
		put_regions(v, profile, input, value, wrong);
	else if (strcmp(input->kind, "city") == 0)
		put_cities(v, profile, input, answers, wrong);
	else if (strcmp(input->kind, "choice") == 0)
		put_choice(v, input, value, wrong);
	else
		put_input(v, input, value, wrong, locked);
	ra_put(&v->page, "</div>\n");
}

void
ra_formview_line(ra_visit *v, const ra_line *line)
{
	ra_page *p = &v->page;

	ra_put(p, "<div class=\"field\"><label for=\"f-%s\">%s</label>",
	    line->name, line->label);
	if (line->wrong[0] != '\0')
		ra_put(p, "<p class=\"wrong\" id=\"e-%s\">%s</p>", line->name,
		    line->wrong);
	ra_put(p, "<input type=\"%s\" id=\"f-%s\" name=\"%s\" autocomplete=\"%s\""
	    " value=\"%s\" required", line->type, line->name, line->name,
	    line->autocomplete, line->value);
	if (line->wrong[0] != '\0')
		ra_put(p, " aria-invalid=\"true\" aria-describedby=\"e-%s\"",
		    line->name);
	ra_put(p, "></div>\n");
}

/* ---- carriers ---- */

static void
put_extra(ra_visit *v, const ra_carrier *c, const char *currency,
    const ra_answers *answers)
{
	const bool ticked = c->extra[0] != '\0' &&
	    strcmp(ra_answers_get(answers, "carrier.extra"), c->extra) == 0;

	if (c->extra[0] == '\0')
		return;
	ra_put(&v->page, "<div class=\"choice\"><input type=\"checkbox\""
	    " name=\"carrier.extra\" id=\"x-%s\" value=\"%s\"", c->name, c->extra);
	ra_put(&v->page, ticked ? " checked>" : ">");
	ra_put(&v->page, "<label for=\"x-%s\">%s: %s", c->name, c->label, c->extra);
	if (c->extra_price[0] != '\0')
		ra_put(&v->page, " — %s %s", c->extra_price, currency);
	ra_put(&v->page, "</label></div>\n");
}

static void
put_carrier(ra_visit *v, const ra_carrier *c, const char *currency,
    const ra_answers *answers, bool first)
{
	ra_page *p = &v->page;
	const bool chosen = strcmp(ra_answers_get(answers, "carrier"), c->name) == 0;

	ra_put(p, "<div class=\"choice\"><input type=\"radio\" name=\"carrier\""
	    " required id=\"%s%s\" value=\"%s\"", first ? "f-" : "c-",
	    first ? "carrier" : c->name, c->name);
	ra_put(p, chosen ? " checked>" : ">");
	ra_put(p, "<label for=\"%s%s\">%s", first ? "f-" : "c-",
	    first ? "carrier" : c->name, c->label);
	if (c->certification[0] != '\0')
		ra_put(p, " — %s", c->certification);
	if (c->validity_days > 0)
		ra_put(p, " — %s: %d", _("days of validity"), c->validity_days);
	if (c->price[0] != '\0')
		ra_put(p, " — %s %s", c->price, currency);
	ra_put(p, "</label></div>\n");
	if (c->warning[0] != '\0')
		ra_put(p, "<p class=\"note\">%s</p>\n", c->warning);
	put_extra(v, c, currency, answers);
}

static void
put_carriers(ra_visit *v, const ra_profile *profile, const ra_answers *answers,
    const ra_form_errors *errors)
{
	const char *wrong = wrong_with(errors, "carrier");

	if (profile->carrier_count == 0)
		return;
	ra_put(&v->page, "<fieldset><legend>%s</legend>\n",
	    _("Where the key is kept"));
	if (wrong[0] != '\0')
		ra_put(&v->page, "<p class=\"wrong\">%s</p>", wrong);
	for (size_t i = 0; i < profile->carrier_count; i++)
		put_carrier(v, &profile->carrier[i], profile->payment.currency,
		    answers, i == 0);
	ra_put(&v->page, "</fieldset>\n");
}

void
ra_formview_fields(ra_visit *v, const ra_profile *profile, const char *step,
    const ra_answers *answers, const ra_form_errors *errors)
{
	for (size_t i = 0; i < profile->input_count; i++)
		if (strcmp(profile->input[i].step, step) == 0)
			put_field(v, profile, &profile->input[i], answers, errors);
	if (strcmp(step, "filled") == 0)
		put_carriers(v, profile, answers, errors);
}

/* ---- what was sent ---- */

tmg_rc
ra_formview_given(const ra_visit *v, const ra_profile *profile,
    ra_answers *given)
{
	static const char *const more[] = { "carrier", "carrier.extra" };
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < profile->input_count && rc == TMG_OK; i++)
		rc = ra_answers_set(given, profile->input[i].name,
		    ra_posted_get(&v->form, profile->input[i].name));
	for (size_t i = 0; i < TMG_COUNT(more) && rc == TMG_OK; i++)
		rc = ra_answers_set(given, more[i], ra_posted_get(&v->form, more[i]));
	return rc;
}

bool
ra_formview_unfinished(const ra_visit *v, const ra_profile *profile,
    const ra_answers *given)
{
	const char *region = region_in(profile, given);

	return region[0] != '\0' &&
	    strcmp(region, ra_posted_get(&v->form, CITIES_OF)) != 0;
}
