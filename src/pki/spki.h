/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SubjectPublicKeyInfo (RFC 5280 4.1.2.7): made from what tokens tell, read.
 */
#ifndef TMG_PKI_SPKI_H
#define TMG_PKI_SPKI_H

#include "tamga/alg.h"

/* From a big-endian modulus and exponent, leading zeros allowed; RFC 3279 2.3.1. */
TMG_MUST_USE tmg_rc
tmg_spki_rsa(tmg_view n, tmg_view e, tmg_out *spki);

/* From an uncompressed point (04 x y) on alg's curve; RFC 5480.
 * Faults TMG_E_USAGE: alg is no curve; TMG_E_MALFORMED: not such a point. */
TMG_MUST_USE tmg_rc
tmg_spki_ec(tmg_alg alg, tmg_view point, tmg_out *spki);

/* From the 32 bytes of an Ed25519 or X25519 key; RFC 8410. */
TMG_MUST_USE tmg_rc
tmg_spki_raw(tmg_alg alg, tmg_view bytes, tmg_out *spki);

/* Verdicts TMG_UNSUPPORTED: a kind or size of key that tmg_alg has not. */
TMG_MUST_USE tmg_rc
tmg_spki_alg(tmg_view spki, tmg_alg *alg);

/* By the OBJECT IDENTIFIER that names a curve, with its head: what stands in
 * ECParameters (RFC 5480 2.1.1), or names an RFC 8410 key.
 * Verdicts TMG_UNSUPPORTED: a curve that tmg_alg has not. */
TMG_MUST_USE tmg_rc
tmg_spki_curve(tmg_view oid, tmg_alg *alg);

/*
 * Whether spki is the one proper encoding of its key: what the functions above
 * would make of its parts (DER; a point uncompressed, RFC 5480 2.2).
 * Verdicts  TMG_MISMATCH  it is another one; TMG_UNSUPPORTED as tmg_spki_alg()
 */
TMG_MUST_USE tmg_rc
tmg_spki_proper(tmg_view spki);

/* The content of the BIT STRING: an RSAPublicKey, a point, 32 bytes. */
TMG_MUST_USE tmg_rc
tmg_spki_bits(tmg_view spki, tmg_view *bits);

/* Modulus and exponent without leading zeros.  Verdicts TMG_UNSUPPORTED:
 * not an RSA key. */
TMG_MUST_USE tmg_rc
tmg_spki_rsa_parts(tmg_view spki, tmg_view *n, tmg_view *e);

/* Significant bits of a big-endian number. */
size_t
tmg_number_bits(tmg_view n);

#endif
