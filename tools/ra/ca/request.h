/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certification request (PKCS#10, RFC 2986; or CRMF, RFC 4211) as the
 * authority reads it.
 */
#ifndef RA_REQUEST_H
#define RA_REQUEST_H

#include "tamga/alg.h"
#include "tamga/cert.h"
#include "tamga/ctx.h"
#include "tools/ra/store/digest.h"

#define RA_CSR_MAX 49152	/* bytes, DER; 64 KiB of base64 */

typedef struct ra_request {
	tmg_view der;			/* borrowed */
	uint8_t *made;			/* PKCS#10 of what came as CRMF; NULL */
	tmg_view pkcs10;		/* borrowed: der, or what was made of it */
	X509_REQ *req;
	tmg_view spki;			/* borrowed from pkcs10 */
	EVP_PKEY *key;			/* of spki; req has none of its own */
	GENERAL_NAMES *san;		/* NULL: none asked for */
	tmg_alg alg;			/* NONE: no kind of key we know */
	bool has_challenge;		/* a challengePassword, RFC 2985 5.4.1 */
	bool unproven;			/* TMG_MISMATCH because of the proof alone */
	char csr_hash[RA_HASH_TEXT];	/* of der; of CRMF without its proof */
	char spki_hash[RA_HASH_TEXT];
	char subject[TMG_NAME_MAX];	/* RFC 4514, UTF-8 */
} ra_request;

void ra_request_release(ra_request *request);

/*
 * Parses der, which must outlive the request, and verifies its signature:
 * whoever made it holds the private key.
 *
 * Verdicts  TMG_MISMATCH  not a request, or no proof of possession; f says why
 */
TMG_MUST_USE tmg_rc
ra_request_read(tmg_ctx *ctx, tmg_view der, ra_request *request, tmg_fault *f);

/* Its parts without their meaning: no key is made of it and nothing verified.
 * *req: NULL, or an empty one to fill.  False: no PKCS#10; *req may be set. */
bool
ra_request_parts(tmg_ctx *ctx, tmg_view pkcs10, X509_REQ **req);

/* A name as RFC 4514 text in UTF-8. */
TMG_MUST_USE tmg_rc
ra_name_text(const X509_NAME *name, char *text, size_t cap);

/* A serial number as the store and people write it. */
TMG_MUST_USE tmg_rc
ra_serial_text(const ASN1_INTEGER *serial, char text[TMG_SERIAL_MAX]);

#endif
