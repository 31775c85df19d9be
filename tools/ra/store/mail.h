/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outbox, as it is kept: mails and text messages that wait, that were sent,
 * that nobody takes.
 */
#ifndef RA_STORE_MAIL_H
#define RA_STORE_MAIL_H

#include <time.h>

#include "tools/ra/profile/settings.h"
#include "tools/ra/store/app.h"

#define RA_MAIL_SUBJECT 1024
#define RA_MAIL_BODY 16384
#define RA_MAIL_ONCE 96

#define RA_MAIL_QUEUED "queued"
#define RA_MAIL_SENT "sent"		/* nothing of the person is left in it */
#define RA_MAIL_PARKED "parked"		/* an officer looks at it */

#define RA_MAIL_BY_MAIL ""
#define RA_MAIL_BY_SMS "sms"		/* without subject and attachment */

typedef struct ra_mail {
	char channel[8];		/* on which it goes */
	char id[RA_ID_MAX];		/* its Message-ID's, whenever it is sent */
	char app[RA_ID_MAX];
	char event[RA_NAME_MAX];	/* what it tells of; "remind" */
	char once[RA_MAIL_ONCE];	/* "" or what is told once only */
	char state[16];
	time_t created;
	time_t due;			/* to be tried then; while it is, till then */
	int tries;
	char holder[RA_ID_MAX];		/* who tries it, or did last */
	char recipient[RA_TEXT_MAX];
	char subject[RA_MAIL_SUBJECT];
	char body[RA_MAIL_BODY];
	int attach;			/* the printed application goes with it */
	char error[RA_REASON_MAX];	/* why it was not sent yet */
} ra_mail;

/* It may hold an access code. */
void ra_mail_release(ra_mail *mail);

typedef tmg_rc ra_mail_fn(void *arg, const ra_mail *mail);

/* Verdicts TMG_OCCUPIED: that was told already. */
TMG_MUST_USE tmg_rc
ra_mail_put(ra_store *s, const ra_mail *mail);

TMG_MUST_USE tmg_rc
ra_mail_get(ra_store *s, const char *id, ra_mail *mail);

/* The one of a channel that has been due longest. */
TMG_MUST_USE tmg_rc
ra_mail_next(ra_store *s, const char *channel, time_t now, ra_mail *mail);

/* From now on it is holder's, until a time: who dies lets go of it then. */
TMG_MUST_USE tmg_rc
ra_mail_take(ra_store *s, const char *id, const char *holder, time_t until);

/* What became of it; keeps mail's due, error and state.  One that was sent is
 * emptied.  Verdicts TMG_MISMATCH: mail's holder does not hold it any more. */
TMG_MUST_USE tmg_rc
ra_mail_settle(ra_store *s, const ra_mail *mail);

/* Makes a parked one wait again.  Verdicts TMG_NOT_FOUND: none of that number
 * is parked. */
TMG_MUST_USE tmg_rc
ra_mail_again(ra_store *s, const char *id, time_t now);

/* How many of a channel are in that state and were put there before a time. */
TMG_MUST_USE tmg_rc
ra_mail_count(ra_store *s, const char *channel, const char *state,
    time_t before, int64_t *count);

/* All of an application's but those that tell of its end. */
TMG_MUST_USE tmg_rc
ra_mail_erase(ra_store *s, const char *app);

/* Newest first; state "": all. */
TMG_MUST_USE tmg_rc
ra_mail_each(ra_store *s, const char *state, ra_mail_fn *fn, void *arg);

#endif
