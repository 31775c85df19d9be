/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens of somebody else's PKCS #11 module (2.40; 3.0 for Edwards curves).
 *
 * Whoever wrote the module may have been wrong: no length, count or number of
 * its is believed before it was looked at.  doc/design/module.md has the whole.
 */
#ifndef TMG_DRIVER_MODULE_H
#define TMG_DRIVER_MODULE_H

#include <limits.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/pkcs11x.h>

#include "drivers/module/apart.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "tamga/driver.h"

#define TMG_MODULE_SCHEME "module:"

enum {
	TMG_MODULE_PLACES = 64,		/* keys of one token that are told of */
	TMG_MODULE_FREE = 4,		/* places for keys to come */
	TMG_MODULE_LABEL = 64,		/* bytes of a CKA_LABEL that are kept */
	TMG_MODULE_ID = 32,		/* bytes of a CKA_ID */
	TMG_MODULE_MECHANISMS = 256,	/* of one token */
	TMG_MODULE_FOUND = 256,		/* objects of one search */
	TMG_MODULE_NUMBER = 1032,	/* bytes of one number or point */
};

/* PKCS #11 3.0, 2.3.10 and 2.3.12, which p11-kit 0.24 has not. */
#ifndef CKK_EC_MONTGOMERY
#define CKK_EC_MONTGOMERY		0x41UL
#endif
#ifndef CKM_EC_MONTGOMERY_KEY_PAIR_GEN
#define CKM_EC_MONTGOMERY_KEY_PAIR_GEN	0x1056UL
#endif

/* What a library does otherwise than the specification, as far as it matters. */
enum {
	TMG_QUIRK_OAEP_PLAIN = 1u << 0,	/* OAEP with SHA-1 and no label alone */
	TMG_QUIRK_NO_IMPORT = 1u << 1,	/* keys are born there or nowhere */
	TMG_QUIRK_LOCK_ENDS = 1u << 2,	/* a locked PIN is one for a time */
	TMG_QUIRK_ONE_ID = 1u << 3,	/* no second key with a CKA_ID that is there */
};

/* One library in this process, for all its tokens. */
typedef struct tmg_module_lib {
	unsigned refs;
	CK_FUNCTION_LIST *p11;
	char path[PATH_MAX];
	unsigned quirks;
	tmg_module_apart apart;
} tmg_module_lib;

/* What has one CKA_ID, or without one the same CKA_LABEL. */
typedef struct tmg_module_place {
	uint32_t ref;
	uint8_t id[TMG_MODULE_ID];
	size_t id_len;
	uint8_t label[TMG_MODULE_LABEL];
	size_t label_len;
	char name[TMG_SLOT_NAME];
	bool vacant;		/* there was nothing when we looked */
} tmg_module_place;

typedef struct tmg_module {
	tmg_backend base;
	tmg_module_lib *lib;
	CK_SLOT_ID slot;
	CK_FLAGS flags;		/* of CK_TOKEN_INFO */
	CK_SESSION_HANDLE session;
	bool open;
	bool user;		/* logged in as CKU_USER */
	tmg_secret pin;		/* for CKU_CONTEXT_SPECIFIC, until the next use */
	bool have_pin;
	tmg_module_place places[TMG_MODULE_PLACES];
	size_t place_count;
	CK_MECHANISM_TYPE mechanisms[TMG_MODULE_MECHANISMS];
	size_t mechanism_count;	/* 0: not asked, or not told */
	bool looked;
	bool told;		/* what it can do was asked */
} tmg_module;

extern const tmg_driver tmg_driver_module;

static inline tmg_module *
tmg_module_of(tmg_backend *b)
{
	return (tmg_module *)b;		/* its first member */
}

#define mod_raise(m, rc, ...) tmg_raise(&(m)->base.fault, (rc), 0, __VA_ARGS__)
#define mod_p11(m) ((m)->lib->p11)

/* ---- load.c: libraries ------------------------------------------------------- */

/* Loads and starts it, or takes the one that is running.
 * Verdicts TMG_DENIED: it is tamga's own; TMG_UNSUPPORTED: no PKCS #11 module.
 * Faults TMG_E_CARD: it does not start.  Words in fault. */
TMG_MUST_USE tmg_rc
tmg_module_load(tmg_ctx *ctx, const char *path, tmg_fault *fault,
    tmg_module_lib **lib);
tmg_module_lib *
tmg_module_ref(tmg_module_lib *lib);
void
tmg_module_unref(tmg_module_lib **lib);
/* Blank-padded text without its blanks, and without what is no text. */
void
tmg_module_text(char *to, size_t cap, const unsigned char *from, size_t len);

/* ---- quirk.c ------------------------------------------------------------------- */

unsigned
tmg_module_quirks(const CK_INFO *info);

/* ---- answer.c: what a CK_RV means ------------------------------------------------ */

/* Whether the library crashed or hung, out there: words in fault, token NULL
 * when none is known yet. */
bool
tmg_module_gone(tmg_module_lib *lib, const char *token, const char *function,
    tmg_fault *fault);
/* An answer that changes nothing; that it was the last one is remembered. */
void
tmg_module_missed(tmg_module *m, const char *function, CK_RV rv);
/* Our word for it, with words: "C_Sign" and what it said. */
tmg_rc
tmg_module_heard(tmg_module *m, const char *function, CK_RV rv);
/* Nothing but zeros: what was said to be written is not there. */
bool
tmg_module_is_blank(const void *bytes, size_t len);
/* Something that no CK_RV says: the answer has the wrong form. */
tmg_rc
tmg_module_lied(tmg_module *m, const char *function);

/* ---- session.c ----------------------------------------------------------------- */

/* The token's one session, opened when it is first wanted. */
TMG_MUST_USE tmg_rc
tmg_module_session(tmg_module *m);
/* Nothing of it is to be used any more. */
void
tmg_module_hang_up(tmg_module *m);
/* Before a private key is used after C_SignInit and its like: the PIN once more
 * where the key wants that.  Verdicts TMG_LOGIN, TMG_PIN_WRONG. */
TMG_MUST_USE tmg_rc
tmg_module_prove(tmg_module *m, CK_OBJECT_HANDLE key);
/* The PIN that was kept for one use is wiped. */
void
tmg_module_used(tmg_module *m);

/* ---- object.c -------------------------------------------------------------------- */

TMG_MUST_USE tmg_rc
tmg_module_find(tmg_module *m, CK_ATTRIBUTE *templ, size_t n,
    CK_OBJECT_HANDLE *found, size_t cap, size_t *count);
/* The place's object of that class.  Verdicts TMG_NOT_FOUND */
TMG_MUST_USE tmg_rc
tmg_module_object(tmg_module *m, const tmg_module_place *place,
    CK_OBJECT_CLASS cls, CK_OBJECT_HANDLE *object);
/* Verdicts TMG_NOT_FOUND: it has no such attribute, or does not tell it. */
TMG_MUST_USE tmg_rc
tmg_module_attribute(tmg_module *m, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, tmg_out *value);
/* The same of a number and of a truth. */
TMG_MUST_USE tmg_rc
tmg_module_ulong(tmg_module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    CK_ULONG *value);
TMG_MUST_USE tmg_rc
tmg_module_flag(tmg_module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    bool *value);
/* All of the place's objects of a class go.  Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
tmg_module_destroy(tmg_module *m, const tmg_module_place *place,
    CK_OBJECT_CLASS cls);

/* All of the place's objects of a class, at most cap. */
TMG_MUST_USE tmg_rc
tmg_module_find_at(tmg_module *m, const tmg_module_place *place,
    CK_OBJECT_CLASS cls, CK_OBJECT_HANDLE *found, size_t cap, size_t *count);

/* ---- old.c: what is replaced --------------------------------------------------- */

typedef struct tmg_module_olds {
	CK_OBJECT_HANDLE objects[32];
	size_t n;
} tmg_module_olds;

/* The place's keys.  Verdicts TMG_OCCUPIED: it was taken for free and is not. */
TMG_MUST_USE tmg_rc
tmg_module_olds_note(tmg_module *m, const tmg_module_place *place,
    tmg_module_olds *old);
/* Its certificates. */
TMG_MUST_USE tmg_rc
tmg_module_olds_certs(tmg_module *m, const tmg_module_place *place,
    tmg_module_olds *old);
TMG_MUST_USE tmg_rc
tmg_module_olds_drop(tmg_module *m, const tmg_module_olds *old);

/* ---- place.c --------------------------------------------------------------------- */

TMG_MUST_USE tmg_rc
tmg_module_place_get(tmg_module *m, uint32_t ref, tmg_module_place **place);

/* ---- mechanism.c ------------------------------------------------------------------- */

/* Whether the token does that with a key of so many bits; 0: of any. */
bool
tmg_module_can(tmg_module *m, CK_MECHANISM_TYPE type, CK_FLAGS use, size_t bits);
void
tmg_module_tell(tmg_module *m);

/* ---- kind.c: keys as they are told ---------------------------------------------------- */

typedef struct tmg_module_kind {
	tmg_alg alg;
	CK_KEY_TYPE type;
	CK_MECHANISM_TYPE birth;
	const uint8_t *params;	/* CKA_EC_PARAMS */
	size_t params_len;
	const uint8_t *words;	/* the same by name, PrintableString */
	size_t words_len;
} tmg_module_kind;

/* NULL: none that can be told of. */
const tmg_module_kind *
tmg_module_kind_of(tmg_alg alg);
extern const tmg_module_kind tmg_module_kinds[];
extern const size_t tmg_module_kind_count;
/* From an object with the public half.
 * Verdicts TMG_NOT_FOUND: it does not tell; TMG_UNSUPPORTED: another kind. */
TMG_MUST_USE tmg_rc
tmg_module_spki(tmg_module *m, CK_OBJECT_HANDLE object, tmg_out *spki);

/* ---- the rows ----------------------------------------------------------------------- */

tmg_rc tmg_module_identify(tmg_backend *b);
tmg_rc tmg_module_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count);
tmg_rc tmg_module_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki);
tmg_rc tmg_module_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der);
tmg_rc tmg_module_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_module_cert_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_module_tries(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_module_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin,
    int *tries);
tmg_rc tmg_module_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old,
    tmg_view fresh, int *tries);
tmg_rc tmg_module_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_module_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries);
tmg_rc tmg_module_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh,
    int *tries);
tmg_rc tmg_module_logout(tmg_backend *b);
tmg_rc tmg_module_logged_in(tmg_backend *b, tmg_pin_kind kind);
tmg_rc tmg_module_admin_auto(tmg_backend *b);
tmg_rc tmg_module_generate(tmg_backend *b, const tmg_keyspec *spec,
    tmg_out *spki);
tmg_rc tmg_module_import(tmg_backend *b, const tmg_keyspec *spec,
    tmg_view pkcs8);
tmg_rc tmg_module_key_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_module_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig);
tmg_rc tmg_module_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain);
tmg_rc tmg_module_derive(tmg_backend *b, uint32_t slot, tmg_alg alg,
    tmg_view peer, tmg_out *secret);
tmg_rc tmg_module_random(tmg_backend *b, size_t n, tmg_out *bytes);
tmg_rc tmg_module_reset(tmg_backend *b);

#endif
