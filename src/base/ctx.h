/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the floors ask of the context: see tamga/ctx.h.
 */
#ifndef TMG_BASE_CTX_H
#define TMG_BASE_CTX_H

#include <openssl/types.h>
#include <pthread.h>

#include "tamga/alg.h"
#include "tamga/ctx.h"

/*
 * A context without cryptography, for who only looks at readers: it costs a
 * program that loads our module nothing until it uses a card.  It has no
 * tmg_ctx_libctx().  tmg_ctx_free() frees it.
 */
TMG_MUST_USE tmg_rc
tmg_ctx_plain(tmg_ctx **ctx);

/* Our own library context: the default provider, no openssl.cnf, nothing of
 * the process's default context disturbed. */
OSSL_LIB_CTX *
tmg_ctx_libctx(tmg_ctx *ctx);

/*
 * One without any algorithm, for parsers that else make a key of every public
 * key they come across, in this thread's default context: see
 * OSSL_LIB_CTX_set0_default(3).
 */
OSSL_LIB_CTX *
tmg_ctx_barectx(tmg_ctx *ctx);

/* Guards what is done once to a context, such as adding a provider to it. */
pthread_mutex_t *
tmg_ctx_mutex(tmg_ctx *ctx);

/* The OSSL_PROVIDER of token keys, loaded by src/pki under tmg_ctx_mutex();
 * unloaded with the context. */
void **
tmg_ctx_provider_slot(tmg_ctx *ctx);

/* A key of that algorithm's curve without a point, made by src/pki under
 * tmg_ctx_mutex() and from then on only read; freed with the context. */
EVP_PKEY **
tmg_ctx_curve_slot(tmg_ctx *ctx, tmg_alg alg);

time_t
tmg_ctx_now(tmg_ctx *ctx);

void tmg_log(tmg_ctx *ctx, tmg_log_level level, const char *fmt, ...)
    __attribute__((__format__(__printf__, 3, 4)));
bool tmg_log_wants(const tmg_ctx *ctx, tmg_log_level level);

/*
 * What contexts of one program have in common once they are joined: the devices
 * that only one of them at a time could have.  usb is src/reader's, under the
 * mutex.
 */
typedef struct tmg_commons {
	pthread_mutex_t mutex;
	unsigned users;		/* contexts */
	void *usb;
} tmg_commons;

tmg_commons *
tmg_ctx_commons(tmg_ctx *ctx);

/* Before either opens a hub that the other shall share. */
void
tmg_ctx_join(tmg_ctx *ctx, tmg_ctx *with);

/* Asks the person; TMG_CANCELLED when there is nobody to ask, and no keypad. */
TMG_MUST_USE tmg_rc
tmg_ctx_ask_pin(tmg_ctx *ctx, const tmg_pin_ask *ask, tmg_out *pin);

/* May the keypad of that reader be used? */
bool
tmg_ctx_trusts_keypad(const tmg_ctx *ctx, const char *reader);

/* Shall that library run in a process of its own? */
bool
tmg_ctx_wants_apart(const tmg_ctx *ctx, const char *library, tmg_apart *how);

void tmg_ctx_notice(tmg_ctx *ctx, tmg_notice notice, const char *what);

/* The program is to end: from that moment on (tmg_now_ms()) nobody waits for
 * somebody at the other end of a network.  Any thread may say so. */
void
tmg_ctx_end_by(tmg_ctx *ctx, int64_t ms);

/* Whether that moment has come. */
bool
tmg_ctx_is_over(const tmg_ctx *ctx);

#endif
