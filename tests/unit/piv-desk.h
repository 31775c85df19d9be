/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PIV backend over a scripted card: what every test of drivers/piv needs.
 * Commands are written as script.h has them: header and data, no Lc, no Le.
 */
#ifndef TMG_TESTS_UNIT_PIV_DESK_H
#define TMG_TESTS_UNIT_PIV_DESK_H

#include "tests/unit/test.h"

#include "drivers/piv/piv.h"
#include "tests/unit/probe.h"

#define SELECT "00A40400A00000030800001000"
#define APT "61114F0600001000010079074F05A0000003089000"
/* What every script begins with: the probe. */
#define PROBE { SELECT, APT, NULL }
/* Asked once of a standard card, before its first PIN command. */
#define NO_DISCOVERY { "00CB3FFF5C017E", "6A82", NULL }

typedef struct piv_desk {
	tmg_ctx *ctx;
	tmg_script script;
	tmg_backend *b;
	tmg_piv *p;
} piv_desk;

/* Probes, and holds a turn until piv_done(). */
void piv_open(piv_desk *d, const tmg_script_row *rows);
/* The same with a card that takes extended length. */
void piv_open_extended(piv_desk *d, const tmg_script_row *rows);
/* The same with extended length and an ATR that says YubiKey. */
void piv_open_yubikey(piv_desk *d, const tmg_script_row *rows);
void piv_done(piv_desk *d);

/* The card's side of mutual authentication: put them in as the answers of two
 * GENERAL AUTHENTICATE rows and set script.arg to a piv_lock. */
typedef struct piv_lock {
	const char *cipher;	/* libcrypto's */
	size_t block;
	uint8_t key[32];
	uint16_t refusal;	/* status word for a wrong witness */
	bool lies;		/* proves itself wrongly */
} piv_lock;

void piv_answer_witness(void *arg, tmg_view command, tmg_out *response);
void piv_answer_challenge(void *arg, tmg_view command, tmg_out *response);

extern const piv_lock piv_factory_3des, piv_factory_aes192;

/* Rows of a login with the factory's 3DES key; needs script.arg. */
#define ADMIN_3DES \
	{ "0087039B7C028000", NULL, piv_answer_witness }, \
	{ "0087039B7C14*", NULL, piv_answer_challenge }

#endif
