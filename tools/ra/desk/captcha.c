/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/captcha.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/number.h"
#include "tools/ra/store/captcha.h"
#include "tools/ra/store/digest.h"

#define ANSWER_MAX 16

void
ra_captcha_release(ra_captcha *captcha)
{
	free(captcha->png);
	captcha->png = NULL;
}

tmg_rc
ra_captcha_hash(const char *id, const char *session, const char *answer,
    char hash[RA_HASH_TEXT])
{
	char text[512];
	const int len = snprintf(text, sizeof(text), "%s\n%s\n%s\n", id, session,
	    answer);

	return len < (int)sizeof(text) ? ra_sha256_text((tmg_view){
	    (const uint8_t *)text, (size_t)len }, hash) : TMG_E_SPACE;
}

/* Two numbers that anybody adds without paper, and few guess the sum of. */
static tmg_rc
choose(ra_desk *d, char code[RA_CAPTCHA_DIGITS + 1], ra_captcha *c,
    char sum[ANSWER_MAX])
{
	uint32_t random[2];

	if (RAND_bytes_ex(tmg_ctx_libctx(d->office->ctx), (unsigned char *)random,
	    sizeof(random), 0) != 1 ||
	    ra_number_new(d->office->ctx, c->id, sizeof(c->id)))
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	const unsigned a = 11 + random[1] % 79, b = 2 + (random[1] >> 16) % 8;

	snprintf(code, RA_CAPTCHA_DIGITS + 1, "%05u", (unsigned)(random[0] % 100000));
	snprintf(c->question, sizeof(c->question), _("How much is %u plus %u?"),
	    a, b);
	snprintf(sum, ANSWER_MAX, "%u", a + b);
	return TMG_OK;
}

static tmg_rc
remember(ra_desk *d, const char *session, const ra_captcha *c, const char *code,
    const char *sum)
{
	const time_t now = ra_desk_now(d);
	ra_captcha_row row = { .until = now + RA_CAPTCHA_SECONDS };
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	memcpy(row.id, c->id, sizeof(row.id));
	if (ra_captcha_hash(c->id, session, code, row.picture) ||
	    ra_captcha_hash(c->id, session, sum, row.question))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("hashing failed"));
	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_captcha_sweep(d->store, now)) ||
	    (rc = ra_captcha_put(d->store, &row)) ||
	    (rc = ra_txn_commit(&txn)))
		return ra_desk_says(d, rc);
	return TMG_OK;
}

tmg_rc
ra_captcha_new(ra_desk *d, const char *session, ra_captcha *c)
{
	char code[RA_CAPTCHA_DIGITS + 1], sum[ANSWER_MAX];
	tmg_rc rc;

	*c = (ra_captcha){ .png = NULL };
	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = choose(d, code, c, sum)))
		return rc;
	rc = ra_captcha_draw(code, &c->png, &c->len);
	if (rc != TMG_OK && rc != TMG_UNSUPPORTED)
		return tmg_raise(&d->fault, rc, 0, _("out of memory"));
	if ((rc = remember(d, session, c, code, sum)))
		ra_captcha_release(c);
	return rc;
}

/* What was typed, without the spaces that people put between digits. */
static void
tidy(const char *text, char answer[ANSWER_MAX])
{
	size_t len = 0;

	for (; *text != '\0' && len < ANSWER_MAX - 1; text++)
		if (*text != ' ')
			answer[len++] = *text;
	answer[len] = '\0';
}

/* Whoever drops it has had the try. */
static tmg_rc
take(ra_desk *d, const char *id, ra_captcha_row *row)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_captcha_get(d->store, id, row)))
		return rc == TMG_NOT_FOUND ? rc : ra_desk_says(d, rc);
	if ((rc = ra_captcha_drop(d->store, id)) || (rc = ra_txn_commit(&txn)))
		return ra_desk_says(d, rc);
	return row->until < ra_desk_now(d) ? TMG_NOT_FOUND : TMG_OK;
}

tmg_rc
ra_captcha_check(ra_desk *d, const char *session, const char *id,
    const char *text)
{
	char answer[ANSWER_MAX], hash[RA_HASH_TEXT];
	ra_captcha_row row;
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = take(d, id, &row)))
		return rc == TMG_NOT_FOUND ? tmg_raise(&d->fault, rc, 0,
		    _("the code in the picture is too old: here is a new one")) : rc;
	tidy(text, answer);
	if ((rc = ra_captcha_hash(id, session, answer, hash)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	if (strcmp(hash, row.picture) == 0 || strcmp(hash, row.question) == 0)
		return TMG_OK;
	return tmg_raise(&d->fault, TMG_MISMATCH, 0,
	    _("this is not the code in the picture: here is a new one"));
}
