/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What RSA and ECDSA signatures have in common for OpenSSL: a key, a digest,
 * parameters by name.  Nothing here touches a token.
 */
#ifndef TMG_PKI_SIG_H
#define TMG_PKI_SIG_H

#include "src/pki/pkey.h"

/* One operation's state: what a signature context points to. */
typedef struct tmg_sig {
	tmg_pkey *key;
	OSSL_LIB_CTX *libctx;
	EVP_MD *md;		/* NULL: what is signed is no digest */
	tmg_hash hash;
	EVP_MD_CTX *running;	/* between digest_*_init and _final */
	bool fixed;		/* the digest was agreed with the caller already */
	int padding;		/* RSA: OpenSSL's number */
	int salt;		/* RSA-PSS: OpenSSL's number, negative ones special */
	tmg_hash mgf;		/* RSA-PSS: NONE is the same as hash */
} tmg_sig;

void *tmg_sig_new(void *provctx, const char *props);
void tmg_sig_free(void *ctx);
void *tmg_sig_dup(void *ctx);

/* key NULL keeps the one of before. */
TMG_MUST_USE bool
tmg_sig_begin(tmg_sig *s, void *key);

/* name NULL or empty: no digest. */
TMG_MUST_USE bool
tmg_sig_set_digest(tmg_sig *s, const char *name);
/* Of a parameter; refuses to change one that is fixed. */
TMG_MUST_USE bool
tmg_sig_take_digest(void *ctx, const OSSL_PARAM *p);
TMG_MUST_USE bool
tmg_sig_give_digest(const void *ctx, OSSL_PARAM *p);
/* The AlgorithmIdentifier that goes with a signature. */
TMG_MUST_USE bool
tmg_sig_give_algid(const tmg_sign_spec *spec, OSSL_PARAM *p);

TMG_MUST_USE bool
tmg_sig_digest_begin(tmg_sig *s, const char *name, void *key);
int tmg_sig_digest_update(void *ctx, const unsigned char *data, size_t len);
/* Ends what was fed and signs or verifies its digest with fn. */
int tmg_sig_digest_sign(tmg_sig *s, OSSL_FUNC_signature_sign_fn *fn,
    unsigned char *sig, size_t *len, size_t cap);
int tmg_sig_digest_verify(tmg_sig *s, OSSL_FUNC_signature_verify_fn *fn,
    const unsigned char *sig, size_t len);

#endif
