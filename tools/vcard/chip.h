/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The card as a reader meets it: inserted or not, powered or not, with an ATR,
 * counting and logging what it is told, going wrong when the script says so,
 * and writing its state down before it answers.
 */
#ifndef VCARD_CHIP_H
#define VCARD_CHIP_H

#include "tools/vcard/exchange.h"
#include "tools/vcard/fault.h"

#define VC_RESPONSE_MAX 65535	/* bytes one frame carries */
#define VC_LOG 16384		/* APDUs remembered */

/* What may be told of an APDU: never its data, but for names and tags. */
typedef struct vc_log_row {
	uint8_t cla, ins, p1, p2;
	uint16_t sw;		/* 0: no answer */
	uint32_t lc, answered;	/* bytes of data */
	uint8_t hint[8];	/* what is selected or read: SELECT, GET and PUT DATA */
	uint8_t hint_len;
} vc_log_row;

typedef struct vc_chip {
	vc_card card;
	vc_exchange exchange;
	const char *state_path;	/* NULL: nothing is kept */
	bool inserted;
	bool mute;
	unsigned events;	/* insertions and removals */
	unsigned resets;	/* power-ups, resets and insertions */
	unsigned long count;	/* APDUs since the start */
	unsigned long mark;	/* count when somebody last asked to start at 0 */
	vc_faults faults;
	vc_log_row log[VC_LOG];
} vc_chip;

typedef struct vc_answer {
	uint8_t bytes[VC_RESPONSE_MAX];
	size_t len;		/* 0: no answer, the card is gone or mute */
	unsigned delay_ms;	/* answer that much later */
} vc_answer;

/* Opens the card and what the state file says of it.
 * Verdicts and faults of tmg_file_read() and vc_card_load(). */
TMG_MUST_USE tmg_rc
vc_chip_open(vc_chip *chip, const vc_profile *profile, OSSL_LIB_CTX *lib,
    const char *state_path);
void
vc_chip_close(vc_chip *chip);

/* Writes the state when something changed. */
TMG_MUST_USE tmg_rc
vc_chip_keep(vc_chip *chip);

void
vc_chip_insert(vc_chip *chip);
void
vc_chip_remove(vc_chip *chip);
/* Power on, power off, warm reset: in each the card forgets its session. */
void
vc_chip_reset(vc_chip *chip);

void
vc_chip_transmit(vc_chip *chip, tmg_view apdu, vc_answer *a);

/* The ATR of this card as the profile describes it. */
void
vc_atr_make(const vc_profile *profile, tmg_out *atr);
/* Is it an ATR that ISO/IEC 7816-3 8.2 allows, with its check byte right? */
bool
vc_atr_sound(tmg_view atr);

#endif
