/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Automatic Certificate Management Environment: RFC 8555, RFC 8738 (addresses),
 * RFC 9773 (when to renew), RFC 8737 (tls-alpn-01), device-attest-01.  One file
 * for each noun.
 *
 * The key that is certified signs the request and nothing else: messages are
 * signed by an account's key, which is a software key unless somebody chose
 * another.  What outlives the process is the order's address, kept with
 * tmg_authority_keep() before anything is done with the order, and the account
 * (acme-account.h).
 */
#ifndef TMG_ENROLL_ACME_H
#define TMG_ENROLL_ACME_H

#include "src/enroll/acme-account.h"
#include "src/enroll/acme-body.h"
#include "src/enroll/authority.h"

typedef struct tmg_acme_proof tmg_acme_proof;
typedef struct tmg_acme_door tmg_acme_door;
typedef struct tmg_responder tmg_responder;

/* authority->state */
typedef struct tmg_acme {
	char url[TMG_ACME_URL_MAX];	/* of the directory */
	bool heard;			/* it was fetched */
	tmg_acme_directory directory;
	char nonce[128];		/* for the next message, "" none */
	tmg_acme_problem problem;	/* of the last answer that refused */
	long retry_after_s;		/* likewise, -1 it did not say */

	tmg_acme_account account;
	tmg_view csr;			/* what is handed in; borrowed */
	bool agreed;			/* a person did, when asked by us */
	bool told;			/* what its key costs a person */

	char order_url[TMG_ACME_URL_MAX];	/* "" none */
	tmg_acme_order order;
	bool left;			/* an earlier process may have left proofs shown */
	tmg_acme_proof *proofs;		/* what is shown to the CA now */
	size_t proof_count;
	tmg_responder *responder;	/* NULL none */
	tmg_acme_door *door;		/* of tls-alpn-01, NULL none */
	int64_t until_ms;		/* how long this process waits */
} tmg_acme;

static inline tmg_acme *
tmg_acme_of(const tmg_authority *a)
{
	return a->state;
}

/* The directory, asked for once; over http, which may be the session that
 * nobody has verified, or NULL: the verified one. */
TMG_MUST_USE tmg_rc
tmg_acme_hear(tmg_authority *a, tmg_http *http);

/* What --ca-option wait=SECONDS says, else a default. */
TMG_MUST_USE tmg_rc
tmg_acme_patience(tmg_authority *a, int64_t *ms);

/* The rows; see binding.h. */
TMG_MUST_USE tmg_rc
tmg_acme_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d);
TMG_MUST_USE tmg_rc
tmg_acme_revoke(tmg_authority *a, tmg_view cert, int reason);
TMG_MUST_USE tmg_rc
tmg_acme_call(tmg_authority *a, const tmg_call *call, tmg_answer *answer);

#endif
