/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens: finding them, naming them, PINs, looking after them.
 */
#ifndef TAMGA_TOKEN_H
#define TAMGA_TOKEN_H

#include "tamga/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_URI_MAX 512		/* bytes, final zero included; RFC 7512 */

/* Every token in every reader of some hubs.  One thread at a time. */
typedef struct tmg_tokens tmg_tokens;
/* One token; lives as long as its tmg_tokens, also after it was pulled out:
 * then its verbs say TMG_REMOVED. */
typedef struct tmg_token tmg_token;

/*
 * Makes an empty set; add hubs to it.  Cards are opened when tokens are first
 * counted or searched.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_new(tmg_ctx *ctx, tmg_tokens **tokens);

TMG_API void
tmg_tokens_free(tmg_tokens **tokens);

/* Takes the hub over, also when it fails. */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_add_hub(tmg_tokens *tokens, tmg_hub *hub);

/*
 * Looks at the readers again: new cards give new tokens, pulled cards' tokens
 * become removed.  A reader that is busy, mute or unknown is skipped and
 * reported by tmg_tokens_skipped().
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_refresh(tmg_tokens *tokens);

/* Present tokens, in the order of their readers.  Refreshes the first time. */
TMG_API size_t
tmg_tokens_count(tmg_tokens *tokens);
TMG_API tmg_token *
tmg_tokens_get(tmg_tokens *tokens, size_t index);

/* A reader whose card gave no token. */
typedef struct tmg_skipped {
	char reader[TMG_READER_NAME];
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	tmg_rc rc;		/* TMG_BUSY, TMG_NOT_FOUND (no driver knows it), ... */
	char why[TMG_FAULT_TEXT];
} tmg_skipped;

TMG_API size_t
tmg_tokens_skipped(tmg_tokens *tokens, const tmg_skipped **rows);

/*
 * The one token that name names: a pkcs11: URI, a label, a serial number, a
 * reader's name, or NULL for the only one there is.
 *
 * Verdicts  TMG_NOT_FOUND; TMG_AMBIGUOUS (the fault's text lists candidates)
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_find(tmg_tokens *tokens, const char *name, tmg_token **token);

/*
 * Waits until a reader or a card came or went; then refresh.
 *
 *   timeout_ms  milliseconds; negative: no limit
 *
 * Verdicts  TMG_PENDING    time is over
 *           TMG_CANCELLED  tmg_tokens_cancel() was called, during it or before
 * Faults    TMG_E_IO
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_wait(tmg_tokens *tokens, int timeout_ms);

/* Ends the wait of another thread, or the next one; any thread may call it.
 * Returns when the waiting thread has noticed, or soon after. */
TMG_API void
tmg_tokens_cancel(tmg_tokens *tokens);

TMG_API const tmg_fault *
tmg_tokens_fault(const tmg_tokens *tokens);

/* What the token says of itself, borrowed from it.  The first time the card is
 * asked for its serial number; as good as it goes when it does not answer. */
TMG_API const tmg_backend_info *
tmg_token_info(tmg_token *token);
TMG_API const char *
tmg_token_reader(const tmg_token *token);
TMG_API const char *
tmg_token_driver(const tmg_token *token);
/* "pkcs11:model=...;manufacturer=...;serial=...;token=..."; asks the card as
 * tmg_token_info() does. */
TMG_API const char *
tmg_token_uri(tmg_token *token);
/* Command APDUs its card got so far. */
TMG_API uint64_t
tmg_token_apdus(const tmg_token *token);
/* The words that go with its last verdict or fault. */
TMG_API const tmg_fault *
tmg_token_fault(const tmg_token *token);
/* Changes with every write, reset and removal: what was read before is old. */
TMG_API unsigned
tmg_token_generation(const tmg_token *token);

/*
 * Everything below speaks to the card.  All of it:
 * Verdicts  TMG_UNSUPPORTED, TMG_REMOVED, TMG_BUSY; TMG_RESET (somebody reset
 *           the card in the middle: what was asked may have been done; what
 *           only reads is repeated once and does not say it)
 */

/* Tries left of a PIN, -1 unknown. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_tries(tmg_token *token, tmg_pin_kind kind, int *tries);

/* TMG_OK: still the value the factory gave it.  Never spends a try.
 * Verdicts  TMG_NOT_FOUND (no longer), TMG_UNSUPPORTED (only a try would tell) */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_factory(tmg_token *token, tmg_pin_kind kind);

/*
 * Verifies a PIN that the caller has, as typed.
 * Verdicts  TMG_PIN_WRONG, TMG_PIN_LOCKED; *tries left, may be NULL
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_verify(tmg_token *token, tmg_pin_kind kind, tmg_view pin, int *tries);

/*
 * Sees to it that somebody is logged in: nothing when so already; else the
 * context's PIN callback is asked (before the reader is taken) and the answer
 * verified once.  For TMG_PIN_ADMIN the factory's key and a key kept behind
 * the PIN are tried before a person is asked.
 *
 * Verdicts  TMG_PIN_WRONG, TMG_PIN_LOCKED, TMG_LAST_TRY, TMG_CANCELLED
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_login(tmg_token *token, tmg_pin_kind kind);

TMG_API TMG_MUST_USE tmg_rc
tmg_token_logout(tmg_token *token);

/* Verdicts TMG_PIN_WRONG (old), TMG_PIN_LOCKED, TMG_DENIED (the token does
 * not take the new one). */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_pin_change(tmg_token *token, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
TMG_API TMG_MUST_USE tmg_rc
tmg_token_pin_unblock(tmg_token *token, tmg_view puk, tmg_view fresh, int *tries);

/* See tmg_driver.setup, .admin_protect, .reset, .random.  setup and protect
 * log in as TMG_PIN_ADMIN. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_setup(tmg_token *token);
TMG_API TMG_MUST_USE tmg_rc
tmg_token_admin_protect(tmg_token *token, tmg_view fresh);
TMG_API TMG_MUST_USE tmg_rc
tmg_token_reset(tmg_token *token);
TMG_API TMG_MUST_USE tmg_rc
tmg_token_random(tmg_token *token, size_t n, tmg_out *bytes);

#ifdef __cplusplus
}
#endif

#endif
