/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents: sent by the applicant, fetched and judged by officers.  A file is
 * never shown by the browser under this address: it is saved. */
#include "tools/ra/pages/papers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/profile/filekind.h"

#define PATH_TEXT 96

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };

/* ---- how they stand ---- */

struct loading {
	const ra_profile *profile;
	ra_papers *papers;
};

static tmg_rc
keep(void *arg, const ra_paper *paper)
{
	const struct loading *l = arg;
	const ra_document *d = ra_profile_document(l->profile, paper->name);

	if (d != NULL)
		l->papers->row[d - l->profile->document] = *paper;
	return TMG_OK;
}

tmg_rc
ra_papers_load(ra_visit *v, const ra_casefile *file, ra_papers *papers)
{
	struct loading l = { file->profile, papers };

	memset(papers, 0, sizeof(*papers));
	return ra_paper_each(v->desk->store, file->app.id, keep, &l);
}

bool
ra_papers_accepted(const ra_papers *papers, size_t document)
{
	return strcmp(papers->row[document].standing, RA_PAPER_ACCEPTED) == 0;
}

static const char *
standing_words(const ra_paper *paper)
{
	static const struct {
		const char *standing, *words;
	} rows[] = {
		{ "", N_("not here yet") },
		{ RA_PAPER_SENT, N_("sent, to be looked at") },
		{ RA_PAPER_ACCEPTED, N_("accepted") },
		{ RA_PAPER_RETURNED, N_("returned") },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (strcmp(rows[i].standing, paper->standing) == 0)
			return _(rows[i].words);
	return paper->standing;
}

static const char *
channel_words(const char *channel)
{
	static const struct {
		const char *channel, *words;
	} rows[] = {
		{ "post", N_("by post") },
		{ "in-person", N_("in person") },
		{ "upload", N_("as a file") },
		{ "signed", N_("as a file, signed with a certificate in force") },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (strcmp(rows[i].channel, channel) == 0)
			return _(rows[i].words);
	return channel;
}

/* "by post, notarised; in person": what the profile asks of it. */
static void
put_wanted(ra_visit *v, const ra_document *d)
{
	for (size_t i = 0; i < d->channels.count; i++)
		ra_put(&v->page, "%s%s%s", i > 0 ? "; " : "",
		    channel_words(d->channels.word[i]),
		    ra_paper_notarised(d, d->channels.word[i]) ?
		    _(", notarised") : "");
	if (d->max_age_days > 0) {
		ra_put(&v->page, "; ");
		ra_put(&v->page, _("not older than %d days"), d->max_age_days);
	}
	if (d->optional)
		ra_put(&v->page, "; %s", _("where it applies"));
}

void
ra_papers_wanted(ra_visit *v, const ra_profile *p)
{
	ra_put(&v->page, "<ul>\n");
	for (size_t i = 0; i < p->document_count; i++) {
		ra_put(&v->page, "<li>%s: ", ra_said(p, p->document[i].title));
		put_wanted(v, &p->document[i]);
		ra_put(&v->page, "</li>\n");
	}
	ra_put(&v->page, "</ul>\n");
}

static void
put_standing(ra_visit *v, const ra_paper *paper)
{
	ra_put(&v->page, "<strong>%s</strong>", standing_words(paper));
	if (paper->standing[0] != '\0')
		ra_put(&v->page, ", %s", channel_words(paper->channel));
	if (paper->reason[0] != '\0')
		ra_put(&v->page, "<p class=\"note\">%s</p>", paper->reason);
}

/* ---- for the applicant ---- */

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

void
ra_papers_mine(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	tmg_auto_free ra_papers *papers = malloc(sizeof(*papers));

	if (p->document_count == 0)
		return;
	if (papers == NULL || ra_papers_load(v, file, papers)) {
		v->page.failed = true;
		return;
	}
	ra_put(&v->page, "<h2>%s</h2>\n<p>%s %s</p>\n<dl>\n", _("Documents"),
	    p->documents_text[0] != '\0' ? ra_said(p, p->documents_text) :
	    _("Write the application number on each of them."),
	    ra_said(p, file->app.branch));
	for (size_t i = 0; i < p->document_count; i++) {
		ra_put(&v->page, "<dt>%s</dt><dd>",
		    ra_said(p, p->document[i].title));
		put_wanted(v, &p->document[i]);
		ra_put(&v->page, "<br>");
		put_standing(v, &papers->row[i]);
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
		put_wanted(v, d);
		ra_put(&v->page, "</p>\n<p>");
		put_standing(v, &papers->row[i]);
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

/* ---- for officers ---- */

/* Where it came on paper an officer says how; of a file there is no question. */
static void
put_ways(ra_visit *v, const ra_document *d, const ra_paper *paper)
{
	if (paper->standing[0] != '\0')
		return;
	ra_put(&v->page, "<div class=\"field\"><label for=\"c-%s\">%s</label>"
	    "<select id=\"c-%s\" name=\"channel\">", d->name, _("How it came"), d->name);
	for (size_t i = 0; i < d->channels.count; i++)
		if (strcmp(d->channels.word[i], "post") == 0 ||
		    strcmp(d->channels.word[i], "in-person") == 0)
			ra_put(&v->page, "<option value=\"%s\">%s</option>",
			    d->channels.word[i], channel_words(d->channels.word[i]));
	ra_put(&v->page, "</select></div>\n");
}

static bool
comes_on_paper(const ra_document *d)
{
	return ra_words_have(&d->channels, "post") ||
	    ra_words_have(&d->channels, "in-person");
}

static void
begin_judging(ra_visit *v, const char *path, const ra_document *d)
{
	ra_visit_form(v, path, false);
	ra_put(&v->page, "<input type=\"hidden\" name=\"name\" value=\"%s\">", d->name);
}

static void
put_judging(ra_visit *v, const ra_casefile *file, const ra_document *d,
    const ra_paper *paper)
{
	ra_page *p = &v->page;
	char path[PATH_TEXT];

	if (!ra_paper_open(&file->app) ||
	    (paper->standing[0] == '\0' && !comes_on_paper(d)))
		return;
	snprintf(path, sizeof(path), "/desk/case/%s/document", file->app.id);
	if (strcmp(paper->standing, RA_PAPER_ACCEPTED) != 0) {
		begin_judging(v, path, d);
		put_ways(v, d, paper);
		ra_put(p, "<button name=\"verdict\" value=\"accept\">%s</button></form>\n",
		    _("Accept"));
	}
	ra_put(p, "<details><summary>%s</summary>\n", _("Return it"));
	begin_judging(v, path, d);
	ra_put(p, "<div class=\"field\"><label for=\"w-%s\">%s</label>"
	    "<input type=\"text\" id=\"w-%s\" name=\"reason\" maxlength=\"200\"></div>"
	    "<button class=\"plain\" name=\"verdict\" value=\"return\">%s</button>"
	    "</form></details>\n", d->name, _("Reason, told to the applicant"),
	    d->name, _("Return"));
}

static void
put_file(ra_visit *v, const ra_casefile *file, const ra_paper *paper)
{
	if (paper->hash[0] == '\0')
		return;
	ra_put(&v->page, "<p><a href=\"/desk/case/%s/file?name=%s\">%s</a> — %s, "
	    "%ld %s", file->app.id, paper->name, _("Save the file"), paper->file,
	    (long)paper->size, _("bytes"));
	if (paper->dated[0] != '\0')
		ra_put(&v->page, ", %s", paper->dated);
	if (paper->signer[0] != '\0')
		ra_put(&v->page, ", %s %s", _("signed with the certificate"),
		    paper->signer);
	ra_put(&v->page, "<br><span class=\"hint\">SHA-256 %s</span></p>\n",
	    paper->hash);
}

void
ra_papers_theirs(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	tmg_auto_free ra_papers *papers = malloc(sizeof(*papers));

	if (p->document_count == 0)
		return;
	if (papers == NULL || ra_papers_load(v, file, papers)) {
		v->page.failed = true;
		return;
	}
	ra_put(&v->page, "<h2>%s</h2>\n", _("Documents"));
	for (size_t i = 0; i < p->document_count; i++) {
		ra_put(&v->page, "<section class=\"paper\" aria-labelledby=\"p-%s\">"
		    "<h3 id=\"p-%s\">%s</h3>\n<p>", p->document[i].name,
		    p->document[i].name, ra_said(p, p->document[i].title));
		put_wanted(v, &p->document[i]);
		ra_put(&v->page, "</p>\n<p>");
		put_standing(v, &papers->row[i]);
		ra_put(&v->page, "</p>\n");
		put_file(v, file, &papers->row[i]);
		put_judging(v, file, &p->document[i], &papers->row[i]);
		ra_put(&v->page, "</section>\n");
	}
}

/* The name is ours: what the applicant called it is nobody's command line. */
static void
reply_file(ra_visit *v, const ra_paper *paper)
{
	const ra_filekind *kind = ra_filekind_find(paper->kind);

	ra_reply_bytes(v->reply, kind != NULL ? kind->type :
	    "application/octet-stream",
	    (tmg_view){ paper->content, paper->len });
	snprintf(v->reply->file, sizeof(v->reply->file), "%.23s-%.40s.%.8s",
	    paper->app, paper->name, kind != NULL ? kind->name : "bin");
}

void
ra_papers_fetch(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_paper) paper = { .content = NULL };
	const char *name = ra_posted_get(v->call->query, "name");
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	rc = ra_paper_get(v->desk->store, file.app.id, name, &paper);
	if (rc == TMG_OK && paper.content != NULL) {
		reply_file(v, &paper);
	} else if (rc == TMG_OK || rc == TMG_NOT_FOUND) {
		ra_visit_say(v, HTTP_NOT_FOUND, _("Not found"),
		    _("No such document was sent as a file."));
	} else {
		v->desk->fault = v->desk->store->fault;
		ra_visit_fault(v, rc);
	}
}

void
ra_papers_judge(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	const char *verdict = ra_posted_get(&v->form, "verdict");
	char name[RA_OWNER_MAX + 16], after[PATH_TEXT];
	const bool accept = strcmp(verdict, "accept") == 0;
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	if (!accept && strcmp(verdict, "return") != 0) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("There is no such action."));
		return;
	}
	snprintf(name, sizeof(name), "officer:%s", v->officer.name);
	snprintf(after, sizeof(after), "/desk/case/%s", file.app.id);
	rc = ra_desk_judge_paper(v->desk, file.app.id,
	    ra_posted_get(&v->form, "name"), &(ra_actor){ RA_BY_OFFICER, name },
	    accept, ra_posted_get(&v->form, "channel"),
	    ra_posted_get(&v->form, "reason"));
	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, after);
}
