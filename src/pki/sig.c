/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/sig.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "src/pki/algid.h"
#include "src/pki/param.h"

enum {
	DIGEST_MAX = 64,	/* bytes: SHA-512 */
};

void *
tmg_sig_new(void *provctx, const char *props)
{
	const tmg_provider *provider = provctx;
	tmg_sig *s = calloc(1, sizeof(*s));

	(void)props;	/* digests are always found beside us, in libctx */
	if (s == NULL)
		return NULL;
	s->libctx = provider->libctx;
	s->padding = RSA_PKCS1_PADDING;
	s->salt = RSA_PSS_SALTLEN_AUTO;
	return s;
}

void
tmg_sig_free(void *ctx)
{
	tmg_sig *s = ctx;

	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->running);
	EVP_MD_free(s->md);
	tmg_pkey_unref(s->key);
	free(s);
}

static bool
copy_running(tmg_sig *to, const tmg_sig *from)
{
	if (from->running == NULL)
		return true;
	to->running = EVP_MD_CTX_new();
	return to->running != NULL &&
	    EVP_MD_CTX_copy_ex(to->running, from->running) == 1;
}

void *
tmg_sig_dup(void *ctx)
{
	const tmg_sig *from = ctx;
	tmg_sig *to = malloc(sizeof(*to));

	if (to == NULL)
		return NULL;
	*to = *from;
	to->running = NULL;
	to->key = tmg_pkey_ref(from->key);
	if (to->md != NULL)
		EVP_MD_up_ref(to->md);
	if (!copy_running(to, from)) {
		tmg_sig_free(to);
		return NULL;
	}
	return to;
}

bool
tmg_sig_begin(tmg_sig *s, void *key)
{
	if (key != NULL) {
		tmg_pkey_unref(s->key);
		s->key = tmg_pkey_ref(key);
	}
	s->fixed = false;
	return s->key != NULL && s->key->public != NULL;
}

bool
tmg_sig_set_digest(tmg_sig *s, const char *name)
{
	EVP_MD *md = NULL;
	tmg_hash hash = TMG_HASH_NONE;

	if (name != NULL && name[0] != '\0') {
		md = EVP_MD_fetch(s->libctx, name, NULL);
		hash = tmg_hash_of(md);
		if (hash == TMG_HASH_NONE) {
			EVP_MD_free(md);
			return false;
		}
	}
	EVP_MD_free(s->md);
	s->md = md;
	s->hash = hash;
	return true;
}

bool
tmg_sig_take_digest(void *ctx, const OSSL_PARAM *p)
{
	tmg_sig *s = ctx;
	char name[TMG_PARAM_WORD];

	if (!tmg_param_text(p, name, sizeof(name)))
		return false;
	if (s->fixed)
		return s->md != NULL && EVP_MD_is_a(s->md, name);
	return tmg_sig_set_digest(s, name);
}

bool
tmg_sig_give_digest(const void *ctx, OSSL_PARAM *p)
{
	const tmg_sig *s = ctx;

	return tmg_param_give_hash(s->md != NULL ? s->hash : TMG_HASH_NONE, p);
}

bool
tmg_sig_give_algid(const tmg_sign_spec *spec, OSSL_PARAM *p)
{
	uint8_t der[TMG_ALGID_MAX];
	tmg_out out = TMG_OUT(der);

	return tmg_algid(spec, &out) == TMG_OK &&
	    OSSL_PARAM_set_octet_string(p, out.ptr, out.len) == 1;
}

/* The digest libcrypto would take for a key when nobody names one. */
static const char *
usual_digest(const tmg_sig *s, char *name, size_t cap)
{
	return EVP_PKEY_get_default_digest_name(s->key->public, name, cap) > 0
	    ? name : "SHA256";
}

bool
tmg_sig_digest_begin(tmg_sig *s, const char *name, void *key)
{
	char usual[TMG_PARAM_WORD];

	if (!tmg_sig_begin(s, key))
		return false;
	if (name == NULL || name[0] == '\0')
		name = s->md != NULL ? EVP_MD_get0_name(s->md)
		    : usual_digest(s, usual, sizeof(usual));
	if (!tmg_sig_set_digest(s, name))
		return false;

	s->fixed = true;
	EVP_MD_CTX_free(s->running);
	s->running = EVP_MD_CTX_new();
	return s->running != NULL && EVP_DigestInit_ex2(s->running, s->md, NULL) == 1;
}

int
tmg_sig_digest_update(void *ctx, const unsigned char *data, size_t len)
{
	const tmg_sig *s = ctx;

	return s != NULL && s->running != NULL &&
	    EVP_DigestUpdate(s->running, data, len) == 1;
}

/* The digest of what was fed. */
static bool
end(tmg_sig *s, uint8_t digest[static DIGEST_MAX], size_t *len)
{
	unsigned n = 0;

	if (s == NULL || s->running == NULL ||
	    EVP_DigestFinal_ex(s->running, digest, &n) != 1)
		return false;
	*len = n;
	s->fixed = false;
	return true;
}

int
tmg_sig_digest_sign(tmg_sig *s, OSSL_FUNC_signature_sign_fn *fn,
    unsigned char *sig, size_t *len, size_t cap)
{
	uint8_t digest[DIGEST_MAX];
	size_t n = 0;

	/* asked only for the size, it must not end what is being fed */
	if (sig != NULL && !end(s, digest, &n))
		return 0;
	return fn(s, sig, len, cap, digest, n);
}

int
tmg_sig_digest_verify(tmg_sig *s, OSSL_FUNC_signature_verify_fn *fn,
    const unsigned char *sig, size_t len)
{
	uint8_t digest[DIGEST_MAX];
	size_t n;

	return end(s, digest, &n) && fn(s, sig, len, digest, n);
}
