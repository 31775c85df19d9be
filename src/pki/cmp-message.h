/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of the Certificate Management Protocol, taken apart without being
 * believed: RFC 9810 5.1.  Pure.
 */
#ifndef TMG_PKI_CMP_MESSAGE_H
#define TMG_PKI_CMP_MESSAGE_H

#include "tamga/view.h"

/* Alternatives of PKIBody, RFC 9810 5.1.2. */
enum {
	TMG_CMP_IR = 0,
	TMG_CMP_IP = 1,
	TMG_CMP_CR = 2,
	TMG_CMP_CP = 3,
	TMG_CMP_P10CR = 4,
	TMG_CMP_KUR = 7,
	TMG_CMP_KUP = 8,
	TMG_CMP_GENM = 21,
	TMG_CMP_GENP = 22,
	TMG_CMP_ERROR = 23,
	TMG_CMP_POLLREQ = 25,
	TMG_CMP_POLLREP = 26,
	TMG_CMP_BODIES = 27,
};

/* PKIStatus, RFC 9810 5.2.3. */
enum {
	TMG_CMP_GRANTED_WITH_MODS = 1,
	TMG_CMP_REJECTION = 2,
	TMG_CMP_WAITING = 3,
};

/* All borrowed from the message; empty: not there. */
typedef struct tmg_cmp_message {
	tmg_view sender;	/* GeneralName with its head */
	tmg_view time;		/* messageTime: GeneralizedTime with its head */
	tmg_view algorithm;	/* protectionAlg: an AlgorithmIdentifier with its head */
	tmg_view transaction, sender_nonce, recip_nonce;
	tmg_view general;	/* generalInfo: InfoTypeAndValue, one after the other */
	unsigned body;
	tmg_view content;	/* of the body, inside its [n] */
	tmg_view protection;	/* the bits */
	tmg_view extra;		/* certificates, one after the other */
} tmg_cmp_message;

/* Faults  TMG_E_MALFORMED: no PKIMessage, or something follows it */
TMG_MUST_USE tmg_rc
tmg_cmp_message_read(tmg_view der, tmg_cmp_message *m);

/*
 * The PKIStatus of the one certificate that an ip, cp or kup tells of.
 *
 * Verdicts  TMG_NOT_FOUND    another body
 * Faults    TMG_E_MALFORMED  RFC 9810 5.3.4
 */
TMG_MUST_USE tmg_rc
tmg_cmp_message_status(const tmg_cmp_message *m, unsigned *status);

/*
 * The value of the one InfoTypeAndValue of a genp whose type has these
 * contents, RFC 9810 5.3.20; empty when it comes without one.
 *
 * Verdicts  TMG_NOT_FOUND    another body, or none of that type
 * Faults    TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_cmp_message_info(const tmg_cmp_message *m, tmg_view type, tmg_view *value);

/*
 * Until when the sender waits for a confirmation of what it gives, RFC 9810
 * 5.1.1.2: a GeneralizedTime with its head.
 *
 * Verdicts  TMG_NOT_FOUND    it does not say
 * Faults    TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_cmp_message_confirm_by(const tmg_cmp_message *m, tmg_view *time);

#endif
