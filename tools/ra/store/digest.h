/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-256 as text, and libcrypto objects held by scope.
 */
#ifndef RA_DIGEST_H
#define RA_DIGEST_H

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "tamga/view.h"
#include "tools/ra/store/store.h"

typedef struct ra_md {
	EVP_MD_CTX *ctx;
} ra_md;

static inline void
ra_md_release(ra_md *md)
{
	EVP_MD_CTX_free(md->ctx);
}

/* tmg_auto_ptr() of libcrypto's types: OBJECT_free(&object). */
#define RA_SCOPE(type, release) \
static inline void \
ra_##type##_release(type **p) \
{ \
	release(*p); \
} \
typedef type *ra_##type;

RA_SCOPE(X509, X509_free)
RA_SCOPE(X509_REQ, X509_REQ_free)
RA_SCOPE(X509_CRL, X509_CRL_free)
RA_SCOPE(X509_NAME, X509_NAME_free)
RA_SCOPE(EVP_PKEY, EVP_PKEY_free)
RA_SCOPE(BIO, BIO_free_all)
RA_SCOPE(GENERAL_NAMES, GENERAL_NAMES_free)

/* Adds a field with its length as eight octets in front: no two lists of fields
 * read the same. */
bool ra_md_field(EVP_MD_CTX *md, tmg_view field);

/* Lower-case digits and a final zero: 2 * v.len + 1 bytes. */
void ra_hex_lower(char *text, tmg_view v);

/* SHA-256 of v, hexadecimal. */
TMG_MUST_USE tmg_rc
ra_sha256_text(tmg_view v, char text[RA_HASH_TEXT]);

#endif
