/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our account at one directory (RFC 8555 7.3): a key, in software or on a token,
 * and the address the server gave it.  It outlives enrollments (acme-record.h).
 */
#ifndef TMG_ENROLL_ACME_ACCOUNT_H
#define TMG_ENROLL_ACME_ACCOUNT_H

#include <jansson.h>

#include "src/enroll/acme-record.h"
#include "src/pki/soft.h"

typedef struct tmg_acme_account {
	tmg_soft *soft;			/* NULL: none yet, or on a token */
	tmg_signer *signer;		/* NULL: not opened yet */
	char url[TMG_ACME_URL_MAX];	/* "kid", "" not registered yet */
} tmg_acme_account;

/*
 * Whether an account can be had, asking nobody but the directory: it is there,
 * or the terms are agreed to, whoever must be known is named, and a key that was
 * named is there.
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

/*
 * What newAccount answers to what, signed by that key: the account's address.
 * Verdicts  TMG_DENIED, the problem's type accountDoesNotExist, where what says
 *           that none is to be made (7.3.1)
 */
TMG_MUST_USE tmg_rc
tmg_acme_account_ask(tmg_authority *a, tmg_signer *signer, const json_t *what,
    char url[TMG_ACME_URL_MAX]);

/* The server does not know it any more: the next open registers it again. */
TMG_MUST_USE tmg_rc
tmg_acme_account_lost(tmg_authority *a);

void
tmg_acme_account_close(tmg_authority *a);

/* ---- acme-key.c: the account's key ------------------------------------- */

/* A new one: the one on a token that name names, NULL: in software. */
TMG_MUST_USE tmg_rc
tmg_acme_key_make(tmg_authority *a, const char *name, tmg_acme_key *key);

/* What signs with it: *soft is yours and NULL where it is on a token. */
TMG_MUST_USE tmg_rc
tmg_acme_key_open(tmg_authority *a, const tmg_acme_key *key, tmg_soft **soft,
    tmg_signer **signer);

/* ---- acme-change.c: another key ---------------------------------------- */

/*
 * Changes the account's key (RFC 8555 7.3.5) to the one on a token that name
 * names; NULL: to a new one in software.  Both are written down before the
 * server is asked, so whoever ends in the middle loses none.
 *
 * Verdicts  TMG_NOT_FOUND  there is no account here
 *           TMG_OCCUPIED   the new key has an account of its own
 */
TMG_MUST_USE tmg_rc
tmg_acme_change(tmg_authority *a, const char *name);

/*
 * Finds out which of its two keys an account has that an earlier process was
 * about to change; writes the answer into the record and the file.
 *
 *   changed  out  it has the new one; may be NULL
 */
TMG_MUST_USE tmg_rc
tmg_acme_change_settle(tmg_authority *a, tmg_acme_record *record, bool *changed);

#endif
