/* SPDX-License-Identifier: BSD-2-Clause */
/* Holders are reminded of certificates that end. */
#include "tools/ra/desk/tell-parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/ids.h"

#define DAY 86400

static const ra_mail_rule usual_reminder = {
	.event = RA_TELL_REMIND,
	.subject = N_("Your certificate ends on ${deadline}"),
	.text = N_("The certificate of application ${number} ends on ${deadline}.\n\n"
	    "Renew it in time: until then it can be renewed with itself.\n"),
};

static const ra_mail_rule short_reminder = {
	.event = RA_TELL_REMIND,
	.text = N_("The certificate of application ${number} ends on ${deadline}. Renew it in time."),
};

static tmg_rc
post_reminder(ra_desk *d, const ra_news *n)
{
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	const ra_mail_rule *usual = n->way.channel[0] == '\0' ? &usual_reminder :
	    &short_reminder;
	ra_mail_rule rule = *usual;
	size_t posted;
	tmg_rc rc;

	if ((rc = ra_news_post_all(d, n, &posted)) || posted > 0)
		return rc;
	ra_speech_begin(&speech, ra_language_find(n->app->language));
	if (usual->subject[0] != '\0')
		snprintf(rule.subject, sizeof(rule.subject), "%s", _(usual->subject));
	snprintf(rule.text, sizeof(rule.text), "%s", _(usual->text));
	return ra_news_post(d, n, &rule);
}

static tmg_rc
collect(void *arg, const ra_cert *cert)
{
	return ra_ids_add(arg, cert->app);
}

static tmg_rc
remind_one(ra_desk *d, const ra_profile *profile, const ra_way *way,
    const char *id, const char *told)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char once[RA_MAIL_ONCE];
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_app_get(d->store, id, &app)) ||
	    (rc = ra_cert_of_app(d->store, id, &cert)))
		return ra_desk_says(d, rc);
	snprintf(once, sizeof(once), "%s%s", told, cert.serial);
	rc = post_reminder(d, &(ra_news){ profile, &app, RA_TELL_REMIND, "",
	    cert.not_after, once, *way });
	if (rc)
		return rc;
	return ra_desk_commit(d, &txn);
}

/* Those whose end is less than days away, and not so near that the next
 * number of days is due: who was not reminded in time is reminded once. */
static tmg_rc
remind_each(ra_desk *d, const ra_profile *profile, const ra_way *way,
    long nearer, long days, unsigned *count)
{
	const time_t now = ra_desk_now(d);
	tmg_auto(ra_ids) ids = { NULL, 0, 0 };
	char told[RA_MAIL_ONCE];
	tmg_rc rc;

	snprintf(told, sizeof(told), "%ld days %s%s", days, way->channel,
	    way->channel[0] != '\0' ? " " : "");
	if ((rc = ra_cert_each_ending(d->store, profile->name,
	    now + nearer * DAY, now + days * DAY, told, collect, &ids)))
		return ra_desk_says(d, rc);
	for (size_t i = 0; i < ids.count; i++) {
		rc = remind_one(d, profile, way, ids.id[i], told);
		if (tmg_is_fault(rc))
			return rc;
		*count += rc == TMG_OK;
	}
	return TMG_OK;
}

/* The largest of a profile's numbers that is less than days, 0 none. */
static long
next_nearer(const ra_words *list, long days)
{
	long nearer = 0;

	for (size_t i = 0; i < list->count; i++) {
		const long n = strtol(list->word[i], NULL, 10);

		if (n < days && n > nearer)
			nearer = n;
	}
	return nearer;
}

static tmg_rc
remind_by(ra_desk *d, const ra_profile *p, const ra_way *way,
    const ra_words *days, unsigned *told)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; way->to[0] != '\0' && i < days->count && rc == TMG_OK; i++) {
		const long n = strtol(days->word[i], NULL, 10);

		/* one that lives shorter would be reminded at its birth */
		if (n < p->validity_days)
			rc = remind_each(d, p, way, next_nearer(days, n), n, told);
	}
	return rc;
}

tmg_rc
ra_tell_ending(ra_desk *d, unsigned *told)
{
	const ra_profiles *all = d->profiles;
	tmg_rc rc = TMG_OK;

	*told = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	for (size_t i = 0; i < all->count && rc == TMG_OK; i++) {
		const ra_profile *p = &all->row[i];
		const ra_way mail = ra_way_by_mail(p), sms = ra_way_by_sms(d, p);

		if ((rc = remind_by(d, p, &mail, &p->remind_days, told)) == TMG_OK)
			rc = remind_by(d, p, &sms, &p->remind_text_days, told);
	}
	return rc;
}
