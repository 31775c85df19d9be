/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers about certificates (OCSP), as they are kept: signed once and given to
 * everybody who asks, as long as they are true.
 */
#ifndef RA_STORE_OCSP_H
#define RA_STORE_OCSP_H

#include "tools/ra/store/cert.h"

#define RA_OCSP_ID_MAX (TMG_SERIAL_MAX + 16)

typedef struct ra_ocsp_row {
	char id[RA_OCSP_ID_MAX];	/* the hash in the question, and the serial number */
	char serial[TMG_SERIAL_MAX];
	char signer[TMG_SERIAL_MAX];	/* of the responder's certificate */
	time_t revoked;			/* what it says, as in ra_cert */
	int reason;
	time_t this_update, next_update;
	uint8_t *der;			/* OCSPResponse; owned */
	size_t len;
} ra_ocsp_row;

void ra_ocsp_row_release(ra_ocsp_row *row);

/* The answer of that name that is in force until after a time and still tells
 * what is so, by a responder that may still say it.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_ocsp_row_get(ra_store *s, const char *id, time_t until, ra_ocsp_row *row);

/* There is one of that name from now on. */
TMG_MUST_USE tmg_rc
ra_ocsp_row_put(ra_store *s, const ra_ocsp_row *row);

#endif
