/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP as protocols with authorities use it (tamga/binding.h): one session
 * speaks for one identity to servers that lead to given anchors.
 *
 * What a session never does: follow a redirect, trust the system's anchors,
 * read .netrc, resume a TLS session, renegotiate, speak TLS below 1.2, offer
 * a client certificate to anybody but the verified host of the URL.
 */
#ifndef TAMGA_HTTP_H
#define TAMGA_HTTP_H

#include "tamga/ctx.h"
#include "tamga/view.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tmg_channel;

typedef struct tmg_http_request {
	const char *url;
	bool post;
	bool put;			/* PUT where post would be POST */
	const char *const *headers;	/* "Accept: ...", ends with NULL; or NULL */
	tmg_view body;			/* of a POST */
	const struct tmg_channel *over;	/* only over that connection; NULL any */
} tmg_http_request;

/* Zero it first; tmg_http_response_release() when done. */
typedef struct tmg_http_response {
	long status;
	char type[128];			/* Content-Type as sent, "" none */
	long retry_after_s;		/* from now; -1 none */
	char challenge[160];		/* WWW-Authenticate, first one, "" none */
	char location[512];		/* where a redirect would lead, "" none */
	char place[512];		/* what Location means, whatever the status, "" none */
	char nonce[128];		/* Replay-Nonce (RFC 8555 6.5.1), "" none */
	char links[2048];		/* Link (RFC 8288), all of them, ", " between */
	uint8_t *body;
	size_t len;
} tmg_http_response;

typedef struct tmg_http tmg_http;

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
TMG_API TMG_MUST_USE tmg_rc
tmg_http_do(tmg_http *http, const tmg_http_request *request,
    tmg_http_response *response, tmg_fault *f);

/* Frees what the response holds; it may be used again. */
TMG_API void
tmg_http_response_release(tmg_http_response *response);

#ifdef __cplusplus
}
#endif

#endif
