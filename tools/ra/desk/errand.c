/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/errand.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define SOON_S 2		/* the first answer is there after so long */

/* ---- begun, and waited for ------------------------------------------------ */

tmg_rc
ra_errand_begin(ra_desk *d, const ra_app *app)
{
	const time_t now = ra_desk_now(d);
	ra_errand e = { .kind = RA_ERRAND_ISSUE, .begun = now, .due = now };
	tmg_auto(ra_errand) there = { .app = "" };
	tmg_rc rc = ra_errand_get(d->store, app->id, RA_ERRAND_ISSUE, &there);

	memcpy(e.app, app->id, sizeof(e.app));
	if (rc == TMG_NOT_FOUND)
		rc = ra_errand_put(d->store, &e);
	else if (rc == TMG_OK)
		rc = ra_errand_reopen(d->store, &e);
	return rc ? ra_desk_says(d, rc == TMG_OCCUPIED ? TMG_E_IO : rc) : TMG_OK;
}

tmg_rc
ra_errand_revoke(ra_desk *d, const char *app, int reason)
{
	const time_t now = ra_desk_now(d);
	ra_errand e = { .kind = RA_ERRAND_REVOKE, .begun = now, .due = now };
	tmg_rc rc;

	if (d->office->ca->ops->revoke == NULL)
		return TMG_OK;
	snprintf(e.app, sizeof(e.app), "%s", app);
	snprintf(e.ticket, sizeof(e.ticket), "%d", reason);
	rc = ra_errand_put(d->store, &e);
	return rc && rc != TMG_OCCUPIED ? ra_desk_says(d, rc) : TMG_OK;
}

/* An officer who has an application tried again only moves it. */
static tmg_rc
begin_now(ra_desk *d, const ra_app *app)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_app) now = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_app_get(d->store, app->id, &now)))
		return ra_desk_says(d, rc);
	if (now.state != RA_ISSUING)
		return TMG_OK;
	if ((rc = ra_errand_begin(d, app)))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_errand_wait(ra_desk *d, const ra_app *app)
{
	tmg_auto(ra_errand) e = { .app = "" };
	tmg_rc rc = ra_errand_get(d->store, app->id, RA_ERRAND_ISSUE, &e);

	if (rc == TMG_NOT_FOUND || (rc == TMG_OK && e.due == RA_ERRAND_NEVER))
		rc = begin_now(d, app);
	else if (rc)
		rc = ra_desk_says(d, rc);
	return rc ? rc : tmg_raise(&d->fault, TMG_PENDING, 0,
	    _("application %s waits for the certification authority"), app->id);
}

static void
time_text(time_t at, char text[32])
{
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, 32, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		text[0] = '\0';
}

static void
say_revoked(ra_desk *d, const ra_app *app, char text[RA_ERRAND_TEXT])
{
	const ra_ca_ops *ops = d->office->ca->ops;
	tmg_auto(ra_errand) e = { .app = "" };

	if (ops->elsewhere && ops->revoke == NULL)
		snprintf(text, RA_ERRAND_TEXT, "%s",
		    _("revoked here alone: the authority that issued the certificate has to be asked to revoke it, too"));
	else if (ra_errand_get(d->store, app->id, RA_ERRAND_REVOKE, &e) != TMG_OK)
		return;
	else if (e.due == RA_ERRAND_NEVER)
		snprintf(text, RA_ERRAND_TEXT,
		    _("the certification authority refuses to revoke the certificate: %s"),
		    e.said);
	else
		snprintf(text, RA_ERRAND_TEXT,
		    _("the certification authority is being told to revoke the certificate%s%s"),
		    e.said[0] != '\0' ? ": " : "", e.said);
}

void
ra_errand_say(ra_desk *d, const ra_app *app, char text[RA_ERRAND_TEXT])
{
	tmg_auto(ra_errand) e = { .app = "" };
	char since[32], next[32];

	text[0] = '\0';
	if (app->state == RA_REVOKED) {
		say_revoked(d, app, text);
		return;
	}
	if (ra_errand_get(d->store, app->id, RA_ERRAND_ISSUE, &e))
		return;
	if (e.due == RA_ERRAND_NEVER) {
		snprintf(text, RA_ERRAND_TEXT,
		    _("the certification authority refused: %s"), e.said);
		return;
	}
	time_text(e.asked != 0 ? e.asked : e.begun, since);
	time_text(e.due, next);
	snprintf(text, RA_ERRAND_TEXT, e.asked != 0 ?
	    _("asked of the certification authority since %s, next try at %s%s%s") :
	    _("to be asked of the certification authority since %s, next try at %s%s%s"),
	    since, next, e.said[0] != '\0' ? ": " : "", e.said);
}

long
ra_errand_again(ra_desk *d, const ra_app *app)
{
	const long usual = d->config->retry_after_s;
	tmg_auto(ra_errand) e = { .app = "" };
	long wait;

	if (!d->office->ca->ops->elsewhere || app->state != RA_ISSUING ||
	    ra_errand_get(d->store, app->id, RA_ERRAND_ISSUE, &e))
		return usual;
	wait = (long)(e.due - ra_desk_now(d)) + SOON_S;
	return wait < SOON_S ? SOON_S : wait < usual ? wait : usual;
}
