/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Authorities: one table for every protocol a CA may speak.
 */
#ifndef TAMGA_ENROLL_H
#define TAMGA_ENROLL_H

#include "tamga/cert.h"
#include "tamga/csr.h"
#include "tamga/signer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A key that was asked for by its name; all borrowed. */
typedef struct tmg_named_key {
	tmg_signer *signer;
	const char *uri;	/* by which it is found again */
	bool each;		/* each signature wants a PIN or a finger */
} tmg_named_key;

/*
 * Who the authority is and who we are to it.  Everything is borrowed until
 * tmg_authority_free().  Zero the structure first.
 */
typedef struct tmg_authority_spec {
	const char *uri;	/* "est+https://ra.example:8443/label" */
	/* Whom to believe, exactly one of the two: anchors, for TLS and for what
	 * is issued; or the SHA-256 of the CA certificate, 64 hexadecimal digits
	 * with or without colons, that a person compared */
	const tmg_certs *anchors;
	const char *fingerprint;
	/* Who we are: none, one or both */
	const char *user;	/* HTTP Basic or Digest */
	tmg_view password;
	tmg_view bearer;	/* HTTP Bearer token */
	tmg_signer *signer;	/* TLS client authentication; counted, capped by us */
	tmg_view cert;		/* its certificate, DER */
	const tmg_certs *chain;	/* its issuers, may be NULL */
	unsigned timeout_s;	/* of one exchange; 0: 30 */
	/* What people should be told in, as "kk, ru;q=0.9" (RFC 9110 12.5.4);
	 * NULL or "": whatever the authority speaks */
	const char *languages;
	bool insecure_http;	/* let est+http:// through; tests only */
	/* What only this protocol knows of: "NAME=VALUE", ends with NULL; NULL none.
	 * Nothing secret */
	const char *const *options;
	/* Protocols besides the built-in ones, ends with NULL; NULL none */
	const struct tmg_binding *const *bindings;

	/* ---- for whoever ends the process in the middle; all may be NULL */
	void *arg;		/* of both functions */
	/* What keep was given last, perhaps in another process */
	tmg_view kept;
	/* Writes down, before it returns, what the protocol needs to go on in
	 * another process; it may be secret. Words of a failure go into f */
	tmg_rc (*keep)(void *arg, tmg_view state, tmg_fault *f);
	/* The key the request is for, logged in: protocols that sign their
	 * messages with it, or decrypt what comes. Borrowed; words into f */
	tmg_rc (*key)(void *arg, tmg_signer **signer, tmg_fault *f);

	/* Shows a person the address of terms of service and asks whether they
	 * are agreed to. Verdicts TMG_CANCELLED; words into f; NULL: nobody is
	 * there to be asked */
	void *asker;
	tmg_rc (*agree)(void *asker, const char *terms, tmg_fault *f);
	/* Finds a key that an option names, as an ACME account's: see
	 * tmg_provision_keyring(). spki: what its public half is, empty: not
	 * known. Words into f; NULL: there are no keys to name */
	void *keyring;
	tmg_rc (*named)(void *keyring, const char *name, tmg_view spki,
	    tmg_named_key *key, tmg_fault *f);
} tmg_authority_spec;

typedef struct tmg_authority tmg_authority;

/*
 * Verdicts  TMG_UNSUPPORTED  no binding of that name
 * Faults    TMG_E_USAGE      the URI is none, or nobody is to be believed
 * On either *authority is NULL and f, which may be NULL, says why.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_open(tmg_ctx *ctx, const tmg_authority_spec *spec, tmg_fault *f,
    tmg_authority **authority);
/* Accepts NULL and a pointer to NULL; leaves NULL. */
TMG_API void
tmg_authority_free(tmg_authority **authority);
/* The words that go with its last verdict or fault; borrowed. */
TMG_API const tmg_fault *
tmg_authority_fault(const tmg_authority *authority);

/*
 * Whether an authority's address is one that can be spoken with; asks nobody, so
 * that a mistyped one is told before anything else is asked for.
 *
 *   spec   of which uri, insecure_http and bindings matter
 *
 * Verdicts  TMG_UNSUPPORTED  no binding of that name
 * Faults    TMG_E_USAGE      the URI is none; f, which may be NULL, says why
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_speaks(const tmg_authority_spec *spec, tmg_fault *f);

/*
 * Asks who the authority says its CA is, believing nothing and sending nothing
 * of ours, so that a person can compare a fingerprint and then say it in
 * tmg_authority_spec.fingerprint.  *certs are yours; NULL on a verdict or fault,
 * and then f, which may be NULL, says why.
 *
 *   timeout_s   of the exchange; 0: 30
 *
 * Verdicts, faults  as below
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_introduce(tmg_ctx *ctx, const char *uri, unsigned timeout_s,
    tmg_fault *f, tmg_certs **certs);

/*
 * Everything below speaks to the authority.  All of it:
 * Verdicts  TMG_DENIED    it refuses us or the request (401, 403, 400, "rejected")
 *           TMG_MISMATCH  it is not who it should be (certificate, host name);
 *                         nothing secret was sent, nothing was signed
 *           TMG_UNSUPPORTED, TMG_NOT_FOUND (404)
 *           those of the signer, in its own words, when TLS asked it to sign
 * Faults    TMG_E_IO: unreachable, timed out, 5xx; TMG_E_MALFORMED: answered
 *           something else than the protocol says
 * The fault's text says what to do.
 */

/* The CA's certificates, checked against the anchors or the fingerprint; what
 * it adds (roll-over certificates) is kept.  Borrowed. */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_cacerts(tmg_authority *authority, const tmg_certs **certs);

/*
 * The certificates of the CA that follows the one in force, for whoever will have
 * to believe it then (RFC 8894 4.7).  The CA in force vouches for them, and nobody
 * believes them yet: give them among the anchors when it ends.
 *
 *   certs   out, they are added
 *
 * Verdicts  TMG_UNSUPPORTED  the server or its protocol has no such question
 *           TMG_NOT_FOUND    none follows yet
 *           TMG_MISMATCH     the CA in force did not sign that
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_next(tmg_authority *authority, tmg_certs *certs);

/* What it wants in a request: CsrAttrs, DER; empty when nothing. Borrowed. */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_wants(tmg_authority *authority, tmg_view *csrattrs);

/*
 * Asks whether a request of ours would be looked at, with one that is empty:
 * it creates nothing, and a wrong password is found out before it costs
 * anything.  renews as below.
 *
 * Verdicts  TMG_OK  also when the answer tells nothing about us
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_admits(tmg_authority *authority, bool renews);

/*
 * What links a request to the connection that will carry it, without a final
 * zero: for tmg_csr_spec.challenge, when CsrAttrs demand a challengePassword
 * and nobody has one (RFC 7030 3.5).  The request must be made and handed in
 * with this authority; when the connection is gone by then, nothing is sent and
 * tmg_authority_submit() says TMG_RESET: link again and make another request.
 *
 *   challenge   out   at most TMG_LINK_MAX bytes
 *
 * Verdicts  TMG_UNSUPPORTED  the server or its protocol has no such link
 */
#define TMG_LINK_MAX 96
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_link(tmg_authority *authority, tmg_out *challenge);

/*
 * Makes the request that this authority takes, signed by the key it is for:
 * PKCS #10, unless its protocol has a form of its own.  The bytes are what
 * tmg_authority_submit() and tmg_authority_poll() want.
 *
 *   signer   the key the request is for
 *   renews   as below
 *   request  out   at most TMG_CSR_MAX bytes
 *
 * Verdicts, faults  as tmg_csr_make(), and those of everything below
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_request(tmg_authority *authority, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request);

/* The same with a throw-away key, to find out what is wrong with spec: no other
 * key signs, so what comes out cannot be handed in. */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_rehearse(tmg_authority *authority, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request);

/*
 * Makes the request that this authority takes of one that is ready, which is
 * passed on as it is: for a registration authority, whose specification says who
 * *it* is (RFC 7030 3.7, RFC 9483 5.2, RFC 8894 2.3).  No key of the applicant
 * is asked for, here or by tmg_authority_submit() and tmg_authority_poll(),
 * which want these bytes.  A protocol that makes the request into a message
 * protects that by signer, or by user and password; keep the bytes before they
 * are handed in, and hand in the same ones again.
 *
 *   pkcs10   signed by the key it is for (RFC 2986)
 *   request  out   at most TMG_CSR_MAX bytes
 *
 * Verdicts  TMG_UNSUPPORTED  its protocol takes requests of their keys alone
 *           those of signer, in its own words
 * Faults    TMG_E_MALFORMED: pkcs10 is none
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_forward(tmg_authority *authority, tmg_view pkcs10,
    tmg_out *request);

/*
 * The same of a request whose proof stays here: it came in another form, or
 * with a secret among its attributes.  Subject, key and extensions are asked
 * for, and that the applicant holds the key is our word, which the authority
 * has to take (raVerified, RFC 4211 4, RFC 9483 5.2.3.2): verify it first.
 *
 *   pkcs10   its signature is not looked at
 *   request  out   at most TMG_CSR_MAX bytes
 *
 * Verdicts  TMG_UNSUPPORTED  its protocol has no such word: all but CMP
 * Faults    TMG_E_MALFORMED: pkcs10 is none
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_vouch(tmg_authority *authority, tmg_view pkcs10,
    tmg_out *request);

/* What an authority answered. */
typedef struct tmg_decision {
	tmg_certs *certs;	/* TMG_OK: the issued certificate first; yours */
	long retry_after_s;	/* TMG_PENDING: the authority's advice, -1 none */
	char ticket[256];	/* what poll and proof need, "" nothing */
	char note[TMG_FAULT_TEXT];	/* TMG_OK: what a person should be told all
					 * the same, "" nothing */
} tmg_decision;

/*
 * Hands in a request.  renews: the certificate that authenticates us is the
 * one to be renewed (EST simplereenroll).
 *
 * Verdicts  TMG_OK       issued
 *           TMG_PENDING  wait, then poll with the identical request
 *           TMG_MISMATCH the certificate is for another key, or does not lead
 *                        to whom we believe
 * Faults    TMG_E_USAGE: renews without a signer in the specification
 * Only on TMG_OK is decision->certs not NULL.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_submit(tmg_authority *authority, tmg_view csr, bool renews,
    tmg_decision *decision);
/* Asks what became of csr, whose bytes are those that were handed in, possibly
 * by another process; ticket is that of the last decision.  As submit. */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_poll(tmg_authority *authority, tmg_view csr, bool renews,
    const char *ticket, tmg_decision *decision);

/* Whether it issues for hosts, by their alternative names, and writes the subject
 * that it likes (ACME). */
TMG_API bool
tmg_authority_names_hosts(const tmg_authority *authority);

/*
 * One call of what a protocol has besides certificates: a portal's application
 * interface (doc/openapi.json), for what comes before the request; the account
 * of this computer at an ACME server.
 *
 *   path     of a portal, below /api/v1/: "profiles/kz-ssl"; of ACME "account"
 *            (GET tells of it, PUT with "contact" changes that), "account/key"
 *            (POST: another key, the one on a token that "key" names or a new
 *            one in software), "account/deactivate" (POST)
 *   body     of a GET: empty; type is its media type, with parameters where it
 *            needs them
 *   wants    the media type of the answer: one of another type is no answer,
 *            so what is shown or saved is what it says it is
 *   answer   out   tmg_answer_release() when done, whatever was returned
 *
 * Verdicts  TMG_UNSUPPORTED  the protocol has nothing of the kind (EST)
 *           TMG_DENIED, TMG_NOT_FOUND  refused; the fault has the server's words
 * Faults    TMG_E_MALFORMED  the answer is of another media type
 */
typedef enum tmg_verb {
	TMG_VERB_GET,
	TMG_VERB_POST,
	TMG_VERB_PUT,
} tmg_verb;

typedef struct tmg_call {
	tmg_verb verb;
	const char *path;
	tmg_view body;
	const char *type;		/* of body; NULL "application/json" */
	const char *wants;		/* NULL "application/json" */
} tmg_call;

typedef struct tmg_answer {
	char *text;			/* its bytes, and a zero behind them; NULL none */
	size_t len;			/* bytes, without that zero */
} tmg_answer;

TMG_API TMG_MUST_USE tmg_rc
tmg_authority_call(tmg_authority *authority, const tmg_call *call,
    tmg_answer *answer);
/* Wipes and frees what the answer holds; it may be used again. */
TMG_API void
tmg_answer_release(tmg_answer *answer);

/* Whether authorities at such an address want a proof of what was installed. */
TMG_API bool
tmg_authority_proves(const tmg_authority_spec *spec);

/*
 * What the certified key signs to tell the authority that cert is installed;
 * ticket is the decision's.  Nothing of it is the server's choice.  RSA
 * (PKCS #1 v1.5) and ECDSA sign it with SHA-256, Ed25519 its SHA-256.
 *
 *   text   out   at most TMG_PROOF_MAX bytes
 *
 * Verdicts  TMG_UNSUPPORTED  the protocol has no such proof (EST)
 */
#define TMG_PROOF_MAX 384
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_proof(tmg_authority *authority, const char *ticket,
    tmg_view cert, tmg_out *text);
/* Hands that signature in; twice is once. */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_installed(tmg_authority *authority, const char *ticket,
    tmg_view signature);

/* reason: RFC 5280 5.3.1.  Verdicts TMG_UNSUPPORTED (EST has none). */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_revoke(tmg_authority *authority, tmg_view cert, int reason);

/* When an authority would like a certificate renewed (RFC 9773). */
typedef struct tmg_renewal {
	time_t start, end;	/* some time between the two */
	long ask_again_s;	/* -1: it does not say */
	char why[512];		/* an address that explains it, "" none */
} tmg_renewal;

/*
 * Verdicts  TMG_UNSUPPORTED  neither it nor its protocol tells
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_renew_when(tmg_authority *authority, tmg_view cert,
    tmg_renewal *when);

#ifdef __cplusplus
}
#endif

#endif
