/* SPDX-License-Identifier: BSD-2-Clause */
/* The applicant's documents: what is asked of each, and sending files. */
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/papers.h"
#include "tools/ra/pages/site.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };

/* The document to print, sign and send, with the number written in. */
static void
put_blanks(ra_visit *v, const ra_profile *p, const ra_document *d)
{
	if (d->form[0] == '\0')
		return;
	ra_put(&v->page, "<br>%s:", _("Filled in, to print and sign"));
	for (size_t i = 0; i < p->print.count; i++)
		ra_put(&v->page, " <a href=\"/my/print/%s?document=%s\">%s (%s)</a>",
		    p->print.word[i], d->name, ra_said(p, d->title),
		    p->print.word[i]);
}

static bool
any_is_file(const ra_casefile *file)
{
	for (size_t i = 0; i < file->profile->document_count; i++)
		if (ra_paper_is_file(&file->profile->document[i]))
			return true;
	return false;
}

static bool
may_send(const ra_casefile *file, const ra_papers *papers, size_t at)
{
	return ra_paper_open(&file->app) &&
	    ra_paper_is_file(&file->profile->document[at]) &&
	    !ra_papers_accepted(papers, at);
}

/* A profile's own words end with where to; ours stand before it. */
static void
put_where_to(ra_visit *v, const ra_profile *p, const char *branch)
{
	if (p->documents_text[0] != '\0') {
		ra_put(&v->page, "<p>%s %s</p>\n", ra_said(p, p->documents_text),
		    branch);
		return;
	}
	ra_put(&v->page, "<p>%s</p>\n", _("Write the application number on each of them."));
	if (branch[0] != '\0')
		ra_put(&v->page, "<p>%s: %s</p>\n", _("Branch"), branch);
}

void
ra_papers_mine(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	/* what nobody wanted until the end is not waited for */
	const bool done = ra_state_get(file->app.state)->answer == RA_ANSWER_DONE;
	tmg_auto_free ra_papers *papers = malloc(sizeof(*papers));

	if (p->document_count == 0)
		return;
	if (papers == NULL || ra_papers_load(v, file, papers)) {
		v->page.failed = true;
		return;
	}
	ra_put(&v->page, "<h2>%s</h2>\n", _("Documents"));
	put_where_to(v, p, ra_said(p, file->app.branch));
	ra_put(&v->page, "<dl>\n");
	for (size_t i = 0; i < p->document_count; i++) {
		ra_put(&v->page, "<dt>%s</dt><dd>",
		    ra_said(p, p->document[i].title));
		ra_papers_put_wanted(v, &p->document[i]);
		if (!done || papers->row[i].standing[0] != '\0') {
			ra_put(&v->page, "<br>");
			ra_papers_put_standing(v, &papers->row[i]);
		}
		put_blanks(v, p, &p->document[i]);
		ra_put(&v->page, "</dd>\n");
	}
	ra_put(&v->page, "</dl>\n");
	if (any_is_file(file) && ra_paper_open(&file->app))
		ra_put(&v->page, "<p><a class=\"button\" href=\"" RA_SITE_FILES
		    "\">%s</a></p>\n", _("Send documents as files"));
}

static void
put_form(ra_visit *v, const ra_document *d, const char *wrong)
{
	ra_page *p = &v->page;

	if (wrong[0] != '\0')
		ra_put(p, "<p class=\"wrong\" role=\"alert\" id=\"e-%s\">%s</p>",
		    d->name, wrong);
	ra_visit_form(v, RA_SITE_FILES, true);
	ra_put(p, "<input type=\"hidden\" name=\"name\" value=\"%s\">", d->name);
	if (d->max_age_days > 0)
		ra_put(p, "<div class=\"field\"><label for=\"d-%s\">%s</label>"
		    "<input type=\"date\" id=\"d-%s\" name=\"dated\" required></div>\n",
		    d->name, _("Day on the document"), d->name);
	ra_put(p, "<div class=\"field\"><label for=\"f-%s\">%s</label><p class=\"hint\">",
	    d->name, _("File"));
	for (size_t i = 0; i < d->types.count; i++)
		ra_put(p, "%s%s", i > 0 ? ", " : "", d->types.word[i]);
	if (ra_words_have(&d->channels, "signed"))
		ra_put(p, ", %s", _("or signed, .p7m"));
	ra_put(p, "; ");
	ra_put(p, _("%d KiB at the most"), d->max_kb);
	ra_put(p, "</p><input type=\"file\" id=\"f-%s\" name=\"file\" required></div>\n"
	    "<button>%s</button></form>\n", d->name, _("Send"));
}

/* wrong is about the document of that name. */
static void
show(ra_visit *v, const ra_casefile *file, const char *name, const char *wrong)
{
	const ra_profile *p = file->profile;
	tmg_auto_free ra_papers *papers = malloc(sizeof(*papers));
	size_t shown = 0;

	v->refused = wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(p, p->title), _("Documents"));
	if (papers == NULL || ra_papers_load(v, file, papers))
		v->page.failed = true;
	for (size_t i = 0; papers != NULL && i < p->document_count; i++) {
		const ra_document *d = &p->document[i];

		if (!ra_paper_is_file(d))
			continue;
		shown++;
		ra_put(&v->page, "<section class=\"paper\" aria-labelledby=\"p-%s\">"
		    "<h2 id=\"p-%s\">%s</h2>\n<p>", d->name, d->name,
		    ra_said(p, d->title));
		ra_papers_put_wanted(v, d);
		ra_put(&v->page, "</p>\n<p>");
		ra_papers_put_standing(v, &papers->row[i]);
		ra_put(&v->page, papers->row[i].file[0] != '\0' ? " — %s</p>\n" :
		    "%s</p>\n", papers->row[i].file);
		if (may_send(file, papers, i))
			put_form(v, d, strcmp(d->name, name) == 0 ? wrong : "");
		ra_put(&v->page, "</section>\n");
	}
	if (shown == 0)
		ra_put(&v->page, "<p>%s</p>\n", _("No document is sent as a file here."));
	ra_put(&v->page, "<p><a href=\"/my\">%s</a></p>\n", _("Back to the application"));
	ra_visit_foot(v, wrong[0] != '\0' ? HTTP_BAD_REQUEST : HTTP_OK);
}

void
ra_papers_page(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (ra_casefile_open(v, v->number, &file))
		show(v, &file, "", "");
}

void
ra_papers_send(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	const char *name = ra_posted_get(&v->form, "name");
	tmg_rc rc;

	if (!ra_casefile_open(v, v->number, &file) ||
	    !ra_visit_count(v, &ra_limit_document, v->number))
		return;
	rc = ra_desk_send_paper(v->desk, v->number, &applicant, &(ra_delivery){
	    name, ra_posted_file(&v->form, "file"),
	    ra_posted_get(&v->form, "dated"), ra_posted_bytes(&v->form, "file") });
	if (rc == TMG_MISMATCH)
		show(v, &file, name, v->desk->fault.text);
	else if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, RA_SITE_FILES);
}
