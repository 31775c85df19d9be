/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys of Ed25519 as points (RFC 8032 5.1): libcrypto takes any 32 bytes.
 */
#ifndef RA_EDPOINT_H
#define RA_EDPOINT_H

#include "tamga/err.h"
#include "tamga/view.h"

/*
 * Verdicts  TMG_MISMATCH  not the one encoding of a point on the curve, or a
 *                         point of order 1, 2, 4 or 8, under which one
 *                         signature fits many messages
 */
TMG_MUST_USE tmg_rc
ra_edpoint_check(const uint8_t bytes[32]);

#endif
