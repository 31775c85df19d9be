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

/* Every token in every reader of some hubs.  One thread at a time uses the set,
 * its tokens and their keys; only tmg_tokens_cancel() is any thread's. */
typedef struct tmg_tokens tmg_tokens;
/* One token; lives as long as its tmg_tokens, also after it was pulled out:
 * then its verbs say TMG_REMOVED. */
typedef struct tmg_token tmg_token;

/*
 * Makes an empty set; add hubs to it.  Cards are opened when tokens are first
 * counted or searched.  ctx outlives the set.
 *
 * Faults  TMG_E_NOMEM
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_new(tmg_ctx *ctx, tmg_tokens **tokens);

/* Accepts NULL and a pointer to NULL; leaves NULL.  Closes hubs, cards, tokens
 * and keys; a card that was logged in to is reset, so that no login stays. */
TMG_API void
tmg_tokens_free(tmg_tokens **tokens);

/* Takes the hub over, also when it fails.  Faults TMG_E_NOMEM. */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_add_hub(tmg_tokens *tokens, tmg_hub *hub);

/*
 * Looks at the readers again: new cards give new tokens, pulled cards' tokens
 * become removed.  A reader that is busy, mute or unknown is skipped and
 * reported by tmg_tokens_skipped(): that is TMG_OK.
 *
 * Verdicts  TMG_DENIED: the system's policy refuses a hub; the others were
 *           looked at all the same
 * Faults    TMG_E_NOMEM, TMG_E_IO
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_refresh(tmg_tokens *tokens);

/* Present tokens, in the order in which they were found.  Refreshes the first
 * time, and again after a hub was added; why there is none then stands in
 * tmg_tokens_fault(). */
TMG_API size_t
tmg_tokens_count(tmg_tokens *tokens);

/*
 * Finds every application of every card.  A card with several is looked at until
 * the first is found, because each further question costs a command or two; the
 * others are found by this, or by a name that the first does not answer to.
 *
 * What could not be asked is told by tmg_tokens_skipped() too, keeps the tokens
 * it showed before, and is asked again the next time; the others were asked all
 * the same.
 *
 * Verdicts  TMG_REMOVED, TMG_BUSY: the first card that could not be asked
 * Faults    TMG_E_NOMEM, at once; TMG_E_IO, TMG_E_CARD
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_complete(tmg_tokens *tokens);
/* NULL beyond the last. */
TMG_API tmg_token *
tmg_tokens_get(tmg_tokens *tokens, size_t index);

/* A reader whose card gave no token, or could not be asked for all it has. */
typedef struct tmg_skipped {
	char reader[TMG_READER_NAME];
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	tmg_rc rc;		/* TMG_BUSY, TMG_NOT_FOUND (no driver knows it), ... */
	char why[TMG_FAULT_TEXT];
} tmg_skipped;

/* How many, and where they are: *rows is borrowed until the next refresh, and
 * NULL when there never was one. */
TMG_API size_t
tmg_tokens_skipped(tmg_tokens *tokens, const tmg_skipped **rows);

/*
 * The one token that name names: a pkcs11: URI, a label, a serial number, a
 * reader's name, or NULL for the only one there is.
 *
 * Verdicts  TMG_NOT_FOUND; TMG_AMBIGUOUS (the fault's text lists candidates);
 *           TMG_REMOVED, TMG_BUSY and the like: none of the others fits, and this
 *           is why one could not be asked for its name
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_find(tmg_tokens *tokens, const char *name, tmg_token **token);

/*
 * Adds what is no card: the keys in a folder, which is there already, or the
 * tokens of a PKCS #11 module.  tmg_tokens_find() does the same for such a name.
 * What was added before is found, not added again.
 *
 *   name   "file:FOLDER", or "file+legacy:FOLDER" to write what Java before 8u301
 *          reads; "module:LIBRARY", or a pkcs11: URI with a module-path (RFC 7512
 *          2.4) for one of several tokens of it.  Whoever loads a library runs
 *          its code: the name comes from somebody who may say so
 *
 * Verdicts  TMG_NOT_FOUND  there is no such folder, library or token in it, or no
 *                          driver for it
 *           TMG_AMBIGUOUS  the module has several tokens, which were all added
 *           TMG_DENIED     the module is tamga's own
 *           TMG_UNSUPPORTED, faults: the library is no module, or does not start
 * Faults    TMG_E_USAGE: another kind of name
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_tokens_add_path(tmg_tokens *tokens, const char *name, tmg_token **token);
/* Whether a name is one for tmg_tokens_add_path(); NULL is none. */
TMG_API bool
tmg_tokens_is_path(const char *name);

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

/* The words that go with its last verdict or fault; borrowed. */
TMG_API const tmg_fault *
tmg_tokens_fault(const tmg_tokens *tokens);

/* What the token says of itself, borrowed from it.  The first time the card is
 * asked for its serial number; as good as it goes when it does not answer. */
TMG_API const tmg_backend_info *
tmg_token_info(tmg_token *token);
/* The same as far as it is known without asking the card: without serial number,
 * the label and model those of its family.  Borrowed from the token. */
TMG_API const tmg_backend_info *
tmg_token_glance(const tmg_token *token);
/* The name of its reader, also after it was pulled out. */
TMG_API const char *
tmg_token_reader(const tmg_token *token);
/* The name of its driver, "piv"; static. */
TMG_API const char *
tmg_token_driver(const tmg_token *token);
/* "pkcs11:model=...;manufacturer=...;serial=...;token=..." (RFC 7512), borrowed
 * from the token; asks the card as tmg_token_info() does. */
TMG_API const char *
tmg_token_uri(tmg_token *token);
/* What tmg_tokens_find() finds it by in another program and on another day:
 * its URI, with a module-path for a module's, or "file:/..." of keys in a folder;
 * borrowed from the token. */
TMG_API const char *
tmg_token_address(tmg_token *token);
/* Command APDUs its card got so far. */
TMG_API uint64_t
tmg_token_apdus(const tmg_token *token);
/* The words that go with its last verdict or fault. */
TMG_API const tmg_fault *
tmg_token_fault(const tmg_token *token);
/* Changes with every write, reset and removal: what was read before is old. */
TMG_API unsigned
tmg_token_generation(const tmg_token *token);
/* Forgets what was read of it, for another program may have written there: the
 * next who asks reads anew.  Logins stay.  Asks the card nothing. */
TMG_API void
tmg_token_forget(tmg_token *token);

/*
 * Everything below speaks to the card.  All of it:
 * Verdicts  TMG_UNSUPPORTED, TMG_REMOVED, TMG_BUSY; TMG_RESET (somebody reset
 *           the card in the middle: what was asked may have been done; what
 *           only reads is repeated once and does not say it)
 */

/* Tries left of a PIN, -1 unknown; spends none.
 * Verdicts  TMG_UNSUPPORTED: the token does not tell
 *           TMG_NOT_FOUND: no PIN of that kind is set */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_tries(tmg_token *token, tmg_pin_kind kind, int *tries);

/* TMG_OK: still the value the factory gave it.  Never spends a try.
 * Verdicts  TMG_NOT_FOUND (no longer), TMG_UNSUPPORTED (only a try would tell) */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_factory(tmg_token *token, tmg_pin_kind kind);

/*
 * Verifies a PIN that the caller has, as typed; for TMG_PIN_ADMIN a key in
 * hexadecimal or a PIN as text, as the token has it.  What cannot be the PIN
 * (empty, too long) is not sent.
 *
 *   tries   out   left, -1 unknown; may be NULL
 *
 * Verdicts  TMG_PIN_WRONG, TMG_PIN_LOCKED; TMG_UNSUPPORTED: a PIN that is not
 *           verified by itself (PUK)
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_verify(tmg_token *token, tmg_pin_kind kind, tmg_view pin, int *tries);

/* What can be done with that PIN on the keypad of the token's reader: TMG_PAD_*;
 * 0 where there is none, or tmg_ctx_set_keypad() does not allow it.  Sends
 * nothing. */
TMG_API unsigned
tmg_token_keypad(tmg_token *token, tmg_pin_kind kind);

/*
 * tmg_token_verify() of what a person types on the reader's keypad, and
 * tmg_token_pin_change() of the old PIN and a new one typed there.  The notice
 * TMG_NOTICE_KEYPAD comes before.  The reader is held until the person is done,
 * and nobody is asked again.
 *
 * Verdicts  those of the other two; TMG_UNSUPPORTED: there is no such keypad;
 *           TMG_CANCELLED: given up, or not begun in time; TMG_DENIED: too few
 *           or too many digits, or the new PIN was repeated otherwise.  With
 *           these three nothing was sent and no try is lost
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_verify_typed(tmg_token *token, tmg_pin_kind kind, int *tries);
TMG_API TMG_MUST_USE tmg_rc
tmg_token_pin_change_typed(tmg_token *token, tmg_pin_kind kind, int *tries);

/*
 * Sees to it that somebody is logged in: nothing when so already; else the
 * context's PIN callback is asked (before the reader is taken) and the answer
 * verified once; or the person types it on the reader's keypad.  For TMG_PIN_ADMIN the factory's key and a key kept behind
 * the PIN are tried before a person is asked.
 *
 * Verdicts  TMG_PIN_WRONG, TMG_PIN_LOCKED, TMG_LAST_TRY, TMG_CANCELLED;
 *           TMG_LOGIN: it was logged in and is not any more, again and again
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_login(tmg_token *token, tmg_pin_kind kind);

/* Whether keys or certificates may show after the user's PIN alone, as far as its slots
 * were asked for.  Nothing is asked. */
TMG_API bool
tmg_token_hides(const tmg_token *token);

/*
 * Sees to it that what only the user's PIN shows is listed: nothing where the token
 * hides no keys and no certificates; else as tmg_token_login(), whose verdicts it has.
 * What tmg_token_key() and tmg_token_slot() gave before stays.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_reveal(tmg_token *token);

/* Nobody is logged in afterwards; nothing to do is TMG_OK. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_logout(tmg_token *token);

/* Both as typed; nobody is asked.  *tries as in tmg_token_verify().
 * Verdicts  TMG_PIN_WRONG (old), TMG_PIN_LOCKED, TMG_DENIED (the token does not
 *           take the new one; no try was lost on that) */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_pin_change(tmg_token *token, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
/* Gives the user a fresh PIN by means of the PUK; *tries are the PUK's.
 * Verdicts as above, of the PUK. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_pin_unblock(tmg_token *token, tmg_view puk, tmg_view fresh, int *tries);

/* Gives the user a fresh PIN, blocked or not, by the administrator's word alone.
 * Logs in as TMG_PIN_ADMIN.
 * Verdicts  TMG_UNSUPPORTED: the token wants its PUK for that (no TMG_CAN_GIVE_PIN);
 *           TMG_DENIED: it does not take the new one */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_pin_give(tmg_token *token, tmg_view fresh);

/* Makes what a new token needs before its first key (PIV: CHUID, CCC); what is
 * there stays.  Logs in as TMG_PIN_ADMIN.  Label and serial may be others
 * afterwards. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_setup(tmg_token *token);

/*
 * Makes of a blank token (TMG_CAN_BEGIN) one that keys can be made on.
 *
 *   pins   by tmg_pin_kind, as typed; empty for kinds that the token has not
 *          (a rule with max 0)
 *
 * Cut short, it goes on where it was when it is done again with the same PINs.
 * Label and serial may be others afterwards.
 *
 * Verdicts  TMG_OCCUPIED: the token is not blank; TMG_DENIED: it takes no such PIN,
 *           and nothing was sent; TMG_PIN_WRONG: an attempt that was cut short gave
 *           it another one; TMG_UNSUPPORTED
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_begin(tmg_token *token, const tmg_view pins[TMG_PIN_KINDS]);

/*
 * From now on the token knows hashes of its PINs, salted and iterated, and never hears a
 * PIN (TMG_CAN_HASH_PINS; the KDF object of OpenPGP cards).  Programs that do not know
 * of that cannot log in any more.  Logs in as TMG_PIN_ADMIN.
 *
 *   pins   what the PINs are from then on, as typed, by tmg_pin_kind: the user's and the
 *          admin's; the PUK is not set afterwards
 *
 * Verdicts  TMG_UNSUPPORTED; TMG_OCCUPIED: it does so already; TMG_DENIED: it takes no
 *           such PIN; nothing was changed
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_hash_pins(tmg_token *token, const tmg_view pins[TMG_PIN_KINDS]);

/*
 * Makes fresh the token's admin key and keeps it behind the user's PIN, so that
 * from then on the PIN is all that is asked for.  Logs in as both.
 *
 *   fresh   16, 24 or 32 random bytes; nobody needs to remember them
 *
 * A card pulled out meanwhile opens with the key from before, or with the PIN;
 * the next login with the PIN puts it in order, and doing this again is safe.
 *
 * Faults  TMG_E_USAGE: another length
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_admin_protect(tmg_token *token, tmg_view fresh);

/*
 * Back to the factory's state; destroys every key and certificate.  On PIV this
 * spends every try of PIN and PUK first, which cannot be undone.
 *
 * Verdicts  TMG_UNSUPPORTED: the token has no way back; nothing was spent
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_reset(tmg_token *token);

/* Appends n random bytes of the token's generator.
 * Verdicts  TMG_UNSUPPORTED: it gives none */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_random(tmg_token *token, size_t n, tmg_out *bytes);

#ifdef __cplusplus
}
#endif

#endif
