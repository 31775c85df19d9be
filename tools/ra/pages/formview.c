/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/formview.h"

#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/carriers.h"

#define CITIES_OF "cities-of"	/* the region whose cities the page offered */
#define LIST "list"		/* the button that asks for them */

/* ---- what is wrong ---- */

/* Of a field the profile's word, of our own question ours. */
static const char *
label_of(const ra_profile *profile, const ra_input *input)
{
	const char *said = ra_said_or_null(profile, input->label);

	return said != NULL ? said : _(input->label);
}

void
ra_formview_errors(ra_visit *v, const ra_profile *profile,
    const ra_form_errors *errors)
{
	ra_page *p = &v->page;

	if (errors->count == 0)
		return;
	ra_put(p, "<div class=\"summary\" role=\"alert\"><h2>%s</h2><ul>\n",
	    _("Please correct this"));
	for (size_t i = 0; i < errors->count; i++) {
		const ra_input *input = errors->row[i].input;
		const char *text = errors->row[i].text;
		const char *label = label_of(profile, input);
		const bool named = strncmp(text, label, strlen(label)) == 0;

		ra_put(p, "<li><a href=\"#f-%s\">%s%s%s</a></li>\n", input->name,
		    named ? "" : label, named ? "" : ": ", text);
	}
	ra_put(p, "</ul></div>\n");
}

void
ra_formview_lack(ra_visit *v, const char *id, const char *text)
{
	if (text[0] != '\0')
		ra_put(&v->page, "<div class=\"summary\" role=\"alert\"><h2>%s</h2>"
		    "<ul><li><a href=\"#%s\">%s</a></li></ul></div>\n",
		    _("Please correct this"), id, text);
}

const char *
ra_formview_wrong(const ra_form_errors *errors, const char *name)
{
	for (size_t i = 0; i < errors->count; i++)
		if (strcmp(errors->row[i].input->name, name) == 0)
			return errors->row[i].text;
	return "";
}

/* ---- one field ---- */

/* How fields of a kind are typed, and an example where the profile has none. */
static const struct look {
	const char *kind, *type, *autocomplete, *class, *example;
} looks[] = {
	{ "email", "email", "email", "", N_("For example name@example.org") },
	{ "mobile", "tel", "tel", "middle", N_("For example +994 50 123 45 67") },
	{ "phone", "tel", "tel", "middle", N_("For example +7 700 123 45 67") },
	{ "country", "text", "country", "short",
	    N_("Two capital letters, for example KZ") },
	{ "date", "text", "off", "middle", N_("For example 1990-12-31") },
	{ "dns", "text", "off", "", N_("For example www.example.org") },
	{ "", "text", "off", "", "" },		/* all others */
};

/* What browsers know of a person by heart (WCAG 1.3.5). */
static const struct {
	const char *name, *autocomplete;
} known[] = {
	{ "fullname", "name" },
	{ "surname", "family-name" },
	{ "given", "given-name" },
	{ "birth", "bday" },
	{ "organisation", "organization" },
};

static const struct look *
look_of(const ra_input *input)
{
	size_t i = 0;

	while (looks[i].kind[0] != '\0' && strcmp(looks[i].kind, input->kind) != 0)
		i++;
	return &looks[i];
}

static const char *
autocomplete_of(const ra_input *input)
{
	for (size_t i = 0; i < TMG_COUNT(known); i++)
		if (strcmp(known[i].name, input->name) == 0)
			return known[i].autocomplete;
	return look_of(input)->autocomplete;
}

static const char *
hint_of(const ra_input *input)
{
	const char *example = look_of(input)->example;

	return input->hint[0] != '\0' || example[0] == '\0' ? input->hint :
	    _(example);
}

/* What stands between the label and the field. */
static void
put_about(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const char *wrong)
{
	ra_page *p = &v->page;

	if (hint_of(input)[0] != '\0')
		ra_put(p, "<p class=\"hint\" id=\"h-%s\">%s</p>", input->name,
		    ra_said(profile, hint_of(input)));
	if (input->warning[0] != '\0')
		ra_put(p, "<p class=\"note\" id=\"w-%s\">%s</p>", input->name,
		    ra_said(profile, input->warning));
	if (wrong[0] != '\0')
		ra_put(p, "<p class=\"wrong\" id=\"e-%s\">%s</p>", input->name, wrong);
}

static void
put_described(ra_visit *v, const ra_input *input, const char *wrong)
{
	const struct {
		const char *prefix, *text;
	} parts[] = { { "h", hint_of(input) }, { "w", input->warning },
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

static void
put_input(ra_visit *v, const ra_input *input, const char *value,
    const char *wrong, bool locked)
{
	ra_page *p = &v->page;
	const struct look *look = look_of(input);

	ra_put(p, "<input type=\"%s\" class=\"%s\" autocomplete=\"%s\" value=\"%s\"",
	    look->type, look->class, autocomplete_of(input), value);
	put_attributes(v, input, wrong);
	ra_put(p, locked ? " readonly>" : ">");
}

static void
put_option(ra_visit *v, const ra_profile *profile, const char *word,
    const char *value)
{
	ra_put(&v->page, strcmp(word, value) == 0 ?
	    "<option value=\"%s\" selected>%s</option>" :
	    "<option value=\"%s\">%s</option>", word, ra_said(profile, word));
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

static const ra_input *
city_of(const ra_profile *profile)
{
	for (size_t i = 0; i < profile->input_count; i++)
		if (strcmp(profile->input[i].kind, "city") == 0)
			return &profile->input[i];
	return NULL;
}

/* Asks for the second list, whatever else is filled in by now. */
static void
put_list_button(ra_visit *v, const ra_profile *profile)
{
	const ra_input *city = city_of(profile);

	if (city != NULL)
		ra_put(&v->page, "<button class=\"plain small\" name=\"" LIST
		    "\" value=\"yes\" formnovalidate formaction=\"#f-%s\">%s"
		    "</button>", city->name, _("Show what is offered there"));
}

static void
put_regions(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const char *value, const char *wrong)
{
	begin_select(v, input, wrong);
	for (size_t i = 0; i < profile->branch_count; i++)
		if (is_first_of_region(profile, i))
			put_option(v, profile, profile->branch[i].region, value);
	ra_put(&v->page, "</select>");
	put_list_button(v, profile);
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
		ra_put(&v->page, "<p class=\"hint\" id=\"f-%s\" tabindex=\"-1\">%s</p>",
		    input->name, _("Offered once the region is chosen."));
		return;
	}
	begin_select(v, input, wrong);
	for (size_t i = 0; i < profile->branch_count; i++)
		if (strcmp(profile->branch[i].region, region) == 0)
			put_option(v, profile, profile->branch[i].city,
			    ra_answers_get(answers, input->name));
	ra_put(&v->page, "</select>");
}

static void
put_choice(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const char *value, const char *wrong)
{
	begin_select(v, input, wrong);
	for (size_t i = 0; i < input->options.count; i++)
		put_option(v, profile, input->options.word[i], value);
	ra_put(&v->page, "</select>");
}

/* A list that is not offered yet is no field that a label could be for. */
static void
put_label(ra_visit *v, const ra_profile *profile, const ra_input *input,
    bool offered)
{
	const char *label = ra_said(profile, input->label);

	if (!offered)
		ra_put(&v->page, "<p class=\"label\">%s</p>", label);
	else
		ra_put(&v->page, input->required ? "<label for=\"f-%s\">%s</label>" :
		    "<label for=\"f-%s\">%s (%s)</label>", input->name, label,
		    _("optional"));
}

static void
put_field(ra_visit *v, const ra_profile *profile, const ra_input *input,
    const ra_answers *answers, const ra_form_errors *errors)
{
	const char *value = ra_answers_get(answers, input->name);
	const char *wrong = ra_formview_wrong(errors, input->name);
	const bool locked = profile->identity.locked &&
	    ra_words_have(&profile->identity.fills, input->name);

	ra_put(&v->page, wrong[0] != '\0' ? "<div class=\"field bad\">" :
	    "<div class=\"field\">");
	put_label(v, profile, input, strcmp(input->kind, "city") != 0 ||
	    region_in(profile, answers)[0] != '\0');
	put_about(v, profile, input, wrong);
	if (strcmp(input->kind, "region") == 0)
		put_regions(v, profile, input, value, wrong);
	else if (strcmp(input->kind, "city") == 0)
		put_cities(v, profile, input, answers, wrong);
	else if (strcmp(input->kind, "choice") == 0)
		put_choice(v, profile, input, value, wrong);
	else
		put_input(v, input, value, wrong, locked);
	ra_put(&v->page, "</div>\n");
}

/* What a line of our own is described by. */
static void
put_line_described(ra_visit *v, const ra_line *line)
{
	const bool wrong = line->wrong[0] != '\0';

	if (wrong && line->hint[0] != '\0')
		ra_put(&v->page, " aria-invalid=\"true\" aria-describedby=\"h-%s e-%s\"",
		    line->name, line->name);
	else if (wrong)
		ra_put(&v->page, " aria-invalid=\"true\" aria-describedby=\"e-%s\"",
		    line->name);
	else if (line->hint[0] != '\0')
		ra_put(&v->page, " aria-describedby=\"h-%s\"", line->name);
}

void
ra_formview_line(ra_visit *v, const ra_line *line)
{
	ra_page *p = &v->page;

	ra_put(p, "<div class=\"%s\"><label for=\"f-%s\">%s</label>",
	    line->wrong[0] != '\0' ? "field bad" : "field", line->name, line->label);
	if (line->hint[0] != '\0')
		ra_put(p, "<p class=\"hint\" id=\"h-%s\">%s</p>", line->name,
		    line->hint);
	if (line->wrong[0] != '\0')
		ra_put(p, "<p class=\"wrong\" id=\"e-%s\">%s</p>", line->name,
		    line->wrong);
	ra_put(p, "<input type=\"%s\" id=\"f-%s\" name=\"%s\" autocomplete=\"%s\""
	    " value=\"%s\" required", line->type, line->name, line->name,
	    line->autocomplete, line->value);
	put_line_described(v, line);
	ra_put(p, "></div>\n");
}

void
ra_formview_fields(ra_visit *v, const ra_profile *profile, const char *step,
    const ra_answers *answers, const ra_form_errors *errors)
{
	for (size_t i = 0; i < profile->input_count; i++)
		if (strcmp(profile->input[i].step, step) == 0)
			put_field(v, profile, &profile->input[i], answers, errors);
	if (strcmp(step, "filled") == 0)
		ra_carriers_put(v, profile, answers, errors);
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

	return ra_posted_get(&v->form, LIST)[0] != '\0' || (region[0] != '\0' &&
	    strcmp(region, ra_posted_get(&v->form, CITIES_OF)) != 0);
}
