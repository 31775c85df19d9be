/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes on a card.  A card may be pulled out after every command, so each
 * leaves a card that can be read: what a row of a directory points to is there
 * before the row, and goes after it; a row is written by one command.
 */
#ifndef TMG_DRIVERS_PKCS15_WRITE_H
#define TMG_DRIVERS_PKCS15_WRITE_H

#include <openssl/types.h>

#include "drivers/pkcs15/pkcs15.h"

enum {
	P15_ID_MAX = 32,	/* bytes of an id that is written */
	P15_ROW_MAX = 240,	/* bytes; so that one UPDATE BINARY takes it */
	P15_KEY_NUMBERS = 16,	/* keys that are made on one card */
};

/* What a file is for; how it is guarded follows from that. */
typedef enum tmg_p15_purpose {
	P15_FOR_DIRECTORY,
	P15_FOR_PUBLIC,		/* read by all, written after the PIN */
	P15_FOR_KEY,
	P15_FOR_ISSUER,		/* read by all, written by the security officer, where
				 * there is one */
	P15_FOR_FILES,		/* a DF */
} tmg_p15_purpose;

typedef struct tmg_p15_birth {
	uint16_t fid;
	tmg_p15_purpose purpose;
	tmg_alg alg;		/* of a key */
	size_t size;		/* bytes; of a key's file, bits */
	uint8_t pin;		/* reference of the one that guards it */
} tmg_p15_birth;

/* A slot that is about to be written. */
typedef struct tmg_p15_job {
	uint8_t id_bytes[P15_ID_MAX], auth_bytes[P15_ID_MAX];
	tmg_view id, auth;	/* authId of the user's PIN; empty: none */
	uint8_t pin;		/* its reference */
	tmg_path root;		/* where directories and files are */
	tmg_alg alg;
	bool given;		/* the key comes from outside */
	int old;		/* index of the key in that slot; -1: none */
	unsigned number;	/* of the new key; fid of its file, where it has one */
	tmg_path key, public;	/* the new files; len 0: none */
} tmg_p15_job;

/* The PINs of a card that is begun, as they are stored; by tmg_pin_kind. */
typedef struct tmg_p15_start {
	tmg_secret pins[TMG_PIN_KINDS];
} tmg_p15_start;

/* How a blank card gets its PINs.  Its files are made between open and seal. */
typedef struct tmg_p15_opening {
	tmg_p15_pin pins[TMG_PIN_KINDS];	/* id empty: it has none of that kind */
	const char *maker;		/* for TokenInfo */
	bool makes_df;			/* the DF of the application is not there yet */
	unsigned flags;			/* TokenFlags, 6.9 */
	/* Nothing holds a file back now; *sealed: PINs do already. */
	tmg_rc (*open)(tmg_p15 *p, bool *sealed);
	/* The PINs hold from now on. */
	tmg_rc (*seal)(tmg_p15 *p, const tmg_p15_start *start);
	tmg_rc (*serial)(tmg_p15 *p, tmg_out *serial);
	/* Blank again, after the security officer's PIN; NULL: there is no way. */
	tmg_rc (*erase)(tmg_p15 *p);
} tmg_p15_opening;

/* How a kind of card makes files and keys. */
typedef struct tmg_p15_family {
	uint32_t algs;			/* 1 << tmg_alg */
	uint16_t dirs[P15_DIRS];	/* what a missing directory is called; 0 */
	uint16_t dir_size;
	uint16_t keys, publics, certs;	/* the first of their files; keys 0: a key has
					 * a number and no file */
	bool delete_by_fid;
	void (*put_fcp)(tmg_out *o, const tmg_p15_birth *file);
	/* Makes the key that job tells of.  fields: those of 7F49. */
	tmg_rc (*generate)(tmg_p15 *p, const tmg_p15_job *job, tmg_out *fields);
	/* The same of a key that somebody gave; NULL: the card takes none. */
	tmg_rc (*import)(tmg_p15 *p, const tmg_p15_job *job, const EVP_PKEY *key);
	const tmg_p15_opening *opening;	/* NULL: others begin it */
} tmg_p15_family;

extern const tmg_p15_family tmg_p15_isoapplet, tmg_p15_myeid;
extern const tmg_p15_opening tmg_p15_isoapplet_opening, tmg_p15_myeid_opening;

/* Is this a card that tamga writes to?  Known after tmg_p15_learn_info(). */
bool tmg_p15_writes(const tmg_p15 *p);

/* ---- job.c: what is to be done ------------------------------------------------ */

/* Nothing is written yet.  spot holds until a directory changes. */
TMG_MUST_USE tmg_rc
tmg_p15_job_begin(tmg_p15 *p, uint32_t slot, tmg_p15_job *job,
    const tmg_p15_spot **spot);
/* The same for what needs an id that no other key has. */
TMG_MUST_USE tmg_rc
tmg_p15_job_begin_alone(tmg_p15 *p, uint32_t slot, tmg_p15_job *job,
    const tmg_p15_spot **spot);
tmg_rc tmg_p15_admin_auto(tmg_backend *b);

/* ---- change.c: files ---------------------------------------------------------- */

/* 9000 is TMG_OK, all else a verdict with words. */
TMG_MUST_USE tmg_rc
tmg_p15_changed(tmg_p15 *p, tmg_rc rc, uint16_t sw, const char *doing);
/* What CREATE FILE said of a file that is there. */
bool tmg_p15_is_in_the_way(tmg_rc rc, uint16_t sw);
/* Makes a file, called file->fid or, where directories tell of that one, as many
 * behind it as need be.  What is there and nobody tells of is of an attempt that
 * was cut short: it is replaced. */
TMG_MUST_USE tmg_rc
tmg_p15_file_make(tmg_p15 *p, const tmg_p15_job *job, tmg_p15_birth file,
    tmg_path *path);
TMG_MUST_USE tmg_rc
tmg_p15_file_write(tmg_p15 *p, const tmg_path *path, size_t offset, tmg_view data);
/* Unless a directory still tells of it. */
TMG_MUST_USE tmg_rc
tmg_p15_file_delete(tmg_p15 *p, const tmg_path *path);

/* ---- image.c: directories ------------------------------------------------------ */

/* Of the directory at in tmg_p15_content.bytes, on the card and there. */
TMG_MUST_USE tmg_rc
tmg_p15_row_add(tmg_p15 *p, size_t at, tmg_view row);
TMG_MUST_USE tmg_rc
tmg_p15_row_replace(tmg_p15 *p, const tmg_p15_common *old, tmg_view row);
TMG_MUST_USE tmg_rc
tmg_p15_row_remove(tmg_p15 *p, const tmg_p15_common *old);
/* The directory of that kind in which a new row goes, made if need be. */
TMG_MUST_USE tmg_rc
tmg_p15_directory_want(tmg_p15 *p, const tmg_p15_job *job, tmg_p15_dir dir,
    size_t *at);

/* ---- unfinished.c: what a replacement left that was cut short -------------------- */

/* Where a key of that id was to take the place of this one, this one goes.  Verdicts
 * TMG_NOT_FOUND: there is no such key, and nothing was changed. */
TMG_MUST_USE tmg_rc
tmg_p15_finish_key(tmg_p15 *p, size_t old);
/* Rows of that id that were to take the place of another, but not the one whose file is
 * kept. */
TMG_MUST_USE tmg_rc
tmg_p15_sweep_publics(tmg_p15 *p, const tmg_p15_job *job, tmg_path kept);
TMG_MUST_USE tmg_rc
tmg_p15_sweep_certs(tmg_p15 *p, const tmg_p15_job *job, tmg_path kept);

/* ---- rows.c: what stands in them ------------------------------------------------ */

void tmg_p15_private_put(tmg_out *o, const tmg_p15_job *job);
void tmg_p15_public_put(tmg_out *o, const tmg_p15_job *job);
void tmg_p15_cert_put(tmg_out *o, const tmg_p15_job *job, const tmg_path *file);
void tmg_p15_source_put(tmg_out *o, tmg_p15_dir dir, const tmg_path *file);

/* ---- first.c: what stands in files of a card that is begun ------------------------- */

void tmg_p15_dir_put(tmg_out *o, const tmg_p15 *p);
void tmg_p15_info_put(tmg_out *o, const tmg_p15 *p, tmg_view serial);
void tmg_p15_pins_put(tmg_out *o, const tmg_p15_opening *opening);

/* ---- begin.c: a blank card becomes one with PINs, and blank again ------------------- */

const tmg_p15_opening *
tmg_p15_opening_of(const tmg_p15 *p);
tmg_rc tmg_p15_begin(tmg_backend *b, const tmg_view pins[TMG_PIN_KINDS]);
tmg_rc tmg_p15_reset(tmg_backend *b);

/* ---- given.c: keys from outside ------------------------------------------------------ */

/* The parameter of libcrypto's, as len bytes. */
TMG_MUST_USE tmg_rc
tmg_p15_given_number(tmg_p15 *p, const EVP_PKEY *key, const char *name, size_t len,
    tmg_out *o);
TMG_MUST_USE tmg_rc
tmg_p15_given_spki(tmg_p15 *p, const EVP_PKEY *key, tmg_out *spki);
/* Sends a part of one: what that command answers. */
TMG_MUST_USE tmg_rc
tmg_p15_give(tmg_p15 *p, const tmg_capdu *c);

/* ---- write.c: the driver's verbs -------------------------------------------------- */

tmg_rc tmg_p15_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki);
tmg_rc tmg_p15_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8);
tmg_rc tmg_p15_key_delete(tmg_backend *b, uint32_t slot);
tmg_rc tmg_p15_cert_write(tmg_backend *b, uint32_t slot, tmg_view der);
tmg_rc tmg_p15_cert_delete(tmg_backend *b, uint32_t slot);

#endif
