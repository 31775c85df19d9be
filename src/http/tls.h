/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a TLS handshake is held to, and what it found.
 */
#ifndef TMG_HTTP_TLS_H
#define TMG_HTTP_TLS_H

#include "src/http/http.h"

#define TMG_TLS_TEXT 160	/* bytes of a name as it is shown */

typedef struct tmg_tls {
	/* set by the session, for each request */
	tmg_ctx *ctx;
	const tmg_http_identity *identity;	/* NULL none */
	bool verify;
	char host[256];		/* as certificates write it: no brackets, no final dot */
	bool address;		/* host is an IP address */

	/* found by the handshake */
	bool asked;		/* the server wants a client certificate */
	int error;		/* X509_V_ERR_*, X509_V_OK */
	char subject[TMG_TLS_TEXT];	/* of the certificate that failed */
	char issuer[TMG_TLS_TEXT];
	char names[TMG_TLS_TEXT];	/* hosts the server's certificate is for */
	char until[32];		/* its notAfter */
	tmg_fault fault;	/* rc TMG_OK: our own side could be set up */
} tmg_tls;

/*
 * Holds a context to the rules.  The host is checked inside the handshake,
 * before a client key is asked for anything: libcurl's own check comes too
 * late for that.  What goes wrong is noted in tls.
 */
TMG_MUST_USE tmg_rc
tmg_tls_hold(SSL_CTX *ssl, tmg_tls *tls);

#endif
