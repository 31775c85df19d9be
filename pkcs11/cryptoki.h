/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cryptoki as the module speaks it: p11-kit's header for 2.40 and ours for
 * what came after.
 */
#ifndef TMG_PKCS11_CRYPTOKI_H
#define TMG_PKCS11_CRYPTOKI_H

#include <p11-kit/pkcs11.h>

#include "pkcs11/cryptoki3.h"

#endif
