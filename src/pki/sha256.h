/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TMG_PKI_SHA256_H
#define TMG_PKI_SHA256_H

#include "tamga/view.h"

#define TMG_SHA256_SIZE 32	/* bytes */

/* Where there is no context at hand: needs no library context at all, so that
 * nothing loads the process's openssl.cnf. */
void
tmg_sha256(tmg_view data, uint8_t digest[static TMG_SHA256_SIZE]);

#endif
