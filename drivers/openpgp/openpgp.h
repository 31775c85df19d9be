/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenPGP cards: "Functional Specification of the OpenPGP application on ISO
 * Smart Card Operating Systems", version 3.4.1; versions 2.x are read too.
 * This header is the room's own; the world sees tmg_driver_openpgp.  Clause
 * numbers are those of 3.4.1.
 */
#ifndef TMG_DRIVERS_OPENPGP_OPENPGP_H
#define TMG_DRIVERS_OPENPGP_OPENPGP_H

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/secret.h"
#include "src/codec/tlv.h"
#include "src/driver/application.h"
#include "src/driver/pubkey.h"
#include "src/driver/status.h"
#include "tamga/driver.h"

/* Commands: 7.1; FB is Yubico's. */
enum {
	INS_VERIFY = 0x20,
	INS_CHANGE_REFERENCE_DATA = 0x24,
	INS_PSO = 0x2a,
	INS_RESET_RETRY_COUNTER = 0x2c,
	INS_ACTIVATE_FILE = 0x44,
	INS_GENERATE = 0x47,
	INS_GET_CHALLENGE = 0x84,
	INS_INTERNAL_AUTHENTICATE = 0x88,
	INS_SELECT_DATA = 0xa5,
	INS_GET_DATA = 0xca,
	INS_GET_NEXT_DATA = 0xcc,
	INS_PUT_DATA = 0xda,
	INS_PUT_DATA_ODD = 0xdb,
	INS_TERMINATE_DF = 0xe6,
};

/* Status words of this application alone; the others are in src/iso/sw.h. */
enum {
	SW_TERMINATED = 0x6285,		/* SELECT: 7.2.1 */
};

/* Passwords: 4.2. */
enum {
	PW_SIGN = 0x81,		/* PW1, for one signature or several */
	PW_OTHER = 0x82,	/* PW1, for decipherment and authentication */
	PW_ADMIN = 0x83,
};

/* Data objects: 4.4. */
enum {
	DO_AID = 0x4f,
	DO_URL = 0x5f50,
	DO_HOLDER = 0x65,	/* cardholder related data: name, language, sex */
	DO_APPLICATION = 0x6e,	/* application related data */
	DO_DISCRETIONARY = 0x73,
	DO_CERTIFICATE = 0x7f21,
	DO_CAPABILITIES = 0xc0,
	DO_PW_STATUS = 0xc4,
	DO_FINGERPRINTS = 0xc5,
	DO_RESET_CODE = 0xd3,
	DO_KEY_INFORMATION = 0xde,
	DO_KDF = 0xf9,
	DO_ALGORITHMS = 0xfa,
	DO_ATTEST_CERTIFICATE = 0xfc,	/* Yubico's */
};

/* Extended capabilities, first byte: 4.4.3.7. */
enum {
	CAP_SECURE_MESSAGING = 0x80,
	CAP_CHALLENGE = 0x40,
	CAP_IMPORT = 0x20,
	CAP_PW_STATUS = 0x10,	/* the first byte of C4 may be changed */
	CAP_PRIVATE = 0x08,	/* objects 0101 to 0104 */
	CAP_ATTRIBUTES = 0x04,	/* algorithm attributes may be changed */
	CAP_KDF = 0x01,
};

enum {
	OPGP_FINGERPRINT = 20,	/* bytes */
	OPGP_KEYS = 4,		/* signature, decryption, authentication, attestation */
	OPGP_ATTRIBUTES_MAX = 24,	/* bytes of algorithm attributes kept */
	YUBICO = 0x0006,	/* manufacturer: 4.2.1 */
};

#define OPGP_WHO (TMG_LABEL_MAX + TMG_READER_NAME)
#define OPGP_OBJECT_MAX (TMG_CERT_MAX + 64u)	/* the longest data object read */

/* Algorithm attributes, C1 to C3: 4.4.3.9. */
typedef struct tmg_opgp_attributes {
	uint8_t bytes[OPGP_ATTRIBUTES_MAX];
	size_t len;
	tmg_alg alg;		/* TMG_ALG_NONE: a kind that tamga does not know */
	uint8_t format;		/* RSA: of import, 0 to 3; EC: FF with the point */
} tmg_opgp_attributes;

/* What the card says of a key; DE, 4.4.3.8. */
typedef enum tmg_opgp_presence {
	OPGP_KEY_UNTOLD,	/* no DE: a card of version 2 or early 3 */
	OPGP_KEY_ABSENT,
	OPGP_KEY_GENERATED,
	OPGP_KEY_IMPORTED,
} tmg_opgp_presence;

typedef struct tmg_opgp_told {
	tmg_opgp_attributes attributes;
	tmg_opgp_presence presence;
	bool printed;		/* its fingerprint is not zero */
	bool uif;		/* the card has a touch policy for it */
	uint8_t touch[2];	/* D6 to D9: policy.c, and by which means */
} tmg_opgp_told;

/* Application related data, 6E: what the card says of itself. */
typedef struct tmg_opgp_about {
	uint8_t version[2];	/* of the specification, BCD */
	uint16_t manufacturer;
	uint8_t serial[4];
	uint8_t can;		/* CAP_* */
	size_t challenge_max, cert_max;
	uint8_t pw[7];		/* PW status bytes, C4: 4.4.1, see tries.c */
	bool pw_told;
	tmg_opgp_told keys[OPGP_KEYS];
} tmg_opgp_about;

/* The KDF-DO, F9: 4.3.2. */
typedef struct tmg_opgp_kdf {
	tmg_hash hash;			/* TMG_HASH_NONE: PINs are sent as typed */
	uint32_t count;
	uint8_t salts[TMG_PIN_KINDS][8];	/* indexed by tmg_pin_kind */
} tmg_opgp_kdf;

typedef struct tmg_opgp {
	tmg_backend base;		/* first */
	tmg_application app;
	char who[OPGP_WHO];		/* for messages: token and reader */
	bool terminated;		/* SELECT said so: only a reset helps */
	bool sign, other, admin;	/* 81, 82, 83 verified in this selection */
	bool about_known;		/* since the application was selected */
	bool signed_blindly;		/* by a login of which nobody knew how long
					 * it lasts */
	tmg_opgp_about about;
	uint8_t status[7];		/* C4 as it was last read ... */
	size_t status_len;
	uint64_t status_at;		/* ... and this was the channel's count */
	unsigned status_told;		/* of which PINs since: bits of tmg_pin_kind */
	bool kdf_known;			/* since the application was selected */
	tmg_opgp_kdf kdf;
	bool occurrence_known;		/* of 7F21, that GET DATA would read */
	uint8_t occurrence;
	bool was_read;			/* GET DATA has read that occurrence ... */
	uint64_t read_at;		/* ... and this was the channel's count */
	bool no_next;			/* the card does not know GET NEXT DATA */
	bool single;			/* nor SELECT DATA: it has one certificate */
	bool counted;			/* SELECT DATA wants Yubico's old form */
} tmg_opgp;

static inline tmg_opgp *
tmg_opgp_of(tmg_backend *b)
{
	return (tmg_opgp *)b;
}

/* Raise and pass with the token's own record. */
#define opgp_raise(p, rc, sw, ...) \
	tmg_raise(&(p)->base.fault, (rc), (sw), __VA_ARGS__)
#define opgp_pass(p, rc) tmg_pass(&(p)->base.fault, (rc))

/* ---- select.c: the application ------------------------------------------- */

extern const tmg_application_kind tmg_opgp_application;

static inline tmg_rc
tmg_opgp_send(tmg_opgp *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	return tmg_application_send(&p->app, c, data, sw);
}

/* Nobody is logged in any more, and what was read is old. */
void tmg_opgp_forget(tmg_backend *b);

/* ---- status.c ------------------------------------------------------------ */

/* tmg_status_judge(), unless the application is terminated. */
tmg_rc tmg_opgp_judge(tmg_opgp *p, const tmg_status *rows, size_t n, uint16_t sw,
    const char *doing);
#define opgp_judge(p, rows, sw, doing) \
	tmg_opgp_judge((p), (rows), TMG_COUNT(rows), (sw), (doing))

/* TMG_LOGIN with words unless PW3 is logged in. */
tmg_rc tmg_opgp_want_admin(tmg_opgp *p);

/* ---- slots.c ------------------------------------------------------------- */

/* What belongs to one key: 4.4.1, 7.2.14. */
typedef struct tmg_opgp_slot {
	tmg_slot row;
	size_t index;		/* in tmg_opgp_about.keys */
	uint8_t crt[5];		/* names the key in a command */
	size_t crt_len;
	uint8_t attributes, fingerprint, date, uif;	/* its data objects */
	uint8_t occurrence;	/* of its certificate among the 7F21 */
	uint8_t pw;		/* that opens it */
} tmg_opgp_slot;

/* Verdicts TMG_NOT_FOUND, raised: there is no such slot. */
tmg_rc tmg_opgp_slot_get(tmg_opgp *p, uint32_t ref, const tmg_opgp_slot **slot);
/* The first that has that key's index; never NULL for index < OPGP_KEYS. */
const tmg_opgp_slot *tmg_opgp_slot_at(size_t index);
/* Is PW1 known to be good for one signature only, with this key? */
bool tmg_opgp_once(const tmg_opgp *p, const tmg_opgp_slot *slot);
tmg_pin_policy tmg_opgp_policy(const tmg_opgp *p, const tmg_opgp_slot *slot);
tmg_rc tmg_opgp_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
tmg_rc tmg_opgp_survey(tmg_backend *b, tmg_slot *rows, size_t count);

/* ---- objects.c: GET DATA and PUT DATA ------------------------------------ */

/* What stands in the object, without its own tag where the card sends that
 * along.  Verdicts TMG_NOT_FOUND, TMG_LOGIN, TMG_UNSUPPORTED. */
tmg_rc tmg_opgp_get(tmg_opgp *p, uint32_t tag, uint32_t le, tmg_out *store,
    tmg_view *content);
/* What GET DATA or GET NEXT DATA answered; the same verdicts. */
tmg_rc tmg_opgp_got(tmg_opgp *p, uint32_t tag, uint16_t sw, tmg_view answer,
    tmg_view *content);
/* Verdicts TMG_LOGIN; TMG_DENIED: no room, or not this value. */
tmg_rc tmg_opgp_put(tmg_opgp *p, uint32_t tag, tmg_view content);
/* The same for what the user's PIN allows to be written. */
tmg_rc tmg_opgp_put_as_user(tmg_opgp *p, uint32_t tag, tmg_view content);

/* ---- about.c, identify.c ------------------------------------------------- */

/* What stands inside 6E. */
tmg_rc tmg_opgp_about_parse(tmg_view content, tmg_opgp_about *about);
/* Asks, unless it is known since the application was selected. */
tmg_rc tmg_opgp_learn(tmg_opgp *p);
tmg_rc tmg_opgp_identify(tmg_backend *b);
/* Label and the beginning of messages. */
void tmg_opgp_name(tmg_opgp *p);

/* ---- attributes.c: algorithms as the card writes them -------------------- */

void tmg_opgp_attributes_parse(tmg_view bytes, tmg_opgp_attributes *a);
/* The attributes of a key of that kind in that slot; len 0: there are none. */
void tmg_opgp_attributes_make(tmg_alg alg, size_t index, uint8_t rsa_format,
    tmg_opgp_attributes *a);

/* The kinds of keys that FA lists for the three slots, bits of tmg_alg. */
uint32_t tmg_opgp_algorithms_parse(tmg_view content);

/* ---- public.c, facts.c --------------------------------------------------- */

/* Reads it by 47 81, or makes a new key by 47 80.
 * Verdicts TMG_NOT_FOUND: no key. */
tmg_rc tmg_opgp_public(tmg_opgp *p, const tmg_opgp_slot *slot, uint8_t p1,
    tmg_out *store, tmg_view *fields);
tmg_rc tmg_opgp_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);

/* ---- cert.c -------------------------------------------------------------- */

tmg_rc tmg_opgp_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_opgp_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_opgp_cert_delete(tmg_backend *b, uint32_t slot);

/* ---- tries.c: rules, tries and verdicts of PINs --------------------------- */

/* Minima, maxima and whether there is a reset code, as C4 tells. */
void tmg_opgp_pin_rules(tmg_opgp *p);
/* As C4 has them; asked for, unless they are known and were not told yet. */
tmg_rc tmg_opgp_read_tries(tmg_opgp *p, tmg_pin_kind kind, int *tries);
tmg_rc tmg_opgp_tries(tmg_backend *b, tmg_pin_kind kind, int *tries);
/* What a command that bore a PIN was answered; *tries -1: nobody says. */
tmg_rc tmg_opgp_pin_verdict(tmg_opgp *p, tmg_pin_kind kind, uint16_t sw, int *tries,
    const char *doing);
/* May that be what the PIN is?  Verdicts TMG_PIN_WRONG, nothing was tried. */
tmg_rc tmg_opgp_check_typed(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin);
/* May that be a new value of the PIN?  Verdicts TMG_DENIED. */
TMG_MUST_USE tmg_rc
tmg_opgp_check_fresh(tmg_opgp *p, tmg_pin_kind kind, tmg_view fresh);

/* ---- pin.c: logins --------------------------------------------------------- */

/* What must be known before a PIN is sent: how long it may be, whether it is hashed. */
tmg_rc tmg_opgp_learn_rules(tmg_opgp *p);
tmg_rc tmg_opgp_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
tmg_rc tmg_opgp_logout(tmg_backend *b);
tmg_rc tmg_opgp_logged_in(tmg_backend *b, tmg_pin_kind kind);

/* ---- newpin.c ---------------------------------------------------------------- */

tmg_rc tmg_opgp_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_opgp_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries);

/* ---- kdf.c: PINs are hashed before they are sent -------------------------- */

/* Tells by F9 how, unless it is known since the application was selected. */
tmg_rc tmg_opgp_kdf_learn(tmg_opgp *p);
tmg_rc tmg_opgp_kdf_parse(tmg_view content, tmg_opgp_kdf *kdf);
/* What is sent for a PIN of that kind: itself, or its hash. */
tmg_rc tmg_opgp_kdf_apply(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin,
    tmg_secret *sent);
/* Iterated and salted S2K, RFC 4880 3.7.1.3; count in bytes. */
tmg_rc tmg_opgp_s2k(tmg_ctx *ctx, tmg_hash hash, tmg_view salt, uint32_t count,
    tmg_view pin, tmg_secret *key);

tmg_rc tmg_opgp_hash_pins(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS]);

/* ---- fingerprint.c, generate.c, import.c: new keys ------------------------- */

/* Of a version 4 key packet (RFC 4880 12.2) of that date. */
tmg_rc tmg_opgp_fingerprint(tmg_opgp *p, size_t index, uint32_t date,
    tmg_view spki, uint8_t print[static OPGP_FINGERPRINT]);
/* Verdicts TMG_UNSUPPORTED, raised: the slot is for other keys or policies. */
tmg_rc tmg_opgp_check_spec(tmg_opgp *p, const tmg_keyspec *spec,
    const tmg_opgp_slot *slot);
/* Gives the slot attributes for that kind, unless it has them. */
tmg_rc tmg_opgp_want_attributes(tmg_opgp *p, const tmg_opgp_slot *slot,
    tmg_alg alg);
/* Writes fingerprint and date of the key that is there now. */
tmg_rc tmg_opgp_note_key(tmg_opgp *p, const tmg_opgp_slot *slot,
    tmg_opgp_presence presence, tmg_view spki);
tmg_rc tmg_opgp_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
tmg_rc tmg_opgp_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);

/* ---- policy.c: PIN and touch -------------------------------------------- */

tmg_touch_policy tmg_opgp_touch(const tmg_opgp_told *told);
/* Verdicts TMG_UNSUPPORTED, raised: the card has no such policy for that slot. */
tmg_rc tmg_opgp_check_policy(tmg_opgp *p, const tmg_opgp_slot *slot,
    tmg_pin_policy pin, tmg_touch_policy touch);
/* Writes what differs from what is known; checked before. */
tmg_rc tmg_opgp_set_policy(tmg_opgp *p, const tmg_opgp_slot *slot,
    tmg_pin_policy pin, tmg_touch_policy touch);
/* The same for a key that is there since a moment ago. */
tmg_rc tmg_opgp_policy_of_new(tmg_opgp *p, const tmg_keyspec *spec,
    const tmg_opgp_slot *slot);
tmg_rc tmg_opgp_key_policy(tmg_backend *b, uint32_t slot, tmg_pin_policy pin,
    tmg_touch_policy touch);

/* ---- attest.c ------------------------------------------------------------ */

bool tmg_opgp_attests(const tmg_opgp_about *about);
tmg_rc tmg_opgp_attest(tmg_backend *b, uint32_t slot, tmg_out *der);

/* ---- data.c -------------------------------------------------------------- */

tmg_rc tmg_opgp_data_slots(tmg_backend *b, tmg_data_slot *slots, size_t cap,
    size_t *count);
tmg_rc tmg_opgp_data_read(tmg_backend *b, uint32_t tag, tmg_out *data);
tmg_rc tmg_opgp_data_write(tmg_backend *b, uint32_t tag, tmg_view data);
tmg_rc tmg_opgp_data_delete(tmg_backend *b, uint32_t tag);

/* ---- whole.c ------------------------------------------------------------- */

tmg_rc tmg_opgp_random(tmg_backend *b, size_t n, tmg_out *bytes);
tmg_rc tmg_opgp_reset(tmg_backend *b);

/* ---- sign.c, decrypt.c --------------------------------------------------- */

/* What the status word of a private-key operation means. */
tmg_rc tmg_opgp_operated(tmg_opgp *p, uint16_t sw);
tmg_rc tmg_opgp_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
tmg_rc tmg_opgp_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret);

tmg_rc tmg_opgp_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);

extern const tmg_driver tmg_driver_openpgp;

#endif
