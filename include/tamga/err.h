/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results: verdicts and faults.  See tamga.h, "Errors".
 */
#ifndef TAMGA_ERR_H
#define TAMGA_ERR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_API __attribute__((__visibility__("default")))
#define TMG_MUST_USE __attribute__((__warn_unused_result__))

/*
 * Result of every fallible call.
 *
 * A verdict (> 0) is an answer the callee documents by name; the caller must
 * deal with it.  A fault (< 0) says the call could not be carried out; it is
 * forwarded unchanged and never matched on.
 */
typedef enum tmg_rc {
	TMG_OK = 0,

	/* verdicts */
	TMG_NOT_FOUND = 1,	/* no such object, token, reader or record */
	TMG_PIN_WRONG = 2,	/* refused; the call reports the tries left */
	TMG_PIN_LOCKED = 3,	/* no tries left */
	TMG_UNSUPPORTED = 4,	/* this token or peer cannot do that */
	TMG_PENDING = 5,	/* the authority has not decided yet; or time ran out waiting */
	TMG_LOGIN = 6,		/* the token wants its PIN (or admin key) first */
	TMG_OCCUPIED = 7,	/* something is there and nobody said to replace it */
	TMG_REMOVED = 8,	/* the card or the reader is gone */
	TMG_RESET = 9,		/* the card was reset: selection and login are lost */
	TMG_BUSY = 10,		/* somebody else holds the reader, card or file */
	TMG_DENIED = 11,	/* the policy of the system, card or authority refuses */
	TMG_CANCELLED = 12,	/* the person declined */
	TMG_AMBIGUOUS = 13,	/* more than one thing answers to that name */
	TMG_MISMATCH = 14,	/* a key, subject, chain or address is not the agreed one */
	TMG_LAST_TRY = 15,	/* one try is left and nobody said to use it */

	/* faults */
	TMG_E_NOMEM = -1,
	TMG_E_IO = -2,		/* the reader, disk or network failed */
	TMG_E_MALFORMED = -3,	/* the peer broke its own encoding rules */
	TMG_E_SPACE = -4,	/* a fixed buffer is too small */
	TMG_E_CARD = -5,	/* an unexpected status word */
	TMG_E_USAGE = -6,	/* the caller broke the contract */
	TMG_E_CRYPTO = -7,	/* libcrypto or libssl refused */
} tmg_rc;

static inline bool
tmg_is_fault(tmg_rc rc)
{
	return rc < TMG_OK;
}

/* The enumerator's name, "TMG_OK"; "TMG_?" for a number that is none. */
TMG_API const char *
tmg_rc_name(tmg_rc rc);

/*
 * What would help, for programs: an option that a command has, a button that
 * a window shows.  The words of a fault say the same without naming either.
 */
typedef enum tmg_remedy {
	TMG_TRY_SLOT = 1 << 0,		/* choose another slot */
	TMG_TRY_REPLACE = 1 << 1,	/* allow overwriting what is there */
	TMG_TRY_KEEP_KEY = 1 << 2,	/* use the key that is there */
	TMG_TRY_SUBJECT = 1 << 3,	/* say whom the certificate is for */
	TMG_TRY_ACCEPT = 1 << 4,	/* agree to the name the authority chose */
	TMG_TRY_AUTHORITY = 1 << 5,	/* say who issues, and whom to believe */
	TMG_TRY_CREDENTIAL = 1 << 6,	/* say who we are to the authority */
	TMG_TRY_CHALLENGE = 1 << 7,	/* give a challenge password */
	TMG_TRY_TYPE = 1 << 8,		/* choose another type of key */
	TMG_TRY_RESUME = 1 << 9,	/* go on with an enrollment */
	TMG_TRY_CANCEL = 1 << 10,	/* give an enrollment up */
	TMG_TRY_ENROLLMENTS = 1 << 11,	/* look at the enrollments there are */
	TMG_TRY_TOKEN = 1 << 12,	/* name one token */
	TMG_TRY_NAMES = 1 << 13,	/* look at the tokens and keys there are */
	TMG_TRY_LOOK = 1 << 14,		/* look at what the token holds */
	TMG_TRY_READERS = 1 << 15,	/* look at the readers there are */
	TMG_TRY_DOCTOR = 1 << 16,	/* look for what this computer lacks */
	TMG_TRY_PIN_SOURCE = 1 << 17,	/* give the PIN in a way nobody can see */
	TMG_TRY_ADMIN_KEY = 1 << 18,	/* give the management key */
	TMG_TRY_UNBLOCK = 1 << 19,	/* unblock the PIN with the PUK */
	TMG_TRY_RESET = 1 << 20,	/* reset the card, which loses every key */
	TMG_TRY_GENERATE = 1 << 21,	/* make a key */
	TMG_TRY_PUBLIC = 1 << 22,	/* tell the key's public half */
	TMG_TRY_DELETE_CERT = 1 << 23,	/* delete a certificate */
	TMG_TRY_AGAIN = 1 << 24,	/* ask once more: the answer proved nothing, so
					 * nothing was decided */
	TMG_TRY_DESTROY = 1 << 25,	/* let a key be destroyed before it is known
					 * that another one will do */
} tmg_remedy;

#define TMG_FAULT_TEXT 320	/* bytes, final zero included */
#define TMG_TRAIL 6		/* frames kept; the oldest, nearest the cause */

/*
 * What went wrong, or why the verdict is what it is, kept inside the handle
 * it went wrong on.  Handles belong to one thread at a time, so this needs no
 * lock, no thread-local and no allocation, and it can never itself fail.
 * Read-only for users of the library.
 */
typedef struct tmg_fault {
	tmg_rc rc;
	uint16_t sw;			/* status word, 0 when no card spoke */
	unsigned remedies;		/* tmg_remedy bits */
	char text[TMG_FAULT_TEXT];	/* for people, translated, UTF-8 */
	struct { const char *func; int line; } trail[TMG_TRAIL];
	unsigned depth;
} tmg_fault;

#ifdef __cplusplus
}
#endif

#endif
