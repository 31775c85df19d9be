/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cards with a PKCS #15 (ISO/IEC 7816-15) application, by ISO/IEC 7816-4 and -8.
 * This header is the room's own; the world sees tmg_driver_pkcs15.  What the
 * card tells of its content is in parse.h, what a kind of card does in its own
 * way is a row of profile.c.
 */
#ifndef TMG_DRIVERS_PKCS15_PKCS15_H
#define TMG_DRIVERS_PKCS15_PKCS15_H

#include "drivers/pkcs15/parse.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "src/codec/tlv.h"
#include "src/driver/selected.h"
#include "src/driver/signing.h"
#include "src/driver/status.h"
#include "src/iso/files.h"
#include "src/iso/sw.h"
#include "tamga/driver.h"

/* ISO/IEC 7816-4 and -8. */
enum {
	INS_VERIFY = 0x20,
	INS_MSE = 0x22,
	INS_CHANGE_REFERENCE_DATA = 0x24,
	INS_PSO = 0x2a,
	INS_RESET_RETRY_COUNTER = 0x2c,
	INS_GET_CHALLENGE = 0x84,
	INS_GENERAL_AUTHENTICATE = 0x86,
	INS_INTERNAL_AUTHENTICATE = 0x88,
	INS_SELECT = 0xa4,
};

enum {
	P15_NAME = 64,		/* bytes of a text that is kept */
	P15_EF_DIR = 0x2f00,
	P15_EF_ODF = 0x5031,
	P15_EF_INFO = 0x5032,
};

enum {
	P15_AT_ODF = P15_SOURCES,	/* in tmg_p15_content.bytes */
	P15_AT_INFO = P15_SOURCES + 1,
};

#define P15_DIRECTORY_MAX 16384u	/* bytes of one directory that are read */

/* What a kind of card does in its own way. */
typedef struct tmg_p15_profile {
	const char *model;
	const char *manufacturer;	/* its TokenInfo begins so; NULL: by its AID */
	const char *historical;		/* bytes of its ATR; NULL: as of any card */
	tmg_view aid;			/* len 0: that of PKCS #15 */
	bool from_mf;			/* SELECT leads to the MF, not to the DF */
	bool by_file;			/* MSE names a key by its file */
	bool halves;			/* DECIPHER takes a long cryptogram in two */
	bool general;			/* key agreement: GENERAL AUTHENTICATE */
	int rsa_pkcs1, rsa_raw, ec;	/* algorithm references; P15_NO_REF: those
					 * of TokenInfo, or none */
	bool sha1_alone;		/* with curves it hashes itself, by SHA-1 */
	uint8_t interface;		/* by its AID: first byte of SELECT's answer */
	bool hashes;			/* IAS ECC, which TokenInfo tells by hashes: keys are
					 * no files, a signature is PSO: HASH and another */
	uint8_t padding;		/* indicator of a whole cryptogram */
	uint8_t challenge;		/* bytes that GET CHALLENGE gives, no more and no less;
					 * 0: as many as are asked for */
	const struct tmg_p15_family *family;	/* how it is written; NULL: not */
	tmg_signing_ways ways;
} tmg_p15_profile;

/* What has one id: a key, its certificate, or both. */
typedef struct tmg_p15_spot {
	uint32_t ref;
	char name[TMG_SLOT_NAME];
	int key, cert;		/* index; -1 none */
} tmg_p15_spot;

/* What the card told of its content, since the application was first read. */
typedef struct tmg_p15_content {
	bool sources_known, info_known, spots_known;
	tmg_path base;		/* of relative paths */
	tmg_p15_source sources[P15_SOURCES];
	size_t source_count;
	uint8_t *bytes[P15_SOURCES + 2];	/* of each directory, ODF, TokenInfo */
	size_t lens[P15_SOURCES + 2];	/* to the end of the last object */
	bool ended[P15_SOURCES + 2];	/* filling was seen behind it, or the file's end */
	uint32_t read;		/* bit 1 << dir: these are parsed */
	uint32_t hidden;	/* and of these a PIN shows more */
	bool guessed;		/* somebody heard that a place is empty while keys were
				 * hidden */
	bool no_pso;		/* it signs by INTERNAL AUTHENTICATE */
	tmg_p15_info info;
	tmg_p15_key keys[P15_OBJECTS], publics[P15_OBJECTS];
	tmg_p15_cert certs[P15_OBJECTS];
	tmg_p15_pin pins[P15_OBJECTS];
	size_t key_count, public_count, cert_count, pin_count;
	tmg_p15_spot spots[P15_OBJECTS];
	size_t spot_count;
} tmg_p15_content;

/* The security environment that MSE made. */
typedef struct tmg_p15_environment {
	bool known;
	uint8_t template;	/* P2 of MSE */
	int algorithm;
	size_t key;		/* index */
} tmg_p15_environment;

typedef struct tmg_p15 {
	tmg_backend base;		/* first */
	tmg_selected selected;
	uint8_t aid[TMG_AID_MAX];
	tmg_path path;			/* of the application; len 0: by AID */
	tmg_path odf, info;		/* from EF.DIR; len 0 */
	uint8_t root[TMG_AID_MAX];	/* what must be selected to see EF.DIR */
	size_t root_len;
	const tmg_p15_profile *profile;
	uint8_t interface;		/* what SELECT answered first; 0 */
	char who[TMG_LABEL_MAX + TMG_READER_NAME];	/* for messages */
	tmg_files files;
	unsigned turn, epoch;		/* in which files and se hold */
	bool doubtful;			/* another program may have been there */
	bool lost;			/* a key was missing, and that taken for a reset */
	bool officer;			/* the security officer's own word is wanted, not
					 * the user's */
	tmg_p15_environment se;
	tmg_p15_pin puk;		/* one that it has, and tells nobody of */
	uint64_t in;			/* bit 1 << index of the PINs verified */
	tmg_p15_content content;
} tmg_p15;

static inline tmg_p15 *
tmg_p15_of(tmg_backend *b)
{
	return (tmg_p15 *)b;
}

#define p15_raise(p, rc, sw, ...) \
	tmg_raise(&(p)->base.fault, (rc), (sw), __VA_ARGS__)
#define p15_pass(p, rc) tmg_pass(&(p)->base.fault, (rc))
#define p15_judge(p, rows, sw, doing) \
	tmg_status_judge(&(p)->base, (p)->who, (rows), TMG_COUNT(rows), (sw), (doing))

/* What no other question to the card would mend. */
static inline bool
tmg_p15_is_past_card(tmg_rc rc)
{
	return rc == TMG_RESET || rc == TMG_REMOVED || rc == TMG_E_IO ||
	    rc == TMG_E_NOMEM;
}

/* ---- select.c: the application and what is sent to it -------------------- */

/* Verdicts TMG_NOT_FOUND: no such application here. */
tmg_rc tmg_p15_select(tmg_p15 *p);
/* The same where there was one: that it is gone is TMG_E_CARD. */
TMG_MUST_USE tmg_rc
tmg_p15_select_again(tmg_p15 *p);
/* Begins a verb: our application is selected, for certain when a secret follows;
 * what another program may have undone is forgotten. */
TMG_MUST_USE tmg_rc
tmg_p15_ready(tmg_p15 *p, bool secret);
/* Sends after tmg_p15_ready().  data may be NULL. */
TMG_MUST_USE tmg_rc
tmg_p15_send(tmg_p15 *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw);
/* The same with a PIN from the reader's keypad. */
TMG_MUST_USE tmg_rc
tmg_p15_send_typed(tmg_p15 *p, const tmg_capdu *c, const tmg_pad_form *form,
    uint16_t *sw);
/* The files of the card, with words. */
TMG_MUST_USE tmg_rc
tmg_p15_read(tmg_p15 *p, const tmg_span *span, tmg_out *data, const char *what);
TMG_MUST_USE tmg_rc
tmg_p15_enter(tmg_p15 *p, const tmg_path *path);
/* Nobody is logged in any more; and the next verb selects first. */
void tmg_p15_forget(tmg_p15 *p);
void tmg_p15_doubt(tmg_p15 *p);
/* EF.DIR tells of an application.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
tmg_p15_find(tmg_p15 *p);

/* ---- profile.c ------------------------------------------------------------ */

extern const tmg_p15_profile tmg_p15_profiles[];
extern const size_t tmg_p15_profile_count;
/* The first row that fits what the card tells of itself. */
void tmg_p15_profile_choose(tmg_p15 *p);

/* ---- about.c: what the card tells of itself ---------------------------------- */

/* ODF and TokenInfo. */
TMG_MUST_USE tmg_rc
tmg_p15_learn_info(tmg_p15 *p);

/* ---- content.c: directories, each read once -------------------------------- */

/* What is of that kind is parsed.  A kind that the card has not is none. */
TMG_MUST_USE tmg_rc
tmg_p15_learn(tmg_p15 *p, tmg_p15_dir dir);
/* The bytes of every directory are there, even of kinds that are not parsed. */
TMG_MUST_USE tmg_rc
tmg_p15_learn_rest(tmg_p15 *p);
void tmg_p15_content_drop(tmg_p15_content *c);
/* A PIN was taken: what it may show now is read when it is next wanted. */
void tmg_p15_unhide(tmg_p15 *p);
/* What stands in directories of that kind is read again when it is next wanted ... */
void tmg_p15_unlearn(tmg_p15 *p, tmg_p15_dir dir);
/* ... or is what stands in tmg_p15_content.bytes by now. */
TMG_MUST_USE tmg_rc
tmg_p15_relearn(tmg_p15 *p, tmg_p15_dir dir);
/* Keeps what a value has in content.bytes[at], no longer than it is: views into it hold. */
TMG_MUST_USE tmg_rc
tmg_p15_keep(tmg_p15 *p, size_t at, const tmg_p15_value *value, tmg_extent extent,
    tmg_view *kept, const char *what);
/* What stands in a value: itself, or its file. */
TMG_MUST_USE tmg_rc
tmg_p15_value_read(tmg_p15 *p, const tmg_p15_value *value, tmg_extent extent,
    tmg_out *out, const char *what);

/* ---- spots.c: keys and certificates by id ----------------------------------- */

TMG_MUST_USE tmg_rc
tmg_p15_spot_get(tmg_p15 *p, uint32_t ref, const tmg_p15_spot **spot);
/* Of the first key of that id.  Verdicts TMG_NOT_FOUND, not raised. */
TMG_MUST_USE tmg_rc
tmg_p15_spot_of(tmg_p15 *p, tmg_view id, const tmg_p15_spot **spot);
/* Verdicts TMG_NOT_FOUND: no key there. */
TMG_MUST_USE tmg_rc
tmg_p15_key_at(tmg_p15 *p, uint32_t ref, const tmg_p15_key **key);
tmg_rc tmg_p15_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
tmg_rc tmg_p15_survey(tmg_backend *b, tmg_slot *rows, size_t count);
tmg_rc tmg_p15_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);
tmg_rc tmg_p15_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_p15_identify(tmg_backend *b);
/* Its label and whose it is, from TokenInfo. */
void tmg_p15_name(tmg_p15 *p);
/* Text of the card as it may be shown. */
void tmg_p15_text(char *to, size_t cap, tmg_view from);

/* ---- public.c ------------------------------------------------------------------ */

tmg_alg tmg_p15_alg_told(const tmg_p15_key *key);
/* What the card tells of its public half, once P15_PUBLIC is learnt; NULL: nothing. */
const tmg_p15_key *
tmg_p15_public_of(const tmg_p15_content *c, const tmg_p15_key *key);
/* The public half, when the card has it beside the key; nothing when not. */
TMG_MUST_USE tmg_rc
tmg_p15_public_read(tmg_p15 *p, const tmg_p15_key *key, tmg_key_facts *facts,
    tmg_out *spki);

/* ---- which.c ------------------------------------------------------------------- */

/* What is wanted of pins is in info.pins. */
TMG_MUST_USE tmg_rc
tmg_p15_learn_pins(tmg_p15 *p);
/* TMG_OK: nobody guards it, or the PIN was verified; else TMG_LOGIN, raised. */
TMG_MUST_USE tmg_rc
tmg_p15_want(tmg_p15 *p, tmg_view auth);
/* The PIN of that kind.  Verdicts TMG_UNSUPPORTED: there is none, or the card wants
 * it otherwise than tamga sends it. */
TMG_MUST_USE tmg_rc
tmg_p15_pin_choose(tmg_p15 *p, tmg_pin_kind kind, const tmg_p15_pin **pin);
/* What unblocks pin, which the card may have without telling of it. */
TMG_MUST_USE tmg_rc
tmg_p15_puk_choose(tmg_p15 *p, const tmg_p15_pin *pin, const tmg_p15_pin **puk);
/* Of tmg_p15.in. */
uint64_t tmg_p15_pin_bit(const tmg_p15 *p, const tmg_p15_pin *pin);
/* May it be typed on a keypad? */
bool tmg_p15_pin_typed(const tmg_p15_pin *pin);
tmg_rc tmg_p15_logged_in(tmg_backend *b, tmg_pin_kind kind);

/* ---- pin.c -------------------------------------------------------------------- */

tmg_rc tmg_p15_tries(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_p15_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
tmg_rc tmg_p15_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_p15_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_p15_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_p15_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries);
tmg_rc tmg_p15_logout(tmg_backend *b);

/* ---- encode.c: a PIN as it is sent ----------------------------------------------- */

/* Verdicts TMG_PIN_WRONG: no PIN of that kind is so.  Nothing is raised. */
TMG_MUST_USE tmg_rc
tmg_p15_pin_encode(const tmg_p15_pin *pin, tmg_view typed, tmg_secret *sent);

/* ---- environment.c ------------------------------------------------------------------- */

/* Mechanisms of PKCS #11, in AlgorithmInfo. */
enum {
	P15_MECH_RSA_PKCS = 0x0001,
	P15_MECH_RSA_RAW = 0x0003,
	P15_MECH_RSA_SHA1 = 0x0006,
	P15_MECH_RSA_SHA256 = 0x0040,
	P15_MECH_RSA_SHA384 = 0x0041,
	P15_MECH_RSA_SHA512 = 0x0042,
	P15_MECH_ECDSA = 0x1041,
	P15_MECH_ECDH = 0x1050,
};

/* One use of a key: what MSE and the command after it say. */
typedef struct tmg_p15_use {
	const tmg_p15_key *key;
	uint8_t template;	/* P2 of MSE */
	int algorithm;
	bool opens;		/* what was closed for this key: 6A80 is about that */
	bool goes_on;		/* what was sent just before is a part of it */
	tmg_view hash;		/* goes first, by PSO: HASH; empty: none */
	tmg_capdu command;
} tmg_p15_use;

/* Makes the environment unless it is the one that was made last, and sends. */
TMG_MUST_USE tmg_rc
tmg_p15_operate(tmg_p15 *p, const tmg_p15_use *u, tmg_out *answer);
/* What MSE calls that mechanism for an operation, P15_DOES_*, 0 whichever; P15_NO_REF:
 * nothing is to be said. */
int tmg_p15_reference_for(const tmg_p15 *p, const tmg_p15_key *key,
    unsigned long mechanism, unsigned operation);
/* TokenInfo tells of it: the key does that by this mechanism. */
bool tmg_p15_is_told(const tmg_p15 *p, const tmg_p15_key *key, unsigned long mechanism,
    unsigned operation);
/* A card that pads is not given what is padded, where it does raw RSA as well.  key
 * NULL: with any of its keys. */
bool tmg_p15_does_raw(const tmg_p15 *p, const tmg_p15_key *key);

/* ---- use.c: private keys ----------------------------------------------------------- */

tmg_rc tmg_p15_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
tmg_rc tmg_p15_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
tmg_rc tmg_p15_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret);

/* ---- identify.c ----------------------------------------------------------------------- */

tmg_rc tmg_p15_random(tmg_backend *b, size_t n, tmg_out *bytes);

extern const tmg_driver tmg_driver_pkcs15;

#endif
