/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of an account from one process to the next: as bytes, and as the
 * file $XDG_STATE_HOME/tamga/acme/HASH.json, 0600.  HASH is of the directory's
 * address and, where an account was asked for by its key, of how that was named:
 * a directory may know several of us.  Made once, replaced whole, held by a lock
 * from before it is looked for until it is written.
 */
#ifndef TMG_ENROLL_ACME_RECORD_H
#define TMG_ENROLL_ACME_RECORD_H

#include "src/enroll/acme-body.h"
#include "src/enroll/authority.h"

#define TMG_ACME_KEY_MAX 2048u	/* bytes, DER */
#define TMG_ACME_TOKEN_MAX 512u	/* bytes of a pkcs11: URI, final zero included */

/* An account's key: itself, or where it is. */
typedef struct tmg_acme_key {
	char token[TMG_ACME_TOKEN_MAX];	/* its pkcs11: URI, "" in software */
	uint8_t der[TMG_ACME_KEY_MAX];	/* the private key; of a token's the public
					 * one, by which it is known again */
	size_t len;			/* 0 none */
} tmg_acme_key;

typedef struct tmg_acme_record {
	char directory[TMG_ACME_URL_MAX];
	char url[TMG_ACME_URL_MAX];	/* of the account, "" not registered yet */
	char terms[TMG_ACME_URL_MAX];	/* agreed to, "" none */
	tmg_acme_key key;
	tmg_acme_key next;	/* what it is to become, or is already: len 0 nothing */
} tmg_acme_record;

static inline void
tmg_acme_record_release(tmg_acme_record *r)
{
	explicit_bzero(r, sizeof(*r));
}

/* There is nothing secret in it but keys in software.
 * Faults  TMG_E_MALFORMED */
TMG_MUST_USE tmg_rc
tmg_acme_record_read(tmg_view text, tmg_acme_record *record);
/* *text is yours to free(). */
TMG_MUST_USE tmg_rc
tmg_acme_record_write(const tmg_acme_record *record, char **text);

/* ---- acme-store.c: the file -------------------------------------------- */

/* *fd holds the account until it is closed. */
TMG_MUST_USE tmg_rc
tmg_acme_store_lock(tmg_authority *a, int *fd);
/* Verdicts  TMG_NOT_FOUND, without words */
TMG_MUST_USE tmg_rc
tmg_acme_store_load(tmg_authority *a, tmg_acme_record *record);
TMG_MUST_USE tmg_rc
tmg_acme_store_save(tmg_authority *a, const tmg_acme_record *record);
/* Its account is over; the next one is made with another key. */
TMG_MUST_USE tmg_rc
tmg_acme_store_remove(tmg_authority *a);

#endif
