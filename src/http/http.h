/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small port for HTTP, see tamga/http.h: how sessions are made.  libcurl
 * stands behind it; nothing of it shows.
 */
#ifndef TMG_HTTP_HTTP_H
#define TMG_HTTP_HTTP_H

#include <openssl/types.h>

#include "src/http/channel.h"
#include "tamga/http.h"

#define TMG_HTTP_BODY_MAX (1024u * 1024u)	/* bytes of an answer, unless told */
#define TMG_HTTP_TIMEOUT_S 30u			/* of one exchange, unless told */
#define TMG_HTTP_LANGUAGES_MAX 96u		/* bytes of Accept-Language */
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
	bool pads;			/* it signs by PKCS #1 v1.5 alone */
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
	const char *languages;		/* Accept-Language; NULL or "" none */
	unsigned timeout_s;		/* 0: TMG_HTTP_TIMEOUT_S */
	size_t body_max;		/* 0: TMG_HTTP_BODY_MAX */
} tmg_http_spec;

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

/* Of the connection that the last exchange used; borrowed. */
const tmg_channel *
tmg_http_channel(const tmg_http *http);

#endif
