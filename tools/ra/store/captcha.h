/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captchas that were asked, as they are kept: hashes only.
 */
#ifndef RA_STORE_CAPTCHA_H
#define RA_STORE_CAPTCHA_H

#include <time.h>

#include "tools/ra/store/app.h"

typedef struct ra_captcha_row {
	char id[RA_ID_MAX];
	time_t until;
	char picture[RA_HASH_TEXT], question[RA_HASH_TEXT];
} ra_captcha_row;

TMG_MUST_USE tmg_rc
ra_captcha_put(ra_store *s, const ra_captcha_row *row);
TMG_MUST_USE tmg_rc
ra_captcha_get(ra_store *s, const char *id, ra_captcha_row *row);
/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_captcha_drop(ra_store *s, const char *id);
/* Those that ended before a time. */
TMG_MUST_USE tmg_rc
ra_captcha_sweep(ra_store *s, time_t before);

#endif
