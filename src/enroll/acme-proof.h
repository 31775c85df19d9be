/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proving that a name is ours (RFC 8555 7.5, 8): for each authorization of the
 * order one challenge, shown in one of the ways that the person gave.
 */
#ifndef TMG_ENROLL_ACME_PROOF_H
#define TMG_ENROLL_ACME_PROOF_H

#include "src/enroll/acme.h"

/* A token, a dot and a thumbprint (RFC 8555 8.1), with the final zero. */
#define TMG_ACME_ANSWER_MAX 176u

/*
 * How a challenge is shown.
 *
 *   challenge  its type
 *   option     the option whose value says where or by whom
 *   lasting    what is shown outlives the process: while the CA takes its time
 *              it stays, and whoever finishes takes it away
 *   show       puts the proof where the CA looks for it.  TMG_PENDING: somebody
 *              says that it is not there yet; the words tell when to come again
 *   hide       takes it away; never fails
 *   answer     what the CA is told when it is shown, yours to free()
 *
 * While proofs are shown, their array is not changed: a responder reads it.
 */
typedef struct tmg_acme_way {
	const char *challenge, *option;
	bool lasting;
	tmg_rc (*show)(tmg_authority *a, const tmg_acme_proof *proof, const char *value);
	void (*hide)(tmg_authority *a, const tmg_acme_proof *proof, const char *value);
	tmg_rc (*answer)(tmg_authority *a, const tmg_acme_proof *proof, char **payload);
} tmg_acme_way;

/* "{}": go and see (RFC 8555 7.5.1). */
tmg_rc
tmg_acme_answer_seen(tmg_authority *a, const tmg_acme_proof *proof, char **payload);


extern const tmg_acme_way tmg_acme_webroot, tmg_acme_listen, tmg_acme_alpn,
    tmg_acme_hook_dns, tmg_acme_hook_http, tmg_acme_hook_alpn, tmg_acme_attest;

struct tmg_acme_proof {
	const tmg_acme_way *way;
	tmg_acme_identifier name;
	bool wildcard;
	bool shown;
	char authz[TMG_ACME_URL_MAX], url[TMG_ACME_URL_MAX];
	char token[128];
	char answer[TMG_ACME_ANSWER_MAX];	/* the key authorization */
	bool asked;			/* the CA was told to look already */
	long retry_after_s;		/* then, what it advised; else -1 */
};

/*
 * Proves every authorization of the order that is not proven yet.
 *
 * Verdicts  TMG_PENDING  not proven yet, and this process has waited enough
 *           TMG_DENIED   the CA found no proof; its words say why
 *           TMG_UNSUPPORTED  it wants a proof that nobody said how to give
 */
TMG_MUST_USE tmg_rc
tmg_acme_prove(tmg_authority *a);

/* Whether there is a way for any name; asked before anything costs anything. */
TMG_MUST_USE tmg_rc
tmg_acme_prove_check(tmg_authority *a);

/* For who answers at listen=: the address has another proof already. */
tmg_rc
tmg_acme_prove_taken(tmg_authority *a);

/* Nothing is shown any more, but what lasts where somebody goes on later. */
void
tmg_acme_prove_end(tmg_authority *a, bool goes_on);

/* Takes away what an earlier process left shown for the order; quietly. */
void
tmg_acme_prove_tidy(tmg_authority *a);

#endif
