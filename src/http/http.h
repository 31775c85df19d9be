/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small port for HTTP: one session speaks for one identity to servers that
 * lead to given anchors.  libcurl stands behind it; nothing of it shows.
 *
 * What a session never does: follow a redirect, trust the system's anchors,
 * read .netrc, resume a TLS session, renegotiate, speak TLS below 1.2, offer
 * a client certificate to anybody but the verified host of the URL.
 */
#ifndef TMG_HTTP_HTTP_H
#define TMG_HTTP_HTTP_H

#include <openssl/types.h>

#include "src/http/channel.h"
#include "tamga/ctx.h"

#define TMG_HTTP_BODY_MAX (1024u * 1024u)	/* bytes of an answer, unless told */
#define TMG_HTTP_TIMEOUT_S 30u			/* of one exchange, unless told */
#define TMG_HTTP_CONNECT_S 10u			/* of that, at most, until TCP stands */

/*
 * What passes between a session and the key that authenticates it.  The
 * session writes left and clears the rest before each request; whoever holds
 * the key takes one off left per signature, refuses at zero, and notes here
 * what happened, because TLS and libcurl have no words for it.
 */
typedef struct tmg_http_watch {
	unsigned left;		/* signatures this request may still cost */
	tmg_fault refusal;	/* rc TMG_OK: the key did not refuse */
	int64_t busy_ms;	/* spent signing, a person's PIN entry included */
} tmg_http_watch;

/* Who we are in the TLS handshake.  All borrowed. */
typedef struct tmg_http_identity {
	EVP_PKEY *key;
	tmg_http_watch *watch;
	tmg_view cert;			/* DER */
	const tmg_view *chain;		/* its issuers, DER */
	size_t chain_count;
} tmg_http_identity;

/* All borrowed until tmg_http_free().  Zero it first. */
typedef struct tmg_http_spec {
	const tmg_view *anchors;	/* DER; what servers must lead to; copied */
	size_t anchor_count;
	/* Believe anybody: for fetching what is then compared with a
	 * fingerprint.  A session with user, bearer or identity refuses it. */
	bool unverified;
	bool plain;			/* let http:// through; tests and CMP, SCEP */
	bool unique;			/* TLS 1.2 only, whose connections have a name */
	const tmg_http_identity *identity;	/* NULL: no client certificate */
	const char *user;		/* Basic or Digest, as the server asks */
	bool basic;			/* Basic, without being asked */
	tmg_view password;
	tmg_view bearer;
	unsigned timeout_s;		/* 0: TMG_HTTP_TIMEOUT_S */
	size_t body_max;		/* 0: TMG_HTTP_BODY_MAX */
} tmg_http_spec;

typedef struct tmg_http_request {
	const char *url;
	bool post;
	bool put;			/* PUT where post would be POST */
	const char *const *headers;	/* "Accept: ...", ends with NULL; or NULL */
	tmg_view body;			/* of a POST */
	const tmg_channel *over;	/* only over that connection; NULL any */
} tmg_http_request;

/* Zero it first; tmg_http_response_release() when done. */
typedef struct tmg_http_response {
	long status;
	char type[128];			/* Content-Type as sent, "" none */
	long retry_after_s;		/* from now; -1 none */
	char challenge[160];		/* WWW-Authenticate, first one, "" none */
	char location[512];		/* where a redirect would lead, "" none */
	uint8_t *body;
	size_t len;
} tmg_http_response;

typedef struct tmg_http tmg_http;

/*
 * Verdicts  TMG_UNSUPPORTED  this libcurl does not use OpenSSL
 * Faults    TMG_E_USAGE      nobody to be believed, or a credential that
 *                            cannot be sent
 */
TMG_MUST_USE tmg_rc
tmg_http_open(tmg_ctx *ctx, const tmg_http_spec *spec, tmg_fault *f,
    tmg_http **http);

/* Accepts NULL and a pointer to NULL; leaves NULL. */
void
tmg_http_free(tmg_http **http);

/*
 * One exchange.  Any status is TMG_OK: what it means is the caller's business.
 *
 * Verdicts  TMG_MISMATCH  the server is not who it should be; no signature,
 *                         password or token was given to it
 *           TMG_DENIED    it refuses our certificate, or wants more
 *                         signatures than a request may cost
 *           TMG_UNSUPPORTED  it speaks no TLS >= 1.2 (with unique: not 1.2);
 *                         the proxy is an https one
 *           TMG_RESET     the connection asked for is gone; nothing was sent
 *           those of the key behind the identity, in its own words
 * Faults    TMG_E_IO unreachable, timed out, cut off; TMG_E_MALFORMED not
 *           HTTP, or a body above body_max
 */
TMG_MUST_USE tmg_rc
tmg_http_do(tmg_http *http, const tmg_http_request *request,
    tmg_http_response *response, tmg_fault *f);

/* Of the connection that the last exchange used; borrowed. */
const tmg_channel *
tmg_http_channel(const tmg_http *http);

void
tmg_http_response_release(tmg_http_response *response);

#endif
