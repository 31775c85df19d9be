/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PIV application (NIST SP 800-73-4 parts 1 and 2, SP 800-78-4) and, when
 * the profile says so, the extensions that Yubico documents at
 * developers.yubico.com/PIV/Introduction/Yubico_extensions.html.
 */
#ifndef VCARD_PIV_H
#define VCARD_PIV_H

#include "tools/vcard/card.h"
#include "tools/vcard/piv_alg.h"

#define PIV_PIN_LEN 8		/* SP 800-73-4 part 2, 2.4.3 */
#define PIV_OBJECTS 80		/* most data objects on one card */
#define PIV_BLOCK_MAX 16	/* of AES; 8 for 3DES */

enum {
	/* key references, SP 800-73-4 part 1 table 4b */
	PIV_PIN = 0x80,
	PIV_PUK = 0x81,
	PIV_KEY_RETIRED_FIRST = 0x82,
	PIV_KEY_RETIRED_LAST = 0x95,
	PIV_KEY_AUTH = 0x9a,
	PIV_KEY_ADMIN = 0x9b,
	PIV_KEY_SIGN = 0x9c,
	PIV_KEY_MANAGE = 0x9d,
	PIV_KEY_CARD = 0x9e,
	PIV_KEY_ATTEST = 0xf9,		/* Yubico */
	PIV_KEYS = 25,

	/* instructions, SP 800-73-4 part 2 table 2 */
	INS_VERIFY = 0x20,
	INS_CHANGE_REFERENCE = 0x24,
	INS_RESET_RETRY = 0x2c,
	INS_GENERATE = 0x47,
	INS_AUTHENTICATE = 0x87,
	INS_GET_DATA = 0xcb,
	INS_PUT_DATA = 0xdb,
	/* Yubico */
	INS_MOVE_KEY = 0xf6,
	INS_METADATA = 0xf7,
	INS_SERIAL = 0xf8,
	INS_ATTEST = 0xf9,
	INS_SET_TRIES = 0xfa,
	INS_RESET = 0xfb,
	INS_VERSION = 0xfd,
	INS_IMPORT = 0xfe,
	INS_SET_ADMIN = 0xff,

	/* Yubico: policies and origin of a key; vc_pin_policy */
	POLICY_DEFAULT = 0,
	TOUCH_NEVER = 1,
	TOUCH_ALWAYS = 2,
	TOUCH_CACHED = 3,
	ORIGIN_GENERATED = 1,
	ORIGIN_IMPORTED = 2,
};

typedef struct vc_pin {
	uint8_t value[PIV_PIN_LEN];	/* filled up with FF */
	uint8_t most, left;		/* tries */
} vc_pin;

typedef struct vc_key {
	uint8_t ref;
	const vc_alg *alg;	/* &vc_alg_none: the slot is empty */
	uint8_t pin_policy, touch_policy, origin;
	vc_pkey pair;
} vc_key;

typedef struct vc_object {
	uint32_t tag;
	uint8_t *data;		/* what stands inside tag 53, or the whole 7E/7F61 */
	size_t len;
} vc_object;

typedef struct vc_admin {
	uint8_t alg;		/* SP 800-78-4 table 6-2 */
	uint8_t key[32];
	size_t len;
	uint8_t touch_policy;
} vc_admin;

typedef enum vc_pending { PENDING_NONE, PENDING_WITNESS, PENDING_CHALLENGE } vc_pending;

/* What is forgotten when power goes. */
typedef struct vc_session {
	bool pin;		/* the PIN was verified */
	bool pin_fresh;		/* ... by the command directly before this one */
	bool admin;		/* the management key was proven */
	vc_pending pending;
	uint8_t nonce[PIV_BLOCK_MAX];
	int64_t touched_ms;	/* when somebody last touched; 0: never */
} vc_session;

typedef struct vc_piv {
	vc_pin pin, puk;
	vc_admin admin;
	vc_key keys[PIV_KEYS];
	vc_object objects[PIV_OBJECTS];
	size_t object_count;
	vc_session session;
} vc_piv;

extern const vc_app vc_piv_app;

/* ---- pins: piv_pin.c ------------------------------------------------------ */
void vc_pin_factory(vc_piv *piv, const vc_profile *profile);
uint16_t vc_pin_verify(vc_card *card, vc_piv *piv, const vc_command *c);
uint16_t vc_pin_change(vc_card *card, vc_piv *piv, const vc_command *c);
uint16_t vc_pin_unblock(vc_card *card, vc_piv *piv, const vc_command *c);
uint16_t vc_pin_set_tries(vc_card *card, vc_piv *piv, const vc_command *c);
bool vc_pin_is_factory(const vc_pin *pin, bool puk);

/* ---- the management key: piv_admin.c -------------------------------------- */
void vc_admin_factory(vc_piv *piv, const vc_profile *profile);
bool vc_admin_is_factory(const vc_piv *piv);
/* Bytes of a key of that algorithm; 0: not one for management keys. */
size_t vc_admin_key_len(uint8_t alg);
uint16_t vc_admin_authenticate(vc_card *card, vc_piv *piv, uint8_t alg,
    tmg_view template, tmg_out *out);
uint16_t vc_admin_set(vc_card *card, vc_piv *piv, const vc_command *c);

/* ---- data objects: piv_object.c ------------------------------------------- */
uint16_t vc_object_get(vc_card *card, vc_piv *piv, const vc_command *c,
    tmg_out *out);
uint16_t vc_object_put(vc_card *card, vc_piv *piv, const vc_command *c);
const vc_object *vc_object_find(const vc_piv *piv, uint32_t tag);
/* Replaces; an empty value removes.  Verdicts TMG_UNSUPPORTED: no room. */
TMG_MUST_USE tmg_rc vc_object_store(vc_piv *piv, uint32_t tag, tmg_view value);
void vc_objects_clear(vc_piv *piv);
/* Is there such an object on this kind of card, and may it be that long? */
bool vc_object_known(const vc_profile *profile, uint32_t tag, size_t len);
/* The object that holds the certificate of a key; 0: none does. */
uint32_t vc_object_of_key(uint8_t ref);

/* ---- keys: piv_key.c ------------------------------------------------------- */
void vc_keys_factory(vc_piv *piv);
/* The slot of that reference, or NULL when this card has none. */
vc_key *vc_key_slot(vc_piv *piv, const vc_profile *profile, uint8_t ref);
void vc_key_clear(vc_key *key);
/* Takes over pkey, which may not be NULL.  Faults TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc vc_key_store(vc_key *key, const vc_alg *alg, EVP_PKEY *pkey,
    uint8_t origin, uint8_t pin_policy, uint8_t touch_policy);
/* What POLICY_DEFAULT means for this slot. */
uint8_t vc_key_pin_policy(const vc_profile *profile, uint8_t ref, uint8_t asked);
uint16_t vc_key_generate_cmd(vc_card *card, vc_piv *piv, const vc_command *c,
    tmg_out *out);
uint16_t vc_key_import_cmd(vc_card *card, vc_piv *piv, const vc_command *c);
uint16_t vc_key_move(vc_card *card, vc_piv *piv, const vc_command *c);

/* ---- using keys: piv_auth.c ------------------------------------------------ */
uint16_t vc_authenticate(vc_card *card, vc_piv *piv, const vc_command *c,
    tmg_out *out);
/* Somebody touches, or nobody does: SW_OK or SW_CONDITIONS. */
uint16_t vc_touch_wanted(vc_card *card, vc_piv *piv, uint8_t policy);

/* ---- attestation: piv_attest.c ---------------------------------------------- */
TMG_MUST_USE tmg_rc vc_attest_factory(vc_card *card, vc_piv *piv);
uint16_t vc_attest(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out);

/* ---- Yubico's small commands: piv_yubikey.c --------------------------------- */
uint16_t vc_metadata(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out);
uint16_t vc_version(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out);
uint16_t vc_serial(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out);
uint16_t vc_factory_reset(vc_card *card, vc_piv *piv, const vc_command *c);
bool vc_since(const vc_profile *profile, unsigned major, unsigned minor);

/* ---- a card as sold: piv_provision.c ---------------------------------------- */
/* Keys and certificates in 9A, 9C, 9D, 9E; CHUID, CCC and Key History. */
TMG_MUST_USE tmg_rc vc_piv_provision(vc_card *card, vc_piv *piv, const char *algs);

/* ---- the state file: piv_state.c -------------------------------------------- */
void vc_piv_save(const vc_piv *piv, tmg_out *out);
TMG_MUST_USE tmg_rc vc_piv_load(vc_card *card, vc_piv *piv, tmg_view records);

#endif
