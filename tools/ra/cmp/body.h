/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in the messages that come in.
 */
#ifndef RA_CMP_BODY_H
#define RA_CMP_BODY_H

#include "tools/ra/ca/crmf.h"
#include "tools/ra/cmp/message.h"

/* A small number, -1 among them: certReqId.  Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_cmp_number(tmg_view integer, int *number);

/* The one request of an ir, cr or kur, whole; more are refused.
 * Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_cmp_read_request(tmg_view content, tmg_view *request, int *id);

/* pollReq.  Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_cmp_read_poll(tmg_view content, int *id);

/* certConf: what becomes of a certificate. */
typedef struct ra_cmp_said {
	bool said;			/* false: nothing is, so it is rejected */
	tmg_view hash;
	int id;
	bool accepted;
	tmg_view algorithm;		/* of hash, whole; empty: the signature's */
} ra_cmp_said;

/* Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_cmp_read_conf(tmg_view content, ra_cmp_said *said);

/* rr: which certificate, and why. */
typedef struct ra_cmp_revocation {
	tmg_view issuer;		/* Name, whole */
	tmg_view serial;		/* content */
	int reason;			/* RFC 5280 5.3.1 */
} ra_cmp_revocation;

/* Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_cmp_read_revocation(tmg_view content, ra_cmp_revocation *r);

#endif
