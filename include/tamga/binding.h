/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of a CA protocol, for who brings another one: fill it in, hand it
 * over in tmg_authority_spec.bindings, and everything above it (keys, journal,
 * resuming, checks, installing) works as with the built-in ones.
 * doc/design/binding.md is the guide, doc/examples/cfssl.c an example.
 */
#ifndef TAMGA_BINDING_H
#define TAMGA_BINDING_H

#include "tamga/enroll.h"
#include "tamga/http.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Every binding fills in every row; what a protocol cannot do is filled with
 * a tmg_binding_no_*(), so no caller tests a row for NULL.  A row raises the
 * words of whatever it returns but TMG_OK into the authority's fault.  Rows
 * are entered by one thread at a time.
 *
 *   open     Looks at the authority's URI and specification, makes what the
 *            binding needs to remember (*tmg_authority_state()), and sends nothing.
 *            Fails when the URI's path or the credentials make no sense here.
 *
 *   cacerts  Fetches the CA's certificates over http into certs, in the order
 *            they came.  It trusts nothing: the caller compares.  It sends no
 *            credential of its own accord, because http may lead to a server
 *            nobody has verified yet.  TMG_OK with no certificate added is
 *            not allowed: that is TMG_E_MALFORMED.
 *
 *   wants    Fetches CsrAttrs (RFC 7030 4.5.2) over http, checked to be one
 *            whole SEQUENCE, into csrattrs; writes nothing when the authority
 *            wants nothing.  Bindings without such a question write nothing.
 *
 *            Both may be entered a second time, over the session that shows
 *            our certificate, after TMG_DENIED over the one that does not.
 *
 *   admits   Asks over the verified session whether a request of ours would be
 *            looked at, in a way that creates nothing.  TMG_OK when the
 *            protocol has no such way, or the answer tells nothing about us.
 *
 *   link     Opens the connection that will carry the request and writes what
 *            links the request to it: its challengePassword.  submit then sends
 *            nothing over another connection and says TMG_RESET.
 *            TMG_UNSUPPORTED when neither protocol nor server has such a link.
 *
 *   request  Makes the bytes that submit hands in, signed by signer, the key
 *            they are for; tmg_csr_has_key() and tmg_csr_subject() must be
 *            able to read them.  tmg_binding_pkcs10() where the protocol takes PKCS #10.
 *
 *   forward  Makes the bytes that submit hands in of a PKCS #10 that is ready,
 *            signed by a key that nobody here has; they are readable likewise.
 *            tmg_binding_forward() where submit hands in PKCS #10 as it is.
 *
 *   vouch    As forward, where the key's proof cannot be passed on: the bytes say
 *            that we saw it.  tmg_binding_no_vouch() where there is no such word.
 *
 *   submit   Hands in csr over the verified session.  TMG_OK: every
 *            certificate of the answer is in decision->certs, which is there
 *            and empty when the row is entered; the caller finds the one for
 *            our key, so the order does not matter.  TMG_PENDING:
 *            retry_after_s and ticket are set.  Submitting an identical csr
 *            twice must not make a second application where the protocol can
 *            prevent it.
 *
 *   poll     As submit, for a request that is pending: same csr, and the
 *            ticket that submit wrote, possibly in another process.
 *
 *   proof    Writes the text whose signature by the certified key tells the
 *            authority that cert is installed; ticket is that of the decision.
 *            The binding makes it: no server chooses what a key signs.
 *            TMG_UNSUPPORTED, silently, when the protocol asks for none.
 *
 *   installed  Sends that signature.
 *
 *   revoke   cert is one that this authority issued; reason of RFC 5280 5.3.1.
 *
 *   renew_when  When the authority would like cert, which it issued, renewed.
 *            TMG_UNSUPPORTED, sending nothing, when the protocol cannot tell.
 *
 *   next     Adds to certs those of the CA that follows the one in force, vouched
 *            for by that.  TMG_UNSUPPORTED when the protocol or the server has no
 *            such question; TMG_NOT_FOUND when none follows yet.
 *
 *   call     One exchange of the protocol's own, see tmg_authority_call().
 *
 *   close    Frees state.  Never fails; state may be NULL.
 *
 * The process may end at any moment.  What submit, poll and installed need of
 * an earlier run they write with tmg_authority_keep() before they
 * send what depends on it, and find again in tmg_authority_kept().
 */
typedef struct tmg_binding {
	const char *name;	/* in URIs, lower case: "est" */
	const char *spec;	/* "RFC 7030, RFC 8951" */
	bool basic;		/* whoever is asked for nothing gets less: say the
				 * password at once, to the verified server */
	bool plain;		/* its messages protect themselves: http will do */
	bool sealed;		/* they also say who we are: HTTP gets no password,
				 * TLS no certificate of ours */
	bool hosts;		/* certificates are for hosts, by their alternative names,
				 * which submit compares; the subject is the CA's affair */
	const char *const *options;	/* names it knows, ends with NULL; NULL none */

	tmg_rc (*open)(tmg_authority *a);
	tmg_rc (*cacerts)(tmg_authority *a, tmg_http *http, tmg_certs *certs);
	tmg_rc (*wants)(tmg_authority *a, tmg_http *http, tmg_out *csrattrs);
	tmg_rc (*admits)(tmg_authority *a, bool renews);
	tmg_rc (*link)(tmg_authority *a, tmg_out *challenge);
	tmg_rc (*request)(tmg_authority *a, const tmg_csr_spec *spec,
	    tmg_signer *signer, bool renews, tmg_out *request);
	tmg_rc (*forward)(tmg_authority *a, tmg_view pkcs10, tmg_out *request);
	tmg_rc (*vouch)(tmg_authority *a, tmg_view pkcs10, tmg_out *request);
	tmg_rc (*submit)(tmg_authority *a, tmg_view csr, bool renews,
	    tmg_decision *decision);
	tmg_rc (*poll)(tmg_authority *a, tmg_view csr, bool renews,
	    const char *ticket, tmg_decision *decision);
	tmg_rc (*proof)(tmg_authority *a, const char *ticket, tmg_view cert,
	    tmg_out *text);
	tmg_rc (*installed)(tmg_authority *a, const char *ticket,
	    tmg_view signature);
	tmg_rc (*revoke)(tmg_authority *a, tmg_view cert, int reason);
	tmg_rc (*renew_when)(tmg_authority *a, tmg_view cert, tmg_renewal *when);
	tmg_rc (*next)(tmg_authority *a, tmg_certs *certs);
	tmg_rc (*call)(tmg_authority *a, const tmg_call *call, tmg_answer *answer);
	void (*close)(tmg_authority *a);
} tmg_binding;

/* The request row of every protocol that takes PKCS #10. */
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_pkcs10(tmg_authority *a, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request);

/* Its forward row: the same bytes. */
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request);

/* For rows a protocol cannot do: TMG_UNSUPPORTED, in words. */
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_vouch(tmg_authority *a, tmg_view pkcs10, tmg_out *request);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_call(tmg_authority *a, const tmg_call *call, tmg_answer *answer);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_revoke(tmg_authority *a, tmg_view cert, int reason);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_renew_when(tmg_authority *a, tmg_view cert, tmg_renewal *when);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_next(tmg_authority *a, tmg_certs *certs);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_proof(tmg_authority *a, const char *ticket, tmg_view cert,
    tmg_out *text);
TMG_API TMG_MUST_USE tmg_rc
tmg_binding_no_installed(tmg_authority *a, const char *ticket,
    tmg_view signature);


/* ---- what rows see of their authority ---------------------------------- */

/* All borrowed.  where is "ra.example:8443", for words; path what follows it,
 * without the first and the last '/'; base "https://ra.example:8443". */
TMG_API tmg_ctx *
tmg_authority_ctx(const tmg_authority *authority);
TMG_API const tmg_authority_spec *
tmg_authority_spec_of(const tmg_authority *authority);
TMG_API const char *
tmg_authority_where(const tmg_authority *authority);
TMG_API const char *
tmg_authority_path(const tmg_authority *authority);
TMG_API void
tmg_authority_base(const tmg_authority *authority, char *to, size_t cap);

/* In the row request: whether its message will be thrown away, so that nothing
 * but signer may sign it. */
TMG_API bool
tmg_authority_rehearses(const tmg_authority *authority);

/* The binding's own pointer: set by open, freed by close. */
TMG_API void **
tmg_authority_state(tmg_authority *authority);

/* The value of --ca-option NAME=VALUE; NULL: not given. */
TMG_API const char *
tmg_option_get(const tmg_authority *authority, const char *name);

/* Raises rc with its words, for people; gives rc back. */
TMG_API __attribute__((__format__(__printf__, 3, 4))) tmg_rc
tmg_authority_say(tmg_authority *authority, tmg_rc rc, const char *words, ...);

/* What a status other than the awaited ones means, raised; never TMG_OK. */
TMG_API tmg_rc
tmg_refusal_status(tmg_authority *authority, const tmg_http_response *response);

/* TMG_OK when the answer has the media type want; words otherwise. */
TMG_API TMG_MUST_USE tmg_rc
tmg_refusal_type(tmg_authority *authority, const tmg_http_response *response,
    const char *want);

/* ---- what rows speak with ---------------------------------------------- */

/*
 * The session for everything that matters: its server leads to the anchors,
 * and it speaks with the authority's credentials.  In fingerprint mode the CA
 * certificates are fetched first from whoever answers, and the one with the
 * fingerprint becomes the anchor (RFC 7030 4.1.1).
 *
 * Verdicts  TMG_MISMATCH  no certificate of that fingerprint came
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_session_get(tmg_authority *authority, tmg_http **http);

/*
 * The session for what anybody may ask: as verified, but it never shows our
 * certificate.  So the key signs for TLS once, when the request is handed in,
 * however long making the new key took and however often the server closes the
 * connection.  Without a certificate to show it is the same as
 * tmg_session_get()'s.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_session_open(tmg_authority *authority, tmg_http **http);

/* ---- what rows remember, and the key they may borrow ------------------- */

#define TMG_KEPT_MAX 65536u	/* bytes */

/* Written down when it returns; what was kept before is forgotten.  Without
 * anybody to write it, it lasts as long as the authority. */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_keep(tmg_authority *authority, tmg_view state);

/* Empty: nothing was kept.  Borrowed until the next keep. */
TMG_API tmg_view
tmg_authority_kept(const tmg_authority *authority);

/* The key the request is for; borrowed.
 * Verdicts  TMG_UNSUPPORTED  nobody lends it */
TMG_API TMG_MUST_USE tmg_rc
tmg_authority_key(tmg_authority *authority, tmg_signer **signer);

#ifdef __cplusplus
}
#endif

#endif
