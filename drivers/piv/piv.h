/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PIV cards (NIST SP 800-73-4), with Yubico's extensions where a card has
 * them.  This header is the room's own; the world sees tmg_driver_piv.
 */
#ifndef TMG_DRIVERS_PIV_PIV_H
#define TMG_DRIVERS_PIV_PIV_H

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/secret.h"
#include "src/codec/tlv.h"
#include "src/driver/application.h"
#include "src/driver/pubkey.h"
#include "src/driver/status.h"
#include "tamga/driver.h"

/* Commands: SP 800-73-4 part 2, 3; ISO/IEC 7816-4; and Yubico's. */
enum {
	INS_VERIFY = 0x20,
	INS_CHANGE_REFERENCE_DATA = 0x24,
	INS_RESET_RETRY_COUNTER = 0x2c,
	INS_GENERATE = 0x47,
	INS_GET_CHALLENGE = 0x84,
	INS_GENERAL_AUTHENTICATE = 0x87,
	INS_GET_DATA = 0xcb,
	INS_PUT_DATA = 0xdb,
	INS_MOVE_KEY = 0xf6,
	INS_GET_METADATA = 0xf7,
	INS_GET_SERIAL = 0xf8,
	INS_ATTEST = 0xf9,
	INS_RESET = 0xfb,
	INS_GET_VERSION = 0xfd,
	INS_IMPORT = 0xfe,
	INS_SET_MANAGEMENT_KEY = 0xff,
};

/* Key references: SP 800-73-4 part 1, table 4b. */
enum {
	REF_GLOBAL_PIN = 0x00,
	REF_PIN = 0x80,
	REF_PUK = 0x81,
	REF_RETIRED_FIRST = 0x82,
	REF_RETIRED_LAST = 0x95,
	REF_AUTH = 0x9a,
	REF_ADMIN = 0x9b,
	REF_SIGN = 0x9c,
	REF_KEY_MANAGEMENT = 0x9d,
	REF_CARD_AUTH = 0x9e,
	REF_ATTEST = 0xf9,
};

/* Data objects: SP 800-73-4 part 1, table 3; 5FFFxx are Yubico's. */
enum {
	OBJ_DISCOVERY = 0x7e,
	OBJ_BIT_GROUP = 0x7f61,
	OBJ_CHUID = 0x5fc102,
	OBJ_CCC = 0x5fc107,
	OBJ_PRINTED = 0x5fc109,
	OBJ_KEY_HISTORY = 0x5fc10c,
	OBJ_ADMIN_DATA = 0x5fff00,
};

/* The dynamic authentication template: SP 800-73-4 part 2, table 7. */
enum {
	TAG_AUTH = 0x7c,
	TAG_WITNESS = 0x80,
	TAG_CHALLENGE = 0x81,
	TAG_RESPONSE = 0x82,
	TAG_EXPONENTIATION = 0x85,
};

/* Does this card speak Yubico's extensions? */
typedef enum tmg_piv_ext {
	PIV_EXT_UNKNOWN,	/* nobody asked yet */
	PIV_EXT_HINTED,		/* ATR or application label say so */
	PIV_EXT_PRESENT,	/* it told its version */
	PIV_EXT_ABSENT,
} tmg_piv_ext;

#define PIV_WHO (TMG_LABEL_MAX + TMG_READER_NAME)
#define PIV_OBJECT_MAX (TMG_CERT_MAX + 64u)	/* the longest data object read */
#define PIV_RETIRED 20u		/* retired key slots, SP 800-73-4 part 1, table 4b */

/* What a family of cards is called; found by what the card itself says. */
typedef struct tmg_piv_kind {
	const char *atr;	/* these characters stand in the ATR, or NULL */
	const char *label;	/* the application label starts so, or NULL */
	const char *manufacturer, *product;
	bool extended;		/* with Yubico's extensions */
} tmg_piv_kind;

/* What GET METADATA told of a PIN, or the PUK, along with its tries. */
typedef struct tmg_piv_told {
	bool known;
	tmg_pin_kind kind;
	bool factory;			/* it is the factory's value */
	unsigned turn;			/* of the channel, when it was told */
} tmg_piv_told;

typedef struct tmg_piv {
	tmg_backend base;		/* first */
	tmg_application app;
	const tmg_piv_kind *kind;
	char who[PIV_WHO];		/* for messages: token and reader */
	bool user, admin;		/* logged in, in this epoch */
	uint8_t pin_ref;		/* REF_PIN or REF_GLOBAL_PIN */
	bool pin_chosen;		/* the card was asked which one */
	tmg_piv_told told;
	uint8_t admin_alg;		/* of key 9B, 0 not known yet */
	bool admin_changed;		/* 9B is known not to be the factory's */
	tmg_piv_ext ext;
	uint8_t version[3];		/* PIV_EXT_PRESENT only */
	uint8_t no_ins[32];		/* commands answered 6D00, one bit each */
} tmg_piv;

static inline tmg_piv *
tmg_piv_of(tmg_backend *b)
{
	return (tmg_piv *)b;
}

/* Raise and pass with the token's own record. */
#define piv_raise(p, rc, sw, ...) \
	tmg_raise(&(p)->base.fault, (rc), (sw), __VA_ARGS__)
#define piv_pass(p, rc) tmg_pass(&(p)->base.fault, (rc))

/* ---- select.c: the application ------------------------------------------- */

extern const tmg_application_kind tmg_piv_application;

static inline tmg_rc
tmg_piv_send(tmg_piv *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	return tmg_application_send(&p->app, c, data, sw);
}

/* What is known now of the card's extensions; info follows. */
void tmg_piv_ext_set(tmg_piv *p, tmg_piv_ext ext);

/* Nobody is logged in any more. */
void tmg_piv_forget(tmg_backend *b);

/* Splits an application property template; label stays empty without one.
 * algs: bits of tmg_alg, 0 when the card lists none. */
tmg_rc tmg_piv_apt_parse(tmg_view apt, tmg_view *label, uint32_t *algs);

/* A status word by its command's table. */
#define piv_judge(p, rows, sw, doing) \
	tmg_status_judge(&(p)->base, (p)->who, (rows), TMG_COUNT(rows), (sw), \
	    (doing))

/* ---- slots.c ------------------------------------------------------------- */

typedef struct tmg_piv_slot {
	tmg_slot row;
	uint32_t object;	/* of the certificate */
} tmg_piv_slot;

/* Verdicts TMG_NOT_FOUND, raised: PIV has no such slot. */
tmg_rc tmg_piv_slot_get(tmg_piv *p, uint32_t ref, const tmg_piv_slot **slot);
tmg_rc tmg_piv_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);

/* ---- algs.c: numbers of SP 800-78-4 -------------------------------------- */

/* 0: PIV has no number for it */
uint8_t tmg_piv_alg_id(tmg_alg alg);
tmg_alg tmg_piv_alg_of(uint8_t id);

/* ---- objects.c ----------------------------------------------------------- */

/* What stands inside 53 (or 7E).  Verdicts TMG_NOT_FOUND: absent or empty;
 * TMG_LOGIN: the PIN first. */
tmg_rc tmg_piv_get(tmg_piv *p, uint32_t tag, uint32_t le, tmg_out *store,
    tmg_view *content);
/* Replaces what stands inside 53.  Verdicts TMG_LOGIN; TMG_DENIED: no room. */
tmg_rc tmg_piv_put(tmg_piv *p, uint32_t tag, tmg_view content);

/* ---- data.c: those that are no certificate ------------------------------- */

tmg_rc tmg_piv_data_slots(tmg_backend *b, tmg_data_slot *slots, size_t cap,
    size_t *count);
tmg_rc tmg_piv_data_read(tmg_backend *b, uint32_t tag, tmg_out *data);
/* Verdicts TMG_OCCUPIED too: the management key is kept there. */
tmg_rc tmg_piv_data_write(tmg_backend *b, uint32_t tag, tmg_view data);
tmg_rc tmg_piv_data_delete(tmg_backend *b, uint32_t tag);

/* ---- history.c: which retired slots are in use --------------------------- */

typedef struct tmg_piv_history {
	unsigned on_card;	/* slots from 82 up whose certificate is here */
	unsigned off_card;	/* slots from 95 down whose certificate is elsewhere */
	tmg_view url;		/* where they are; borrowed */
} tmg_piv_history;

tmg_rc tmg_piv_history_parse(tmg_view content, tmg_piv_history *h);
tmg_rc tmg_piv_survey(tmg_backend *b, tmg_slot *rows, size_t count);
/* Notes that the certificate of a retired slot came or went. */
tmg_rc tmg_piv_history_note(tmg_piv *p, uint32_t ref, bool there);

/* ---- cert.c -------------------------------------------------------------- */

/* A certificate object as DER.  Verdicts TMG_NOT_FOUND: it is empty. */
tmg_rc tmg_piv_cert_parse(tmg_view content, tmg_out *der);
tmg_rc tmg_piv_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_piv_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_piv_cert_delete(tmg_backend *b, uint32_t slot);

/* ---- pin.c --------------------------------------------------------------- */

tmg_rc tmg_piv_tries(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_piv_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
tmg_rc tmg_piv_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_piv_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_piv_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_piv_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries);
tmg_rc tmg_piv_logout(tmg_backend *b);
tmg_rc tmg_piv_logged_in(tmg_backend *b, tmg_pin_kind kind);
tmg_rc tmg_piv_factory(tmg_backend *b, tmg_pin_kind kind);

/* ---- admin.c, protect.c: the management key ------------------------------ */

/* TMG_LOGIN with words unless the management key is logged in. */
tmg_rc tmg_piv_want_admin(tmg_piv *p);
/* Mutual authentication with the raw key.  Verdicts TMG_PIN_WRONG. */
tmg_rc tmg_piv_admin_login(tmg_piv *p, tmg_view key);
/* The same with what a person typed: hexadecimal. */
tmg_rc tmg_piv_admin_verify(tmg_piv *p, tmg_view typed);
/* Tries the factory's key.  Verdicts TMG_NOT_FOUND: it is another. */
tmg_rc tmg_piv_admin_factory(tmg_piv *p);
tmg_rc tmg_piv_admin_set(tmg_piv *p, tmg_view fresh);
tmg_rc tmg_piv_admin_change(tmg_piv *p, tmg_view old, tmg_view fresh);
tmg_rc tmg_piv_admin_auto(tmg_backend *b);
tmg_rc tmg_piv_admin_protect(tmg_backend *b, tmg_view fresh);
/* Is it kept behind the PIN?  What the card says of itself. */
tmg_rc tmg_piv_admin_kept(tmg_piv *p, bool *kept);

/* ---- extension.c, identify.c: what Yubico added -------------------------- */

/* TMG_OK: the card is known to have extensions (asks once, by GET VERSION,
 * when nothing hints at it); TMG_UNSUPPORTED, raised: it has none. */
tmg_rc tmg_piv_extension(tmg_piv *p);
/* TMG_OK: it told its version; asks once. */
tmg_rc tmg_piv_version(tmg_piv *p);
/* Sends one of Yubico's commands.  TMG_UNSUPPORTED, raised: the card does not
 * know it, now remembered. */
tmg_rc tmg_piv_ext_send(tmg_piv *p, const tmg_capdu *c, tmg_out *data,
    uint16_t *sw);
bool tmg_piv_at_least(const tmg_piv *p, unsigned major, unsigned minor);

typedef struct tmg_piv_metadata {
	tmg_key_facts facts;
	uint8_t alg;		/* as the card writes it; FF for PINs */
	tmg_view key;		/* fields of the public key, may be empty */
	bool has_factory, factory;
	int tries;		/* left, -1 not told */
} tmg_piv_metadata;

tmg_rc tmg_piv_metadata_parse(tmg_view data, tmg_piv_metadata *m);
/* Verdicts TMG_NOT_FOUND: the slot is empty; TMG_UNSUPPORTED, raised. */
tmg_rc tmg_piv_metadata_get(tmg_piv *p, uint32_t ref, tmg_out *store,
    tmg_piv_metadata *m);
tmg_rc tmg_piv_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);

tmg_rc tmg_piv_identify(tmg_backend *b);
/* The card's GUID (tag 34) out of its CHUID. */
tmg_rc tmg_piv_chuid_guid(tmg_view chuid, tmg_view *guid);
void tmg_piv_name(tmg_piv *p, const char *serial);

/* ---- keys ---------------------------------------------------------------- */

tmg_rc tmg_piv_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
/* The policies of spec as AA and AB, where they are not the slot's own.
 * Verdicts TMG_UNSUPPORTED, raised: this card cannot choose. */
tmg_rc tmg_piv_policy_put(tmg_piv *p, const tmg_piv_slot *slot,
    const tmg_keyspec *spec, tmg_out *out);
tmg_rc tmg_piv_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);
tmg_rc tmg_piv_key_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_piv_key_move(tmg_backend *b, uint32_t from, uint32_t to);
tmg_rc tmg_piv_attest(tmg_backend *b, uint32_t slot, tmg_out *der);

/* One private-key operation: input under tag, the content of 82 comes back
 * as a view into store. */
tmg_rc tmg_piv_operate(tmg_piv *p, uint32_t ref, tmg_alg alg, uint32_t tag,
    tmg_view input, tmg_out *store, tmg_view *response);
tmg_rc tmg_piv_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
tmg_rc tmg_piv_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
tmg_rc tmg_piv_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret);

/* ---- the whole card ------------------------------------------------------ */

tmg_rc tmg_piv_random(tmg_backend *b, size_t n, tmg_out *bytes);
tmg_rc tmg_piv_setup(tmg_backend *b);
tmg_rc tmg_piv_reset(tmg_backend *b);

extern const tmg_driver tmg_driver_piv;

#endif
