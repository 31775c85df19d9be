/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An object while its attributes are being read.
 */
#ifndef TMG_PKCS11_SUBJECT_H
#define TMG_PKCS11_SUBJECT_H

#include "pkcs11/certificate.h"
#include "pkcs11/slot.h"

typedef struct tmg_p11_subject {
	tmg_p11_slot *slot;
	tmg_p11_object object;
	tmg_key_facts facts;		/* keys */
	tmg_view spki;
	tmg_view der;			/* certificates; the value of data */
	tmg_p11_cert cert;
	tmg_p11_name name;	/* keys and certificates of the token */
	uint8_t scratch[TMG_SPKI_MAX + 8];	/* of the last value */
} tmg_p11_subject;

/*
 * Reads what the class needs.  Verdicts TMG_NOT_FOUND: there is no such
 * object now, or nobody is logged in who may see it.
 */
TMG_MUST_USE tmg_rc
tmg_p11_subject_load(tmg_p11_slot *slot, const tmg_p11_object *object,
    tmg_p11_subject *subject);

/* Whether only who is logged in may see it. */
bool
tmg_p11_subject_private(const tmg_p11_subject *subject);

/* Has the card's own word for a private key that is going to be used.
 * Verdicts TMG_LOGIN: it wants a PIN after all, and nobody is logged in. */
TMG_MUST_USE tmg_rc
tmg_p11_subject_ask(tmg_p11_subject *subject);

#endif
