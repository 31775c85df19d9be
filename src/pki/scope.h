/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto's objects held by scope: tmg_held(EVP_MD) md = EVP_MD_fetch(...);
 */
#ifndef TMG_PKI_SCOPE_H
#define TMG_PKI_SCOPE_H

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>

#include "src/base/scope.h"

#define TMG_SCOPE_OF(type) \
	static inline void \
	tmg_scope_##type(type **p) \
	{ \
		type##_free(*p); \
	}

/* Freed by its own NAME_free(), which takes NULL, at the end of the scope. */
#define tmg_held(type) __attribute__((__cleanup__(tmg_scope_##type))) type *

TMG_SCOPE_OF(ASN1_GENERALIZEDTIME)
TMG_SCOPE_OF(ASN1_OBJECT)
TMG_SCOPE_OF(ASN1_TIME)
TMG_SCOPE_OF(BIO)
TMG_SCOPE_OF(CMS_ContentInfo)
TMG_SCOPE_OF(EVP_KDF)
TMG_SCOPE_OF(EVP_KDF_CTX)
TMG_SCOPE_OF(EVP_MD)
TMG_SCOPE_OF(EVP_MD_CTX)
TMG_SCOPE_OF(EVP_PKEY)
TMG_SCOPE_OF(EVP_PKEY_CTX)
TMG_SCOPE_OF(GENERAL_NAME)
TMG_SCOPE_OF(GENERAL_NAMES)
TMG_SCOPE_OF(X509)
TMG_SCOPE_OF(X509_NAME)
TMG_SCOPE_OF(X509_REQ)
TMG_SCOPE_OF(X509_STORE)
TMG_SCOPE_OF(X509_STORE_CTX)

/* Bytes that libcrypto allocated: a program may have given it an allocator. */
static inline void
tmg_scope_bytes(uint8_t **p)
{
	OPENSSL_free(*p);
}

#define tmg_held_bytes __attribute__((__cleanup__(tmg_scope_bytes))) uint8_t *

static inline void
tmg_scope_certs(STACK_OF(X509) **p)
{
	sk_X509_pop_free(*p, X509_free);
}

#define tmg_held_certs __attribute__((__cleanup__(tmg_scope_certs))) STACK_OF(X509) *

#endif
