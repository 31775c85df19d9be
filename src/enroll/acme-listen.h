/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What our own responder answers, as bytes.
 */
#ifndef TMG_ENROLL_ACME_LISTEN_H
#define TMG_ENROLL_ACME_LISTEN_H

#include "src/enroll/acme-proof.h"

/* The whole answer to a request's head, 512 bytes at most; how long it is. */
size_t
tmg_acme_http_answer(const tmg_acme_proof *proofs, size_t count, tmg_view ask,
    char *to, size_t cap);

#endif
