/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * X.509 certificates: what they say, and lists of them.
 */
#ifndef TAMGA_CERT_H
#define TAMGA_CERT_H

#include <time.h>

#include "tamga/alg.h"
#include "tamga/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_NAME_MAX 1024	/* bytes of a distinguished name as text */
#define TMG_SERIAL_MAX 64	/* hexadecimal digits and the final zero */

/* What a certificate says, as text; RFC 5280. */
typedef struct tmg_cert_facts {
	char subject[TMG_NAME_MAX];	/* RFC 4514, UTF-8, most specific first */
	char issuer[TMG_NAME_MAX];
	char common_name[256];		/* first CN, empty when there is none */
	char serial[TMG_SERIAL_MAX];	/* hexadecimal, upper case, no 0x */
	char sha256[65];		/* of the DER, hexadecimal, lower case */
	time_t not_before, not_after;
	bool self_issued, ca;
	tmg_alg alg;			/* of its key; TMG_ALG_NONE: tamga has no name for it */
} tmg_cert_facts;

/*
 * Reads one certificate, DER, without looking at its signature.
 *
 * Faults  TMG_E_MALFORMED: it is none, or something follows it
 *         TMG_E_SPACE: a name is longer than TMG_NAME_MAX; TMG_E_NOMEM
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_cert_facts_get(tmg_view der, tmg_cert_facts *facts);

/* The SubjectPublicKeyInfo inside (RFC 5280 4.1.2.7), borrowed from der.
 * Faults TMG_E_MALFORMED. */
TMG_API TMG_MUST_USE tmg_rc
tmg_cert_spki(tmg_view der, tmg_view *spki);

/* Certificates that somebody owns together, in the order they were added. */
typedef struct tmg_certs tmg_certs;

/* Faults TMG_E_NOMEM. */
TMG_API TMG_MUST_USE tmg_rc
tmg_certs_new(tmg_certs **certs);
/* Accepts NULL and a pointer to NULL; leaves NULL. */
TMG_API void
tmg_certs_free(tmg_certs **certs);
/* Copies der; a certificate already there is not added twice.
 * Faults TMG_E_MALFORMED, TMG_E_NOMEM. */
TMG_API TMG_MUST_USE tmg_rc
tmg_certs_add(tmg_certs *certs, tmg_view der);
TMG_API size_t
tmg_certs_count(const tmg_certs *certs);
/* Borrowed from certs, also when more are added; empty beyond the last. */
TMG_API tmg_view
tmg_certs_get(const tmg_certs *certs, size_t index);
/* Every CERTIFICATE of a PEM text of at most 16 MiB; other blocks are passed
 * over.  Verdicts TMG_NOT_FOUND: none in it.  Faults TMG_E_MALFORMED: what came
 * before the damage stays added. */
TMG_API TMG_MUST_USE tmg_rc
tmg_certs_add_pem(tmg_certs *certs, tmg_view pem);
/* Every certificate of a certs-only CMS, DER or BER (RFC 5652, RFC 8551); none
 * in it is TMG_OK.  Faults TMG_E_MALFORMED. */
TMG_API TMG_MUST_USE tmg_rc
tmg_certs_add_cms(tmg_certs *certs, tmg_view cms);

/*
 * Checks that leaf leads to one of the anchors through others, valid now by
 * the context's clock.  Only self-issued or explicitly given anchors end a
 * chain.
 *
 *   others   may be NULL
 *   chain    out   leaf's issuers in order, the anchor last; NULL not wanted
 *   f        out   words for any verdict or fault; may be NULL
 *
 * Revocation is not looked at.  SHA-1 signatures and RSA below 1024 bits end in
 * TMG_MISMATCH.
 *
 * Verdicts  TMG_MISMATCH  it does not; f says which certificate and why
 * Faults    TMG_E_MALFORMED: one of them cannot be read
 * Source    RFC 5280 6.1, as libcrypto has it
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_certs_verify(tmg_ctx *ctx, tmg_view leaf, const tmg_certs *others,
    const tmg_certs *anchors, tmg_certs *chain, tmg_fault *f);

#ifdef __cplusplus
}
#endif

#endif
