/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificate of the HTTPS server: made by the authority itself, or by
 * another one and brought here.  Running servers take it when they read their
 * settings anew.
 */
#ifndef RA_SERVERCERT_H
#define RA_SERVERCERT_H

#include "tools/ra/desk/desk.h"

typedef struct ra_server_wish {
	const char *const *hosts;	/* names and addresses; count 0: as now */
	size_t count;
	int days;
	bool new_key;			/* instead of the one there is */
	const char *actor;		/* for the audit log */
} ra_server_wish;

/*
 * A certificate of the authority's, noted before anybody can have it, takes the
 * place of tls.certificate; a new key that of tls.key, just before.  Killed in
 * between, servers keep what they show, and it is done again.
 *
 *   cert  out  what was made
 *
 * Verdicts  TMG_UNSUPPORTED  the authority itself has ended
 *           TMG_MISMATCH     a host that is none, or none at all
 */
TMG_MUST_USE tmg_rc
ra_server_cert_renew(ra_desk *desk, const ra_server_wish *wish, ra_cert *cert);

/*
 * One from elsewhere takes its place: PEM, with those above it.
 *
 *   key_file  in  its key, PEM; "" the one that tls.key is
 *
 * Verdicts  TMG_MISMATCH  it is none for a server, not of now, or of another key
 */
TMG_MUST_USE tmg_rc
ra_server_cert_bring(ra_desk *desk, const char *cert_file, const char *key_file,
    const char *actor, time_t *ends);

#endif
