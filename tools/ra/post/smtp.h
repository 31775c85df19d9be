/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A letter handed to a mail server (RFC 5321).
 */
#ifndef RA_SMTP_H
#define RA_SMTP_H

#include "tamga/ctx.h"
#include "tools/ra/desk/conf.h"
#include "tools/ra/post/letter.h"

/* Whether this program was built with what sends mails. */
bool
ra_smtp_built(void);

/*
 * Sends one letter, in as many seconds as the configuration says at the most,
 * and before the program ends (tmg_ctx_end_by()).
 *
 * Verdicts  TMG_OK       the server has taken it over
 *           TMG_DENIED   the server refused the letter or its recipient for good
 *           TMG_BUSY     not now: no server, no TLS, no login, "try again later".
 *                        It may have been taken over all the same when the
 *                        connection ended before the server's last word
 * f says why.
 */
TMG_MUST_USE tmg_rc
ra_smtp_send(tmg_ctx *ctx, const ra_config *config, const ra_letter *letter,
    tmg_fault *f);

#endif
