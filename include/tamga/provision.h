/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one call the user wanted: a key is born on the token, a request is
 * signed there, an authority issues, the certificate is installed.
 */
#ifndef TAMGA_PROVISION_H
#define TAMGA_PROVISION_H

#include "tamga/csr.h"
#include "tamga/enroll.h"
#include "tamga/key.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_PROVISION_ID 24	/* bytes of an enrollment's id, final zero included */

/* The steps in their order; the journal holds the last one that is done. */
typedef enum tmg_step {
	TMG_STEP_BEGUN,		/* what was asked for is written down */
	TMG_STEP_KEY,		/* the key pair exists on the token */
	TMG_STEP_REQUEST,	/* the request is signed */
	TMG_STEP_SUBMITTED,	/* the authority has it and wants time */
	TMG_STEP_ISSUED,	/* the certificate is here, checked */
	TMG_STEP_INSTALLED,	/* on the token, read back, compared */
	TMG_STEP_DONE,		/* test signature verified */
	TMG_STEP_CANCELLED,
} tmg_step;

/* What is asked for.  Zero it first; strings and lists as in tmg_csr_spec. */
typedef struct tmg_provision_spec {
	const char *token;	/* as tmg_tokens_find(); NULL: the only one */
	const char *slot;	/* "9a"; NULL: the token's first for logging in; of a
				 * renewal: a free one like the old one's */
	tmg_alg alg;		/* NONE: the first that token and authority both take:
				 * ec:p256, ec:p384, rsa:2048, ... */
	tmg_pin_policy pin;
	tmg_touch_policy touch;
	bool replace;		/* an occupied slot may be overwritten once the new key
				 * is certified and proven; a token that cannot wait so
				 * long, which moves no keys or has no room, is refused
				 * (TMG_OCCUPIED, TMG_TRY_DESTROY) */
	bool destroy;		/* replace, on such a token too: what is there is gone
				 * before the authority has decided */
	bool keep_key;		/* use the key that is there (renewal, same key) */
	const char *renews;	/* name of the key whose certificate is renewed and
				 * which authenticates us */
	bool attest;		/* put the token's attestation into the request */
	bool swap;		/* of a renewal: in the end the new key gets the old
				 * one's slot, and the old one a spare slot, where the
				 * token moves keys and nobody chose a slot */
	tmg_csr_spec csr;	/* ca_wants is filled in from the authority */
	tmg_authority_spec authority;	/* signer, cert, chain: from renews; uri
				 * NULL: who issued what is renewed */
	const char *profile;	/* path label; NULL none */
} tmg_provision_spec;

/* One enrollment as its journal tells of it. */
typedef struct tmg_provision_record {
	char id[TMG_PROVISION_ID];
	tmg_step step;
	char token[TMG_URI_MAX];
	char slot[TMG_SLOT_NAME];
	char waits[TMG_SLOT_NAME];	/* where the new key waits until it may replace what
				 * slot holds, which may be used till then; "" nowhere */
	char authority[TMG_URI_MAX];
	char subject[TMG_NAME_MAX];
	time_t begun, changed;
	time_t not_after;	/* of the issued certificate, 0 before */
	char serial[TMG_SERIAL_MAX];	/* likewise, "" before */
	char renewed[TMG_SERIAL_MAX];	/* of the certificate that this one follows,
					 * "" it is no renewal */
	long retry_after_s;	/* -1 none */
	char last_error[TMG_FAULT_TEXT];
	char note[TMG_FAULT_TEXT];	/* what the authority did otherwise than asked, ""
				 * nothing that a person should be told */
	bool unanswered;	/* the authority may have the request: it was handed in
				 * and no answer came; the identical one goes next */
} tmg_provision_record;

typedef struct tmg_provision tmg_provision;

/* Called after each step, once it is safely written down, while no card is
 * held; seconds is how long the step took. */
typedef void tmg_step_fn(void *arg, tmg_step step, double seconds);

/*
 * Begins an enrollment: checks everything that can be checked before anything
 * is changed, logs in, and writes the journal's first entry.  What is
 * credential in spec (authority, csr.challenge) is borrowed until
 * tmg_provision_free(); the rest is copied.
 *
 * An enrollment that was begun before and asks for the same is taken up
 * instead, also when it is done and its certificate still on the token: asking
 * twice makes no second key.
 *
 * Verdicts  TMG_OCCUPIED   the slot holds a key, a certificate, or another
 *                          enrollment that is not finished
 *           TMG_BUSY       another process works on the same slot's enrollment
 *           TMG_NOT_FOUND, TMG_AMBIGUOUS, TMG_UNSUPPORTED as the token floor
 *           those of tmg_token_login() and of the authority
 * On a verdict or fault *p is NULL and f says why.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_begin(tmg_ctx *ctx, tmg_tokens *tokens,
    const tmg_provision_spec *spec, tmg_fault *f, tmg_provision **p);

/*
 * The same checks and nothing else: nobody is logged in, nothing is written.
 *
 *   about   out    what would be done
 *   csr     out    the request as it would be, but of a throw-away key; at
 *                  most TMG_CSR_MAX bytes
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_rehearse(tmg_ctx *ctx, tmg_tokens *tokens,
    const tmg_provision_spec *spec, tmg_provision_record *about, tmg_out *csr,
    tmg_fault *f);

/*
 * Takes an enrollment up again from its journal.  id NULL: the only open one.
 * credentials: user, password, bearer, and anchors when the journal lacks them
 * (secrets are never journalled); borrowed until tmg_provision_free().
 *
 * Verdicts  TMG_NOT_FOUND; TMG_AMBIGUOUS; TMG_BUSY as above; TMG_CANCELLED
 *           TMG_UNSUPPORTED  a later tamga wrote the journal
 * The token is looked for when a step needs it.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_resume(tmg_ctx *ctx, tmg_tokens *tokens, const char *id,
    const tmg_authority_spec *credentials, tmg_fault *f, tmg_provision **p);

/*
 * Goes on until done or until somebody else must act.
 *
 * Verdicts  TMG_PENDING  the authority has not decided; resume later
 *           any of token, signer and authority; the fault says what to do.
 *           Whatever happens, resuming finishes with the same key and request.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_run(tmg_provision *p, tmg_step_fn *step, void *arg);

/*
 * Says that a person looked at the name the authority chose: a certificate
 * whose subject differs from the request's is then installed.  For this handle
 * only; without it such a certificate is TMG_MISMATCH.
 */
TMG_API void
tmg_provision_accept_subject(tmg_provision *p);

/*
 * Says the challenge password again, which is never journalled: an enrollment
 * whose process ended before its request was made needs it.  Borrowed until
 * tmg_provision_free(); an enrollment that was begun without one ignores it.
 */
TMG_API void
tmg_provision_challenge(tmg_provision *p, const char *challenge);

/* Accepts NULL and a pointer to NULL; leaves NULL.  The enrollment itself stays
 * in its journal. */
TMG_API void
tmg_provision_free(tmg_provision **p);
/* The words that go with its last verdict or fault; borrowed. */
TMG_API const tmg_fault *
tmg_provision_fault(const tmg_provision *p);

/* Borrowed until it is asked again; as it is now. */
TMG_API const tmg_provision_record *
tmg_provision_about(tmg_provision *p);
/* The issued certificate, borrowed; empty before TMG_STEP_ISSUED. */
TMG_API tmg_view
tmg_provision_cert(const tmg_provision *p);

/* Journals of this user, newest first; *rows is yours, free() it; NULL when
 * there are none.  Damaged ones are left out and logged. */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_list(tmg_ctx *ctx, tmg_provision_record **rows, size_t *count,
    tmg_fault *f);
#define TMG_FINGERPRINT_MAX 128	/* bytes, final zero included */
/*
 * Whom an enrollment believes, for a question to its authority beside it: put one
 * or the other into tmg_authority_spec.
 *
 *   anchors      out   yours to tmg_certs_free(); NULL when a fingerprint was
 *                      compared and the authority not yet heard
 *   fingerprint  out   "" where there are anchors
 *
 * Verdicts  TMG_NOT_FOUND
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_believes(tmg_ctx *ctx, const char *id, tmg_certs **anchors,
    char fingerprint[TMG_FINGERPRINT_MAX], tmg_fault *f);
/* Gives an enrollment up.  The token is left as it is.
 * Verdicts  TMG_NOT_FOUND; TMG_BUSY; TMG_DENIED: it is done; TMG_CANCELLED: it
 *           was given up before */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_cancel(tmg_ctx *ctx, const char *id, tmg_fault *f);

/*
 * Asks the authority that issued a certificate to revoke it: the one in
 * credentials, or the one that this user's enrollment had it from.
 *
 *   reason   RFC 5280 5.3.1
 *
 * Verdicts  TMG_NOT_FOUND    nobody here knows who issued it
 *           TMG_UNSUPPORTED  the protocol has no revocation (EST)
 *           those of the authority
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_revoke(tmg_ctx *ctx, tmg_view cert, int reason,
    const tmg_authority_spec *credentials, tmg_fault *f);

/*
 * Asks the authority that issued a certificate when it would like it renewed;
 * which authority, as above.
 *
 * Verdicts  TMG_NOT_FOUND    nobody here knows who issued it
 *           TMG_UNSUPPORTED  neither it nor its protocol tells
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_provision_renew_when(tmg_ctx *ctx, tmg_view cert,
    const tmg_authority_spec *credentials, tmg_renewal *when, tmg_fault *f);

/*
 * Lets the authority find keys on these tokens where its options name one (an
 * ACME account's): fills in keyring and named of spec.  What begins, resumes or
 * rehearses an enrollment does so itself.
 *
 *   tokens   outlive the authority
 */
TMG_API void
tmg_provision_keyring(tmg_tokens *tokens, tmg_authority_spec *spec);

#ifdef __cplusplus
}
#endif

#endif
