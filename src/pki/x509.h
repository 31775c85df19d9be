/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates as libcrypto's objects, in a library context of our own.
 */
#ifndef TMG_PKI_X509_H
#define TMG_PKI_X509_H

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <time.h>

#include "tamga/cert.h"
#include "tamga/signer.h"

/* Faults TMG_E_MALFORMED: not one certificate and nothing else. */
TMG_MUST_USE tmg_rc
tmg_x509_parse(OSSL_LIB_CTX *libctx, tmg_view der, X509 **cert);

/*
 * The same without its public key, for who asks for names, numbers, extensions or
 * the bytes: to make the key libcrypto 3.0 looks through all its decoders, 140 of
 * 150 microseconds.  X509_get0_pubkey() answers NULL; tmg_cert_spki() has it.
 */
TMG_MUST_USE tmg_rc
tmg_x509_keyless(tmg_ctx *ctx, tmg_view der, X509 **cert);

/*
 * Whether libcrypto lacked memory since ERR_peek_error() answered before: its
 * parsers fail alike for that and for bytes that are wrong.  The oldest error
 * is the cause, unless the caller's own stand before it.
 */
static inline bool
tmg_lacked_memory(unsigned long before)
{
	const unsigned long e = before == 0 ? ERR_peek_error()
	    : ERR_peek_last_error();

	return ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
}

/* Faults TMG_E_MALFORMED: none (NULL), or not one. */
TMG_MUST_USE tmg_rc
tmg_x509_time(const ASN1_TIME *asn1, time_t *at);

/* All of certs, NULL none; *stack is new. */
TMG_MUST_USE tmg_rc
tmg_x509_stack(OSSL_LIB_CTX *libctx, const tmg_certs *certs,
    STACK_OF(X509) **stack);

TMG_MUST_USE tmg_rc
tmg_certs_add_x509(tmg_certs *certs, const X509 *cert);

/* What chains are checked against: these anchors, at the context's time. */
TMG_MUST_USE tmg_rc
tmg_x509_store(tmg_ctx *ctx, const STACK_OF(X509) *anchors, X509_STORE **store);

/* The public key of a SubjectPublicKeyInfo, in software. */
TMG_MUST_USE tmg_rc
tmg_public_key(OSSL_LIB_CTX *libctx, tmg_view spki, EVP_PKEY **key);

/* The same, in the context's own library context, for who reads many: what
 * libcrypto knows of a curve it knows once (curve.h). */
TMG_MUST_USE tmg_rc
tmg_public_key_again(tmg_ctx *ctx, tmg_view spki, EVP_PKEY **key);

#endif
