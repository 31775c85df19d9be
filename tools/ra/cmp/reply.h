/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message of CMP as it goes out.
 */
#ifndef RA_CMP_REPLY_H
#define RA_CMP_REPLY_H

#include "src/codec/der.h"
#include "tools/ra/ca/ca.h"
#include "tools/ra/cmp/message.h"

/* PKIStatus, RFC 4210 5.2.3 */
enum {
	RA_CMP_ACCEPTED = 0,
	RA_CMP_REJECTION = 2,
	RA_CMP_IS_WAITING = 3,
};

/* What is said; borrowed. */
typedef struct ra_cmp_reply {
	ra_cmp_kind kind;
	int status;
	ra_cmp_fail fail;
	const char *text;		/* for people; "" none */
	int id;				/* certReqId */
	long check_after_s;		/* pollRep */
	tmg_view cert;			/* ip, cp, kup: empty none */
	const X509 *trust;		/* ip: caPubs; NULL none */
	bool implicit;			/* nothing need be confirmed */
	time_t confirm_by;		/* else until then; 0 whenever */
	tmg_view news;			/* genp: content */
} ra_cmp_reply;

/* And around it. */
typedef struct ra_cmp_envelope {
	int version;
	const X509_NAME *sender;
	tmg_view recipient;		/* GeneralName, whole */
	tmg_view algorithm;		/* of the protection, whole; empty none */
	tmg_view key_id;
	tmg_view transaction, nonce, answered;
	bool implicit;			/* as the reply's */
	time_t confirm_by;
} ra_cmp_envelope;

void
ra_cmp_body_put(tmg_der *d, const ra_cmp_reply *reply);
void
ra_cmp_header_put(tmg_der *d, const ra_cmp_envelope *e);

#endif
