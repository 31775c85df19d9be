/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a PKCS #15 card says of its content: directories, and what stands in
 * them.  Clause numbers are those of PKCS #15 v1.1, whose structures ISO/IEC
 * 7816-15 took over (8.2 to 8.9 there).
 *
 * Nothing is copied but paths: every view points into the bytes that were
 * parsed.  A directory that breaks off is malformed; an object in it that cannot
 * be understood is left out, so that one odd object hides no other.  Nothing
 * here follows a path, so no path can lead in a circle.
 */
#ifndef TMG_DRIVERS_PKCS15_PARSE_H
#define TMG_DRIVERS_PKCS15_PARSE_H

#include "src/iso/path.h"
#include "tamga/alg.h"

/* The kinds of directories by their number in the ODF: 6.2. */
typedef enum tmg_p15_dir {
	P15_PRIVATE,
	P15_PUBLIC,
	P15_PUBLIC_TRUSTED,
	P15_SECRET,
	P15_CERTS,
	P15_CERTS_TRUSTED,
	P15_CERTS_USEFUL,
	P15_DATA,
	P15_AUTH,
	P15_DIRS
} tmg_p15_dir;

enum {
	P15_SOURCES = 32,	/* directories of one card that are looked at */
	P15_OBJECTS = 48,	/* of one kind that are told of */
	P15_NO_REF = -1,
};

/* Operations of an AlgorithmInfo, as bits of their numbers. */
enum {
	P15_DOES_SIGN = 1u << 1,
	P15_DOES_DECIPHER = 1u << 5,
	P15_DOES_HASH = 1u << 6,
};

/* A file, or a part of one: Path, 6.1.5. */
typedef struct tmg_p15_place {
	tmg_path path;		/* len 0: none */
	size_t offset, length;	/* length 0: to the end */
} tmg_p15_place;

/* ObjectValue and PathOrObjects, 6.1.7, 6.2. */
typedef struct tmg_p15_value {
	tmg_p15_place place;
	tmg_view direct;	/* the value itself, when it has no place */
} tmg_p15_value;

typedef struct tmg_p15_source {
	tmg_p15_dir dir;
	tmg_p15_value value;
} tmg_p15_source;

/* CommonObjectAttributes, 6.1.8. */
typedef struct tmg_p15_common {
	tmg_view label;		/* UTF-8 */
	bool is_private;	/* read after authId's PIN alone */
	bool modifiable;
	tmg_view auth;		/* authId: whose PIN guards it; empty: nobody's */
	bool consent;		/* userConsent: the PIN before every use */
	size_t offset, size;	/* of the whole object in its directory */
	unsigned source;	/* which directory: index of the source */
} tmg_p15_common;

/* KeyUsageFlags, 6.3.2, as bits of their numbers. */
enum {
	P15_USE_ENCRYPT = 1u << 0,
	P15_USE_DECRYPT = 1u << 1,
	P15_USE_SIGN = 1u << 2,
	P15_USE_SIGN_RECOVER = 1u << 3,
	P15_USE_WRAP = 1u << 4,
	P15_USE_UNWRAP = 1u << 5,
	P15_USE_VERIFY = 1u << 6,
	P15_USE_VERIFY_RECOVER = 1u << 7,
	P15_USE_DERIVE = 1u << 8,
	P15_USE_NON_REPUDIATION = 1u << 9,
};

/* KeyAccessFlags, 6.3.2. */
enum {
	P15_ACCESS_SENSITIVE = 1u << 0,
	P15_ACCESS_EXTRACTABLE = 1u << 1,
	P15_ACCESS_ALWAYS_SENSITIVE = 1u << 2,
	P15_ACCESS_NEVER_EXTRACTABLE = 1u << 3,
	P15_ACCESS_LOCAL = 1u << 4,	/* born on the card */
};

/* A private or public key, 6.3 and 6.4. */
typedef struct tmg_p15_key {
	tmg_p15_common common;
	tmg_family family;	/* RSA or EC */
	tmg_view id;
	unsigned usage, access;
	bool native;		/* the card computes with it */
	int reference;		/* P15_NO_REF: not told */
	tmg_p15_value value;
	size_t bits;		/* of modulus or field; 0: not told */
	tmg_view curve;		/* ECParameters, DER: an OBJECT IDENTIFIER; empty */
	tmg_view algorithms;	/* algReference: INTEGERs, DER; empty */
} tmg_p15_key;

/* 6.6 */
typedef struct tmg_p15_cert {
	tmg_p15_common common;
	tmg_view id;
	bool authority;
	tmg_p15_value value;
} tmg_p15_cert;

/* 6.7 */
typedef struct tmg_p15_data {
	tmg_p15_common common;
	tmg_view application;	/* its name, UTF-8 */
	tmg_view oid;		/* content of the OBJECT IDENTIFIER */
	tmg_p15_value value;
} tmg_p15_data;

/* PinFlags, 6.8.2. */
enum {
	P15_PIN_CASE = 1u << 0,
	P15_PIN_LOCAL = 1u << 1,
	P15_PIN_NO_CHANGE = 1u << 2,
	P15_PIN_NO_UNBLOCK = 1u << 3,
	P15_PIN_INITIALIZED = 1u << 4,
	P15_PIN_PADDED = 1u << 5,
	P15_PIN_UNBLOCKING = 1u << 6,
	P15_PIN_SO = 1u << 7,
	P15_PIN_NO_DISABLE = 1u << 8,
	P15_PIN_INTEGRITY = 1u << 9,	/* secure messaging is wanted */
	P15_PIN_CONFIDENTIAL = 1u << 10,
	P15_PIN_EXCHANGE = 1u << 11,
};

/* PinType, 6.8.2. */
typedef enum tmg_p15_pin_type {
	P15_PIN_BCD,
	P15_PIN_ASCII,
	P15_PIN_UTF8,
	P15_PIN_HALF_NIBBLE,
	P15_PIN_ISO9564,
	P15_PIN_TYPES
} tmg_p15_pin_type;

typedef struct tmg_p15_pin {
	tmg_p15_common common;
	tmg_view id;		/* authId of what it guards */
	unsigned flags;
	tmg_p15_pin_type type;
	size_t min, stored, max;	/* characters, bytes sent, characters */
	uint8_t reference;	/* P2 */
	uint8_t pad;
	tmg_path path;		/* its DF; len 0: none to be selected */
} tmg_p15_pin;

/* TokenInfo, 6.9. */
typedef struct tmg_p15_info {
	tmg_view serial, manufacturer, label;
	bool readonly, login, random, prepared;	/* TokenFlags; prepared: EID */
	tmg_view algorithms;	/* AlgorithmInfos, DER */
} tmg_p15_info;

/* One AlgorithmInfo. */
typedef struct tmg_p15_algorithm {
	long reference;		/* algReference of keys points here */
	unsigned long mechanism;	/* of PKCS #11 */
	unsigned operations;	/* Operations, as bits of their numbers */
	int card;		/* algRef: what MSE wants; P15_NO_REF: not told */
} tmg_p15_algorithm;

/* An application in EF.DIR, 5.4.1. */
typedef struct tmg_p15_app {
	tmg_view aid, label;
	tmg_path path;		/* len 0: selected by its AID alone */
	tmg_path odf, info;	/* other than 5031 and 5032; len 0 */
} tmg_p15_app;

/* The next object of a directory.  Filling and deleted objects are skipped.
 * Verdicts TMG_NOT_FOUND: no more.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_p15_next(tmg_view *in, uint32_t *tag, tmg_view *content, size_t *size);

/* Verdicts TMG_NOT_FOUND: no PKCS #15 application among them. */
TMG_MUST_USE tmg_rc
tmg_p15_apps_parse(tmg_view bytes, tmg_p15_app *app);
/* Is that AID one of PKCS #15 or ISO/IEC 7816-15? */
bool
tmg_p15_is_aid(tmg_view aid);

/* Fills at most cap rows; the same file is told of once in each kind. */
TMG_MUST_USE tmg_rc
tmg_p15_odf_parse(tmg_view bytes, const tmg_path *base, tmg_p15_source *rows,
    size_t cap, size_t *count);

TMG_MUST_USE tmg_rc
tmg_p15_info_parse(tmg_view bytes, tmg_p15_info *info);
/* The next of info.algorithms.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
tmg_p15_algorithm_next(tmg_view *in, tmg_p15_algorithm *a);

/* One object each, from its tag and content.  Faults TMG_E_MALFORMED.
 * Verdicts TMG_UNSUPPORTED: a kind that tamga does nothing with. */
TMG_MUST_USE tmg_rc
tmg_p15_key_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_key *key);
TMG_MUST_USE tmg_rc
tmg_p15_cert_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_cert *cert);
TMG_MUST_USE tmg_rc
tmg_p15_data_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_data *data);
TMG_MUST_USE tmg_rc
tmg_p15_pin_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_pin *pin);

/* ---- parts.c: what the parsers share -------------------------------------- */

/* Takes the next field when it has that tag.  TMG_NOT_FOUND: it has another, or
 * there is none.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
tmg_p15_field(tmg_view *rest, uint32_t tag, tmg_view *value);

/* The same for what may be missing: TMG_OK, and *value is empty then. */
TMG_MUST_USE tmg_rc
tmg_p15_optional(tmg_view *rest, uint32_t tag, tmg_view *value);

/* INTEGER 0 to 2^31-1.  Faults TMG_E_MALFORMED: negative, empty, or greater. */
TMG_MUST_USE tmg_rc
tmg_p15_number(tmg_view value, size_t *number);
/* BIT STRING of flags: bit n of the standard is bit n here; the first 16. */
TMG_MUST_USE tmg_rc
tmg_p15_flags(tmg_view value, unsigned *flags);

/* What stands in a Path. */
TMG_MUST_USE tmg_rc
tmg_p15_place_parse(tmg_view content, const tmg_path *base,
    tmg_p15_place *place);
/* The next field as an ObjectValue or PathOrObjects.  Verdicts TMG_UNSUPPORTED: a
 * URL, or a value that is protected. */
TMG_MUST_USE tmg_rc
tmg_p15_value_take(tmg_view *rest, const tmg_path *base, tmg_p15_value *value);

/* PKCS15Object, 6.1.9: its parts; sub is empty when it is missing. */
typedef struct tmg_p15_object {
	tmg_p15_common common;
	tmg_view class, sub, type;
} tmg_p15_object;

TMG_MUST_USE tmg_rc
tmg_p15_object_parse(tmg_view content, tmg_p15_object *object);

#endif
