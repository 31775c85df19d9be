/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an applicant says inside a request: its challengePassword (RFC 2985 5.4.1).
 */
#ifndef RA_SPOKEN_H
#define RA_SPOKEN_H

#include <openssl/x509.h>

#include "src/base/secret.h"
#include "tools/ra/store/app.h"

/* A name, a colon and what opens it, at the most. */
typedef struct ra_spoken {
	uint8_t bytes[RA_OWNER_MAX + TMG_PIN_MAX];
	size_t len;			/* 0: nothing, or more than that */
} ra_spoken;

void
ra_spoken_wipe(ra_spoken *s);
#define ra_auto_spoken __attribute__((__cleanup__(ra_spoken_wipe))) ra_spoken

void
ra_spoken_read(X509_REQ *req, ra_spoken *said);

/* Whether a request has one at all, told without making anything of the rest.
 * False also for what is no PKCS#10 in DER. */
bool
ra_spoken_any(tmg_view pkcs10);

#endif
