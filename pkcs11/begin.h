/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How every operation with a key begins, and how a private key is used.
 */
#ifndef TMG_PKCS11_BEGIN_H
#define TMG_PKCS11_BEGIN_H

#include "pkcs11/module.h"

/* One kind of operation: what its mechanisms and keys must have. */
typedef struct tmg_p11_kind {
	CK_FLAGS flag;			/* of the mechanism: CKF_SIGN */
	CK_OBJECT_CLASS class;
	unsigned use;			/* of the key's slot: TMG_USE_SIGN */
} tmg_p11_kind;

/* mechanism NULL ends what is active (3.0, 5.13.1). */
CK_RV
tmg_p11_begin(p11_hold *hold, tmg_p11_operation *op, const tmg_p11_kind *kind,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/*
 * Around one private-key command: lends the PIN of CKU_CONTEXT_SPECIFIC to
 * the token, takes it back, and says what came of it.
 */
CK_RV
tmg_p11_use_begin(p11_hold *hold, tmg_p11_operation *op, tmg_signer **signer);
CK_RV
tmg_p11_use_end(p11_hold *hold, tmg_p11_operation *op, tmg_rc rc);

#endif
