/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our account at one directory (RFC 8555 7.3): a key, the address the server
 * gave it, and which terms of service somebody agreed to.  It outlives
 * enrollments: $XDG_STATE_HOME/tamga/acme/HASH.json, 0600, HASH being of the
 * directory's address; made once, replaced whole, held by a lock from before it
 * is looked for until it is written.
 */
#ifndef TMG_ENROLL_ACME_ACCOUNT_H
#define TMG_ENROLL_ACME_ACCOUNT_H

#include "src/enroll/acme-body.h"
#include "src/enroll/authority.h"
#include "src/pki/soft.h"

typedef struct tmg_acme_account {
	tmg_soft *soft;			/* NULL: none yet, or on a token */
	tmg_signer *signer;		/* NULL: not opened yet */
	char url[TMG_ACME_URL_MAX];	/* "kid", "" not registered yet */
	char terms[TMG_ACME_URL_MAX];	/* agreed to, "" none */
} tmg_acme_account;

/* The account's file as bytes; there is nothing secret in it but key, DER.
 * Faults  TMG_E_MALFORMED */
typedef struct tmg_acme_record {
	char directory[TMG_ACME_URL_MAX];
	char url[TMG_ACME_URL_MAX];
	char terms[TMG_ACME_URL_MAX];
	uint8_t key[2048];
	size_t key_len;			/* 0: it is on a token */
} tmg_acme_record;

TMG_MUST_USE tmg_rc
tmg_acme_record_read(tmg_view text, tmg_acme_record *record);
/* *text is yours to free(). */
TMG_MUST_USE tmg_rc
tmg_acme_record_write(const tmg_acme_record *record, char **text);

/*
 * Whether an account can be had, asking nobody but the directory: it is there,
 * or the terms are agreed to and whoever must be known is named.
 *
 * Verdicts  TMG_DENIED  the words say what is missing
 */
TMG_MUST_USE tmg_rc
tmg_acme_account_check(tmg_authority *a);

/* The account, registered if it was not yet. */
TMG_MUST_USE tmg_rc
tmg_acme_account_open(tmg_authority *a);

/* The one this computer has, if it has one; registers none.
 * Verdicts  TMG_NOT_FOUND, without words */
TMG_MUST_USE tmg_rc
tmg_acme_account_find(tmg_authority *a);

/* The server does not know it any more: the next open registers it again. */
TMG_MUST_USE tmg_rc
tmg_acme_account_lost(tmg_authority *a);

void
tmg_acme_account_close(tmg_authority *a);

#endif
