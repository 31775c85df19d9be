/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/seed.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define PROVIDER "tamga-vcard-seed"
#define GENERATOR "SEEDED"
#define BLOCK 32
#define MOST_AT_ONCE 65536
#define STRENGTH 256	/* claimed, or libcrypto would not draw keys from it */

/* What the provider is given when libcrypto loads it; there is no other way in. */
struct root {
	uint8_t key[BLOCK];
	uint32_t streams;	/* handed out; each generator gets its own */
};

/* SHA-256 over key, stream and counter. */
struct stream {
	uint8_t block[BLOCK + 4 + 8];
	uint8_t left[BLOCK];
	size_t have;
	uint64_t counter;
};

static void *
stream_new(void *provider, void *parent, const OSSL_DISPATCH *calls)
{
	struct root *root = provider;
	struct stream *s = calloc(1, sizeof(*s));

	(void)parent;
	(void)calls;
	if (s == NULL)
		return NULL;
	memcpy(s->block, root->key, BLOCK);
	memcpy(s->block + BLOCK, &root->streams, sizeof(root->streams));
	root->streams++;
	return s;
}

static void
stream_free(void *self)
{
	free(self);
}

static int
stream_refill(struct stream *s)
{
	memcpy(s->block + BLOCK + 4, &s->counter, sizeof(s->counter));
	s->counter++;
	s->have = BLOCK;
	return EVP_Digest(s->block, sizeof(s->block), s->left, NULL, EVP_sha256(), NULL);
}

static int
stream_generate(void *self, unsigned char *out, size_t len, unsigned int strength,
    int resist, const unsigned char *extra, size_t extra_len)
{
	struct stream *s = self;

	(void)strength;
	(void)resist;
	(void)extra;
	(void)extra_len;
	for (; len > 0; len--) {
		if (s->have == 0 && stream_refill(s) != 1)
			return 0;
		*out++ = s->left[--s->have];
	}
	return 1;
}

static int
stream_start(void *self, unsigned int strength, int resist, const unsigned char *personal,
    size_t personal_len, const OSSL_PARAM params[])
{
	(void)self;
	(void)strength;
	(void)resist;
	(void)personal;
	(void)personal_len;
	(void)params;
	return 1;
}

static int
stream_stop(void *self)
{
	(void)self;
	return 1;
}

static int
stream_reseed(void *self, int resist, const unsigned char *entropy, size_t entropy_len,
    const unsigned char *extra, size_t extra_len)
{
	(void)self;
	(void)resist;
	(void)entropy;
	(void)entropy_len;
	(void)extra;
	(void)extra_len;
	return 1;
}

static int
stream_locking(void *self)
{
	(void)self;
	return 1;	/* the program has one thread */
}

static void
stream_unlock(void *self)
{
	(void)self;
}

static const OSSL_PARAM *
stream_gettable(void *self, void *provider)
{
	static const OSSL_PARAM known[] = {
		OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, NULL),
		OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, NULL),
		OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, NULL),
		OSSL_PARAM_END
	};

	(void)self;
	(void)provider;
	return known;
}

static int
stream_get(void *self, OSSL_PARAM params[])
{
	OSSL_PARAM *p;

	(void)self;
	if ((p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE)) != NULL &&
	    !OSSL_PARAM_set_int(p, EVP_RAND_STATE_READY))
		return 0;
	if ((p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH)) != NULL &&
	    !OSSL_PARAM_set_uint(p, STRENGTH))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
	return p == NULL || OSSL_PARAM_set_size_t(p, MOST_AT_ONCE);
}

#define ROW(id, f) { id, (void (*)(void))(f) }
static const OSSL_DISPATCH stream_calls[] = {
	ROW(OSSL_FUNC_RAND_NEWCTX, stream_new),
	ROW(OSSL_FUNC_RAND_FREECTX, stream_free),
	ROW(OSSL_FUNC_RAND_INSTANTIATE, stream_start),
	ROW(OSSL_FUNC_RAND_UNINSTANTIATE, stream_stop),
	ROW(OSSL_FUNC_RAND_GENERATE, stream_generate),
	ROW(OSSL_FUNC_RAND_RESEED, stream_reseed),
	ROW(OSSL_FUNC_RAND_ENABLE_LOCKING, stream_locking),
	ROW(OSSL_FUNC_RAND_LOCK, stream_locking),
	ROW(OSSL_FUNC_RAND_UNLOCK, stream_unlock),
	ROW(OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, stream_gettable),
	ROW(OSSL_FUNC_RAND_GET_CTX_PARAMS, stream_get),
	{ 0, NULL }
};

static const OSSL_ALGORITHM generators[] = {
	{ GENERATOR, "provider=" PROVIDER, stream_calls, "not random at all" },
	{ NULL, NULL, NULL, NULL }
};

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_cache)
{
	(void)provider;
	*no_cache = 0;
	return operation == OSSL_OP_RAND ? generators : NULL;
}

static void
teardown(void *provider)
{
	free(provider);
}

static const OSSL_DISPATCH provider_calls[] = {
	ROW(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
	ROW(OSSL_FUNC_PROVIDER_TEARDOWN, teardown),
	{ 0, NULL }
};

static int
provider_init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provider)
{
	(void)core;
	(void)in;
	*out = provider_calls;
	*provider = calloc(1, sizeof(struct root));
	return *provider != NULL;
}

tmg_rc
vc_seed(OSSL_LIB_CTX *lib, const char *seed)
{
	OSSL_PROVIDER *provider;
	struct root *root;

	/* A provider of our own switches the implicit default one off. */
	if (OSSL_PROVIDER_load(lib, "default") == NULL ||
	    OSSL_PROVIDER_add_builtin(lib, PROVIDER, provider_init) != 1 ||
	    (provider = OSSL_PROVIDER_load(lib, PROVIDER)) == NULL)
		return TMG_E_CRYPTO;
	root = OSSL_PROVIDER_get0_provider_ctx(provider);
	if (EVP_Digest(seed, strlen(seed), root->key, NULL, EVP_sha256(), NULL) != 1 ||
	    RAND_set_DRBG_type(lib, GENERATOR, NULL, NULL, NULL) != 1)
		return TMG_E_CRYPTO;
	return TMG_OK;
}
