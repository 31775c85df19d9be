/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Generic Identity Device Specification, version 2.0: files that hold data
 * objects, key files that say what their key is for, a PIN, an administrator's key.
 * What Windows keeps in them is gids_layout.h.  doc/design/gids-card.md.
 */
#ifndef VCARD_GIDS_H
#define VCARD_GIDS_H

#include "src/codec/tlv.h"
#include "tools/vcard/card.h"
#include "tools/vcard/fcp.h"
#include "tools/vcard/fs.h"
#include "tools/vcard/pkey.h"

#define GIDS_PIN_LEAST 4
#define GIDS_PIN_MAX 16		/* bytes of the PIN */
#define GIDS_ADMIN_LEN 24	/* bytes of a key for 3DES */
#define GIDS_CRTS_MAX 127	/* bytes of a key file's control reference templates */
#define GIDS_OBJECTS 96		/* on one card */
#define GIDS_TOTAL_MAX (96u << 10)	/* bytes of all objects */
#define GIDS_CHALLENGE 16

enum {	/* instructions */
	GIDS_VERIFY = 0x20,
	GIDS_MSE = 0x22,
	GIDS_CHANGE = 0x24,
	GIDS_PSO = 0x2a,
	GIDS_UNBLOCK = 0x2c,
	GIDS_ACTIVATE = 0x44,
	GIDS_GENERATE = 0x47,
	GIDS_AUTHENTICATE = 0x87,
	GIDS_INTERNAL_AUTH = 0x88,
	GIDS_GET_DATA = 0xcb,
	GIDS_PUT_DATA = 0xdb,
	GIDS_CREATE = 0xe0,
	GIDS_DELETE = 0xe4,
};

enum {
	GIDS_ID_APP = 0x3fff,	/* the application, as a file */
	GIDS_ID_KEYS = 0xb000,	/* with a key's reference in the low byte */
	GIDS_PIN = 0x80,	/* reference of the PIN */
	GIDS_ADMIN = 0x80,	/* ... of the administrator's key */
	GIDS_FD_OBJECTS = 0x39,	/* descriptor of a file of BER-TLV objects */
	GIDS_FD_KEY = 0x18,
	GIDS_TAG_CRTS = 0xa5,	/* of FCP: templates of a key file */
	GIDS_TAG_PUBLIC = 0x7f49,
	GIDS_TAG_KEY = 0x70,
	GIDS_TAG_KEY_REF = 0x84,
	GIDS_ALG_3DES = 0x02,	/* cryptographic mechanism of the administrator's key */
};

/* Bits of the access mode byte: what they allow depends on the kind of file. */
typedef enum gids_mode {
	GIDS_DELETE_CHILD = 0x01, GIDS_CREATE_EF = 0x02,	/* of the application */
	GIDS_GET = 0x01, GIDS_PUT = 0x02,		/* of files with objects */
	GIDS_PUBLIC = 0x01, GIDS_PUT_KEY = 0x02, GIDS_USE = 0x04, GIDS_MAKE = 0x08,
	GIDS_DELETE_SELF = 0x40,
} gids_mode;

typedef struct gids_object {
	uint8_t *data;		/* tag, length, value; NULL: none */
	size_t len;
	uint32_t tag;
	uint8_t file;		/* where that stands */
} gids_object;

typedef struct gids_key {
	uint8_t crts[GIDS_CRTS_MAX];
	uint8_t crts_len;
	vc_pkey pair;
	uint8_t secret[GIDS_ADMIN_LEN];
	bool has_secret;
} gids_key;

typedef struct gids_pin {
	uint8_t value[GIDS_PIN_MAX];
	uint8_t len;		/* 0: none is set yet */
	uint8_t most, left;
} gids_pin;

typedef enum gids_pending { GIDS_PENDING_NONE, GIDS_PENDING_HOST, GIDS_PENDING_BOTH } gids_pending;

/* What is forgotten when power goes. */
typedef struct gids_session {
	bool user, admin;
	uint8_t use, alg;	/* of the security environment: template, mechanism */
	int key, admin_key;	/* FS_NONE: none was named */
	gids_pending pending;
	uint8_t theirs[GIDS_CHALLENGE], ours[GIDS_CHALLENGE];
} gids_session;

typedef struct vc_gids {
	vc_fs fs;		/* the application is its MF */
	gids_key keys[FS_FILES];	/* by the place of the file */
	gids_object objects[GIDS_OBJECTS];
	size_t bytes;		/* of all objects */
	gids_pin pin;
	gids_session session;
} vc_gids;

typedef uint16_t gids_command(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out);

extern const vc_app vc_gids_app;

/* Its whole name. */
tmg_view gids_name(void);
/* As it was installed: nothing in it, and anybody may fill it. */
void gids_factory(vc_gids *g);
void gids_empty(vc_gids *g);
void gids_forget(gids_session *s);
uint16_t gids_run(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out);

/* ---- access: gids_access.c --------------------------------------------------------- */
/* Until the application is activated its rules take everybody for everybody. */
bool gids_is_open(const vc_gids *g);
/* SW_OK, or what a command says that may not. */
uint16_t gids_may(const vc_gids *g, int at, gids_mode mode);

/* ---- files: gids_file.c -------------------------------------------------------------- */
gids_command gids_select, gids_create, gids_activate, gids_delete;

/* ---- data objects: gids_object.c (the store), gids_data.c (the commands) ------------- */
gids_object *gids_object_find(vc_gids *g, int file, uint32_t tag);
/* whole is tag, length and value.  Faults TMG_E_SPACE, TMG_E_NOMEM: the old one stays. */
TMG_MUST_USE tmg_rc gids_object_store(vc_gids *g, int file, uint32_t tag, tmg_view whole);
void gids_object_drop(vc_gids *g, gids_object *object);
void gids_objects_drop(vc_gids *g, int file);
gids_command gids_get_data, gids_put_data;

/* ---- keys: gids_crt.c, gids_key.c ------------------------------------------------------ */
/* The one byte of the first object of that tag; false: there is no such. */
bool gids_byte(tmg_view template, uint32_t tag, uint8_t *b);
/* Templates as CREATE FILE brings them. */
bool gids_crts_sound(tmg_view crts);
/* Does one of that tag name the mechanism, for what P1 of MSE says? */
bool gids_crts_allow(const gids_key *key, uint8_t tag, uint8_t alg, uint8_t how);
/* Does any of them name a mechanism with keys of that kind? */
bool gids_crts_hold(const gids_key *key, uint8_t kind);
/* The low half of a mechanism says the kind of key. */
tmg_alg gids_alg_of(uint8_t mechanism);
uint8_t gids_kind_of(tmg_alg alg);
/* FS_NONE: no key file for that reference. */
int gids_key_find(const vc_gids *g, uint8_t ref);
void gids_key_drop(gids_key *key);
gids_command gids_generate, gids_put_key, gids_public;

/* ---- using them: gids_use.c ------------------------------------------------------------- */
gids_command gids_mse, gids_pso, gids_internal_auth;

/* ---- PIN and administrator: gids_pin.c, gids_admin.c -------------------------------------- */
gids_command gids_verify, gids_change, gids_unblock, gids_authenticate;

/* ---- a card as it is sold: gids_provision.c ------------------------------------------------- */
TMG_MUST_USE tmg_rc gids_provision(vc_card *card, vc_gids *g, const char *algs);

/* ---- the state file: gids_state.c ------------------------------------------------------------ */
void gids_save(const vc_gids *g, tmg_out *out);
TMG_MUST_USE tmg_rc gids_load(vc_card *card, vc_gids *g, tmg_view records);

#endif
