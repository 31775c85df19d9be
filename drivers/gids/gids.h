/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GIDS cards: Microsoft's "Generic Identity Device Specification", version 2.0.
 * This header is the room's own; the world sees tmg_driver_gids.  What stands in
 * the files of such a card is in parse.h.  Clause numbers are those of GIDS 2.0.
 */
#ifndef TMG_DRIVERS_GIDS_GIDS_H
#define TMG_DRIVERS_GIDS_GIDS_H

#include "drivers/gids/parse.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/secret.h"
#include "src/driver/application.h"
#include "src/driver/status.h"
#include "tamga/driver.h"

/* ISO/IEC 7816-4, -8 and -9. */
enum {
	INS_VERIFY = 0x20,
	INS_MSE = 0x22,
	INS_CHANGE_REFERENCE_DATA = 0x24,
	INS_PSO = 0x2a,
	INS_RESET_RETRY_COUNTER = 0x2c,
	INS_ACTIVATE_FILE = 0x44,
	INS_GENERATE = 0x47,
	INS_GENERAL_AUTHENTICATE = 0x87,
	INS_SELECT = 0xa4,
	INS_GET_DATA = 0xcb,
	INS_PUT_DATA = 0xdb,
	INS_CREATE_FILE = 0xe0,
	INS_DELETE_FILE = 0xe4,
};

enum {
	GIDS_PIN = 0x80,
	GIDS_NOBODY = 0x82,	/* VERIFY: every login ends */
	GIDS_ADMIN_KEY = 0x80,	/* reference, in templates */
	GIDS_FIRST_KEY = 0x81,	/* of the container 0 */
	GIDS_KEY_FILE = 0xb000,	/* and the key's reference */
	GIDS_APPLICATION = 0x3fff,	/* the file that is current */
	GIDS_USER_FILES = 0xa010,	/* read by everybody, written by the user */
	GIDS_MASTER_MAX = 4096,	/* bytes read of each */
	GIDS_MAP_MAX = 12288,
	GIDS_KEYMAP_MAX = 2048,
};

/* Control reference templates. */
enum {
	CRT_ADMIN = 0xa4,
	CRT_SIGN = 0xb6,
	CRT_DECIPHER = 0xb8,
};

/* Added to tmg_gids_mechanism(): 12.5.3.1. */
enum {
	MECH_HASHED = 0x10,	/* signatures: the hash is made outside */
	MECH_PKCS1 = 0x40,	/* the card pads, or takes padding away */
	MECH_OAEP = 0x80,
};

/* The files that say where everything is. */
typedef struct tmg_gids_content {
	bool known;		/* since the application was selected */
	unsigned turn;		/* of the channel, when it was read */
	uint8_t master[GIDS_MASTER_MAX], map[GIDS_MAP_MAX];
	size_t master_len, map_len;
} tmg_gids_content;

/* What MSE chose. */
typedef struct tmg_gids_environment {
	bool known;
	uint8_t template, mechanism, key;
} tmg_gids_environment;

typedef struct tmg_gids {
	tmg_backend base;		/* first */
	tmg_application app;
	char who[TMG_LABEL_MAX + TMG_READER_NAME];	/* for messages */
	bool user, admin;		/* logged in, in this selection */
	tmg_gids_environment se;
	tmg_gids_content content;
} tmg_gids;

static inline tmg_gids *
tmg_gids_of(tmg_backend *b)
{
	return (tmg_gids *)b;
}

#define gids_raise(g, rc, sw, ...) \
	tmg_raise(&(g)->base.fault, (rc), (sw), __VA_ARGS__)
#define gids_pass(g, rc) tmg_pass(&(g)->base.fault, (rc))
#define gids_judge(g, rows, sw, doing) \
	tmg_status_judge(&(g)->base, (g)->who, (rows), TMG_COUNT(rows), (sw), (doing))

/* ---- select.c: the application ------------------------------------------- */

extern const tmg_application_kind tmg_gids_application;

static inline tmg_rc
tmg_gids_send(tmg_gids *g, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	return tmg_application_send(&g->app, c, data, sw);
}

/* ---- objects.c: data objects --------------------------------------------- */

/* What stands in the object; store takes the whole answer.
 * Verdicts TMG_NOT_FOUND, TMG_LOGIN. */
TMG_MUST_USE tmg_rc
tmg_gids_get(tmg_gids *g, const tmg_gids_place *place, tmg_out *store,
    tmg_view *content);
/* Replaces it; nothing deletes it.  Verdicts TMG_LOGIN; TMG_DENIED: no room. */
TMG_MUST_USE tmg_rc
tmg_gids_put(tmg_gids *g, const tmg_gids_place *place, tmg_view content);

/* ---- content.c ----------------------------------------------------------- */

/* Master file and container map are there; read once after each selection.
 * Verdicts TMG_NOT_FOUND: nobody set the card up yet. */
TMG_MUST_USE tmg_rc
tmg_gids_learn(tmg_gids *g);
/* The same for who changes them: as they are in this turn. */
TMG_MUST_USE tmg_rc
tmg_gids_learn_anew(tmg_gids *g);
static inline tmg_view
tmg_gids_master(const tmg_gids *g)
{
	return (tmg_view){ g->content.master, g->content.master_len };
}

static inline tmg_view
tmg_gids_map(const tmg_gids *g)
{
	return (tmg_view){ g->content.map, g->content.map_len };
}

/* Writes them, and remembers. */
TMG_MUST_USE tmg_rc
tmg_gids_master_write(tmg_gids *g, tmg_view fresh);
TMG_MUST_USE tmg_rc
tmg_gids_map_write(tmg_gids *g, tmg_view fresh);

/* ---- slots.c ------------------------------------------------------------- */

/* The container of a slot.  Verdicts TMG_NOT_FOUND: there is no such slot. */
TMG_MUST_USE tmg_rc
tmg_gids_slot_index(tmg_gids *g, uint32_t slot, size_t *index);
/* The same for who is to change it: with the PIN, and what the card holds in this
 * turn. */
TMG_MUST_USE tmg_rc
tmg_gids_slot_to_change(tmg_gids *g, uint32_t slot, size_t *index);
tmg_rc tmg_gids_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
tmg_rc tmg_gids_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);

/* ---- public.c ------------------------------------------------------------ */

/* Of what stands in 7F49 somewhere in the answer.  Verdicts TMG_UNSUPPORTED: it is
 * not there. */
TMG_MUST_USE tmg_rc
tmg_gids_public_parse(tmg_alg alg, tmg_view answer, tmg_out *spki);
/* Verdicts TMG_UNSUPPORTED: the card does not tell. */
TMG_MUST_USE tmg_rc
tmg_gids_public_read(tmg_gids *g, size_t index, tmg_alg alg, tmg_out *spki);

/* ---- identify.c ---------------------------------------------------------- */

tmg_rc tmg_gids_identify(tmg_backend *b);

/* ---- cert.c -------------------------------------------------------------- */

tmg_rc tmg_gids_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_gids_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_gids_cert_delete(tmg_backend *b, uint32_t slot);

/* ---- pin.c --------------------------------------------------------------- */

void tmg_gids_pin_rules(tmg_gids *g);
/* TMG_LOGIN with words unless the user is logged in. */
TMG_MUST_USE tmg_rc
tmg_gids_want_user(tmg_gids *g);
tmg_rc tmg_gids_tries(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_gids_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries);
tmg_rc tmg_gids_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_gids_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries);
tmg_rc tmg_gids_logout(tmg_backend *b);
tmg_rc tmg_gids_logged_in(tmg_backend *b, tmg_pin_kind kind);
tmg_rc tmg_gids_admin_auto(tmg_backend *b);

/* ---- admin.c: the administrator's key ------------------------------------ */

/* Verdicts TMG_PIN_WRONG, TMG_PIN_LOCKED. */
TMG_MUST_USE tmg_rc
tmg_gids_admin_login(tmg_gids *g, tmg_view typed);

/* ---- use.c --------------------------------------------------------------- */

tmg_rc tmg_gids_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
tmg_rc tmg_gids_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);

/* ---- change.c: what every change begins with ----------------------------- */

/* Somebody is logged in, the content is known anew, and Windows will notice. */
TMG_MUST_USE tmg_rc
tmg_gids_change_begin(tmg_gids *g, bool containers);
/* The same of a PIN, for who may change it: Windows will not try the old one, which
 * it remembers.  Best effort, but for a card that answers no more. */
TMG_MUST_USE tmg_rc
tmg_gids_change_pin_begin(tmg_gids *g);

/* ---- keyfile.c, newkey.c, generate.c, import.c: new keys ----------------- */

/* An empty file for a key of that kind; what was there is deleted. */
TMG_MUST_USE tmg_rc
tmg_gids_keyfile_make(tmg_gids *g, size_t index, tmg_alg alg);
TMG_MUST_USE tmg_rc
tmg_gids_keyfile_delete(tmg_gids *g, size_t index);
/* The kinds of keys that are made, bits of tmg_alg. */
uint32_t tmg_gids_makes(void);
/* Puts the key into its file. */
typedef tmg_rc tmg_gids_newkey_fn(tmg_gids *g, size_t index, void *arg);
/* A new key of that kind, and what tells of it. */
TMG_MUST_USE tmg_rc
tmg_gids_newkey(tmg_gids *g, const tmg_keyspec *spec, tmg_gids_newkey_fn *make,
    void *arg);
tmg_rc tmg_gids_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);
tmg_rc tmg_gids_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
tmg_rc tmg_gids_key_delete(tmg_backend *b, uint32_t slot);

extern const tmg_driver tmg_driver_gids;

#endif
