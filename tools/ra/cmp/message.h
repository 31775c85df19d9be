/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message of CMP as it comes in: RFC 4210 5.1, appendix F (explicit tags).
 */
#ifndef RA_CMP_MESSAGE_H
#define RA_CMP_MESSAGE_H

#include <stdbool.h>

#include "tamga/view.h"

/* PKIBody, RFC 4210 5.1.2 */
typedef enum ra_cmp_kind {
	RA_CMP_IR = 0,
	RA_CMP_IP = 1,
	RA_CMP_CR = 2,
	RA_CMP_CP = 3,
	RA_CMP_P10CR = 4,
	RA_CMP_KUR = 7,
	RA_CMP_KUP = 8,
	RA_CMP_RR = 11,
	RA_CMP_RP = 12,
	RA_CMP_PKICONF = 19,
	RA_CMP_GENM = 21,
	RA_CMP_GENP = 22,
	RA_CMP_ERROR = 23,
	RA_CMP_CERTCONF = 24,
	RA_CMP_POLLREQ = 25,
	RA_CMP_POLLREP = 26,
} ra_cmp_kind;

/* pvno, RFC 4210 5.1.1, RFC 9480 2.20 */
enum { RA_CMP_2000 = 2, RA_CMP_2021 = 3 };

/* PKIFailureInfo, RFC 4210 appendix F */
typedef enum ra_cmp_fail {
	RA_CMP_FINE = -1,
	RA_CMP_BAD_ALG = 0,
	RA_CMP_BAD_MESSAGE_CHECK = 1,
	RA_CMP_BAD_REQUEST = 2,
	RA_CMP_BAD_CERT_ID = 4,
	RA_CMP_BAD_DATA_FORMAT = 5,
	RA_CMP_WRONG_AUTHORITY = 6,
	RA_CMP_BAD_POP = 9,
	RA_CMP_CERT_REVOKED = 10,
	RA_CMP_CERT_CONFIRMED = 11,
	RA_CMP_WRONG_INTEGRITY = 12,
	RA_CMP_BAD_RECIPIENT_NONCE = 13,
	RA_CMP_UNACCEPTED_EXTENSION = 16,
	RA_CMP_BAD_SENDER_NONCE = 18,
	RA_CMP_BAD_CERT_TEMPLATE = 19,
	RA_CMP_SIGNER_NOT_TRUSTED = 20,
	RA_CMP_TRANSACTION_IN_USE = 21,
	RA_CMP_UNSUPPORTED_VERSION = 22,
	RA_CMP_NOT_AUTHORIZED = 23,
	RA_CMP_SYSTEM_UNAVAIL = 24,
	RA_CMP_SYSTEM_FAILURE = 25,
} ra_cmp_fail;

#define RA_CMP_NONCE 16			/* octets: RFC 9483 3.1 */
#define RA_CMP_TRANSACTION_MAX 64

/* Everything is borrowed; what is not there is empty. */
typedef struct ra_cmp_message {
	tmg_view der;
	tmg_view header, body;		/* whole, as they are protected */
	ra_cmp_kind kind;
	tmg_view content;		/* what body's own tag holds */
	int version;			/* 0 when it is no small number */
	tmg_view sender, recipient;	/* GeneralName, whole */
	tmg_view key_id;		/* senderKID */
	tmg_view transaction, nonce, answered;	/* answered: recipNonce */
	tmg_view algorithm;		/* of the protection, whole */
	tmg_view protection;		/* the bits */
	bool implicit;			/* asks that nothing need be confirmed */
	tmg_view signer;		/* first of extraCerts, whole */
} ra_cmp_message;

/* Verdicts TMG_MISMATCH: it is none. */
TMG_MUST_USE tmg_rc
ra_cmp_message_read(tmg_view der, ra_cmp_message *m);

#endif
