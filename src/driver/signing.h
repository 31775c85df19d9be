/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures by cards.  ISO/IEC 7816-8 leaves open what a card takes and what it
 * answers; a driver says how its cards have it, and sends what stands in sent.
 *
 *	tmg_signing s = { .ways = &ways, .ctx = ctx, .alg = alg, .spec = spec };
 *
 *	if ((rc = tmg_signing_begin(&s, input)))
 *		...
 *	exchange s.sent for answer, with Le tmg_signing_le(alg)
 *	rc = tmg_signing_end(&s, answer, sig);
 */
#ifndef TMG_DRIVER_SIGNING_H
#define TMG_DRIVER_SIGNING_H

#include "tamga/card.h"
#include "tamga/signer.h"

/* How a kind of card signs. */
typedef struct tmg_signing_ways {
	bool pads;	/* RSA: it pads what it gets, by PKCS #1 v1.5 and never
			 * otherwise; else it gets as much as the modulus has */
	bool filled;	/* ECDSA: the hash is as long as the field, zeros in
			 * front; else a short one is sent as it is */
	bool plain;	/* ECDSA: it answers r and s side by side; else an
			 * Ecdsa-Sig-Value */
} tmg_signing_ways;

/* One signature on its way. */
typedef struct tmg_signing {
	const tmg_signing_ways *ways;
	tmg_ctx *ctx;
	tmg_alg alg;
	const tmg_sign_spec *spec;
	tmg_view sent;			/* to the card; borrowed of input or store */
	uint8_t store[TMG_SIG_MAX];
} tmg_signing;

/*
 * Fills in sent.
 *
 * Verdicts  TMG_UNSUPPORTED  such a key, or such a card, does not sign so
 * Faults    TMG_E_USAGE      input does not fit spec and key; any
 */
TMG_MUST_USE tmg_rc
tmg_signing_begin(tmg_signing *s, tmg_view input);

/* What the card answered, as tmg_signer_ops.sign has it.
 * Faults TMG_E_MALFORMED: its form or length is wrong. */
TMG_MUST_USE tmg_rc
tmg_signing_end(const tmg_signing *s, tmg_view answer, tmg_out *sig);

/* A short answer is asked for with a short Le, so that it needs no extended
 * length from cards that stumble over it. */
uint32_t
tmg_signing_le(tmg_alg alg);

#endif
