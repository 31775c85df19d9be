/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The OpenPGP application on ISO smart card operating systems, version 3.4.1.
 * Clauses named in its files are of that specification.
 */
#ifndef VCARD_OPENPGP_H
#define VCARD_OPENPGP_H

#include "src/codec/tlv.h"
#include "tools/vcard/card.h"
#include "tools/vcard/pkey.h"

#define PGP_PIN_MAX 127		/* bytes of a password */
#define PGP_CERT_MAX 4096	/* bytes of a cardholder certificate */
#define PGP_SPECIAL_MAX 1024	/* bytes of login data, URL, private DOs */
#define PGP_COMMAND_MAX 8192	/* bytes of data of one command, and of an answer */
#define PGP_ATTR_MAX 16		/* bytes of algorithm attributes */

/* 7.1: instructions */
enum {
	PGP_VERIFY = 0x20,
	PGP_MSE = 0x22,
	PGP_CHANGE = 0x24,
	PGP_PSO = 0x2a,
	PGP_UNBLOCK = 0x2c,
	PGP_ACTIVATE = 0x44,
	PGP_GENERATE = 0x47,
	PGP_CHALLENGE = 0x84,
	PGP_INTERNAL_AUTH = 0x88,
	PGP_SELECT_DATA = 0xa5,
	PGP_GET_DATA = 0xca,
	PGP_GET_NEXT = 0xcc,
	PGP_PUT_DATA = 0xda,
	PGP_PUT_KEY = 0xdb,
	PGP_TERMINATE = 0xe6,
	PGP_VERSION = 0xf1,	/* Yubico's, as the next */
	PGP_ATTEST = 0xfb,
};

typedef enum pgp_key_id {
	PGP_SIG, PGP_DEC, PGP_AUT, PGP_KEYS,
	PGP_ATT = PGP_KEYS,	/* of YubiKeys: openpgp_attest.c */
} pgp_key_id;

typedef enum pgp_pin_id { PGP_PW1, PGP_RC, PGP_PW3, PGP_PINS } pgp_pin_id;

/* What is stored, one for each row of the table in openpgp_data.c. */
typedef enum pgp_do_id {
	DO_NAME, DO_LOGIN, DO_LANGUAGE, DO_SEX, DO_URL,
	DO_PRIVATE_1, DO_PRIVATE_2, DO_PRIVATE_3, DO_PRIVATE_4,
	DO_CERT_AUT, DO_CERT_DEC, DO_CERT_SIG,
	DO_ATTR_SIG, DO_ATTR_DEC, DO_ATTR_AUT,
	DO_PW_STATUS, DO_FINGERPRINTS, DO_CA_FINGERPRINTS, DO_DATES,
	DO_UIF_SIG, DO_UIF_DEC, DO_UIF_AUT,
	DO_KDF, DO_COUNTER,
	DO_UIF_ATT, DO_CERT_ATT,
	PGP_DOS
} pgp_do_id;

enum { ORIGIN_NONE, ORIGIN_MADE, ORIGIN_BROUGHT };	/* 4.4.3.8, tag DE */

typedef struct pgp_pin {
	uint8_t value[PGP_PIN_MAX];
	uint8_t len;		/* 0: no resetting code is set */
	uint8_t left;		/* tries */
} pgp_pin;

typedef struct pgp_key {
	vc_pkey pair;
	uint8_t origin;
} pgp_key;

typedef struct pgp_do {
	uint8_t *data;
	size_t len;
} pgp_do;

/* What is forgotten when power goes. */
typedef struct pgp_session {
	bool sign, other, admin;	/* 81, 82, 83 were verified */
	unsigned occurrence;		/* of 7F21 */
	pgp_key_id dec, aut;		/* as MSE set them */
} pgp_session;

typedef struct vc_pgp {
	pgp_pin pins[PGP_PINS];
	pgp_key keys[PGP_KEYS + 1];
	pgp_do dos[PGP_DOS];
	bool terminated;
	pgp_session session;
} vc_pgp;

extern const vc_app vc_openpgp_app;

/* Version, manufacturer and serial number: the end of the AID (4.2.1). */
void pgp_aid_tail(const vc_card *card, tmg_out *out);
/* Everything as it left the factory.  Faults TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc pgp_factory(const vc_card *card, vc_pgp *pgp);

/* ---- passwords: openpgp_pin.c ------------------------------------------------ */
void pgp_pins_factory(const vc_profile *profile, vc_pgp *pgp);
void pgp_pin_set(const vc_profile *profile, vc_pgp *pgp, pgp_pin_id id, tmg_view value);
uint16_t pgp_verify(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_change(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_unblock(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);

/* Historical bytes (6): selection by full and partial name, chaining, extended
 * length; operational or terminated. */
void pgp_historical(const vc_profile *profile, bool terminated, tmg_out *out);
/* ---- data objects: openpgp_data.c, what PUT DATA does: openpgp_put.c ---------- */
tmg_view pgp_do_get(const vc_pgp *pgp, pgp_do_id id);
/* Faults TMG_E_NOMEM; the old value stays then. */
TMG_MUST_USE tmg_rc pgp_do_set(vc_pgp *pgp, pgp_do_id id, tmg_view value);
TMG_MUST_USE tmg_rc pgp_dos_factory(const vc_profile *profile, vc_pgp *pgp);
void pgp_dos_clear(vc_pgp *pgp);
uint16_t pgp_get_data(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_get_next(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_select_data(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_put_data(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);

/* ---- algorithm attributes: openpgp_alg.c --------------------------------------- */
/* TMG_ALG_NONE: not what a key of that kind can be. */
tmg_alg pgp_attr_parse(pgp_key_id key, tmg_view attr);
/* Nothing, when a key of that kind cannot be that. */
void pgp_attr_put(pgp_key_id key, tmg_alg alg, tmg_out *out);
tmg_alg pgp_alg_of(const vc_pgp *pgp, pgp_key_id key);
/* What stands inside FA. */
void pgp_attr_list(tmg_out *out);

/* ---- keys: openpgp_key.c -------------------------------------------------------- */
void pgp_key_clear(pgp_key *key);
/* Takes over pkey. */
TMG_MUST_USE tmg_rc pgp_key_store(vc_pgp *pgp, pgp_key_id id, tmg_alg alg,
    EVP_PKEY *pkey, uint8_t origin);
uint16_t pgp_generate(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_put_key(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
/* Control reference template: which key it means.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc pgp_crt(const tmg_tlv *t, pgp_key_id *id);

/* ---- using keys: openpgp_use.c --------------------------------------------------- */
uint16_t pgp_pso(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_internal_auth(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_mse(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);

/* ---- YubiKeys: openpgp_attest.c --------------------------------------------------- */
bool pgp_attests(const vc_card *card);
TMG_MUST_USE tmg_rc pgp_attest_factory(const vc_card *card, vc_pgp *pgp);
bool pgp_is_attest_crt(tmg_view crt);
uint16_t pgp_attest_public(const vc_pgp *pgp, tmg_out *out);
uint16_t pgp_attest(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
uint16_t pgp_version(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);

/* ---- the state file, a card as sold: openpgp_state.c, openpgp_provision.c ---------- */
void pgp_save(const vc_pgp *pgp, tmg_out *out);
TMG_MUST_USE tmg_rc pgp_load(vc_card *card, vc_pgp *pgp, tmg_view records);
TMG_MUST_USE tmg_rc pgp_provision(vc_card *card, vc_pgp *pgp, const char *algs);

#endif
