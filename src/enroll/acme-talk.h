/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One exchange with an ACME server: nonces, signed messages, problems
 * (RFC 8555 6).
 */
#ifndef TMG_ENROLL_ACME_TALK_H
#define TMG_ENROLL_ACME_TALK_H

#include "src/enroll/acme.h"

#define TMG_ACME_RESPONSE __attribute__((__cleanup__(tmg_http_response_release))) \
	tmg_http_response r = { 0 }

/* Who signs: an account by its address, or a key by itself (url NULL). */
typedef struct tmg_acme_sender {
	tmg_signer *signer;
	const char *url;
} tmg_acme_sender;

/*
 * POSTs payload to url; NULL is POST-as-GET (6.3).  A nonce the server will not
 * have is replaced, a few times (6.5).  TMG_OK is a status of success.
 *
 * Verdicts  TMG_DENIED, TMG_NOT_FOUND, TMG_UNSUPPORTED, TMG_PENDING (asked too
 *           often); the words are the server's, the type of the problem is in
 *           tmg_acme_of(a)->problem
 */
TMG_MUST_USE tmg_rc
tmg_acme_send(tmg_authority *a, const tmg_acme_sender *who, const char *url,
    const char *payload, const char *accept, tmg_http_response *r);

/* The same by the account. */
TMG_MUST_USE tmg_rc
tmg_acme_post(tmg_authority *a, const char *url, const char *payload,
    tmg_http_response *r);
TMG_MUST_USE tmg_rc
tmg_acme_fetch(tmg_authority *a, const char *url, const char *accept,
    tmg_http_response *r);

/* A problem as a verdict in words; subject is what it is about, "" nothing. */
tmg_rc
tmg_acme_refused(tmg_authority *a, const tmg_acme_problem *p, const char *subject);

/* Sleeps until it is time to ask again, for the n-th time, as the server asked
 * for (-1 it did not), at most most_s; false: this process has waited enough. */
bool
tmg_acme_nap(tmg_authority *a, unsigned n, long retry_after_s, long most_s);

#endif
