/* SPDX-License-Identifier: BSD-2-Clause */
/* Staff are told of what comes to an end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/staff-parts.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/upkeep.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/digest.h"

#define DAY 86400

/* ---- the authority's ---- */

struct ends {
	ra_desk *desk;
	ra_people operators;
	ra_upkeep *due;
	size_t count;
};

static void
ends_release(struct ends *e)
{
	ra_people_release(&e->operators);
	free(e->due);
}

static tmg_rc
note_due(void *arg, const ra_upkeep *one)
{
	struct ends *e = arg;
	ra_upkeep *more;

	if (!ra_upkeep_due(one, ra_desk_now(e->desk)))
		return TMG_OK;
	if ((more = realloc(e->due, (e->count + 1) * sizeof(*more))) == NULL)
		return TMG_E_NOMEM;
	e->due = more;
	e->due[e->count++] = *one;
	return TMG_OK;
}

/* Told when it is due, and again when so few days are left. */
static long
step_of(time_t end, time_t now)
{
	static const long steps[] = { 0, 1, 3, 7, 14 };

	for (size_t i = 0; i < TMG_COUNT(steps); i++)
		if (end - now <= steps[i] * DAY)
			return steps[i];
	return 365;
}

/* What has no end is told once a day, however many there are of it; what has one
 * once for each whose it is and each step. */
static tmg_rc
name_once(const ra_upkeep *one, const char *day, time_t now, const ra_user *to,
    ra_notice *n)
{
	char whose[RA_HASH_TEXT] = "";
	tmg_rc rc;

	if (one->ends != 0 && (rc = ra_sha256_text(tmg_view_str(one->about), whose)))
		return rc;
	snprintf(n->once, sizeof(n->once), "%.12s %.10s %ld %.16s @%.48s", one->what, day,
	    one->ends != 0 ? step_of(one->ends, now) : 0, whose, to->name);
	return TMG_OK;
}

static tmg_rc
word_due(ra_desk *d, const ra_upkeep *one, const ra_user *to, ra_notice *n)
{
	const time_t now = ra_desk_now(d);
	char day[RA_DAY_TEXT];
	tmg_rc rc;

	ra_day_text(one->ends != 0 ? one->ends : now, day);
	if ((rc = name_once(one, day, now, to, n)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	if (one->ends != 0)
		snprintf(n->subject, sizeof(n->subject), _("Ends on %s: %s"), day,
		    _(one->label));
	else
		snprintf(n->subject, sizeof(n->subject), "%s: %s", _(one->label),
		    one->about);
	snprintf(n->body, sizeof(n->body), "%s (%s)\n%s%s\n\n%s\n", _(one->label),
	    one->about, one->ends != 0 ? _("Until: ") : "",
	    one->ends != 0 ? day : "", _(one->mend));
	return TMG_OK;
}

/* Of one's own certificate each hears otherwise: see word_own(). */
static bool
is_own(const ra_upkeep *one, const ra_user *to)
{
	return strcmp(one->what, RA_UPKEEP_STAFF) == 0 &&
	    strcmp(one->about, to->name) == 0;
}

static tmg_rc
watch_upkeep(ra_desk *d, unsigned *told)
{
	__attribute__((__cleanup__(ends_release))) struct ends e = { d, { NULL, 0 },
		NULL, 0 };
	tmg_rc rc = ra_people_find(d, RA_ROLE_OPERATOR, &e.operators);

	if (rc || e.operators.count == 0)
		return rc;
	if ((rc = ra_upkeep_each(d, note_due, &e)))
		return rc;
	for (size_t i = 0; i < e.count; i++)
		for (size_t j = 0; j < e.operators.count && rc == TMG_OK; j++) {
			const ra_user *to = &e.operators.row[j];
			tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
			ra_notice n = { .app = "", .event = RA_STAFF_ENDS };

			if (is_own(&e.due[i], to))
				continue;
			ra_speech_begin(&speech, ra_language_find(to->language));
			if ((rc = word_due(d, &e.due[i], to, &n)) == TMG_OK)
				rc = ra_notice_put_once(d, to, &n, told);
		}
	return rc;
}

/* ---- one's own ---- */

static void
word_own(const ra_desk *d, const ra_user *to, ra_notice *n)
{
	const char *portal = d->config->portal_url;
	char day[RA_DAY_TEXT];

	ra_day_text(to->ends, day);
	snprintf(n->once, sizeof(n->once), "mine %.16s %ld @%.48s", to->certificate,
	    step_of(to->ends, ra_desk_now(d)), to->name);
	snprintf(n->subject, sizeof(n->subject),
	    _("Your certificate for the desk ends on %s"), day);
	snprintf(n->body, sizeof(n->body),
	    _("Account: %s\nUntil: %s\n\nRenew it while it is good: tamga renew, then hand the new one in at the desk. Whose certificate has ended is invited anew by an operator.\n%s%s\n"),
	    to->name, day, portal, portal[0] == '\0' ? "" :
	    strcmp(to->role, RA_ROLE_OFFICER) == 0 ? "desk/mine" : "admin/mine");
}

static tmg_rc
watch_own(ra_desk *d, const char *role, unsigned *told)
{
	tmg_auto(ra_people) all = { NULL, 0 };
	tmg_rc rc = ra_people_find(d, role, &all);

	for (size_t i = 0; i < all.count && rc == TMG_OK; i++) {
		const ra_user *to = &all.row[i];
		tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
		ra_notice n = { .app = "", .event = RA_STAFF_ENDS };

		if (to->ends == 0 || ra_upkeep_near(d, to->begins, to->ends) >
		    ra_desk_now(d))
			continue;
		ra_speech_begin(&speech, ra_language_find(to->language));
		word_own(d, to, &n);
		rc = ra_notice_put_once(d, to, &n, told);
	}
	return rc;
}

tmg_rc
ra_staff_watch_ends(ra_desk *d, unsigned *told)
{
	tmg_rc rc;

	if ((rc = watch_own(d, RA_ROLE_OFFICER, told)) ||
	    (rc = watch_own(d, RA_ROLE_OPERATOR, told)))
		return rc;
	return watch_upkeep(d, told);
}
