/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/staff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/deadline.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/desk/staff-parts.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/ids.h"
#include "tools/ra/store/mail.h"

#define DAY 86400
#define SHORTEST_MONTH 28	/* days */

/* ---- who ---- */

void
ra_people_release(ra_people *p)
{
	free(p->row);
}

static tmg_rc
add_one(void *arg, const ra_user *user)
{
	ra_people *p = arg;
	ra_user *more = realloc(p->row, (p->count + 1) * sizeof(*more));

	if (more == NULL)
		return TMG_E_NOMEM;
	p->row = more;
	p->row[p->count++] = *user;
	return TMG_OK;
}

tmg_rc
ra_people_find(ra_desk *d, const char *role, ra_people *p)
{
	const tmg_rc rc = ra_user_each_told(d->store, role, add_one, p);

	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* ---- one mail ---- */

/* TMG_OCCUPIED: told already; that ends a transaction. */
static tmg_rc
put(ra_desk *d, const ra_user *to, const ra_notice *n)
{
	tmg_auto(ra_mail) mail = { .state = RA_MAIL_QUEUED,
		.created = ra_desk_now(d), .due = ra_desk_now(d) };

	snprintf(mail.app, sizeof(mail.app), "%s", n->app);
	snprintf(mail.event, sizeof(mail.event), "%s", n->event);
	snprintf(mail.once, sizeof(mail.once), "%s", n->once);
	snprintf(mail.recipient, sizeof(mail.recipient), "%s", to->email);
	snprintf(mail.subject, sizeof(mail.subject), "%s", n->subject);
	snprintf(mail.body, sizeof(mail.body), "%s", n->body);
	if (ra_number_new(d->office->ctx, mail.id, sizeof(mail.id)))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));

	const tmg_rc rc = ra_mail_put(d->store, &mail);

	return rc == TMG_OK || rc == TMG_OCCUPIED ? rc : ra_desk_says(d, rc);
}

/* In a transaction of its own, because being told already ends one. */
tmg_rc
ra_notice_put_once(ra_desk *d, const ra_user *to, const ra_notice *n,
    unsigned *told)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = put(d, to, n)) == TMG_OCCUPIED)
		return TMG_OK;
	if (rc || (rc = ra_desk_commit(d, &txn)))
		return rc;
	(*told)++;
	return TMG_OK;
}

/* ---- of an application ---- */

static bool
has_work(const ra_app *app)
{
	static const ra_event work[] = { RA_EV_RECEIVE_DOCS, RA_EV_CHECK_DOCS,
		RA_EV_CHECK_DATA, RA_EV_CONFIRM, RA_EV_RELEASE, RA_EV_PAY,
		RA_EV_RETRY, RA_EV_HAND_OVER };

	for (size_t i = 0; i < TMG_COUNT(work); i++)
		if (ra_life_may(app, work[i], RA_BY_OFFICER))
			return true;
	return false;
}

static bool
is_theirs(const ra_user *user, const ra_app *app)
{
	return user->branch[0] == '\0' || strcmp(user->branch, app->branch) == 0;
}

/* deadline "": it has arrived. */
static void
word_app(ra_desk *d, const ra_profile *profile, const ra_app *app,
    const char *deadline, ra_notice *n)
{
	snprintf(n->subject, sizeof(n->subject), deadline[0] != '\0' ?
	    _("Application %s must be decided soon") :
	    _("Application %s waits at the desk"), app->id);
	snprintf(n->body, sizeof(n->body),
	    _("Application: %s\nService: %s\nState: %s\n%s%s%s\n%s%s%s"), app->id,
	    ra_said(profile, profile->title), _(ra_state_get(app->state)->label),
	    deadline[0] != '\0' ? _("Until: ") : "", deadline,
	    deadline[0] != '\0' ? "\n" : "", d->config->portal_url,
	    d->config->portal_url[0] != '\0' ? "desk/" : "",
	    d->config->portal_url[0] != '\0' ? app->id : "");
}

tmg_rc
ra_staff_tell(ra_desk *d, const ra_app *app, ra_event event)
{
	const ra_profile *profile = ra_profiles_find(d->profiles, app->profile);
	tmg_auto(ra_people) all = { NULL, 0 };
	tmg_rc rc;

	if (profile == NULL || !has_work(app) ||
	    !ra_words_have(&profile->staff_tell, ra_event_name(event)))
		return TMG_OK;
	if ((rc = ra_people_find(d, RA_ROLE_OFFICER, &all)))
		return rc;
	for (size_t i = 0; i < all.count && rc == TMG_OK; i++) {
		tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
		ra_notice n = { .app = app->id, .event = RA_STAFF_WORK };

		if (!is_theirs(&all.row[i], app))
			continue;
		ra_speech_begin(&speech, ra_language_find(all.row[i].language));
		word_app(d, profile, app, "", &n);
		rc = put(d, &all.row[i], &n);
	}
	return rc;
}

/* ---- deadlines that are near ---- */

struct near {
	ra_desk *desk;
	const ra_people *officers;
	const ra_profile *profile;
	const ra_deadline *deadline;
	unsigned *told;
};

static tmg_rc
tell_near(const struct near *at, const ra_app *app)
{
	const time_t due = ra_due_at(at->deadline, app->entered);
	char day[RA_DAY_TEXT];
	tmg_rc rc = TMG_OK;

	if (due - ra_desk_now(at->desk) > (time_t)at->profile->staff_deadline_days * DAY ||
	    !has_work(app))
		return TMG_OK;
	ra_day_text(due, day);
	for (size_t i = 0; i < at->officers->count && rc == TMG_OK; i++) {
		const ra_user *user = &at->officers->row[i];
		tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
		ra_notice n = { .app = app->id, .event = RA_STAFF_DEADLINE };

		if (!is_theirs(user, app))
			continue;
		ra_speech_begin(&speech, ra_language_find(user->language));
		snprintf(n.once, sizeof(n.once), "%.24s %.10s @%.56s", app->id, day,
		    user->name);
		word_app(at->desk, at->profile, app, day, &n);
		rc = ra_notice_put_once(at->desk, user, &n, at->told);
	}
	return rc;
}

static tmg_rc
collect(void *arg, const ra_app *app)
{
	return ra_ids_add(arg, app->id);
}

/* Those that may be near, by the least that a month has. */
static tmg_rc
near_one(struct near *at)
{
	const time_t least = ((time_t)at->deadline->months * SHORTEST_MONTH +
	    at->deadline->days - at->profile->staff_deadline_days) * DAY;
	tmg_auto(ra_ids) ids = { NULL, 0, 0 };
	ra_desk *d = at->desk;
	ra_state state;
	tmg_rc rc;

	if (ra_state_parse(at->deadline->state, &state))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, "%s", at->deadline->state);
	if ((rc = ra_app_each_since(d->store, at->profile->name, state,
	    ra_desk_now(d) - (least > 0 ? least : 0) + 1, collect, &ids)))
		return ra_desk_says(d, rc);
	for (size_t i = 0; i < ids.count && rc == TMG_OK; i++) {
		tmg_auto(ra_app) app = { .id = "" };

		if ((rc = ra_app_get(d->store, ids.id[i], &app)))
			return ra_desk_says(d, rc);
		if (app.state == state)
			rc = tell_near(at, &app);
	}
	return rc;
}

static tmg_rc
watch_deadlines(ra_desk *d, unsigned *told)
{
	tmg_auto(ra_people) officers = { NULL, 0 };
	tmg_rc rc = ra_people_find(d, RA_ROLE_OFFICER, &officers);

	for (size_t i = 0; officers.count > 0 && i < d->profiles->count; i++) {
		const ra_profile *p = &d->profiles->row[i];

		for (size_t j = 0; p->staff_deadline_days > 0 &&
		    j < p->deadline_count && rc == TMG_OK; j++)
			rc = near_one(&(struct near){ d, &officers, p, &p->deadline[j],
			    told });
	}
	return rc;
}

tmg_rc
ra_staff_watch(ra_desk *d, unsigned *told)
{
	tmg_rc rc;

	*told = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	return (rc = watch_deadlines(d, told)) ? rc : ra_staff_watch_ends(d, told);
}
