/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Windows keeps on such a card: files with names as its minidriver specification
 * has them (7.07, "Logical Data Layout"), each an object that the master file tells
 * where to find, and containers.  Numbers are little-endian.
 */
#ifndef VCARD_GIDS_LAYOUT_H
#define VCARD_GIDS_LAYOUT_H

#include "tamga/alg.h"

#define GIDS_LAYOUT_MAX 4096	/* bytes of one file */

/* Where a file stands: an object in an EF. */
typedef struct gids_place {
	uint16_t ef, tag;
} gids_place;

enum {
	EF_DIRECTORY = 0xa000,	/* anybody reads, the user or the administrator writes */
	EF_USER = 0xa010,	/* likewise */
	EF_EXECUTE = 0xa011,	/* ... and nobody reads */
	EF_ADMIN = 0xa012,	/* anybody reads, the administrator writes */
	EF_PRIVATE = 0xa013,	/* the user or the administrator, both ways */
	EF_SECRET = 0xa014,	/* the administrator alone */

	TAG_MASTER = 0xdf1f,	/* in A000: where everything is */
	TAG_KEYMAP = 0xdf20,	/* in A000: which container has which key */
	TAG_CARDID = 0xdf20,	/* in A012 */
	TAG_CARDAPPS = 0xdf21,	/* in A010, and what follows */
	TAG_CARDCF = 0xdf22,
	TAG_CMAP = 0xdf23,
	TAG_CERTIFICATES = 0xdf24,	/* the first; others follow */
};

/* A key and its name. */
typedef struct gids_container {
	const char *name;
	uint8_t ref;		/* of the key */
	uint8_t kind;		/* of its cryptographic mechanism */
	unsigned bits;
	bool exchange;		/* deciphers too; otherwise it signs only */
	bool first;		/* the default one */
} gids_container;

/* ---- the master file: this, then a record for each directory and file ------------------ */
void
gids_layout_begin(tmg_out *out);
/* name "": the directory itself, in ef. */
void
gids_layout_name(const char *directory, const char *name, gids_place place, tmg_out *out);

/* ---- a record of mscp/cmapfile, and of the key map, which gids_layout_begin() opens ---- */
void
gids_layout_container(const gids_container *c, tmg_out *out);
void
gids_layout_keymap(const gids_container *c, tmg_out *out);

/* Compressed as mscp/kxcNN and kscNN are: 01 00, length, zlib.  Faults TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
gids_layout_certificate(tmg_view der, tmg_out *out);

#endif
