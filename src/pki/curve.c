/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/curve.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "src/base/ctx.h"
#include "src/pki/pkey.h"
#include "src/pki/scope.h"

static EVP_PKEY *
make(tmg_ctx *ctx, tmg_alg alg)
{
	tmg_held(EVP_PKEY_CTX) make = EVP_PKEY_CTX_new_from_name(
	    tmg_ctx_libctx(ctx), "EC", TMG_NOT_OURS);
	EVP_PKEY *key = NULL;
	OSSL_PARAM parts[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    (char *)(uintptr_t)tmg_alg_get(alg)->group, 0),
		OSSL_PARAM_construct_end(),
	};

	if (make == NULL || EVP_PKEY_fromdata_init(make) != 1 ||
	    EVP_PKEY_fromdata(make, &key, EVP_PKEY_KEY_PARAMETERS, parts) != 1)
		return NULL;
	return key;
}

const EVP_PKEY *
tmg_curve(tmg_ctx *ctx, tmg_alg alg)
{
	EVP_PKEY **slot = tmg_ctx_curve_slot(ctx, alg);
	const EVP_PKEY *curve;

	pthread_mutex_lock(tmg_ctx_mutex(ctx));
	if (*slot == NULL)
		*slot = make(ctx, alg);
	curve = *slot;
	pthread_mutex_unlock(tmg_ctx_mutex(ctx));
	return curve;
}
