/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto makes all algorithms of one operation when the first of them is
 * asked for, and once only: what could not be made then, for want of memory,
 * is missing as long as the process runs (OpenSSL 3.0, crypto/core_algorithm.c:
 * a provider's operation is marked as done, whatever came of it).  So a server
 * has them made before it serves, when it can still say that it does not start.
 */
#ifndef RA_ALGORITHMS_H
#define RA_ALGORITHMS_H

#include <tamga/ctx.h>

TMG_MUST_USE tmg_rc
ra_algorithms_make(tmg_ctx *ctx, tmg_fault *f);

#endif
