/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/ctx.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/clock.h"

struct tmg_ctx {
	OSSL_LIB_CTX *libctx, *bare;
	OSSL_PROVIDER *base, *none;
	pthread_mutex_t mutex;
	tmg_commons *commons;
	void *provider;
	EVP_PKEY *curve[TMG_ALG_COUNT];

	tmg_log_level level;
	tmg_log_fn *log;
	void *log_arg;
	tmg_pin_fn *pin;
	void *pin_arg;
	tmg_keypad_fn *keypad;
	void *keypad_arg;
	tmg_apart_fn *apart;
	void *apart_arg;
	tmg_notice_fn *notice;
	void *notice_arg;
	tmg_clock_fn *clock;
	void *clock_arg;
	atomic_int_least64_t end_ms;	/* 0 never */
};

static tmg_rc
open_crypto(tmg_ctx *ctx)
{
	ctx->libctx = OSSL_LIB_CTX_new();
	if (ctx->libctx == NULL)
		return TMG_E_NOMEM;
	ctx->base = OSSL_PROVIDER_load(ctx->libctx, "default");
	if (ctx->base == NULL)
		return TMG_E_CRYPTO;
	ctx->bare = OSSL_LIB_CTX_new();
	if (ctx->bare == NULL)
		return TMG_E_NOMEM;
	/* one that has none gets the default provider */
	ctx->none = OSSL_PROVIDER_load(ctx->bare, "null");
	return ctx->none != NULL ? TMG_OK : TMG_E_CRYPTO;
}

/* ---- what several have in common ----------------------------------------- */

static tmg_commons *
commons_new(void)
{
	tmg_commons *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		pthread_mutex_init(&c->mutex, NULL);
		c->users = 1;
	}
	return c;
}

static void
commons_leave(tmg_commons *c)
{
	bool last;

	pthread_mutex_lock(&c->mutex);
	last = --c->users == 0;
	pthread_mutex_unlock(&c->mutex);
	if (!last)
		return;
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

tmg_commons *
tmg_ctx_commons(tmg_ctx *ctx)
{
	return ctx->commons;
}

void
tmg_ctx_join(tmg_ctx *ctx, tmg_ctx *with)
{
	tmg_commons *common = with->commons;

	pthread_mutex_lock(&common->mutex);
	common->users++;
	pthread_mutex_unlock(&common->mutex);
	commons_leave(ctx->commons);
	ctx->commons = common;
}

/* ---- beginning and end --------------------------------------------------- */

tmg_rc
tmg_ctx_plain(tmg_ctx **out)
{
	tmg_ctx *ctx = calloc(1, sizeof(*ctx));

	if (ctx != NULL && (ctx->commons = commons_new()) == NULL) {
		free(ctx);
		ctx = NULL;
	}
	*out = ctx;
	if (ctx == NULL)
		return TMG_E_NOMEM;
	pthread_mutex_init(&ctx->mutex, NULL);
	return TMG_OK;
}

tmg_rc
tmg_ctx_new(tmg_ctx **ctx)
{
	tmg_rc rc;

	if ((rc = tmg_ctx_plain(ctx)))
		return rc;
	if ((rc = open_crypto(*ctx)))
		tmg_ctx_free(ctx);
	return rc;
}

void
tmg_ctx_free(tmg_ctx **ctx)
{
	if (ctx == NULL || *ctx == NULL)
		return;
	for (size_t i = 0; i < TMG_ALG_COUNT; i++)
		EVP_PKEY_free((*ctx)->curve[i]);
	if ((*ctx)->provider != NULL)
		OSSL_PROVIDER_unload((*ctx)->provider);
	if ((*ctx)->base != NULL)
		OSSL_PROVIDER_unload((*ctx)->base);
	if ((*ctx)->none != NULL)
		OSSL_PROVIDER_unload((*ctx)->none);
	OSSL_LIB_CTX_free((*ctx)->bare);
	OSSL_LIB_CTX_free((*ctx)->libctx);
	pthread_mutex_destroy(&(*ctx)->mutex);
	commons_leave((*ctx)->commons);
	free(*ctx);
	*ctx = NULL;
}

void
tmg_ctx_set_log(tmg_ctx *ctx, tmg_log_level level, tmg_log_fn *fn, void *arg)
{
	ctx->level = level;
	ctx->log = fn;
	ctx->log_arg = arg;
}

void
tmg_ctx_set_pin(tmg_ctx *ctx, tmg_pin_fn *fn, void *arg)
{
	ctx->pin = fn;
	ctx->pin_arg = arg;
}

void
tmg_ctx_set_keypad(tmg_ctx *ctx, tmg_keypad_fn *fn, void *arg)
{
	ctx->keypad = fn;
	ctx->keypad_arg = arg;
}

void
tmg_ctx_set_apart(tmg_ctx *ctx, tmg_apart_fn *fn, void *arg)
{
	ctx->apart = fn;
	ctx->apart_arg = arg;
}

void
tmg_ctx_set_notice(tmg_ctx *ctx, tmg_notice_fn *fn, void *arg)
{
	ctx->notice = fn;
	ctx->notice_arg = arg;
}

void
tmg_ctx_set_clock(tmg_ctx *ctx, tmg_clock_fn *fn, void *arg)
{
	ctx->clock = fn;
	ctx->clock_arg = arg;
}

void
tmg_ctx_end_by(tmg_ctx *ctx, int64_t ms)
{
	atomic_store(&ctx->end_ms, ms);
}

bool
tmg_ctx_is_over(const tmg_ctx *ctx)
{
	const int64_t end = atomic_load(&ctx->end_ms);

	return end != 0 && tmg_now_ms() >= end;
}

OSSL_LIB_CTX *
tmg_ctx_libctx(tmg_ctx *ctx)
{
	return ctx->libctx;
}

OSSL_LIB_CTX *
tmg_ctx_barectx(tmg_ctx *ctx)
{
	return ctx->bare;
}

pthread_mutex_t *
tmg_ctx_mutex(tmg_ctx *ctx)
{
	return &ctx->mutex;
}

void **
tmg_ctx_provider_slot(tmg_ctx *ctx)
{
	return &ctx->provider;
}

EVP_PKEY **
tmg_ctx_curve_slot(tmg_ctx *ctx, tmg_alg alg)
{
	return &ctx->curve[alg];
}

time_t
tmg_ctx_now(tmg_ctx *ctx)
{
	return ctx->clock != NULL ? ctx->clock(ctx->clock_arg) : time(NULL);
}

bool
tmg_log_wants(const tmg_ctx *ctx, tmg_log_level level)
{
	return ctx->log != NULL && level <= ctx->level;
}

void
tmg_log(tmg_ctx *ctx, tmg_log_level level, const char *fmt, ...)
{
	char line[2048];
	va_list ap;

	if (!tmg_log_wants(ctx, level))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	ctx->log(ctx->log_arg, level, line);
}

tmg_rc
tmg_ctx_ask_pin(tmg_ctx *ctx, const tmg_pin_ask *ask, tmg_out *pin)
{
	if (ctx->pin == NULL)
		return ask->keypad ? TMG_OK : TMG_CANCELLED;
	return ctx->pin(ctx->pin_arg, ask, pin);
}

bool
tmg_ctx_trusts_keypad(const tmg_ctx *ctx, const char *reader)
{
	return ctx->keypad != NULL && ctx->keypad(ctx->keypad_arg, reader);
}

bool
tmg_ctx_wants_apart(const tmg_ctx *ctx, const char *library, tmg_apart *how)
{
	return ctx->apart != NULL && ctx->apart(ctx->apart_arg, library, how);
}

void
tmg_ctx_notice(tmg_ctx *ctx, tmg_notice notice, const char *what)
{
	if (ctx->notice != NULL)
		ctx->notice(ctx->notice_arg, notice, what);
}
