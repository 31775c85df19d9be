/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of OpenSSL's operations, read and told by tables.
 */
#ifndef TMG_PKI_PARAM_H
#define TMG_PKI_PARAM_H

#include <openssl/core.h>

#include "tamga/alg.h"

#define TMG_PARAM_WORD 50	/* bytes of a parameter's text; OSSL_MAX_NAME_SIZE */

/* What is done with a parameter that was given; false refuses it. */
typedef struct tmg_taker {
	const char *key;
	bool (*take)(void *ctx, const OSSL_PARAM *p);
} tmg_taker;

/* How a parameter that is asked for is told. */
typedef struct tmg_giver {
	const char *key;
	bool (*give)(const void *ctx, OSSL_PARAM *p);
} tmg_giver;

/* Those of params that rows know; params may be NULL.  1, or 0 when one is
 * refused. */
int
tmg_params_take(const tmg_taker *rows, size_t count, void *ctx,
    const OSSL_PARAM params[]);
int
tmg_params_give(const tmg_giver *rows, size_t count, const void *ctx,
    OSSL_PARAM params[]);

/* What OpenSSL says by number or by name. */
typedef struct tmg_choice {
	int number;
	const char *name;
} tmg_choice;

/* False: text is none of the names, in any case of letters. */
TMG_MUST_USE bool
tmg_choice_find(const tmg_choice *rows, size_t count, const char *text,
    int *number);
TMG_MUST_USE bool
tmg_choice_take(const tmg_choice *rows, size_t count, const OSSL_PARAM *p,
    int *number);
TMG_MUST_USE bool
tmg_choice_give(const tmg_choice *rows, size_t count, int number, OSSL_PARAM *p);

/* False: not a text, or longer than cap. */
TMG_MUST_USE bool
tmg_param_text(const OSSL_PARAM *p, char *text, size_t cap);
TMG_MUST_USE bool
tmg_param_hash(const OSSL_PARAM *p, tmg_hash *hash);
TMG_MUST_USE bool
tmg_param_give_hash(tmg_hash hash, OSSL_PARAM *p);

/* The function that tells libcrypto a list of parameters. */
#define TMG_PARAM_LIST(name, list) \
	static const OSSL_PARAM * \
	name(void *ctx, void *provctx) \
	{ \
		(void)ctx; \
		(void)provctx; \
		return list; \
	}

#endif
