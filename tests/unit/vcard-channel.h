/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver over a virtual card in memory: commands as a driver gives them, and at one
 * of them the card answers otherwise.
 */
#ifndef TEST_VCARD_CHANNEL_H
#define TEST_VCARD_CHANNEL_H

#include "tamga/driver.h"
#include "tests/unit/test.h"
#include "tools/vcard/card.h"

/* What becomes of one command. */
typedef enum vcc_way {
	VCC_REFUSED,	/* not carried out: that status word and no data */
	VCC_DONE,	/* carried out, and that status word and no data */
	VCC_CUT,	/* carried out, and half of its data */
	VCC_LONG,	/* carried out, and its data twice */
	VCC_NOISE,	/* carried out, and other bytes instead of its data */
	VCC_WAYS,
} vcc_way;

typedef struct vcc {
	tmg_channel ch;
	tmg_ctx *ctx;
	OSSL_LIB_CTX *lib;
	vc_card card;
	tmg_backend *b;		/* of vcc_probe() */
	unsigned turns;
	unsigned count;		/* commands since vcc_at() */
	unsigned at;		/* the one that goes wrong; 0: none */
	vcc_way way;
	uint16_t sw;		/* 0: the card's own */
	uint8_t ins;		/* of that one */
} vcc;

/* A card as it comes from its maker. */
void vcc_open(vcc *v, const vc_profile *profile);
void vcc_close(vcc *v);
/* The driver finds one token; the one before is closed, and the card was reset. */
void vcc_probe(vcc *v, const tmg_driver *driver);
/* Counts from now on.  at 0: nothing goes wrong. */
void vcc_at(vcc *v, unsigned at, vcc_way way, uint16_t sw);
/* Its whole state, and back. */
typedef struct vcc_state {
	uint8_t *bytes;
	size_t len;
} vcc_state;
vcc_state vcc_save(const vcc *v);
void vcc_load(vcc *v, const vcc_state *state);

#endif
