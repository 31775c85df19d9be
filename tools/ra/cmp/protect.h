/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes messages authentic: RFC 4210 5.1.3.
 */
#ifndef RA_CMP_PROTECT_H
#define RA_CMP_PROTECT_H

#include <openssl/evp.h>

#include "tamga/ctx.h"
#include "tools/ra/ca/keeper.h"
#include "tools/ra/cmp/message.h"

/* What a message is protected by. */
typedef enum ra_cmp_means {
	RA_CMP_NOTHING,
	RA_CMP_MAC,			/* PasswordBasedMac, 5.1.3.1; PBMAC1, RFC 9481 6.1.2 */
	RA_CMP_SIGNATURE,		/* or what we do not know */
} ra_cmp_means;

ra_cmp_means
ra_cmp_means_of(const ra_cmp_message *m);

bool
ra_cmp_mac_holds(tmg_ctx *ctx, const ra_cmp_message *m, tmg_view secret);
bool
ra_cmp_signature_holds(tmg_ctx *ctx, const ra_cmp_message *m, EVP_PKEY *key);

/* The algorithm of an answer to one with that MAC: the same hashes, a salt of
 * its own.  Verdicts TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
ra_cmp_mac_algorithm(tmg_ctx *ctx, tmg_view asked, tmg_out *der);

/* Bits over protected, header and body in one SEQUENCE. */
TMG_MUST_USE tmg_rc
ra_cmp_mac_put(tmg_ctx *ctx, tmg_view algorithm, tmg_view secret,
    tmg_view protected, tmg_out *bits);
TMG_MUST_USE tmg_rc
ra_cmp_signature_put(tmg_ctx *ctx, ra_keeper *keeper, tmg_view protected,
    tmg_out *bits, tmg_fault *f);

/* header and body in one SEQUENCE. */
void
ra_cmp_protected_put(tmg_out *o, tmg_view header, tmg_view body);

#endif
