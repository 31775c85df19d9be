/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CKA_ID and the labels that programs gave to keys.
 *
 * PIV cards have no room for them that other programs respect, and reading
 * one more object would cost every first signature a command.  So they stand
 * in a file of the user's, $XDG_STATE_HOME/tamga/pkcs11-names, by the digest
 * of the public key: whatever reader, card or application it comes with, the
 * same key has the same name.
 */
#ifndef TMG_PKCS11_NAMES_H
#define TMG_PKCS11_NAMES_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "pkcs11/cryptoki.h"
#include "tamga/view.h"

#define P11_NAME_MAX 128u	/* bytes of an ID or a label */
#define P11_NAME_KEY 32u	/* bytes: SHA-256 of a SubjectPublicKeyInfo */

/* Empty: nobody gave one. */
typedef struct tmg_p11_text {
	uint8_t bytes[P11_NAME_MAX];
	size_t len;
} tmg_p11_text;

typedef struct tmg_p11_name {
	uint8_t key[P11_NAME_KEY];
	uint32_t slot;		/* tmg_slot.ref, where the key was last seen */
	tmg_p11_text id;	/* of key, public key and certificate */
	tmg_p11_text label;	/* of the private half */
	tmg_p11_text public_label;
	tmg_p11_text cert_label;
} tmg_p11_name;

/* The file as it was when somebody last looked. */
typedef struct tmg_p11_names {
	tmg_p11_name *rows;
	size_t count;
	ino_t inode;
	struct timespec changed;
} tmg_p11_names;

static inline tmg_view
tmg_p11_text_view(const tmg_p11_text *text)
{
	return (tmg_view){ text->bytes, text->len };
}

/* CKR_ATTRIBUTE_VALUE_INVALID: it is empty, or too long. */
CK_RV
tmg_p11_text_set(tmg_p11_text *text, tmg_view value);

/* The names of a file's text, in the place of those there were.  A line that
 * cannot be read names nothing. */
void
tmg_p11_names_parse(tmg_p11_names *names, tmg_view text);

/* Looks whether the file has changed, and reads it if so. */
void
tmg_p11_names_look(tmg_p11_names *names);
void
tmg_p11_names_free(tmg_p11_names *names);

/* What is kept of the key with that public half; an empty name when nothing
 * is.  No question to the file. */
void
tmg_p11_names_get(const tmg_p11_names *names, tmg_view spki,
    tmg_p11_name *name);

/* Can a name be kept?  CKR_ATTRIBUTE_READ_ONLY: nobody has a place for it. */
CK_RV
tmg_p11_names_ready(void);
/* Writes it in the place of what was kept of that key; other programs that do
 * the same meanwhile lose nothing. */
CK_RV
tmg_p11_names_put(tmg_p11_names *names, const tmg_p11_name *name);

#endif
