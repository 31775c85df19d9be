/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the token floor: the set, its seats, tokens and keys.
 */
#ifndef TMG_TOKEN_TOKEN_H
#define TMG_TOKEN_TOKEN_H

#include <stdatomic.h>
#include <stdio.h>

#include "src/base/scope.h"
#include "src/base/secret.h"
#include "src/token/once.h"
#include "tamga/data.h"
#include "tamga/key.h"
#include "tamga/token.h"

/* Every driver that was configured in: drivers.c. */
extern const tmg_driver *const tmg_drivers[];
extern const size_t tmg_drivers_count;

/* A card in a reader, and what its reader looked like when it was opened. */
typedef struct tmg_seat {
	struct tmg_seat *next;
	tmg_hub *hub;
	char reader[TMG_READER_NAME];
	unsigned events;
	uint32_t asked;		/* a bit for each driver that was, and answered */
	tmg_card *card;
} tmg_seat;

/* What was read of a key and need not be read again. */
struct tmg_key {
	tmg_token *token;
	tmg_slot slot;
	char uri[TMG_URI_MAX];

	bool facts_read;
	tmg_rc facts_rc;		/* what reading them gave */
	tmg_key_facts facts;
	bool kind_read;			/* facts are the token's, whose public half nobody
					 * asked for: tmg_key_kind() */
	bool proven;			/* the key is known from the key itself, not
					 * from the certificate beside it */
	uint8_t spki[TMG_SPKI_MAX];
	size_t spki_len;
	uint8_t told[TMG_SPKI_MAX];	/* tmg_key_set_public(), tmg_key_assume() */
	size_t told_len;
	bool assumed;			/* told is the caller's word alone */
	bool doubted;			/* the card spoke against that word */

	tmg_once cert;

	tmg_signer signer;
	/* The signer's own: what is read anew must not move under a signature. */
	uint8_t signer_spki[TMG_SPKI_MAX];
	bool hearsay;			/* the key itself did not tell signer_spki */
	unsigned vouched;		/* generation in which a signature proved it */
};

/* A place for data, and what was read of it. */
struct tmg_data {
	tmg_token *token;
	tmg_data_slot slot;
	tmg_once value;
};

struct tmg_token {
	tmg_token *next;
	tmg_tokens *set;
	tmg_seat *seat;
	tmg_backend *backend;		/* NULL once it was pulled out */
	const tmg_driver *driver;
	tmg_fault fault;

	tmg_backend_info info;
	bool identified;
	tmg_rc identify_rc;		/* what asking for the name gave last */
	char reader[TMG_READER_NAME];
	char *path;			/* "file:/home/me/keys"; NULL: a card's */
	char address[TMG_URI_MAX];	/* of a module's: made when asked for */
	char uri[TMG_URI_MAX];
	unsigned generation;
	unsigned epoch;			/* of the channel when we last looked */
	unsigned jobs;			/* running now: a complaint asks the name */
	uint64_t apdus;			/* as counted when it was pulled out */
	int tries[TMG_PIN_KINDS];	/* from the card's last answer, -1 unknown */
	bool proven;			/* the user's PIN, by the last command when */
	uint64_t proven_at;		/* so many were sent: tmg_key_prove() */

	tmg_key *keys;			/* every slot, full or empty */
	size_t key_count, key_room;
	bool relist;			/* the PIN may show more of them */
	bool surveyed;
	tmg_data *data;			/* every place, full or empty; NULL: not asked */
	size_t data_count;
};

struct tmg_tokens {
	tmg_ctx *ctx;
	tmg_hub **hubs;
	size_t hub_count;
	tmg_seat *seats;
	tmg_token *tokens;
	tmg_skipped *skipped;
	size_t skipped_count;
	bool looked;			/* refreshed at least once */
	atomic_bool cancelled;		/* by any thread; of several hubs, or none */
	tmg_fault fault;
};

/* ---- token.c ------------------------------------------------------------- */

/* Takes the backend over.  Faults TMG_E_NOMEM: it is closed. */
TMG_MUST_USE tmg_rc
tmg_token_new(tmg_tokens *set, tmg_seat *seat, tmg_backend *backend,
    tmg_token **token);
void
tmg_token_free(tmg_token **token);

/* The card is gone: closes the backend, forgets everything read. */
void
tmg_token_leave(tmg_token *token);

/* Everything read before is old. */
void
tmg_token_stale(tmg_token *token);

/* The user's PIN was taken: what it shows is listed when it is next wanted. */
void
tmg_token_unhide(tmg_token *token);

/* Certificates, and what they alone tell of keys, are read again when they are
 * next asked for. */
void
tmg_token_doubt_certs(tmg_token *token);

/* Finds out, by a turn and no command, whether the card was reset: what was
 * read is old then.  Verdicts TMG_REMOVED, TMG_BUSY. */
TMG_MUST_USE tmg_rc
tmg_token_look(tmg_token *token);

/* Sees to it that serial and label are known; as good as it goes. */
void
tmg_token_identify(tmg_token *token);

/* Its label, for complaints; the card is asked if it can be. */
const char *
tmg_token_name(tmg_token *token);

/* ---- path.c -------------------------------------------------------------- */

/* Is what opens the keys there called a password?  NULL: no. */
bool
tmg_path_has_password(const char *name);

/* ---- pin.c --------------------------------------------------------------- */

/*
 * tmg_token_verify() of the user's PIN for the use of that TMG_PIN_ALWAYS key that
 * follows.  That use is not verified again as long as the card has heard
 * nothing between; where it has, or says so, the PIN is asked for.
 */
TMG_MUST_USE tmg_rc
tmg_key_prove(const tmg_key *key, tmg_view pin);
/* The same with tmg_token_verify_typed(). */
TMG_MUST_USE tmg_rc
tmg_key_prove_typed(const tmg_key *key);

/* ---- seat.c -------------------------------------------------------------- */

/* Opens the card and asks every driver; a seat without tokens is not kept.
 * Verdicts: why there is no token; words in the set's fault. */
TMG_MUST_USE tmg_rc
tmg_seat_open(tmg_tokens *set, tmg_hub *hub, const tmg_reader_state *row);
/* Asks the drivers that were not asked because an earlier one found a token. */
TMG_MUST_USE tmg_rc
tmg_seat_complete(tmg_tokens *set, tmg_seat *seat);
/* The card was pulled: its tokens leave, then the card is closed. */
void
tmg_seat_close(tmg_tokens *set, tmg_seat *seat);

/* ---- key.c --------------------------------------------------------------- */

/* Makes the list of slots once.  No APDU. */
TMG_MUST_USE tmg_rc
tmg_token_slots(tmg_token *token);
/* The id of URIs, and the CKA_ID that a key, its public half and its certificate
 * share as long as nobody gave them another: what the slot's name says where it is
 * named by its id, else its number, big-endian, without leading zeros: 9A. */
tmg_view
tmg_key_id(const tmg_key *key, uint8_t store[static TMG_SLOT_NAME]);
/* What is known of a key without a question, when its certificate was read: its
 * word for the kind and the public half, the slot's for the PIN.  Else the card
 * is asked.  Good enough to tell of a public key; whoever uses the private one
 * asks tmg_key_facts_get().  Verdicts as there. */
TMG_MUST_USE tmg_rc
tmg_key_glance(tmg_key *key, tmg_key_facts *facts, tmg_view *spki);
/*
 * Sees to it that facts tell of the key, without its public half, where the token
 * tells that for fewer commands and nothing else is known or was told.
 * Verdicts TMG_UNSUPPORTED: not so; TMG_NOT_FOUND.
 */
TMG_MUST_USE tmg_rc
tmg_key_kind(tmg_key *key);
/* Asks the card whether spki is the key's public half.
 * Verdicts TMG_MISMATCH: it is not; where nothing tells it is TMG_OK. */
TMG_MUST_USE tmg_rc
tmg_key_confirm(tmg_key *key, tmg_view spki);
/* The key itself changed; NULL-safe for slots nobody listed. */
tmg_key *
tmg_token_key_of(tmg_token *token, uint32_t ref);
void
tmg_key_forget(tmg_key *key);
void
tmg_key_forget_cert(tmg_key *key);

/* ---- data.c -------------------------------------------------------------- */

/* What was read of them is wiped. */
void
tmg_data_forget_all(tmg_token *token, bool guarded_only);

#endif
