/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file system as ISO/IEC 7816-4 has it: one MF, DFs, transparent EFs, and
 * EFs that hold a key nobody reads.
 */
#ifndef VCARD_FS_H
#define VCARD_FS_H

#include "tamga/view.h"

#define FS_FILES 96		/* files on one card, the MF among them */
#define FS_FILE_MAX 32767u	/* bytes of one file: what READ BINARY can address */
#define FS_TOTAL_MAX (96u << 10)	/* bytes of all */
#define FS_DEPTH_MAX 4		/* DFs inside each other, the MF among them */
#define FS_NAME_MAX 16		/* bytes of a DF's name */
#define FS_RULES_MAX 8		/* bytes of security attributes */

enum {
	FS_MF = 0,		/* where the MF stands in the table */
	FS_NONE = -1,
	FS_ID_MF = 0x3f00,
	FS_ID_RESERVED = 0x3fff,	/* ISO/IEC 7816-4 7.4.1 */
};

/* ISO/IEC 7816-4 table 14 */
enum {
	FS_LIFE_CREATION = 0x01,
	FS_LIFE_INACTIVE = 0x04,
	FS_LIFE_ACTIVE = 0x05,
};

typedef enum fs_kind {
	FS_FREE,		/* no file stands here */
	FS_DF,
	FS_EF,			/* transparent */
	FS_KEY,			/* internal: its bytes are a key */
} fs_kind;

typedef struct fs_file {
	fs_kind kind;
	uint16_t id;
	uint8_t parent;		/* the MF's is itself */
	uint8_t descriptor;	/* tag 82, first byte */
	uint8_t sfi;		/* short identifier, 1 to 30; 0: none */
	uint8_t life;
	uint8_t name[FS_NAME_MAX];
	uint8_t name_len;	/* 0: no DF, or one without a name */
	uint8_t rules[FS_RULES_MAX];	/* security attributes, in the card's own form */
	uint8_t rules_len;
	uint16_t size;		/* as it was created; a key's: its bits */
	uint8_t *data;		/* size bytes of an EF; NULL for the others */
} fs_file;

typedef struct vc_fs {
	fs_file files[FS_FILES];
	size_t bytes;		/* of all EFs */
	int df, ef;		/* current; ef FS_NONE: none */
} vc_fs;

/* Nothing but the MF. */
void
vc_fs_init(vc_fs *fs, const fs_file *mf);
void
vc_fs_clear(vc_fs *fs);

/* The MF is current, no EF is. */
void
vc_fs_rewind(vc_fs *fs);
/* A DF, or an EF with its DF. */
void
vc_fs_make_current(vc_fs *fs, int at);

/* ---- finding; FS_NONE: there is none ------------------------------------------ */
int
vc_fs_child(const vc_fs *fs, int df, uint16_t id);
int
vc_fs_by_sfi(const vc_fs *fs, int df, uint8_t sfi);
/* A name, whole or cut off on the right. */
int
vc_fs_by_name(const vc_fs *fs, tmg_view name);
/* Identifiers, two bytes each, down from df. */
int
vc_fs_by_path(const vc_fs *fs, int df, tmg_view path);
/* ... from the MF, which may stand in front (ISO/IEC 7816-4 7.3.2 says it does not). */
int
vc_fs_by_path_from_mf(const vc_fs *fs, tmg_view path);
/* An identifier alone: the MF, a child of the current DF, that DF, its parent, a
 * child of its parent (ISO/IEC 7816-4 7.3.2). */
int
vc_fs_by_id(const vc_fs *fs, uint16_t id);

/* ---- making and unmaking --------------------------------------------------------- */
/* Puts a copy of file into df; an EF gets size zero bytes.  Nothing becomes current.
 * Verdicts TMG_NOT_FOUND  df is no DF, or too deep
 *          TMG_OCCUPIED   df has a file of that identifier
 * Faults   TMG_E_SPACE    the card is full;  TMG_E_NOMEM */
TMG_MUST_USE tmg_rc
vc_fs_add(vc_fs *fs, int df, const fs_file *file, int *at);
/* With everything in it; its parent becomes current when it was, or held what was. */
void
vc_fs_remove(vc_fs *fs, int at);

/* Puts a file back where it stood, with its content; vc_fs_sound() judges the whole.
 * Faults TMG_E_MALFORMED: no such file can be, or one stands there;  TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
vc_fs_restore(vc_fs *fs, uint8_t at, const fs_file *file, tmg_view content);

/* The same as a record of a state file: fs_state.c. */
void
vc_fs_put(const vc_fs *fs, uint8_t at, uint32_t tag, tmg_out *out);
TMG_MUST_USE tmg_rc
vc_fs_take(vc_fs *fs, tmg_view record);

/* Do all parents lead to the MF, is no DF too deep, no identifier twice? */
bool
vc_fs_sound(const vc_fs *fs);

#endif
