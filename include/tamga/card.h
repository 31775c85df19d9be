/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One card: commands, answers, turns.  For drivers and for experts.
 */
#ifndef TAMGA_CARD_H
#define TAMGA_CARD_H

#include "tamga/reader.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_LE_NONE 0u
#define TMG_LE_SHORT 256u	/* "as much as you have" in a short APDU */
#define TMG_LE_ANY 65536u	/* "as much as you have", whatever the card can */
#define TMG_AID_MAX 16u		/* bytes, ISO/IEC 7816-4 */

/* A command before encoding, ISO/IEC 7816-4. */
typedef struct tmg_capdu {
	uint8_t cla, ins, p1, p2;
	tmg_view data;		/* 0..65535 bytes */
	uint32_t le;		/* bytes expected: TMG_LE_NONE, 1..65536 */
} tmg_capdu;

typedef struct tmg_channel tmg_channel;

/*
 * A conversation with one card.
 *
 *   begin      takes a turn: nobody else speaks to the card until end.  Turns
 *              nest.  A card that was reset meanwhile is TMG_OK here: epoch
 *              has changed and aid is empty.
 *              Verdicts TMG_REMOVED, TMG_BUSY
 *   end        gives the turn back; never fails
 *   exchange   sends one logical command, chained or extended as the card can,
 *              follows 61xx and 6Cxx, and gives the whole answer without
 *              the status word.  Any status word is TMG_OK.  data may be NULL
 *              when no answer is wanted.
 *              Verdicts TMG_RESET (epoch has changed; nothing is retried;
 *              unheard says whether something may have been done),
 *              TMG_REMOVED
 *   enter      the same with a PIN that a person types on the reader's own
 *              keypad: c->data holds blocks filled up, form says where they
 *              are.  c->le is TMG_LE_NONE.
 *              Verdicts TMG_UNSUPPORTED, TMG_CANCELLED, TMG_DENIED: nothing
 *              was sent (tmg_link_ops.enter); and those of exchange
 */
typedef struct tmg_channel_ops {
	tmg_rc (*begin)(tmg_channel *ch);
	void (*end)(tmg_channel *ch);
	tmg_rc (*exchange)(tmg_channel *ch, const tmg_capdu *c, tmg_out *data,
	    uint16_t *sw);
	tmg_rc (*enter)(tmg_channel *ch, const tmg_capdu *c,
	    const tmg_pad_form *form, uint16_t *sw);
} tmg_channel_ops;

struct tmg_channel {
	const tmg_channel_ops *ops;
	tmg_ctx *ctx;
	tmg_fault fault;
	char reader[TMG_READER_NAME];
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	unsigned epoch;		/* changes whenever the card lost selection and logins */
	uint8_t aid[TMG_AID_MAX];	/* the application selected in this epoch */
	size_t aid_len;		/* 0: none */
	bool extended;		/* extended length may be used with this card */
	bool unlocked;		/* a driver logged in since the last reset */
	uint64_t apdus;		/* command APDUs sent so far, parts included */
	unsigned turn;		/* counts turns: while it stays nobody else spoke */
	unsigned keypad;	/* TMG_PAD_*: what enter can do */
	bool unheard;		/* with TMG_RESET: the command did nothing for certain */
};

typedef struct tmg_card tmg_card;

/*
 * Connects to the card in a reader.  The hub outlives the card.
 * Verdicts and words: those of the hub's connect.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_card_open(tmg_hub *hub, const char *reader, tmg_card **card);

/* Accepts NULL and a pointer to NULL; leaves NULL.  Resets a card that was
 * logged in to, so that no login outlives the connection. */
TMG_API void
tmg_card_free(tmg_card **card);

/* The card's basic channel; lives as long as the card. */
TMG_API tmg_channel *
tmg_card_channel(tmg_card *card);

/* A warm reset: every application forgets its logins; epoch changes.
 * Verdicts TMG_REMOVED. */
TMG_API TMG_MUST_USE tmg_rc
tmg_card_reset(tmg_card *card);

/* The words that go with the last verdict or fault of card or its channel. */
TMG_API const tmg_fault *
tmg_card_fault(const tmg_card *card);

#ifdef __cplusplus
}
#endif

#endif
