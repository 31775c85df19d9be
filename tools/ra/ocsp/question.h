/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What somebody asks about certificates: RFC 6960 4.1.
 */
#ifndef RA_OCSP_QUESTION_H
#define RA_OCSP_QUESTION_H

#include <openssl/ocsp.h>

#include "tamga/cert.h"
#include "tamga/view.h"
#include "tools/ra/store/ocsp.h"

#define RA_OCSP_ASKED_MAX 16	/* certificates in one question */

enum { RA_OCSP_NONCE_MIN = 1, RA_OCSP_NONCE_MAX = 128 };	/* RFC 9654 2.1 */

typedef struct ra_ocsp_asked {
	OCSP_CERTID *id;		/* borrowed */
	char name[RA_OCSP_ID_MAX];	/* ra_ocsp_row.id */
	char serial[TMG_SERIAL_MAX];
} ra_ocsp_asked;

typedef struct ra_ocsp_question {
	OCSP_REQUEST *req;		/* owned */
	bool nonce;
	size_t count;
	ra_ocsp_asked asked[RA_OCSP_ASKED_MAX];
} ra_ocsp_question;

void ra_ocsp_question_release(ra_ocsp_question *q);

/*
 * Reads a question, signed or not: who asks is told the same.
 *
 * Verdicts  TMG_MISMATCH  none, or one with what must be understood and is not
 *           TMG_DENIED    not all are certificates of issuer's: a deputy of
 *                         issuer can say nothing of others, and who reads an
 *                         answer refuses all of it when it does
 */
TMG_MUST_USE tmg_rc
ra_ocsp_question_read(tmg_view der, const X509 *issuer, ra_ocsp_question *q);

#endif
