/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The context: what the library may ask of the program that uses it.
 */
#ifndef TAMGA_CTX_H
#define TAMGA_CTX_H

#include <time.h>

#include "tamga/view.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Options and callbacks.  Set them up before the context is used by a second
 * thread; afterwards it may be shared, and its callbacks are called by whatever
 * thread has something to say.  No lock of the context is held while one runs.
 */
typedef struct tmg_ctx tmg_ctx;

/*
 * Makes a context with no log, no PIN prompt, the system's clock.
 *
 * Faults  TMG_E_NOMEM; TMG_E_CRYPTO: libcrypto's default provider cannot be
 *         loaded.  *ctx is NULL then.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_ctx_new(tmg_ctx **ctx);

/* Accepts NULL and a pointer to NULL; leaves NULL.  Free what uses it first:
 * hubs, token sets, authorities, enrollments, OpenSSL keys. */
TMG_API void
tmg_ctx_free(tmg_ctx **ctx);

typedef enum tmg_log_level {
	TMG_LOG_ERROR,
	TMG_LOG_WARN,
	TMG_LOG_INFO,
	TMG_LOG_DEBUG,
	TMG_LOG_TRACE,		/* every APDU and HTTP head, secrets redacted */
} tmg_log_level;

/* One line without its end; borrowed for the call. */
typedef void tmg_log_fn(void *arg, tmg_log_level level, const char *line);

/*
 * Lines above level are not made at all.  fn NULL: silence.  At TMG_LOG_TRACE a
 * line may come from inside a turn with a card: fn uses no token.
 */
TMG_API void
tmg_ctx_set_log(tmg_ctx *ctx, tmg_log_level level, tmg_log_fn *fn, void *arg);

typedef enum tmg_pin_kind {
	TMG_PIN_USER,		/* PIV PIN, OpenPGP PW1 */
	TMG_PIN_PUK,		/* what unblocks the user's PIN */
	TMG_PIN_ADMIN,		/* management key (hex or text), OpenPGP PW3 */
} tmg_pin_kind;

#define TMG_PIN_KINDS 3u	/* how many there are */

/* What a person is asked.  Strings are borrowed for the call, NULL unknown. */
typedef struct tmg_pin_ask {
	tmg_pin_kind kind;
	bool fresh;		/* a new value is chosen: ask twice */
	const char *token;	/* label of the token */
	const char *serial;
	const char *reader;
	const char *key;	/* the key it is asked for, when it is for one */
	int tries_left;		/* -1 unknown */
	size_t min, max;	/* bytes allowed */
	bool keypad;		/* it may be typed on the reader instead: give none */
} tmg_pin_ask;

/*
 * Writes the PIN as the person typed it (UTF-8; an administrator's key in
 * hexadecimal, an admin PIN as text), at most 64 bytes.  Called before the
 * reader is taken, so it may take its time; other programs use the card
 * meanwhile.  A PIN that was refused is not asked for again by the same call:
 * whoever wants to offer another try calls again.
 *
 * Verdicts  TMG_OK         with an empty PIN: the person types it on the reader's
 *                          keypad, where ask->keypad says so; else it is as
 *                          TMG_CANCELLED
 *           TMG_CANCELLED  the person declined, or there is nobody to ask
 *           TMG_LAST_TRY   one try is left and the person did not insist
 *           TMG_PENDING    tell more first: the token is asked and fn called
 *                          again, at first for the tries left, the next time
 *                          for serial and label; each costs it a command
 */
typedef tmg_rc tmg_pin_fn(void *arg, const tmg_pin_ask *ask, tmg_out *pin);

/* fn NULL: nobody can be asked, TMG_CANCELLED; unless there is a keypad. */
TMG_API void
tmg_ctx_set_pin(tmg_ctx *ctx, tmg_pin_fn *fn, void *arg);

/* May PINs be typed on the keypad of the reader of that name?  Who says so says
 * that the reader is sound: one that is not spends a try on what nobody typed. */
typedef bool tmg_keypad_fn(void *arg, const char *reader);

/* fn NULL: no keypad is used. */
TMG_API void
tmg_ctx_set_keypad(tmg_ctx *ctx, tmg_keypad_fn *fn, void *arg);

/* How a PKCS #11 module of somebody else is run apart from the program. */
typedef struct tmg_apart {
	unsigned seconds;	/* what one call may take before it is ended */
	const char *host;	/* the program that runs it; NULL: the installed one.
				 * Borrowed until the module is loaded. */
} tmg_apart;

/*
 * Shall the library at that path run in a process of its own, so that it can
 * neither crash the program nor hold it up?  Who says yes may change how, which
 * has what is usual.
 */
typedef bool tmg_apart_fn(void *arg, const char *library, tmg_apart *how);

/* fn NULL: every library is loaded into the program.  A library that is run
 * apart is loaded with P11_KIT_SERVER_ADDRESS set for a moment: no other thread
 * of the program uses the environment meanwhile. */
TMG_API void
tmg_ctx_set_apart(tmg_ctx *ctx, tmg_apart_fn *fn, void *arg);

typedef enum tmg_notice {
	TMG_NOTICE_TOUCH,	/* the token waits for a finger */
	TMG_NOTICE_TOUCHED,
	TMG_NOTICE_WORKING,	/* something slow began: a key is being made */
	TMG_NOTICE_WORKED,
	TMG_NOTICE_KEYPAD,	/* the reader waits for a PIN on its keypad */
	TMG_NOTICE_TYPED,
	TMG_NOTICE_REMARK,	/* something that a person should know now */
} tmg_notice;

/*
 * what is one translated sentence, borrowed for the call.  The card is held: fn
 * shows it and returns, it neither waits for a person nor uses a token.
 */
typedef void tmg_notice_fn(void *arg, tmg_notice notice, const char *what);

/* fn NULL: nobody is told. */
TMG_API void
tmg_ctx_set_notice(tmg_ctx *ctx, tmg_notice_fn *fn, void *arg);

/* Seconds since 1970, UTC.  For tests that must not depend on the day. */
typedef time_t tmg_clock_fn(void *arg);

/* fn NULL: the system's clock. */
TMG_API void
tmg_ctx_set_clock(tmg_ctx *ctx, tmg_clock_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
