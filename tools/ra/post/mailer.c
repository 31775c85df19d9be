/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/mailer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/post/sheet.h"
#include "tools/ra/post/sms.h"
#include "tools/ra/post/smtp.h"
#include "tools/ra/profile/utf8.h"

struct round;

#define DAY 86400
#define LEASE_S 60		/* beyond the longest a mail can take */
#define WAIT_MOST_S 14400
#define GIVE_UP_DAYS 5		/* RFC 5321 4.5.4.1: at least 4-5 days */

/* How what goes on a channel is sent; by its settings. */
struct carrier {
	const char *channel;
	tmg_rc (*send)(const struct round *r, const ra_mail *mail, tmg_fault *f);
	int timeout_s, retry_s;
};

long
ra_mailer_wait(long first_s, int tries)
{
	long wait = first_s;

	for (int i = 1; i < tries && wait < WAIT_MOST_S; i++)
		wait *= 2;
	return wait < WAIT_MOST_S ? wait : WAIT_MOST_S;
}

/* Who has the turn takes the mail: nobody else sees it as due until the lease
 * is over. */
static tmg_rc
take(ra_desk *d, const struct carrier *by, ra_mail *mail)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_mail_next(d->store, by->channel, ra_desk_now(d), mail)))
		return rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
	if (ra_number_new(d->office->ctx, mail->holder, sizeof(mail->holder)))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	mail->tries++;
	mail->due = ra_desk_now(d) + by->timeout_s + LEASE_S;
	if ((rc = ra_mail_take(d->store, mail->id, mail->holder, mail->due)) ||
	    (rc = ra_txn_commit(&txn)))
		return ra_desk_says(d, rc);
	return TMG_OK;
}

/* The printed application, as it is by now; a mail is not held up by it. */
static void
attach(ra_desk *d, const ra_mail *mail, ra_printed *printed)
{
	tmg_auto(ra_app) app = { .id = "" };

	if (!mail->attach || ra_app_get(d->store, mail->app, &app) != TMG_OK)
		return;
	if (ra_print(d, &app, "", "pdf", printed) != TMG_OK)
		tmg_log(d->office->ctx, TMG_LOG_WARN,
		    "mail %s goes without the printed application: %s", mail->id,
		    d->fault.text);
}

/* One process's round with what is due. */
struct round {
	ra_desk *desk;
	ra_courier *courier;
	const atomic_bool *stop;
};

static tmg_rc
send_mail(const struct round *r, const ra_mail *mail, tmg_fault *f)
{
	const ra_mail_conf *conf = &r->desk->config->mail;
	tmg_auto(ra_printed) printed = { .bytes = NULL };

	attach(r->desk, mail, &printed);
	const ra_letter letter = { conf->from, conf->from_name, mail->recipient,
		mail->subject, mail->body, mail->id, mail->created,
		{ printed.bytes, printed.len } };

	return ra_smtp_send(r->desk->office->ctx, r->desk->config, &letter, f);
}

static tmg_rc
send_sms(const struct round *r, const ra_mail *mail, tmg_fault *f)
{
	const ra_sms_line line = { r->desk->office->ctx, r->desk->config, r->courier };

	return ra_sms_send(&line, &(ra_sms){ mail->id, mail->recipient, mail->body },
	    f);
}

/* What telling the server led to.  A mail that nobody took for so long is
 * looked at by somebody; who has it tried again by hand has it tried twice. */
static void
note(ra_desk *d, const struct carrier *by, ra_mail *mail, tmg_rc rc,
    const char *why)
{
	const time_t now = ra_desk_now(d);
	const bool given_up = mail->tries > 1 &&
	    now - mail->created > (time_t)GIVE_UP_DAYS * DAY;
	const char *state = rc == TMG_OK ? RA_MAIL_SENT :
	    rc == TMG_DENIED || given_up ? RA_MAIL_PARKED : RA_MAIL_QUEUED;

	snprintf(mail->state, sizeof(mail->state), "%s", state);
	/* programs and servers say what they like; a database takes UTF-8 alone */
	ra_utf8_copy(rc == TMG_OK ? "" : why, "?", mail->error, sizeof(mail->error));
	mail->due = now + (rc == TMG_OK ? 0 :
	    ra_mailer_wait(by->retry_s, mail->tries));
}

static void
count(const ra_mail *mail, ra_mailed *mailed)
{
	if (strcmp(mail->state, RA_MAIL_SENT) == 0)
		mailed->sent++;
	else if (strcmp(mail->state, RA_MAIL_PARKED) == 0)
		mailed->parked++;
	else
		mailed->later++;
}

/* In his turn: a message whose end is not kept is sent again. */
static tmg_rc
keep(ra_desk *d, const ra_mail *mail)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_mail_settle(d->store, mail)))
		return rc == TMG_MISMATCH ? rc : ra_desk_says(d, rc);
	return ra_desk_commit(d, &txn);
}

static tmg_rc
settle(ra_desk *d, const struct carrier *by, ra_mail *mail, tmg_rc sent,
    const char *why, ra_mailed *mailed)
{
	tmg_rc rc;

	note(d, by, mail, sent, why);
	if (sent != TMG_OK)
		tmg_log(d->office->ctx, TMG_LOG_WARN, "%s %s of application %s: %s%s",
		    by->channel[0] != '\0' ? by->channel : "mail", mail->id, mail->app,
		    mail->error,
		    strcmp(mail->state, RA_MAIL_PARKED) == 0 ?
		    "; it waits for tamga-ra mail retry" : "");
	/* erased with its application meanwhile, or another's by now */
	if ((rc = keep(d, mail)))
		return rc == TMG_MISMATCH ? TMG_OK : rc;
	count(mail, mailed);
	return TMG_OK;
}

static tmg_rc
work_off(const struct round *r, const struct carrier *by, ra_mailed *mailed)
{
	ra_desk *d = r->desk;
	tmg_rc rc = TMG_OK;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	*mailed = (ra_mailed){ 0 };
	while (rc == TMG_OK && (r->stop == NULL || !atomic_load(r->stop))) {
		tmg_auto(ra_mail) mail = { .id = "" };
		tmg_fault why = { .rc = TMG_OK };

		if ((rc = take(d, by, &mail)))
			break;
		const tmg_rc sent = by->send(r, &mail, &why);

		rc = settle(d, by, &mail, sent, why.text, mailed);
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_mailer_run(ra_desk *d, const atomic_bool *stop, ra_mailed *mailed)
{
	const ra_mail_conf *conf = &d->config->mail;

	*mailed = (ra_mailed){ 0 };
	if (conf->server[0] == '\0')
		return tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("ra.conf names no mail.server: mails wait in the outbox"));
	return work_off(&(struct round){ d, NULL, stop }, &(struct carrier){
	    RA_MAIL_BY_MAIL, send_mail, conf->timeout_s, conf->retry_s }, mailed);
}

tmg_rc
ra_mailer_run_sms(ra_desk *d, ra_courier *courier, const atomic_bool *stop,
    ra_mailed *mailed)
{
	const ra_sms_conf *conf = &d->config->sms;

	*mailed = (ra_mailed){ 0 };
	if (!ra_sms_configured(conf))
		return TMG_OK;
	return work_off(&(struct round){ d, courier, stop }, &(struct carrier){
	    RA_MAIL_BY_SMS, send_sms, conf->timeout_s, conf->retry_s }, mailed);
}
