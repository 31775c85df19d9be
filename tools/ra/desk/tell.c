/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/desk/deadline.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/form/contents.h"
#include "tools/ra/form/form.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/ids.h"
#include "tools/ra/store/mail.h"

#define DAY 86400

/* What is told, and of whom. */
struct news {
	const ra_profile *profile;
	const ra_app *app;
	const char *event;
	const char *code;
	time_t deadline;		/* 0: none */
	const char *once;
};

/* ---- composing ---- */

static void
branch_text(const ra_profile *profile, const ra_answers *answers,
    char text[RA_BRANCH_TEXT])
{
	const ra_branch *branch;

	text[0] = '\0';
	if (ra_form_branch(profile, answers, &branch) == TMG_OK)
		ra_branch_say(profile, branch, text);
}

/* A word that was chosen from a list is told as it was shown. */
static tmg_rc
say_answers(const ra_profile *profile, ra_answers *answers)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < profile->input_count && rc == TMG_OK; i++) {
		const ra_input *input = &profile->input[i];
		const char *answer = ra_answers_get(answers, input->name);
		const char *said = ra_said_answer(profile, input, answer);

		if (said != answer)
			rc = ra_answers_set(answers, input->name, said);
	}
	return rc;
}

/* Beside what the applicant answered stands what only we know, in the order
 * of ra_mail_words. */
static tmg_rc
add_words(const struct news *n, ra_answers *answers)
{
	char date[RA_DAY_TEXT], branch[RA_BRANCH_TEXT];
	const char *values[RA_MAIL_WORDS] = { n->app->id, n->code,
		ra_profile_status(n->profile, n->app->state), n->app->reason,
		branch, date };
	tmg_rc rc = TMG_OK;

	ra_day_text(n->deadline, date);
	branch_text(n->profile, answers, branch);
	for (size_t i = 0; i < RA_MAIL_WORDS && rc == TMG_OK; i++)
		rc = ra_answers_set(answers, ra_mail_words[i], values[i]);
	return rc ? rc : say_answers(n->profile, answers);
}

/* A text whose names are all empty still says the rest.  One that the profile
 * has for a language is in it already. */
static tmg_rc
expand(const struct news *n, const ra_mail_rule *rule, const char *text,
    const ra_answers *answers, char *into, size_t cap)
{
	const tmg_rc rc = ra_contents_expand(rule->language[0] != '\0' ? text :
	    ra_said(n->profile, text), answers, into, cap);

	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
write_mail(ra_desk *d, const struct news *n, const ra_mail_rule *rule,
    ra_answers *answers, ra_mail *mail)
{
	const time_t now = ra_desk_now(d);

	*mail = (ra_mail){ .state = RA_MAIL_QUEUED, .created = now, .due = now,
		.attach = rule->attach_application };
	snprintf(mail->app, sizeof(mail->app), "%s", n->app->id);
	snprintf(mail->event, sizeof(mail->event), "%s", n->event);
	snprintf(mail->once, sizeof(mail->once), "%s", n->once);
	snprintf(mail->recipient, sizeof(mail->recipient), "%s",
	    ra_answers_get(answers, n->profile->mail_to));
	if (ra_number_new(d->office->ctx, mail->id, sizeof(mail->id)))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	if (add_words(n, answers) ||
	    expand(n, rule, rule->subject, answers, mail->subject,
	    sizeof(mail->subject)) ||
	    expand(n, rule, rule->text, answers, mail->body, sizeof(mail->body)))
		return tmg_raise(&d->fault, TMG_E_SPACE, 0,
		    _("application %s: the mail on \"%s\" becomes too long"),
		    n->app->id, n->event);
	return TMG_OK;
}

/* TMG_NOT_FOUND: nowhere to send it to; TMG_OCCUPIED: told already. */
static tmg_rc
post(ra_desk *d, const struct news *n, const ra_mail_rule *rule)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_auto(ra_mail) mail = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_answers_load(d->store, n->app->id, &answers)))
		return ra_desk_says(d, rc);
	if (ra_answers_get(&answers, n->profile->mail_to)[0] == '\0')
		return TMG_NOT_FOUND;
	if ((rc = write_mail(d, n, rule, &answers, &mail)))
		return rc;
	rc = ra_mail_put(d->store, &mail);
	return rc == TMG_OK || rc == TMG_OCCUPIED ? rc : ra_desk_says(d, rc);
}

static bool
is_rule_for(const ra_mail_rule *rule, const char *event, const char *language)
{
	return strcmp(rule->event, event) == 0 &&
	    strcmp(rule->language, language) == 0;
}

/* The applicant's, where the profile has words in it. */
static const char *
language_for(const struct news *n)
{
	for (size_t i = 0; i < n->profile->mail_count; i++)
		if (is_rule_for(&n->profile->mail[i], n->event, n->app->language))
			return n->app->language;
	return "";
}

static tmg_rc
post_all(ra_desk *d, const struct news *n, size_t *posted)
{
	tmg_rc rc = TMG_OK;

	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	const char *language = language_for(n);

	*posted = 0;
	ra_speech_begin(&speech, ra_language_find(n->app->language));
	for (size_t i = 0; i < n->profile->mail_count && rc == TMG_OK; i++) {
		if (!is_rule_for(&n->profile->mail[i], n->event, language))
			continue;
		rc = post(d, n, &n->profile->mail[i]);
		(*posted)++;
	}
	return rc;
}

tmg_rc
ra_tell(ra_desk *d, const ra_app *app, ra_event event, const char *code)
{
	const ra_profile *profile =
	    ra_profiles_find(d->profiles, app->profile);
	const ra_deadline *deadline;
	size_t posted;
	tmg_rc rc;

	/* an application may outlive its profile, which told nobody then */
	if (profile == NULL || profile->mail_to[0] == '\0')
		return TMG_OK;
	deadline = ra_deadline_of(profile, app);
	rc = post_all(d, &(struct news){ profile, app, ra_event_name(event), code,
	    deadline != NULL ? ra_due_at(deadline, app->entered) : 0, "" },
	    &posted);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* ---- reminders ---- */

static const ra_mail_rule usual_reminder = {
	.event = RA_TELL_REMIND,
	.subject = N_("Your certificate ends on ${deadline}"),
	.text = N_("The certificate of application ${number} ends on ${deadline}.\n\n"
	    "Renew it in time: until then it can be renewed with itself.\n"),
};

static tmg_rc
post_reminder(ra_desk *d, const struct news *n)
{
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	ra_mail_rule rule = usual_reminder;
	size_t posted;
	tmg_rc rc;

	if ((rc = post_all(d, n, &posted)) || posted > 0)
		return rc;
	ra_speech_begin(&speech, ra_language_find(n->app->language));
	snprintf(rule.subject, sizeof(rule.subject), "%s", _(usual_reminder.subject));
	snprintf(rule.text, sizeof(rule.text), "%s", _(usual_reminder.text));
	return post(d, n, &rule);
}

static tmg_rc
collect(void *arg, const ra_cert *cert)
{
	return ra_ids_add(arg, cert->app);
}

static tmg_rc
remind_one(ra_desk *d, const ra_profile *profile, const char *id,
    const char *told)
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
	rc = post_reminder(d, &(struct news){ profile, &app, RA_TELL_REMIND, "",
	    cert.not_after, once });
	if (rc)
		return rc;
	return ra_desk_commit(d, &txn);
}

/* Those whose end is less than days away, and not so near that the next
 * number of days is due: who was not reminded in time is reminded once. */
static tmg_rc
remind_each(ra_desk *d, const ra_profile *profile, long nearer, long days,
    unsigned *count)
{
	const time_t now = ra_desk_now(d);
	tmg_auto(ra_ids) ids = { NULL, 0, 0 };
	char told[RA_MAIL_ONCE];
	tmg_rc rc;

	snprintf(told, sizeof(told), "%ld days ", days);
	if ((rc = ra_cert_each_ending(d->store, profile->name,
	    now + nearer * DAY, now + days * DAY, told, collect, &ids)))
		return ra_desk_says(d, rc);
	for (size_t i = 0; i < ids.count; i++) {
		rc = remind_one(d, profile, ids.id[i], told);
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

tmg_rc
ra_tell_ending(ra_desk *d, unsigned *told)
{
	const ra_profiles *all = d->profiles;
	tmg_rc rc = TMG_OK;

	*told = 0;
	d->fault = (tmg_fault){ .rc = TMG_OK };
	for (size_t i = 0; i < all->count; i++) {
		const ra_profile *p = &all->row[i];

		if (p->mail_to[0] == '\0')
			continue;
		for (size_t j = 0; j < p->remind_days.count && rc == TMG_OK; j++) {
			const long days = strtol(p->remind_days.word[j], NULL, 10);

			/* one that lives shorter would be reminded at its birth */
			if (days >= p->validity_days)
				continue;
			rc = remind_each(d, p, next_nearer(&p->remind_days, days),
			    days, told);
		}
	}
	return rc;
}
