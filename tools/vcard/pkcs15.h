/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cards with files: ISO/IEC 7816-4, -8 and -9 below, ISO/IEC 7816-15 (PKCS #15)
 * upon them.  What differs from product to product is a row, p15_kind:
 * doc/design/pkcs15-card.md.
 */
#ifndef VCARD_PKCS15_H
#define VCARD_PKCS15_H

#include "src/codec/tlv.h"
#include "tools/vcard/card.h"
#include "tools/vcard/fcp.h"
#include "tools/vcard/fs.h"
#include "tools/vcard/pkey.h"

/* The application's name and, in the field, its DF: PKCS #15. */
#define P15_AID { 0xa0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5' }
#define P15_AID_LEN 12
#define P15_ID_APP 0x5015

#define P15_PINS 15		/* references 1 to 14; 0 is none */
#define P15_PIN_MAX 16		/* bytes of one that is stored */
#define P15_NUMBERED 16		/* keys of a card whose keys are no files */
#define P15_HASH_MAX 96		/* bytes of a hash, or of the DigestInfo of one */
#define P15_KEYS FS_FILES	/* by the place of its file, or by number */

enum {	/* instructions: ISO/IEC 7816-4 table 4 */
	P15_DEACTIVATE = 0x04,
	P15_ERASE = 0x0e,
	P15_VERIFY = 0x20,
	P15_MSE = 0x22,
	P15_CHANGE = 0x24,
	P15_PSO = 0x2a,
	P15_UNBLOCK = 0x2c,
	P15_ACTIVATE = 0x44,
	P15_GENERATE = 0x46,
	P15_CHALLENGE = 0x84,
	P15_AGREE = 0x86,
	P15_INTERNAL = 0x88,
	P15_READ = 0xb0,
	P15_READ_ODD = 0xb1,
	P15_GET_DATA = 0xca,
	P15_UPDATE = 0xd6,
	P15_UPDATE_ODD = 0xd7,
	P15_PUT_DATA = 0xda,
	P15_PUT_KEY = 0xdb,
	P15_CREATE = 0xe0,
	P15_DELETE = 0xe4,
};

enum {	/* P1 and P2 of PERFORM SECURITY OPERATION: ISO/IEC 7816-8 5 */
	P15_PSO_DECIPHER = 0x8086,
	P15_PSO_HASH = 0x90a0,
	P15_PSO_SIGN = 0x9e9a,
};

/* ---- access: pkcs15_access.c ----------------------------------------------------- */
typedef enum p15_op {
	P15_OP_READ, P15_OP_UPDATE, P15_OP_CREATE_DF, P15_OP_CREATE_EF,
	P15_OP_DELETE, P15_OP_ACTIVATE, P15_OP_DEACTIVATE, P15_OP_USE, P15_OP_GENERATE,
} p15_op;

enum {	/* 1 to 14: that PIN */
	P15_ALWAYS = 0,
	P15_NEVER = 15,
};

/* ---- keys and what they compute ---------------------------------------------------- */
typedef enum p15_padding { P15_RAW, P15_PKCS1, P15_ECDSA_DER, P15_ECDSA_FLAT,
	P15_ECDSA_HASHED, P15_UNPAD, P15_DIGEST } p15_padding;

/* An algorithm reference, what tag 80 of MSE says. */
typedef struct p15_alg {
	uint8_t ref;
	tmg_family family;
	p15_padding padding;
	tmg_hash hash;		/* the card builds the DigestInfo of that, or computes it */
} p15_alg;

typedef enum p15_use { P15_USE_NONE, P15_USE_SIGN, P15_USE_DECIPHER, P15_USE_AUTH,
	P15_USE_MAKE } p15_use;

typedef struct p15_pin {
	bool set;
	uint8_t value[P15_PIN_MAX], puk[P15_PIN_MAX];	/* filled up */
	bool has_puk;
	uint8_t most, left, puk_most, puk_left;
} p15_pin;

/* A key that comes part by part. */
enum {
	P15_PART_FIRST = 0x80,
	P15_PARTS = 10,
	P15_PART_MAX = 260,
};

typedef struct p15_part {
	uint8_t bytes[P15_PART_MAX];
	uint16_t len;
} p15_part;

/* What is forgotten when power goes. */
typedef struct p15_session {
	p15_part parts[P15_PARTS];
	uint16_t parts_of;	/* identifier of the file of that key */
	uint16_t pins;		/* a bit for each that was verified */
	bool open;		/* the rules came into force in this session */
	p15_use use;		/* of the security environment */
	const p15_alg *alg;
	uint8_t make;		/* algorithm reference of a key to be made */
	int key;		/* FS_NONE: none was named */
	uint8_t half[VC_PKEY_RESULT_MAX];	/* of a cryptogram that comes in two */
	size_t half_len;
	uint8_t hash[P15_HASH_MAX];	/* what PSO: HASH left to be signed */
	size_t hash_len;
} p15_session;

typedef struct vc_p15 {
	const struct p15_kind *kind;
	vc_fs fs;
	p15_pin pins[P15_PINS];
	vc_pkey keys[P15_KEYS];
	bool active;		/* rules hold; before that, everything is allowed */
	uint16_t changes;	/* how often something was written */
	p15_session session;
} vc_p15;

typedef uint16_t p15_command(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out);

typedef struct p15_row {
	uint8_t ins;
	p15_command *run;
} p15_row;

/* Who may do what with the files of a card that is sold full. */
typedef enum p15_class {
	P15_CLASS_APP,		/* the DF of the application */
	P15_CLASS_OPEN,		/* anybody reads, the holder writes */
	P15_CLASS_FIXED,	/* anybody reads, the issuer wrote */
	P15_CLASS_KEY,		/* the holder uses, and makes anew */
	P15_CLASS_KEY_2,	/* ... with the second PIN */
	P15_CLASSES
} p15_class;

/* How its directories name a file. */
typedef enum p15_paths {
	P15_PATHS_WHOLE,	/* from the MF */
	P15_PATHS_SHORT,	/* by its identifier, as seen from the application's DF */
	P15_PATHS_HOME,		/* 3FFF, that DF, in front */
} p15_paths;

/* Where PKCS #15 stands on it; an identifier of 0: it has none. */
typedef struct p15_layout {
	const char *label, *maker;
	uint8_t name[FS_NAME_MAX];	/* of the DF; len 0: P15_AID */
	uint8_t name_len;
	bool nameless;		/* EF.DIR tells of a name, and the DF has none */
	uint8_t root[FS_NAME_MAX];	/* name of the MF; len 0: it has none */
	uint8_t root_len;
	p15_paths paths;
	uint16_t about;		/* EF.ATR; its content */
	const char *about_bytes;
	size_t about_len;
	uint16_t dir_len;	/* bytes of each directory; 0: what stands in it */
	uint16_t pin_flags;	/* PinFlags (7816-15 8.8.2), the first in bit 15 */
	uint16_t unused, aodf, prkdf, pukdf, cdf, trusted, dodf;
	uint16_t key, public_key, certificate, data;	/* the first of each; others follow */
	bool read_only;		/* TokenInfo says so */
	bool tells_algs;	/* TokenInfo lists algorithms, PrKDF refers to them, */
	bool names_hashes;	/* those with a hash in their name, too */
	bool field_size;	/* PrKDF tells that of an EC key, as OpenSC writes it */
	bool one_use;		/* an algorithm reference is for one operation alone */
	bool two_pins;		/* the second is for signatures that oblige */
	uint8_t rules[P15_CLASSES][FS_RULES_MAX];
	uint8_t rules_len[P15_CLASSES];
} p15_layout;

/* How keys are named: pkcs15_naming.c */
typedef struct p15_naming {
	bool ruled;		/* each has a place in the file system, with rules of its own, */
	bool files;		/* and is a file there, which SELECT and paths find */
	/* what tags 81 and 83, 84 of MSE name becomes the key of that environment */
	uint16_t (*by_file)(const vc_p15 *p15, tmg_view v, p15_session *s);
	uint16_t (*by_number)(const vc_p15 *p15, uint8_t ref, p15_session *s);
	uint8_t (*number)(const struct p15_kind *kind, unsigned n);	/* of the nth, from 0 */
} p15_naming;

extern const p15_naming p15_key_numbers, p15_key_files, p15_key_objects;

/* A product. */
typedef struct p15_kind {
	const p15_row *rows;
	size_t row_count;
	uint32_t control;	/* template that SELECT answers in; 0: as it was asked for */
	uint32_t rules_tag;	/* of FCP: how it writes security attributes, */
	int (*condition)(const fs_file *f, p15_op op);	/* and what they mean */
	const p15_alg *algs;
	size_t alg_count;
	const tmg_alg *makes;	/* kinds of keys it holds; ends with TMG_ALG_NONE */
	uint8_t pin_least, pin_len, fill;	/* shortest; bytes of a stored one */
	uint8_t puk_len;
	uint8_t life;		/* what FCP says of files while rules hold */
	uint16_t one_shot;	/* a bit for each PIN that is good for one signature */
	uint16_t no_pin, blocked;	/* what it says of a PIN it has not, or no more */
	const p15_naming *naming;
	uint8_t local;		/* bit in references of keys and PINs of the application's own */
	bool halves;		/* takes a cryptogram in two, as short cards do */
	uint8_t challenge;	/* bytes of one, no more and no less; 0: any number */
	uint16_t (*select)(const vc_card *card, vc_p15 *p15, tmg_out *out);
	tmg_rc (*factory)(vc_card *card, vc_p15 *p15);
	const p15_layout *layout;
} p15_kind;

extern const vc_app vc_pkcs15_app;

/* Does it hold keys of that kind? */
bool p15_kind_has(const p15_kind *kind, tmg_alg alg);

/* ---- what every product does; its vc_app's kind is a p15_kind: pkcs15.c ------------- */
extern const vc_app_code p15_code;
/* The session is over; the MF is current. */
void p15_forget(vc_p15 *p15);
/* No file, no key, no PIN. */
void p15_empty(vc_p15 *p15);

/* ---- access: pkcs15_access.c -------------------------------------------------------- */
/* ISO/IEC 7816-4 9.3.3.2: an access mode byte, then conditions; SE n means PIN n. */
int p15_condition_compact(const fs_file *f, p15_op op);
/* A PIN's reference in four bits each, 0 always, F never, the way of SetCOS and MyEID. */
int p15_condition_nibbles(const fs_file *f, p15_op op);
bool p15_may(const vc_p15 *p15, int at, p15_op op);
bool p15_may_key(const vc_p15 *p15, int key, p15_op op);
/* One of the PINs that are good for one signature was used up. */
void p15_used(vc_p15 *p15, int key);

/* ---- files: pkcs15_select.c, pkcs15_binary.c, pkcs15_file.c -------------------------- */
p15_command p15_select, p15_read, p15_read_odd, p15_update, p15_update_odd, p15_erase;
p15_command p15_create, p15_delete, p15_activate, p15_deactivate;

/* ---- PINs: pkcs15_pin.c ----------------------------------------------------------------- */
p15_command p15_verify, p15_change, p15_unblock;
/* Empty: no PUK. */
void p15_pin_set(p15_pin *pin, const p15_kind *kind, tmg_view value, tmg_view puk,
    uint8_t tries, uint8_t puk_tries);

/* ---- using them: pkcs15_env.c, pkcs15_use.c ----------------------------------------------------- */
p15_command p15_mse;
p15_command p15_pso, p15_internal_auth, p15_challenge;
/* With the key of the environment: a signature or authentication, an opened cryptogram. */
uint16_t p15_compute(vc_card *card, vc_p15 *p15, p15_use use, tmg_view in, tmg_out *out);
uint16_t p15_open_sealed(vc_card *card, vc_p15 *p15, tmg_view in, tmg_out *out);

/* A product of which an issuer writes everything, before that. */
TMG_MUST_USE tmg_rc p15_issued(vc_card *card, vc_p15 *p15);

/* ---- a card as it is sold: pkcs15_dir.c, pkcs15_provision.c --------------------------------------- */
/* Files, PINs, keys and certificates.  Verdicts TMG_NOT_FOUND: no such algorithm. */
TMG_MUST_USE tmg_rc p15_provision(vc_card *card, vc_p15 *p15, const char *algs);

/* ---- the state file: pkcs15_state.c --------------------------------------------------------------- */
void p15_save(const vc_p15 *p15, tmg_out *out);
TMG_MUST_USE tmg_rc p15_load(vc_card *card, vc_p15 *p15, tmg_view records);

#endif
