/* SPDX-License-Identifier: BSD-2-Clause */
/* The officers' queue: by state, by branch, and searched. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/store/answer.h"
#include "tools/ra/store/ids.h"

#define QUEUE_MAX 100		/* rows on one page */
#define LOOKED_AT_MAX 10000	/* rows that a search reads */

struct queue {
	ra_visit *visit;
	const char *words;	/* "" all */
	const char *office;	/* "" all */
	size_t shown, looked_at;
};

static bool
is_wanted(const struct queue *q, const ra_app *app)
{
	return q->words[0] == '\0' || strcasestr(app->id, q->words) != NULL ||
	    strcasestr(app->subject, q->words) != NULL ||
	    strcasestr(app->owner, q->words) != NULL;
}

static tmg_rc
put_row(void *arg, const ra_app *app)
{
	struct queue *q = arg;
	const ra_profile *p;

	if (++q->looked_at > LOOKED_AT_MAX || q->shown == QUEUE_MAX)
		return TMG_OCCUPIED;	/* enough */
	if (!is_wanted(q, app))
		return TMG_OK;
	q->shown++;
	p = ra_profiles_find(q->visit->desk->profiles, app->profile);
	ra_put(&q->visit->page, "<tr><td><a href=\"/desk/case/%s\">%s</a></td>"
	    "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", app->id, app->id,
	    _(ra_state_get(app->state)->label), p != NULL ? ra_said(p, p->title) :
	    app->profile, app->subject, p != NULL ? ra_said(p, app->branch) :
	    app->branch);
	return TMG_OK;
}

/* Whether a branch's name stands in the list before this place already. */
static bool
is_offered_before(const ra_profiles *all, size_t profile, size_t branch)
{
	const char *name = all->row[profile].branch[branch].name;

	for (size_t i = 0; i <= profile; i++)
		for (size_t k = 0; k < (i < profile ? all->row[i].branch_count :
		    branch); k++)
			if (strcmp(all->row[i].branch[k].name, name) == 0)
				return true;
	return false;
}

static void
put_offices(ra_visit *v, const char *chosen)
{
	const ra_profiles *all = v->desk->profiles;

	if (v->officer.branch[0] != '\0')
		return;
	ra_put(&v->page, "<div class=\"field\"><label for=\"f-office\">%s</label>"
	    "<select id=\"f-office\" name=\"office\"><option value=\"\">%s</option>",
	    _("Branch"), _("all"));
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->row[i].branch_count; k++) {
			const char *name = all->row[i].branch[k].name;

			if (is_offered_before(all, i, k))
				continue;
			ra_put(&v->page, strcmp(name, chosen) == 0 ?
			    "<option selected>%s</option>" : "<option>%s</option>",
			    name);
		}
	}
	ra_put(&v->page, "</select></div>");
}

static void
put_filter(ra_visit *v, ra_state chosen, const struct queue *q)
{
	ra_page *p = &v->page;

	ra_put(p, "<form class=\"filter\" method=\"get\" action=\"/desk\">"
	    "<div class=\"field\"><label for=\"f-state\">%s</label>"
	    "<select id=\"f-state\" name=\"state\">", _("State"));
	for (int s = RA_REGISTERED; s < RA_STATES; s++) {
		const ra_state_row *row = ra_state_get((ra_state)s);

		ra_put(p, (ra_state)s == chosen ?
		    "<option value=\"%s\" selected>%s</option>" :
		    "<option value=\"%s\">%s</option>", row->name, _(row->label));
	}
	ra_put(p, "</select></div>");
	put_offices(v, q->office);
	ra_put(p, "<div class=\"field\"><label for=\"f-q\">%s</label>"
	    "<input type=\"text\" id=\"f-q\" name=\"q\" value=\"%s\"></div>"
	    "<button>%s</button></form>\n",
	    _("Number, name, domain or e-mail address"), q->words, _("Search"));
}

/* Those who gave exactly these words as an answer, in whatever state. */
static tmg_rc
keep_id(void *arg, const ra_answer_row *answer)
{
	return ra_ids_add(arg, answer->app);
}

static tmg_rc
put_found(ra_visit *v, struct queue *q)
{
	tmg_auto(ra_ids) ids = { NULL, 0, 0 };
	const char *words = q->words;
	tmg_rc rc = ra_answer_find(v->desk->store, words, keep_id, &ids);

	q->words = "";			/* all of these are wanted */
	for (size_t i = 0; i < ids.count && rc == TMG_OK; i++) {
		tmg_auto(ra_app) app = { .id = "" };

		if (i > 0 && strcmp(ids.id[i], ids.id[i - 1]) == 0)
			continue;
		rc = ra_app_get(v->desk->store, ids.id[i], &app);
		if (rc == TMG_OK && (q->office[0] == '\0' ||
		    strcmp(q->office, app.branch) == 0))
			rc = put_row(q, &app);
	}
	q->words = words;
	return rc;
}

static tmg_rc
put_rows(ra_visit *v, ra_state state, struct queue *q)
{
	tmg_rc rc;

	if (q->words[0] != '\0' && ((rc = put_found(v, q)) || q->shown > 0))
		return rc;
	return q->office[0] != '\0' ?
	    ra_app_each_at(v->desk->store, q->office, state, put_row, q) :
	    ra_app_each(v->desk->store, state, put_row, q);
}

static void
put_queue(ra_visit *v, ra_state state, struct queue *q)
{
	tmg_rc rc;

	ra_put(&v->page, "<div class=\"wide\" role=\"region\" aria-label=\"%s\""
	    " tabindex=\"0\"><table><thead><tr>"
	    "<th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">%s</th></tr></thead><tbody>\n", _("Applications"),
	    _("Number"), _("State"), _("Service"), _("Subject"), _("Branch"));
	rc = put_rows(v, state, q);
	ra_put(&v->page, "</tbody></table></div>\n");
	if (rc == TMG_OCCUPIED)
		ra_put(&v->page, "<p>%s</p>\n",
		    _("There are more: search for a number or a name."));
	else if (rc)
		v->page.failed = true;
	else if (q->shown == 0)
		ra_put(&v->page, "<p>%s</p>\n", _("There are none."));
}

/* A whole number leads to its case whatever state it is in. */
static bool
is_number_of_case(ra_visit *v, const char *words)
{
	tmg_auto(ra_app) app = { .id = "" };
	char location[64];

	if (ra_app_get(v->desk->store, words, &app) != TMG_OK)
		return false;
	snprintf(location, sizeof(location), "/desk/case/%s", app.id);
	ra_visit_go(v, location);
	return true;
}

void
ra_queue_page(ra_visit *v)
{
	struct queue q = { v, ra_posted_get(v->call->query, "q"),
		v->officer.branch[0] != '\0' ? v->officer.branch :
		ra_posted_get(v->call->query, "office"), 0, 0 };
	ra_state state = RA_SUBMITTED;

	if (ra_state_parse(ra_posted_get(v->call->query, "state"), &state))
		state = RA_SUBMITTED;
	if (q.words[0] != '\0' && is_number_of_case(v, q.words))
		return;
	ra_visit_head(v, _("Desk"));
	ra_mine_notice(v);
	ra_put(&v->page, "<p>%s: <strong>%s</strong>%s%s</p>\n", _("Officer"),
	    v->officer.name, v->officer.branch[0] != '\0' ? ", " : "",
	    v->officer.branch);
	ra_put(&v->page, "<p><a class=\"button plain\" href=\"/desk/new\">%s</a></p>\n",
	    _("Enter an application"));
	put_filter(v, state, &q);
	put_queue(v, state, &q);
	ra_visit_foot(v, HTTP_OK);
}
