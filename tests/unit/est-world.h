/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A running tests/unit/est-server.py, and what is needed to speak with it.
 */
#ifndef TMG_TESTS_UNIT_EST_WORLD_H
#define TMG_TESTS_UNIT_EST_WORLD_H

#include <openssl/types.h>
#include <sys/types.h>

#include "tamga/enroll.h"

#define EST_PORTS 16

typedef struct est_world {
	tmg_ctx *ctx;
	pid_t pid;
	int end;		/* closing it ends the server */
	char folder[256];	/* root.pem, a.pem, a.key, ... */
	struct { char name[16]; int port; } ports[EST_PORTS];
	size_t count;
	tmg_certs *root, *other;	/* the CA, and another one */
	EVP_PKEY *key;			/* what csr asks a certificate for */
	uint8_t csr_bytes[1024];
	tmg_view csr;
	char log[65536];		/* the trace of everything so far */
	size_t log_len;
} est_world;

/* False when python3 or openssl(1) is not there. */
bool
est_world_start(est_world *w);
void
est_world_stop(est_world *w);

/* "est+https://127.0.0.1:PORT/LABEL"; static storage. */
const char *
est_world_uri(const est_world *w, const char *listener, const char *label);

/* A file of the server's folder; free() it. */
char *
est_world_file(const est_world *w, const char *name, const char *suffix, size_t *len);

/* SHA-256 of the first certificate, with colons. */
void
est_world_fingerprint(const tmg_certs *certs, char text[96]);

#endif
