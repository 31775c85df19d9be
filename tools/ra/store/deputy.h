/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deputies, as they are kept: whose key was given which certificate to sign
 * what for the authority.
 */
#ifndef RA_STORE_DEPUTY_H
#define RA_STORE_DEPUTY_H

#include "tools/ra/store/cert.h"

typedef struct ra_deputy_row {
	char purpose[16];
	char spki_hash[RA_HASH_TEXT];
	char serial[TMG_SERIAL_MAX];	/* of its newest certificate */
} ra_deputy_row;

/* From now on that is its certificate. */
TMG_MUST_USE tmg_rc
ra_deputy_put(ra_store *s, const ra_deputy_row *row);

/* Its certificate, whole.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_deputy_cert(ra_store *s, const char *purpose, const char *spki_hash,
    ra_cert *cert);

/* From when to when the certificate is valid that lasts longest of those for a
 * purpose.  Verdicts TMG_NOT_FOUND: there is none. */
TMG_MUST_USE tmg_rc
ra_deputy_last(ra_store *s, const char *purpose, time_t *from, time_t *ends);

#endif
