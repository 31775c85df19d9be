/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/papers.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

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

const char *
ra_papers_channel(const char *channel)
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
void
ra_papers_put_wanted(ra_visit *v, const ra_document *d)
{
	for (size_t i = 0; i < d->channels.count; i++)
		ra_put(&v->page, "%s%s%s", i > 0 ? "; " : "",
		    ra_papers_channel(d->channels.word[i]),
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
		ra_papers_put_wanted(v, &p->document[i]);
		ra_put(&v->page, "</li>\n");
	}
	ra_put(&v->page, "</ul>\n");
}

void
ra_papers_put_standing(ra_visit *v, const ra_paper *paper)
{
	ra_put(&v->page, "<strong>%s</strong>", standing_words(paper));
	if (paper->standing[0] != '\0')
		ra_put(&v->page, ", %s", ra_papers_channel(paper->channel));
	if (paper->reason[0] != '\0')
		ra_put(&v->page, "<p class=\"note\">%s</p>", paper->reason);
}
