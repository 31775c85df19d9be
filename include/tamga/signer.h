/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one bridge between cards and papers: something that holds a private
 * key and will use it.  A token key is one; a software key is one in tests.
 */
#ifndef TAMGA_SIGNER_H
#define TAMGA_SIGNER_H

#include "tamga/alg.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_SPKI_MAX 1100	/* bytes; RSA 8192 needs 1062 */
#define TMG_SIG_MAX 1024	/* bytes; RSA 8192 */

typedef enum tmg_scheme {
	TMG_SIGN_PKCS1,		/* RSASSA-PKCS1-v1_5, RFC 8017 8.2 */
	TMG_SIGN_PSS,		/* RSASSA-PSS, RFC 8017 8.1 */
	TMG_SIGN_RAW,		/* RSASP1, RFC 8017 5.2.1: input as long as the modulus */
	TMG_SIGN_ECDSA,
	TMG_SIGN_EDDSA,
} tmg_scheme;

/*
 * How to sign, and therefore what the input is.
 *
 *   PKCS1   a digest made by hash; with TMG_HASH_NONE the whole T of
 *           EMSA-PKCS1-v1_5 (a DigestInfo, or anything up to k-11 bytes)
 *   PSS     a digest made by hash
 *   RAW     k bytes, less than the modulus
 *   ECDSA   a digest of any length; the signature is an Ecdsa-Sig-Value,
 *           DER (RFC 3279 2.2.3)
 *   EDDSA   the message
 */
typedef struct tmg_sign_spec {
	tmg_scheme scheme;
	tmg_hash hash;
	tmg_hash mgf;		/* PSS: hash of MGF1 */
	size_t salt_len;	/* PSS: bytes */
} tmg_sign_spec;

typedef enum tmg_padding {
	TMG_DECRYPT_PKCS1,	/* RSAES-PKCS1-v1_5, RFC 8017 7.2 */
	TMG_DECRYPT_OAEP,	/* RSAES-OAEP, RFC 8017 7.1 */
	TMG_DECRYPT_RAW,	/* RSADP, RFC 8017 5.1.2 */
} tmg_padding;

typedef struct tmg_decrypt_spec {
	tmg_padding padding;
	tmg_hash hash;		/* OAEP */
	tmg_hash mgf;		/* OAEP: hash of MGF1 */
	tmg_view label;		/* OAEP: usually empty */
} tmg_decrypt_spec;

typedef struct tmg_signer tmg_signer;

/*
 * What a holder of a private key implements.  Every row is filled; what the
 * key cannot do is filled with tmg_signer_no_*(), which answer
 * TMG_UNSUPPORTED.  A row is entered with arguments that were checked against
 * the specs above, never for a question about sizes, and makes at most one
 * attempt.
 *
 * Verdicts  TMG_UNSUPPORTED, TMG_PIN_WRONG, TMG_PIN_LOCKED, TMG_LAST_TRY,
 *           TMG_CANCELLED, TMG_LOGIN, TMG_REMOVED, TMG_RESET, TMG_BUSY,
 *           TMG_DENIED; TMG_MISMATCH (the key is another than spki says);
 *           the reason in words stands in the signer's fault
 */
typedef struct tmg_signer_ops {
	tmg_rc (*sign)(tmg_signer *s, const tmg_sign_spec *spec,
	    tmg_view input, tmg_out *sig);
	tmg_rc (*decrypt)(tmg_signer *s, const tmg_decrypt_spec *spec,
	    tmg_view cipher, tmg_out *plain);
	/* peer: an uncompressed point, or 32 bytes for X25519 (RFC 7748);
	 * secret: the x coordinate, as long as the field */
	tmg_rc (*derive)(tmg_signer *s, tmg_view peer, tmg_out *secret);
} tmg_signer_ops;

/* Embed it first in your own structure. */
struct tmg_signer {
	const tmg_signer_ops *ops;
	tmg_fault *fault;	/* where refusals are explained; never NULL */
	tmg_alg alg;
	tmg_view spki;		/* SubjectPublicKeyInfo, DER; outlives the signer */
	unsigned used;		/* private-key operations asked for so far */
	unsigned limit;		/* refuse beyond this many; 0 no limit */
	bool pads;		/* RSA: its holder knows PKCS1 alone, neither PSS nor RAW;
				 * who chooses how to sign asks for nothing else */
};

/*
 * Checks the arguments against the signer's algorithm, counts, and calls the
 * row.  Everybody signs through these, nobody through ops.
 *
 * Verdicts  those of the row; TMG_DENIED when the limit is reached
 * Faults    TMG_E_USAGE when spec and algorithm do not fit; those of the row
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_signer_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig);
TMG_API TMG_MUST_USE tmg_rc
tmg_signer_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec,
    tmg_view cipher, tmg_out *plain);
TMG_API TMG_MUST_USE tmg_rc
tmg_signer_derive(tmg_signer *s, tmg_view peer, tmg_out *secret);

/* For rows that a key cannot do. */
TMG_API TMG_MUST_USE tmg_rc
tmg_signer_no_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig);
TMG_API TMG_MUST_USE tmg_rc
tmg_signer_no_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec,
    tmg_view cipher, tmg_out *plain);
TMG_API TMG_MUST_USE tmg_rc
tmg_signer_no_derive(tmg_signer *s, tmg_view peer, tmg_out *secret);

#ifdef __cplusplus
}
#endif

#endif
