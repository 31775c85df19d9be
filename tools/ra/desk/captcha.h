/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A code in a picture, and a question for those who cannot see it.
 *
 * The store keeps hashes of both answers for ten minutes, for one session and
 * one try, so any process can judge what another one asked.
 */
#ifndef RA_CAPTCHA_H
#define RA_CAPTCHA_H

#include "tools/ra/desk/desk.h"

#define RA_CAPTCHA_DIGITS 5
#define RA_CAPTCHA_SECONDS 600

typedef struct ra_captcha {
	char id[RA_ID_MAX];
	uint8_t *png;			/* owned; NULL: built without Cairo */
	size_t len;
	char question[RA_TEXT_MAX];	/* answered with a number */
} ra_captcha;

void ra_captcha_release(ra_captcha *captcha);

/* session: whose it is, "" nobody's. */
TMG_MUST_USE tmg_rc
ra_captcha_new(ra_desk *desk, const char *session, ra_captcha *captcha);

/*
 * Whether text answers the picture or the question; spaces do not count.  That
 * was its one try.
 *
 * Verdicts  TMG_MISMATCH   it does not, or the session is another
 * *           TMG_NOT_FOUND  tried already, or too old
 */
TMG_MUST_USE tmg_rc
ra_captcha_check(ra_desk *desk, const char *session, const char *id,
    const char *text);

/* SHA-256 of id, session and answer, a line each. */
TMG_MUST_USE tmg_rc
ra_captcha_hash(const char *id, const char *session, const char *answer,
    char hash[RA_HASH_TEXT]);

/* digits drawn as PNG, each time otherwise.  Verdicts TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
ra_captcha_draw(const char *digits, uint8_t **png, size_t *len);

#endif
