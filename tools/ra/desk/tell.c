/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/tell-parts.h"

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
#include "tools/ra/profile/input.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/mail.h"

ra_way
ra_way_by_mail(const ra_profile *p)
{
	return (ra_way){ RA_MAIL_BY_MAIL, p->mail_to, p->mail, p->mail_count };
}

ra_way
ra_way_by_sms(const ra_desk *d, const ra_profile *p)
{
	return (ra_way){ RA_MAIL_BY_SMS,
		ra_sms_configured(&d->config->sms) ? p->text_to : "", p->text,
		p->text_count };
}

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
add_words(const ra_news *n, ra_answers *answers)
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
expand(const ra_news *n, const ra_mail_rule *rule, const char *text,
    const ra_answers *answers, char *into, size_t cap)
{
	const tmg_rc rc = ra_contents_expand(rule->language[0] != '\0' ? text :
	    ra_said(n->profile, text), answers, into, cap);

	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* A number is stored as it was typed, and dialled without what stands between. */
static bool
address_of(const ra_news *n, const ra_answers *answers, char *into,
    size_t cap)
{
	const char *answer = ra_answers_get(answers, n->way.to);
	char number[RA_NUMBER_TEXT];

	if (answer[0] == '\0')
		return false;
	if (strcmp(n->way.channel, RA_MAIL_BY_SMS) != 0) {
		snprintf(into, cap, "%s", answer);
		return true;
	}
	if (!ra_input_number(answer, number))
		return false;
	snprintf(into, cap, "%s", number);
	return true;
}

static tmg_rc
write_mail(ra_desk *d, const ra_news *n, const ra_mail_rule *rule,
    ra_answers *answers, ra_mail *mail)
{
	const time_t now = ra_desk_now(d);

	*mail = (ra_mail){ .state = RA_MAIL_QUEUED, .created = now, .due = now,
		.attach = rule->attach_application };
	snprintf(mail->app, sizeof(mail->app), "%s", n->app->id);
	snprintf(mail->event, sizeof(mail->event), "%s", n->event);
	snprintf(mail->once, sizeof(mail->once), "%s", n->once);
	snprintf(mail->channel, sizeof(mail->channel), "%s", n->way.channel);
	if (!address_of(n, answers, mail->recipient, sizeof(mail->recipient)))
		return TMG_NOT_FOUND;
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

tmg_rc
ra_news_post(ra_desk *d, const ra_news *n, const ra_mail_rule *rule)
{
	tmg_auto(ra_answers) answers = { 0 };
	tmg_auto(ra_mail) mail = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_answers_load(d->store, n->app->id, &answers)))
		return ra_desk_says(d, rc);
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
language_for(const ra_news *n)
{
	for (size_t i = 0; i < n->way.count; i++)
		if (is_rule_for(&n->way.rule[i], n->event, n->app->language))
			return n->app->language;
	return "";
}

tmg_rc
ra_news_post_all(ra_desk *d, const ra_news *n, size_t *posted)
{
	tmg_rc rc = TMG_OK;

	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	const char *language = language_for(n);

	*posted = 0;
	ra_speech_begin(&speech, ra_language_find(n->app->language));
	for (size_t i = 0; i < n->way.count && rc == TMG_OK; i++) {
		if (!is_rule_for(&n->way.rule[i], n->event, language))
			continue;
		rc = ra_news_post(d, n, &n->way.rule[i]);
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
	ra_way ways[2];
	tmg_rc rc = TMG_OK;

	/* an application may outlive its profile, which told nobody then */
	if (profile == NULL)
		return TMG_OK;
	deadline = ra_deadline_of(profile, app);
	ways[0] = ra_way_by_mail(profile);
	ways[1] = ra_way_by_sms(d, profile);
	for (size_t i = 0; i < TMG_COUNT(ways) && rc == TMG_OK; i++) {
		const ra_news n = { profile, app, ra_event_name(event), code,
			deadline != NULL ? ra_due_at(deadline, app->entered) : 0, "",
			ways[i] };
		size_t posted;

		if (ways[i].to[0] != '\0' && (rc = ra_news_post_all(d, &n, &posted)) ==
		    TMG_NOT_FOUND)
			rc = TMG_OK;
	}
	return rc;
}
