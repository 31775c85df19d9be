/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the server shows of itself in TLS, and whose certificates it asks for:
 * read by many connections and exchanged by one thread.
 */
#ifndef RA_TLS_H
#define RA_TLS_H

#include <gnutls/gnutls.h>

#include "tools/ra/desk/conf.h"

/* RFC 9325 3.1.1, 4.1, 4.2: forward secrecy and AEAD, nothing else. */
#define RA_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:" \
    "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:" \
    "%SERVER_PRECEDENCE"

/* PEM as the files hold it. */
typedef struct ra_tls_files {
	char *key, *cert, *trust;	/* owned; the key is wiped */
} ra_tls_files;

void ra_tls_files_release(ra_tls_files *files);

/* Faults TMG_E_IO and what tmg_file_read() says; f names the file. */
TMG_MUST_USE tmg_rc
ra_tls_files_read(const ra_config *config, ra_tls_files *files, tmg_fault *f);

/* The same, ready for connections: nobody changes it any more. */
typedef struct ra_tls ra_tls;

/* Verdicts TMG_MISMATCH: certificate and key do not belong together. */
TMG_MUST_USE tmg_rc
ra_tls_load(const ra_config *config, ra_tls **tls, tmg_fault *f);

/* One more user of it; give it back with ra_tls_free(). */
ra_tls *
ra_tls_take(ra_tls *tls);

/* Accepts a pointer to NULL; leaves NULL.  The last one frees. */
void
ra_tls_free(ra_tls **tls);

/* Before its handshake begins.  False: the session keeps what it had. */
bool
ra_tls_use(const ra_tls *tls, gnutls_session_t session);

#endif
