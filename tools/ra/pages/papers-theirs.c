/* SPDX-License-Identifier: BSD-2-Clause */
/* The documents on the desk, fetched and judged by officers.  A file is never
 * shown by the browser under this address: it is saved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/papers.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/profile/filekind.h"

#define PATH_TEXT 96

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
			    d->channels.word[i], ra_papers_channel(d->channels.word[i]));
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
		ra_papers_put_wanted(v, &p->document[i]);
		ra_put(&v->page, "</p>\n<p>");
		ra_papers_put_standing(v, &papers->row[i]);
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
	char name[RA_ACTOR_MAX], after[PATH_TEXT];
	const ra_actor officer = ra_visit_officer(v, name);
	const bool accept = strcmp(verdict, "accept") == 0;
	tmg_rc rc;

	if (!ra_casefile_open(v, v->call->label, &file))
		return;
	if (!accept && strcmp(verdict, "return") != 0) {
		ra_visit_say(v, HTTP_BAD_REQUEST, _("This is not possible"),
		    _("There is no such action."));
		return;
	}
	snprintf(after, sizeof(after), "/desk/case/%s", file.app.id);
	rc = ra_desk_judge_paper(v->desk, file.app.id,
	    ra_posted_get(&v->form, "name"), &officer, accept,
	    ra_posted_get(&v->form, "channel"),
	    ra_posted_get(&v->form, "reason"));
	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, after);
}
