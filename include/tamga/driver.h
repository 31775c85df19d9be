/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver interface: one table per kind of token, at the token's height.
 *
 * A driver turns a channel (APDU exchange) or a path (a PKCS#11 module, a
 * folder) into backends.  It reads nothing before it is asked and keeps no
 * cache but what the card's state requires: caching is the token floor's.
 */
#ifndef TAMGA_DRIVER_H
#define TAMGA_DRIVER_H

#include "tamga/card.h"
#include "tamga/signer.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_DRIVER_VERSION 1u	/* of this header's tables */
#define TMG_CERT_MAX 32768u	/* bytes of one certificate, uncompressed */

/* When a key wants the PIN. */
typedef enum tmg_pin_policy {
	TMG_PIN_UNKNOWN,
	TMG_PIN_NEVER,
	TMG_PIN_ONCE,		/* once in a login */
	TMG_PIN_ALWAYS,		/* directly before every use */
} tmg_pin_policy;

/* When a key wants a finger. */
typedef enum tmg_touch_policy {
	TMG_TOUCH_UNKNOWN,
	TMG_TOUCH_NEVER,
	TMG_TOUCH_ALWAYS,
	TMG_TOUCH_CACHED,	/* one touch holds for 15 seconds */
} tmg_touch_policy;

typedef enum tmg_origin {
	TMG_ORIGIN_UNKNOWN,
	TMG_ORIGIN_GENERATED,	/* born on the token */
	TMG_ORIGIN_IMPORTED,
} tmg_origin;

/* What the token lets a slot's key do. */
enum {
	TMG_USE_SIGN = 1u << 0,
	TMG_USE_DECRYPT = 1u << 1,	/* RSA decryption */
	TMG_USE_DERIVE = 1u << 2,	/* key agreement */
	TMG_USE_AUTH = 1u << 3,		/* meant for logging in somewhere */
	TMG_USE_CARD_AUTH = 1u << 4,	/* authenticates the card, not the person */
	TMG_USE_ATTEST = 1u << 5,	/* signs attestations only */
};

#define TMG_SLOT_NAME 72		/* bytes, final zero included */

/* A place for one key and its certificate. */
typedef struct tmg_slot {
	uint32_t ref;			/* the driver's number: PIV key reference 0x9a */
	char name[TMG_SLOT_NAME];	/* what people type: "9a" */
	const char *title;		/* "PIV Authentication"; static */
	unsigned uses;			/* TMG_USE_* */
	tmg_pin_policy pin;		/* what a new key gets when nobody chooses */
	bool retired;			/* shown only when it holds something */
	bool held;			/* retired: survey() found that it does */
	bool keyless;			/* slots() knows that it has no key: a certificate
					 * that lies there tells of none */
	tmg_family family;		/* of the key there, as the token's directory has it;
					 * TMG_FAMILY_NONE: nothing is said */
	size_t bits;			/* the same of modulus or field; 0 */
} tmg_slot;

#define TMG_DATA_MAX 32768u	/* bytes of one data object */

/* A place for data that are neither key nor certificate. */
typedef struct tmg_data_slot {
	uint32_t tag;			/* the driver's number: PIV 5FC102 */
	const char *name;		/* "Card Holder Unique Identifier"; static, never
					 * translated: programs look for it */
	const char *oid;		/* "2.16.840.1.101.3.7.2.48.0"; static; NULL none */
	const char *application;	/* whose rules these are: "PIV"; static */
	bool guarded;			/* read after the user's PIN only */
	bool fixed;			/* written by the token, or the driver, alone */
	bool users;			/* written after the user's PIN, not the admin's */
	bool holder;			/* whose token it is, as ISO/IEC 7501-1 writes a
					 * name */
} tmg_data_slot;

/* One key as the token tells of it. */
typedef struct tmg_key_facts {
	tmg_alg alg;
	tmg_pin_policy pin;
	tmg_touch_policy touch;
	tmg_origin origin;
} tmg_key_facts;

/* What is asked of a new key. */
typedef struct tmg_keyspec {
	uint32_t slot;			/* tmg_slot.ref */
	tmg_alg alg;
	tmg_pin_policy pin;		/* TMG_PIN_UNKNOWN: the slot's own */
	tmg_touch_policy touch;		/* TMG_TOUCH_UNKNOWN: the token's own */
} tmg_keyspec;

/* One kind of PIN of a token. */
typedef struct tmg_pin_rule {
	tmg_pin_kind kind;
	size_t min, max;		/* bytes; 0, 0: the token has no such PIN */
	bool digits;			/* only 0 to 9 are allowed */
	const char *factory;		/* what new tokens have, as typed; static;
					 * NULL: nothing everybody knows */
	bool keypad;			/* may be typed on a reader's keypad */
	const char *title;		/* "reset code"; static, for gettext; NULL: PIN,
					 * PUK or management key */
	const char *locked;		/* what helps when it is locked, as said after a
					 * semicolon; static, for gettext; NULL: the PUK,
					 * and for that a reset */
} tmg_pin_rule;

/* What a token can do beyond holding keys: facts for the floors above. */
enum {
	TMG_CAN_GENERATE = 1u << 0,
	TMG_CAN_IMPORT = 1u << 1,
	TMG_CAN_DELETE = 1u << 2,
	TMG_CAN_MOVE = 1u << 3,
	TMG_CAN_ATTEST = 1u << 4,
	TMG_CAN_METADATA = 1u << 5,	/* facts() knows keys without a certificate */
	TMG_CAN_RESET = 1u << 6,
	TMG_CAN_RANDOM = 1u << 7,
	TMG_CAN_SETUP = 1u << 8,
	TMG_CAN_POLICY = 1u << 9,	/* PIN and touch policies may be chosen */
	TMG_CAN_DATA = 1u << 10,
	TMG_CAN_RETIRED = 1u << 11,	/* makes keys in retired slots too */
	TMG_CAN_CHAIN = 1u << 12,	/* keeps the issuers beside a certificate */
	TMG_CAN_GIVE_PIN = 1u << 13,	/* unblock() takes the admin's login for a PUK */
	TMG_CAN_DERIVE = 1u << 14,	/* set for whoever has derive() */
	TMG_CAN_BEGIN = 1u << 15,	/* it is blank, and begin() makes it usable */
	TMG_CAN_HASH_PINS = 1u << 16,
};

#define TMG_LABEL_MAX 64	/* bytes, final zero included */

/* What a token says of itself. */
typedef struct tmg_backend_info {
	char label[TMG_LABEL_MAX];	/* unique enough to be typed */
	char manufacturer[TMG_LABEL_MAX];
	char model[TMG_LABEL_MAX];	/* "PIV", "YubiKey PIV" */
	char firmware[16];		/* "5.4.3"; empty: it does not say */
	char serial[TMG_LABEL_MAX];	/* printable, empty when it has none */
	unsigned can;			/* TMG_CAN_* */
	uint32_t algs;			/* bit 1 << tmg_alg: may be generated */
	tmg_pin_rule pins[TMG_PIN_KINDS];	/* indexed by tmg_pin_kind */
	bool named_by_id;		/* a slot's name is the id of URIs (RFC 7512) in
					 * hexadecimal; else the bytes of ref are */
	bool pads;			/* RSA is PKCS #1 v1.5, padded by the token itself:
					 * neither PSS nor OAEP nor without padding */
	bool cert_first;		/* what a key is, its certificate tells for fewer
					 * commands than facts(), which may not know */
	const char *blank;		/* slots() found that it has no place for a key yet:
					 * words of what makes one; static, for gettext;
					 * NULL: it has */
	bool last_first;	/* all certificates are read with fewer commands from
				 * the last slot to the first */
	bool slot_policy;	/* PIN and touch policies are the slot's, whatever key is in
				 * it; else each key has its own */
	bool hides;		/* slots() found that keys or certificates may show after
				 * the user's PIN; asked again then, it tells of them */
	bool kind_first;	/* facts() takes NULL for spki, and tells the rest for fewer
				 * commands then */
	uint32_t attests_as;	/* attest() wants the admin's login and the user's, as for
				 * the key in this slot; 0: nobody's */
} tmg_backend_info;

typedef struct tmg_backend tmg_backend;
typedef struct tmg_driver tmg_driver;

/* One token as its driver knows it.  Drivers embed it first. */
struct tmg_backend {
	const tmg_driver *driver;
	tmg_ctx *ctx;
	tmg_channel *ch;		/* NULL for a driver without a card */
	tmg_fault fault;
	tmg_backend_info info;
	uint32_t due;			/* the slot of the key that is used or made
					 * next, 0 none or not known: where one PIN has
					 * a login for each key, which one is meant */
};

/* Where probe puts what it found; takes the backend over in every case. */
typedef struct tmg_probe tmg_probe;
struct tmg_probe {
	tmg_rc (*add)(tmg_probe *probe, tmg_backend *backend);
	tmg_fault *fault;	/* probe_path: words for what it answers but
				 * TMG_OK and TMG_NOT_FOUND */
};

/*
 * A token driver.  Every driver fills in every row; what a token cannot do is
 * filled with a function that answers TMG_UNSUPPORTED (in the tree they stand
 * in src/driver/no.h), so that no caller tests a row for NULL.
 *
 * The caller holds a turn (tmg_channel_ops.begin) around every verb except
 * close.  A verb selects its application when the channel's epoch or aid says
 * that it is not selected, and then forgets that anybody was logged in.
 * Verbs that need the PIN and find no login say TMG_LOGIN and touch nothing.
 *
 * Every verb: Verdicts TMG_UNSUPPORTED, TMG_REMOVED, TMG_RESET (what was
 * asked may or may not have been done); Faults any; words in backend->fault.
 */
struct tmg_driver {
	unsigned version;	/* TMG_DRIVER_VERSION */
	const char *name;	/* "piv"; also the folder under drivers/ */
	const char *spec;	/* "NIST SP 800-73-5" */

	/* Does a card that answers so to a reset look like one of mine?  Then this
	 * driver is asked before the others; probe alone decides. */
	bool (*likely)(tmg_view atr);
	/* Adds 0..n backends for the applications it knows on this card.  Must
	 * not change what is stored on the card.  TMG_NOT_FOUND: none is mine. */
	tmg_rc (*probe)(tmg_channel *ch, tmg_probe *found);
	/* The same for a path: a module, a folder. */
	tmg_rc (*probe_path)(tmg_ctx *ctx, const char *path, tmg_probe *found);

	/* Fills in what probe left open in info because it costs APDUs: serial,
	 * a label made of it, the firmware, can and algs.  Called at most
	 * once, before a name is shown or compared; nothing else needs it. */
	tmg_rc (*identify)(tmg_backend *b);

	/* Every place there is, full or empty, in the order people expect.
	 * Fills at most cap rows, counts all.  No APDU. */
	tmg_rc (*slots)(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
	/* Sets held in the rows of retired slots that hold something; one
	 * question to the card for all of them, no slot is asked. */
	tmg_rc (*survey)(tmg_backend *b, tmg_slot *rows, size_t count);
	/* What the token knows of a key without its certificate; spki may stay
	 * empty, and is NULL only with info.kind_first.  TMG_NOT_FOUND: no key;
	 * TMG_UNSUPPORTED: it cannot tell. */
	tmg_rc (*facts)(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
	    tmg_out *spki);

	/* Certificates, DER, uncompressed.  TMG_NOT_FOUND: none; write replaces;
	 * TMG_LOGIN: the admin key first; TMG_OCCUPIED never. */
	tmg_rc (*cert_read)(tmg_backend *b, uint32_t slot, tmg_out *der);
	tmg_rc (*cert_write)(tmg_backend *b, uint32_t slot, tmg_view der);
	tmg_rc (*cert_delete)(tmg_backend *b, uint32_t slot);
	/* The issuers of the certificate that cert_write() writes next, nearest
	 * first: a token with TMG_CAN_CHAIN keeps them beside it. */
	tmg_rc (*cert_chain)(tmg_backend *b, uint32_t slot, const tmg_view *ders,
	    size_t count);

	/* PINs as typed.  TMG_PIN_WRONG, TMG_PIN_LOCKED; *tries is what is left,
	 * -1 unknown; TMG_NOT_FOUND: no PIN of that kind is set.  kind ADMIN:
	 * hexadecimal or text, as the token has it. */
	tmg_rc (*tries)(tmg_backend *b, tmg_pin_kind kind, int *tries);
	/* TMG_OK: still the value the factory gave it; TMG_NOT_FOUND: no longer;
	 * TMG_UNSUPPORTED: only a try would tell.  Never spends a try. */
	tmg_rc (*factory)(tmg_backend *b, tmg_pin_kind kind);
	tmg_rc (*verify)(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
	tmg_rc (*change)(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
	    tmg_view fresh, int *tries);
	/* The same with a PIN that is typed on the reader's keypad (tmg_channel_ops
	 * .enter), for kinds whose rule says keypad; TMG_CANCELLED, TMG_DENIED and
	 * TMG_UNSUPPORTED: nothing was sent, and what was known stays. */
	tmg_rc (*verify_typed)(tmg_backend *b, tmg_pin_kind kind, int *tries);
	tmg_rc (*change_typed)(tmg_backend *b, tmg_pin_kind kind, int *tries);
	/* With TMG_CAN_GIVE_PIN an empty puk is the word of the administrator;
	 * TMG_LOGIN: who is not logged in. */
	tmg_rc (*unblock)(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries);
	tmg_rc (*logout)(tmg_backend *b);
	/* TMG_OK: logged in as kind in this epoch; TMG_LOGIN: not. No APDU. */
	tmg_rc (*logged_in)(tmg_backend *b, tmg_pin_kind kind);
	/* TMG_OK: the admin key is the factory's (tried and logged in with) or
	 * kept behind the PIN (fetched and logged in with; TMG_LOGIN when the
	 * PIN is wanted first).  TMG_NOT_FOUND: a person must give it. */
	tmg_rc (*admin_auto)(tmg_backend *b);

	/* Keys.  TMG_LOGIN: admin first, for all but attest.  What generate and import
	 * find there they replace; TMG_OCCUPIED: facts found nothing, and the login
	 * showed otherwise. */
	tmg_rc (*generate)(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
	/* pkcs8: PrivateKeyInfo, DER, unencrypted (RFC 5958) */
	tmg_rc (*import)(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);
	tmg_rc (*key_delete)(tmg_backend *b, uint32_t slot);
	tmg_rc (*key_move)(tmg_backend *b, uint32_t from, uint32_t to);
	/* When the key that is there wants PIN and finger; ..._UNKNOWN: as before.
	 * TMG_DENIED: fixed as long as this key is there. */
	tmg_rc (*key_policy)(tmg_backend *b, uint32_t slot, tmg_pin_policy pin,
	    tmg_touch_policy touch);
	tmg_rc (*attest)(tmg_backend *b, uint32_t slot, tmg_out *der);

	/* Private-key operations, as tmg_signer_ops describes them; alg is the
	 * key's, known to the caller.  For a TMG_PIN_ALWAYS key the caller
	 * verifies directly before, in the same turn.  TMG_LOGIN: PIN first. */
	tmg_rc (*sign)(tmg_backend *b, uint32_t slot, tmg_alg alg,
	    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
	tmg_rc (*decrypt)(tmg_backend *b, uint32_t slot, tmg_alg alg,
	    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
	tmg_rc (*derive)(tmg_backend *b, uint32_t slot, tmg_alg alg,
	    tmg_view peer, tmg_out *secret);

	/* Data objects.  slots: every place there is, full or empty, as slots()
	 * above.  read: TMG_NOT_FOUND: empty; TMG_LOGIN: the user's PIN first.
	 * write replaces; of none there delete is TMG_OK; both TMG_LOGIN: admin
	 * first (the user where the slot says so), TMG_DENIED: no room, TMG_OCCUPIED:
	 * what is there must stay. */
	tmg_rc (*data_slots)(tmg_backend *b, tmg_data_slot *rows, size_t cap,
	    size_t *count);
	tmg_rc (*data_read)(tmg_backend *b, uint32_t tag, tmg_out *data);
	tmg_rc (*data_write)(tmg_backend *b, uint32_t tag, tmg_view data);
	tmg_rc (*data_delete)(tmg_backend *b, uint32_t tag);

	tmg_rc (*random)(tmg_backend *b, size_t n, tmg_out *bytes);
	/* Back to the factory's state; destroys every key. */
	tmg_rc (*reset)(tmg_backend *b);
	/* What a new token needs before its first key (PIV: CHUID, CCC), made
	 * when missing.  Admin first. */
	tmg_rc (*setup)(tmg_backend *b);
	/* Makes of a blank token one that keys can be made on, with these PINs, as
	 * typed, by tmg_pin_kind; a kind whose rule has max 0 is empty.  Done again
	 * after it was cut short it goes on.  TMG_OCCUPIED: the token is not blank;
	 * TMG_DENIED: the token takes no such PIN, and nothing was sent;
	 * TMG_PIN_WRONG: cut short before, it has another PIN or PUK already. */
	tmg_rc (*begin)(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS]);
	/* From now on hashes are sent in the place of PINs, which become these, by
	 * tmg_pin_kind; of others none is set afterwards.  Admin first.  TMG_OCCUPIED:
	 * they are hashed already; TMG_DENIED: it takes no such PIN. */
	tmg_rc (*hash_pins)(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS]);
	/* Keeps the admin key behind the PIN; both logged in.  fresh: 16, 24
	 * or 32 raw bytes that the token's admin key becomes. */
	tmg_rc (*admin_protect)(tmg_backend *b, tmg_view fresh);

	/* Frees the backend.  Outside any turn; sends nothing. */
	void (*close)(tmg_backend *b);
};

#ifdef __cplusplus
}
#endif

#endif
