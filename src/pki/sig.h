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
tmg_sig_take_digest(tmg_sig *s, const OSSL_PARAM *p);

TMG_MUST_USE bool
tmg_sig_digest_begin(tmg_sig *s, const char *name, void *key);
int tmg_sig_digest_update(void *ctx, const unsigned char *data, size_t len);
/* The digest of what was fed, into 64 bytes. */
TMG_MUST_USE bool
tmg_sig_digest_end(tmg_sig *s, uint8_t *digest, size_t *len);

/* One text, or one number, of a parameter; false when it is neither. */
TMG_MUST_USE bool
tmg_param_text(const OSSL_PARAM *p, char *text, size_t cap);

#endif
