/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One virtual card: what it announces, and the applications on it.
 */
#ifndef VCARD_CARD_H
#define VCARD_CARD_H

#include <openssl/types.h>

#include "tamga/reader.h"
#include "tools/vcard/apdu.h"
#include "tools/vcard/apps.h"
#include "tools/vcard/sw.h"

#define VC_DATA_MAX 16384	/* bytes of one command's or response's data */
#define VC_STATE_MAX (2u << 20)	/* bytes of a state file */

typedef enum vc_touch {
	VC_TOUCH_AUTO,		/* somebody touches after touch_ms */
	VC_TOUCH_NONE,		/* nobody ever does */
} vc_touch;

/* How often a key wants the PIN, as Yubico writes it. */
typedef enum vc_pin_policy {
	PIN_NEVER = 1,
	PIN_ONCE = 2,
	PIN_ALWAYS = 3,
} vc_pin_policy;

/* What kind of card it is.  Fixed while the program runs. */
typedef struct vc_profile {
	unsigned apps;		/* VC_APP_BITs; 0: PIV alone */
	unsigned first;		/* the one that power-up selects, as its bit; 0: none */
	bool yubikey;		/* Yubico's extensions */
	uint8_t version[3];	/* of the firmware, when yubikey */
	uint32_t serial;	/* 0: made up once and kept in the state */
	bool extended;		/* takes and announces extended length */
	bool t0;		/* speaks T=0 */
	unsigned pin_tries, puk_tries;
	bool no_kdf;		/* OpenPGP: passwords are never derived */
	uint8_t pin_policy;	/* of keys made with the default policy; 0: the slot's */
	unsigned keygen_ms;
	vc_touch touch;
	unsigned touch_ms;
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
} vc_profile;

typedef struct vc_card vc_card;

/*
 * What an application does.  Full rows: what it does not do is answered with a
 * status word.
 *
 *   create   a fresh application as it leaves the factory, of the kind that its
 *            row says; NULL: no memory
 *   tail     appends what of its name differs from card to card
 *   select   writes the answer to SELECT
 *   command  anything but SELECT by name and GET RESPONSE
 *   reset    forgets what only lives while the card has power
 *   save     appends the records that load() takes
 *   provision  makes keys and certificates of these algorithms: what a shop
 *            would have sold.  Verdicts TMG_NOT_FOUND: no such algorithm here
 */
typedef struct vc_app_code {
	void *(*create)(vc_card *card, const void *kind);
	void (*destroy)(void *self);
	void (*tail)(const vc_card *card, tmg_out *aid);
	/* Of the ATR of a card with nothing else, whole; nothing: as any card's. */
	void (*historical)(const vc_profile *profile, tmg_out *out);
	uint16_t (*select)(vc_card *card, void *self, tmg_out *out);
	uint16_t (*command)(vc_card *card, void *self, const vc_command *c,
	    tmg_out *out);
	void (*reset)(void *self);
	void (*save)(const void *self, tmg_out *out);
	tmg_rc (*load)(vc_card *card, void *self, tmg_view records);
	tmg_rc (*provision)(vc_card *card, void *self, const char *algs);
} vc_app_code;

/* An application on the card: what it is called, what does it. */
typedef struct vc_app {
	const char *name;
	uint8_t record;		/* tag of its part of the state file */
	uint8_t aid[16];
	size_t aid_len;
	size_t aid_least;	/* shortest truncated name that selects it */
	bool control;		/* SELECT by name with P2 04 or 08 is its command, once selected */
	bool names;		/* and names that are no one's with such a P2, too */
	bool files;		/* other SELECTs are its commands, and names that are no one's */
	uint8_t historical[12];	/* of its ATR when it is alone, before the capabilities */
	size_t historical_len;
	uint8_t atr[TMG_ATR_MAX];	/* when it is alone at T=1: this and no other */
	size_t atr_len;
	uint8_t cla;		/* another class that it takes */
	bool native;		/* alone on a card it is selected from power-up on */
	const void *kind;	/* of products that share their code; else NULL */
	const vc_app_code *code;
} vc_app;

/* For applications whose name is the same on every card. */
void
vc_app_no_tail(const vc_card *card, tmg_out *aid);
/* For those without historical bytes of their own. */
void
vc_app_no_historical(const vc_profile *profile, tmg_out *out);

struct vc_card {
	const vc_profile *profile;
	OSSL_LIB_CTX *lib;
	uint32_t serial;
	void *apps[VC_APPS];	/* as in the table; NULL: not on this card */
	int selected;		/* index, -1: none */
	bool dirty;		/* something changed that must survive */
	unsigned delay_ms;	/* what the running command takes */
};

/* A fresh card.  Faults TMG_E_NOMEM, TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
vc_card_open(const vc_profile *profile, OSSL_LIB_CTX *lib, vc_card *card);
void
vc_card_close(vc_card *card);

/* Power was lost, or the reset contact was pulled. */
void
vc_card_reset(vc_card *card);

/* Runs one whole command; *out holds the data of the response. */
uint16_t
vc_card_command(vc_card *card, const vc_command *c, tmg_out *out);

/* The token blinks until somebody touches it, which may take all its patience;
 * false: nobody did. */
bool
vc_card_touched(vc_card *card);

/* The application's own part of a card, or NULL when it is not on it. */
void *
vc_card_app(const vc_card *card, vc_app_id id);

/* Its whole name: at most 16 bytes. */
void
vc_card_app_name(const vc_card *card, vc_app_id id, tmg_out *aid);

/* Every application on it gets what its own provision() makes. */
TMG_MUST_USE tmg_rc
vc_card_provision(vc_card *card, const char *algs);

/* The whole state as a file's content, and back.  Load leaves a card that
 * must be closed when it fails.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
vc_card_save(const vc_card *card, tmg_out *out);
TMG_MUST_USE tmg_rc
vc_card_load(vc_card *card, tmg_view file);

#endif
