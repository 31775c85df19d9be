/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that are the same every time, for reproducing what a fuzzer found.
 * Nothing made with them is secret.
 */
#ifndef VCARD_SEED_H
#define VCARD_SEED_H

#include <openssl/types.h>

#include "tamga/err.h"

/* From now on lib draws from the seed.  Call before anything else does. */
TMG_MUST_USE tmg_rc
vc_seed(OSSL_LIB_CTX *lib, const char *seed);

#endif
