/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * News and the ways that they go: between tell.c and remind.c.
 */
#ifndef RA_TELL_PARTS_H
#define RA_TELL_PARTS_H

#include "tools/ra/desk/tell.h"
#include "tools/ra/store/mail.h"

/* A way to the applicant: by mail, by text message. */
typedef struct ra_way {
	const char *channel;
	const char *to;			/* the field with the address; "" none */
	const ra_mail_rule *rule;
	size_t count;
} ra_way;

/* What is told, of whom, and how. */
typedef struct ra_news {
	const ra_profile *profile;
	const ra_app *app;
	const char *event;
	const char *code;
	time_t deadline;		/* 0: none */
	const char *once;
	ra_way way;
} ra_news;

ra_way
ra_way_by_mail(const ra_profile *profile);
/* Where nothing takes them none are written: they would be old news once
 * something does. */
ra_way
ra_way_by_sms(const ra_desk *desk, const ra_profile *profile);

/* One message into the outbox, in the caller's transaction.
 * Verdicts  TMG_NOT_FOUND  nowhere to send it to
 *           TMG_OCCUPIED   told already */
TMG_MUST_USE tmg_rc
ra_news_post(ra_desk *desk, const ra_news *news, const ra_mail_rule *rule);
/* All that the profile says of the event, in the applicant's language where it has
 * words in it; *posted: how many. */
TMG_MUST_USE tmg_rc
ra_news_post_all(ra_desk *desk, const ra_news *news, size_t *posted);

#endif
