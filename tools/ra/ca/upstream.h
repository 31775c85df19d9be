/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An authority elsewhere: ours is a registration authority in front of it.
 */
#ifndef RA_UPSTREAM_H
#define RA_UPSTREAM_H

#include "tools/ra/ca/ca.h"

/* Who it is and who we are to it; paths are whole, "" is nothing. */
typedef struct ra_upstream {
	const char *url;		/* "est+https://ca.example" */
	const char *cert_file;		/* its certificate and those above it */
	const char *tls_file;		/* to whom its TLS server leads, where that is
					 * none of them */
	const char *own_file;		/* our certificate and its issuers */
	ra_keysource key;		/* of that */
	const char *user;
	const char *password_file;
	const ra_words *options;	/* of the protocol, "NAME=VALUE" */
	bool passes_challenges;		/* of applicants, as they are */
	bool takes_changes;		/* what it changed is taken, and told */
	int timeout_s;			/* for one exchange */
} ra_upstream;

/* Whether we can ask at such an address: NULL, or what would be good. */
const char *
ra_upstream_check(const char *url);

/* How many exchanges one ask() has at most. */
#define RA_UPSTREAM_EXCHANGES 6

/* Verdicts TMG_NOT_FOUND, TMG_MISMATCH, TMG_DENIED: as the files that upstream
 * names; TMG_UNSUPPORTED: built without libcurl.  f says which and why. */
TMG_MUST_USE tmg_rc
ra_ca_upstream(tmg_ctx *ctx, const ra_upstream *upstream, tmg_fault *f,
    ra_ca **ca);

#endif
