/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our results become theirs.
 */
#ifndef TMG_PKCS11_RV_H
#define TMG_PKCS11_RV_H

#include "pkcs11/cryptoki.h"
#include "tamga/err.h"

CK_RV
tmg_p11_rv(tmg_rc rc);

#endif
