/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How every operation with a key begins and goes on, and how keys are used.
 */
#ifndef TMG_PKCS11_BEGIN_H
#define TMG_PKCS11_BEGIN_H

#include <openssl/types.h>

#include "pkcs11/attribute.h"
#include "pkcs11/module.h"

/* One kind of operation: what its mechanisms and keys must have. */
typedef struct tmg_p11_kind {
	CK_FLAGS flag;			/* of the mechanism: CKF_SIGN */
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE_TYPE use;		/* true on the key: CKA_SIGN */
} tmg_p11_kind;

extern const tmg_p11_kind tmg_p11_kinds[P11_TASKS];

/* Reads the key and sees that it is fit for the kind and the mechanism. */
CK_RV
tmg_p11_key_load(p11_hold *hold, CK_OBJECT_HANDLE key, const tmg_p11_kind *kind,
    const tmg_p11_mechanism *row, tmg_p11_subject *subject);

/* C_SignInit and its like.  mechanism NULL ends what is active (3.0, 5.13.1). */
CK_RV
tmg_p11_begin(CK_SESSION_HANDLE handle, tmg_p11_task task,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/* Holds the session and gives its operation; wrong arguments end it. */
CK_RV
tmg_p11_resume(p11_hold *hold, CK_SESSION_HANDLE handle, tmg_p11_task task,
    bool good, tmg_p11_operation **op);

/* C_SignUpdate and C_VerifyUpdate: one more part, no answer. */
CK_RV
tmg_p11_update(CK_SESSION_HANDLE handle, tmg_p11_task task, const CK_BYTE *part,
    CK_ULONG len);

/*
 * Around one private-key command: lends the PIN of CKU_CONTEXT_SPECIFIC, in
 * case another program makes the card forget it, wipes it, and says what came
 * of it.
 */
CK_RV
tmg_p11_use_begin(p11_hold *hold, tmg_p11_operation *op, tmg_signer **signer);
CK_RV
tmg_p11_use_end(p11_hold *hold, tmg_p11_operation *op, tmg_rc rc);

/* The key of the operation; what is told of it is borrowed from the subject. */
CK_RV
tmg_p11_use_subject(p11_hold *hold, const tmg_p11_operation *op,
    tmg_p11_subject *subject);
/* The public key of the operation, in software.  Free it. */
CK_RV
tmg_p11_use_public(p11_hold *hold, const tmg_p11_operation *op, EVP_PKEY **key);

#endif
