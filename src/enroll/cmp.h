/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Certificate Management Protocol: RFC 9810, RFC 9483, over HTTP by RFC
 * 9811.  doc/design/cmp.md tells how an exchange survives its process.
 */
#ifndef TMG_ENROLL_CMP_H
#define TMG_ENROLL_CMP_H

#include <openssl/cmp.h>

#include "src/enroll/authority.h"
#include "src/pki/cmp-message.h"
#include "src/pki/scope.h"

TMG_SCOPE_OF(OSSL_CMP_CTX)
TMG_SCOPE_OF(OSSL_CMP_MSG)
TMG_SCOPE_OF(OSSL_CRMF_MSG)

/* The authority's state: what was chosen, and the key that signs messages. */
typedef struct tmg_cmp {
	unsigned command;	/* TMG_CMP_IR ...; TMG_CMP_BODIES: nobody chose */
	int mac;		/* NID */
	int digest;		/* NID; NID_undef: nobody chose */
	bool explicit_confirm;	/* do not ask to go without certConf */
	bool signs_questions;	/* general messages may cost signatures */
	bool believes_unprotected;	/* refusals without protection */
	const char *recipient;	/* RFC 4514; NULL: nobody chose */
	const char *sender;
	char path[320];		/* with its first '/' */

	bool busy;		/* a transaction is open: nothing else is asked */
	tmg_guard guard;	/* the renewed key, capped for each operation */
	EVP_PKEY *key;		/* NULL: not needed yet */
} tmg_cmp;

/* Reads the options and the address.  Faults TMG_E_USAGE. */
TMG_MUST_USE tmg_rc
tmg_cmp_choose(tmg_authority *a, tmg_cmp *cmp);

/* ---- cmp-context.c ------------------------------------------------------- */

/* How a message of ours is protected. */
typedef enum tmg_cmp_seal {
	TMG_CMP_MAC,		/* reference and secret */
	TMG_CMP_SIGNATURE,	/* the certificate that is renewed or revoked */
	TMG_CMP_OPEN,		/* nothing */
} tmg_cmp_seal;

/* By what we have; TMG_CMP_OPEN: we have nothing. */
tmg_cmp_seal
tmg_cmp_seal_of(const tmg_authority *a);

/* Verdicts  TMG_DENIED  we have nothing, and nobody is heard like that */
TMG_MUST_USE tmg_rc
tmg_cmp_identified(tmg_authority *a);

/*
 * A context for one operation: who is believed, and how our messages are
 * protected, which may cost as many signatures of the renewed key.
 */
TMG_MUST_USE tmg_rc
tmg_cmp_context(tmg_authority *a, tmg_cmp_seal seal, unsigned signatures,
    OSSL_CMP_CTX **ctx);

/* The certificate that is renewed, when one is. */
TMG_MUST_USE tmg_rc
tmg_cmp_reference(tmg_authority *a, bool renews, OSSL_CMP_CTX *ctx);

/* ---- cmp-talk.c ---------------------------------------------------------- */

#define TMG_CMP_TURNS 3u	/* waiting, its last pollRep, the certificate */

/* What we sent, known by its nonce, and what came back. */
typedef struct tmg_cmp_turn {
	uint8_t nonce[64];
	size_t nonce_len;
	uint8_t *answer;	/* PKIMessage */
	size_t len;
} tmg_cmp_turn;

/*
 * A transaction: what is sent and heard on behalf of a context.  Turns of an
 * earlier process are played to it again, and not sent.
 */
typedef struct tmg_cmp_talk {
	tmg_authority *a;
	tmg_http *http;		/* NULL: the verified session */
	tmg_view request;	/* what goes out first, in place of what the
				 * context makes; empty: that */
	tmg_cmp_message first;	/* the request's parts */
	tmg_cmp_turn turns[TMG_CMP_TURNS];
	size_t count, at;	/* turns there are, and the next to play */
	size_t recalled;	/* turns of an earlier process */
	unsigned sent;		/* messages of this process */
	bool keeps;		/* write the turns down */
	bool patient;		/* a poll costs a signature: not before resumed */
	bool waits;		/* ... and so none was made */
	bool stranger;		/* signed by who is nobody's authority */
	tmg_rc rc;		/* what stopped it; TMG_OK nothing of ours */
} tmg_cmp_talk;

void
tmg_cmp_talk_release(tmg_cmp_talk *t);

/* Lets ctx speak through t; neither may move.  TMG_OK leaves both ready. */
TMG_MUST_USE tmg_rc
tmg_cmp_talk_begin(tmg_cmp_talk *t, OSSL_CMP_CTX *ctx);

/* The last answer's body; TMG_CMP_BODIES: there is none. */
unsigned
tmg_cmp_talk_heard(const tmg_cmp_talk *t);

/* Writes down what was heard so far. */
TMG_MUST_USE tmg_rc
tmg_cmp_talk_keep(tmg_cmp_talk *t);

/* ---- cmp-fault.c --------------------------------------------------------- */

/* Why an operation failed, from what stopped the talk, what the authority
 * said, or what libcrypto refused to believe. */
tmg_rc
tmg_cmp_explain(tmg_cmp_talk *t, const OSSL_CMP_CTX *ctx);

/* The authority's own words, one clean line; "" none. */
void
tmg_cmp_said(const OSSL_CMP_CTX *ctx, char *to, size_t cap);

/* ---- the rows; see binding.h --------------------------------------------- */

TMG_MUST_USE tmg_rc
tmg_cmp_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs);
TMG_MUST_USE tmg_rc
tmg_cmp_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs);
TMG_MUST_USE tmg_rc
tmg_cmp_request(tmg_authority *a, const tmg_csr_spec *spec, tmg_signer *signer,
    bool renews, tmg_out *request);
TMG_MUST_USE tmg_rc
tmg_cmp_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request);
TMG_MUST_USE tmg_rc
tmg_cmp_vouch(tmg_authority *a, tmg_view pkcs10, tmg_out *request);
TMG_MUST_USE tmg_rc
tmg_cmp_submit(tmg_authority *a, tmg_view request, bool renews,
    tmg_decision *decision);
TMG_MUST_USE tmg_rc
tmg_cmp_poll(tmg_authority *a, tmg_view request, bool renews,
    const char *ticket, tmg_decision *decision);
TMG_MUST_USE tmg_rc
tmg_cmp_revoke(tmg_authority *a, tmg_view cert, int reason);

#endif
