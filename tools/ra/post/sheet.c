/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/deadline.h"
#include "tools/ra/desk/terms.h"
#include "tools/ra/form/answers.h"
#include "tools/ra/form/contents.h"
#include "tools/ra/form/form.h"
#include "tools/ra/profile/language.h"

#define SHORT_TEXT 512

void
ra_sheet_release(ra_sheet *sheet)
{
	for (size_t i = 0; i < sheet->count; i++)
		free(sheet->row[i].text);
	sheet->count = 0;
}

void
ra_printed_release(ra_printed *printed)
{
	free(printed->bytes);
	printed->bytes = NULL;
}

/* ---- rows ---- */

static tmg_rc
add(ra_sheet *s, ra_sheet_kind kind, const char *label, const char *text)
{
	char *copy;

	if (s->count == RA_SHEET_ROWS)
		return TMG_E_SPACE;
	if ((copy = strdup(text)) == NULL)
		return TMG_E_NOMEM;
	s->row[s->count].kind = kind;
	snprintf(s->row[s->count].label, RA_TEXT_MAX, "%s", label);
	s->row[s->count++].text = copy;
	return TMG_OK;
}

static tmg_rc
add_pair(ra_sheet *s, const char *label, const char *text)
{
	return text[0] == '\0' ? TMG_OK : add(s, RA_SHEET_PAIR, label, text);
}

/* ---- what stands on it ---- */

static tmg_rc
add_application(ra_sheet *s, const ra_profile *p, const ra_app *app)
{
	char date[RA_DAY_TEXT];
	tmg_rc rc;

	ra_day_text(app->created, date);
	if ((rc = add_pair(s, _("Application number"), app->id)) ||
	    (rc = add_pair(s, _("Begun on"), date)))
		return rc;
	return add_pair(s, _("Application status"), ra_profile_status(p, app->state));
}

static tmg_rc
add_answers(ra_sheet *s, const ra_profile *p, const ra_answers *answers)
{
	tmg_rc rc = add(s, RA_SHEET_HEAD, _("What you told us"), "");

	if (rc == TMG_OK && p->identity.field[0] != '\0')
		rc = add_pair(s, ra_said(p, p->identity.label),
		    ra_answers_get(answers, p->identity.field));
	for (size_t i = 0; i < p->input_count && rc == TMG_OK; i++)
		rc = add_pair(s, ra_said(p, p->input[i].label),
		    ra_said_answer(p, &p->input[i],
		    ra_answers_get(answers, p->input[i].name)));
	return rc;
}

/* Four digits at a time, as people compare them. */
static tmg_rc
add_key(ra_sheet *s, const ra_app *app)
{
	char text[RA_HASH_TEXT + RA_HASH_TEXT / 4];
	size_t at = 0;
	tmg_rc rc;

	if (app->csr_len == 0)
		return TMG_OK;
	for (size_t i = 0; app->spki_hash[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0)
			text[at++] = ' ';
		text[at++] = app->spki_hash[i];
	}
	text[at] = '\0';
	if ((rc = add(s, RA_SHEET_HEAD, _("The key"), "")) ||
	    (rc = add_pair(s, _("Key SHA-256"), text)))
		return rc;
	return add_pair(s, _("Certificate for"), app->subject);
}

/* "notarised; by post, in person; not older than 30 days" */
static void
document_text(const ra_document *d, char *text, size_t cap)
{
	static const struct {
		const char *channel, *words;
	} ways[] = {
		{ "post", N_("by post") },
		{ "in-person", N_("in person") },
		{ "upload", N_("as a file") },
		{ "signed", N_("as a file, signed with a certificate in force") },
	};
	const char *gap = "";
	int at = snprintf(text, cap, "%s%s",
	    d->optional ? _("where it applies; ") : "",
	    d->notarised ? _("notarised; ") : "");

	for (size_t i = 0; i < TMG_COUNT(ways) && at < (int)cap; i++) {
		if (!ra_words_have(&d->channels, ways[i].channel))
			continue;
		at += snprintf(text + at, cap - (size_t)at, "%s%s%s", gap,
		    _(ways[i].words), ra_words_have(&d->notarised_by,
		    ways[i].channel) ? _(", notarised") : "");
		gap = ", ";
	}
	if (d->max_age_days > 0 && at < (int)cap)
		snprintf(text + at, cap - (size_t)at,
		    _("; not older than %d days"), d->max_age_days);
}

static tmg_rc
add_documents(ra_sheet *s, const ra_profile *p)
{
	char text[SHORT_TEXT];
	tmg_rc rc = TMG_OK;

	if (p->document_count > 0)
		rc = add(s, RA_SHEET_HEAD, _("Documents to bring or send"), "");
	for (size_t i = 0; i < p->document_count && rc == TMG_OK; i++) {
		document_text(&p->document[i], text, sizeof(text));
		rc = add_pair(s, ra_said(p, p->document[i].title), text);
	}
	return rc;
}

static tmg_rc
add_branch(ra_sheet *s, const ra_profile *p, const ra_answers *answers)
{
	char text[RA_BRANCH_TEXT];
	const ra_branch *branch;

	if (ra_form_branch(p, answers, &branch))
		return TMG_OK;
	ra_branch_say(p, branch, text);
	return add_pair(s, _("Where"), text);
}

static tmg_rc
add_deadline(ra_sheet *s, const ra_profile *p, const ra_app *app)
{
	const ra_deadline *deadline = ra_deadline_of(p, app);
	char date[RA_DAY_TEXT];
	tmg_rc rc;

	if (deadline == NULL)
		return TMG_OK;
	ra_day_text(ra_due_at(deadline, app->entered), date);
	if ((rc = add_pair(s, _("At the latest on"), date)))
		return rc;
	return deadline->warning[0] == '\0' ? TMG_OK :
	    add(s, RA_SHEET_NOTE, "", ra_said(p, deadline->warning));
}

static tmg_rc
add_signature(ra_sheet *s)
{
	static const char line[] = "______________________________";
	tmg_rc rc;

	if ((rc = add(s, RA_SHEET_HEAD, _("Signature"), "")) ||
	    (rc = add_pair(s, _("Place and date"), line)))
		return rc;
	return add_pair(s, _("Signature of the applicant"), line);
}

static tmg_rc
fill(ra_sheet *s, const ra_profile *p, const ra_app *app,
    const ra_answers *answers)
{
	tmg_rc rc;

	if ((rc = add_application(s, p, app)) ||
	    (rc = add_answers(s, p, answers)) ||
	    (rc = add_key(s, app)) ||
	    (rc = add_documents(s, p)) ||
	    (rc = add_branch(s, p, answers)) ||
	    (rc = add_deadline(s, p, app)))
		return rc;
	return add_signature(s);
}

/* What a camera reads: where the application can be looked at, else its
 * number. */
static void
name_it(const ra_desk *d, const char *title, const ra_app *app, ra_sheet *s)
{
	const char *url = d->config->portal_url;

	snprintf(s->title, sizeof(s->title), "%s", title);
	snprintf(s->number, sizeof(s->number), "%s", app->id);
	snprintf(s->code, sizeof(s->code), url[0] != '\0' ? "%s/status?number=%s" :
	    "%s%s", url, app->id);
}

tmg_rc
ra_sheet_make(ra_desk *d, const ra_app *app, ra_sheet *s)
{
	const ra_profile *profile =
	    ra_profiles_find(d->profiles, app->profile);
	tmg_auto(ra_answers) answers = { 0 };
	tmg_rc rc;

	s->count = 0;
	if (profile == NULL)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s needs the profile %s, which is not there any more"),
		    app->id, app->profile);
	if ((rc = ra_answers_load(d->store, app->id, &answers)))
		return tmg_pass(&d->fault, tmg_fault_copy(&d->fault,
		    &d->store->fault, rc));
	name_it(d, ra_said(profile, profile->title), app, s);
	rc = fill(s, profile, app, &answers);
	return rc ? tmg_raise(&d->fault, rc, 0, _("out of memory")) : TMG_OK;
}

/* ---- documents with a template ---- */

#define BLANK_MAX 16384		/* bytes of one, with everything filled in */

/* What a template can say beside the fields. */
static tmg_rc
add_known(const ra_profile *p, const ra_app *app, ra_answers *answers)
{
	char date[RA_DAY_TEXT], where[RA_BRANCH_TEXT] = "";
	const ra_branch *branch;
	tmg_rc rc;

	ra_day_text(app->created, date);
	if (ra_form_branch(p, answers, &branch) == TMG_OK)
		ra_branch_say(p, branch, where);
	if ((rc = ra_answers_set(answers, "number", app->id)) ||
	    (rc = ra_answers_set(answers, "date", date)) ||
	    (rc = ra_answers_set(answers, "branch", where)))
		return rc;
	return ra_answers_set(answers, "service", ra_said(p, p->title));
}

/* "# heading", "- label: text", and paragraphs, of one line each. */
static tmg_rc
add_line(ra_sheet *s, char *line)
{
	char *colon = strstr(line, ": ");

	if (line[0] == '\0')
		return TMG_OK;
	if (strncmp(line, "# ", 2) == 0)
		return add(s, RA_SHEET_HEAD, line + 2, "");
	if (strncmp(line, "- ", 2) != 0 || colon == NULL)
		return add(s, RA_SHEET_NOTE, "", line);
	*colon = '\0';
	return add_pair(s, line + 2, colon + 2);
}

static tmg_rc
add_lines(ra_sheet *s, char *text)
{
	tmg_rc rc = TMG_OK;

	while (text != NULL && rc == TMG_OK)
		rc = add_line(s, strsep(&text, "\n"));
	return rc;
}

static tmg_rc
fill_blank(ra_desk *d, const ra_profile *p, const ra_document *document,
    const ra_app *app, ra_sheet *s)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_auto_free char *template = NULL;
	tmg_auto_free char *text = malloc(BLANK_MAX);
	tmg_rc rc;

	if (text == NULL)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = ra_answers_load(d->store, app->id, &answers)))
		return tmg_pass(&d->fault, tmg_fault_copy(&d->fault,
		    &d->store->fault, rc));
	if ((rc = ra_terms_file(d, p, document->form, RA_UNIT_LINE,
	    &template)))
		return rc;
	if (add_known(p, app, &answers) ||
	    ra_contents_expand(template, &answers, text, BLANK_MAX) ||
	    add_lines(s, text) || add_signature(s))
		return tmg_raise(&d->fault, TMG_E_SPACE, 0,
		    _("%s: filled in, it is too long to print"), document->form);
	return TMG_OK;
}

tmg_rc
ra_blank_make(ra_desk *d, const ra_app *app, const char *name, ra_sheet *s)
{
	const ra_profile *profile = ra_profiles_find(d->profiles, app->profile);
	const ra_document *document = profile != NULL ?
	    ra_profile_document(profile, name) : NULL;

	s->count = 0;
	if (document == NULL || document->form[0] == '\0')
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s has no such document to print"), app->id);
	name_it(d, ra_said(profile, document->title), app, s);
	return fill_blank(d, profile, document, app, s);
}

/* ---- forms ---- */

static const struct {
	const char *form, *type;
	tmg_rc (*print)(const ra_sheet *sheet, ra_printed *printed);
} forms[] = {
	{ "txt", "text/plain; charset=utf-8", ra_sheet_text },
	{ "html", "text/html; charset=utf-8", ra_sheet_html },
	{ "pdf", "application/pdf", ra_sheet_pdf },
};

static tmg_rc
print_as(ra_desk *d, size_t form, const ra_sheet *sheet, ra_printed *printed)
{
	const tmg_rc rc = forms[form].print(sheet, printed);

	printed->type = forms[form].type;
	if (rc == TMG_UNSUPPORTED)
		return tmg_raise(&d->fault, rc, 0,
		    _("this tamga-ra was built without what prints \"%s\""),
		    forms[form].form);
	return rc ? tmg_raise(&d->fault, rc, 0, _("printing failed")) : TMG_OK;
}

tmg_rc
ra_print(ra_desk *d, const ra_app *app, const char *document,
    const char *form, ra_printed *printed)
{
	tmg_auto_free ra_sheet *sheet = calloc(1, sizeof(*sheet));
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	size_t i = 0;
	tmg_rc rc;

	*printed = (ra_printed){ .bytes = NULL };
	while (i < TMG_COUNT(forms) && strcmp(forms[i].form, form) != 0)
		i++;
	if (i == TMG_COUNT(forms))
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("\"%s\" is no form of a printed application"), form);
	if (sheet == NULL)
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	ra_speech_begin(&speech, ra_language_find(app->language));
	rc = document[0] == '\0' ? ra_sheet_make(d, app, sheet) :
	    ra_blank_make(d, app, document, sheet);
	if (rc == TMG_OK)
		rc = print_as(d, i, sheet, printed);
	snprintf(printed->file, sizeof(printed->file), "%.23s%s%.40s.%.8s", app->id,
	    document[0] != '\0' ? "-" : "", document, form);
	ra_sheet_release(sheet);
	return rc;
}
