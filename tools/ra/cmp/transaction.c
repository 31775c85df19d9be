/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/transaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tools/ra/cmp/letter.h"

#define DAY 86400

static const struct {
	const char *state;
	long days;			/* that it is kept for */
} lives[] = {
	{ RA_CMP_WAITING, 90 },		/* nobody asked in all that time */
	{ RA_CMP_UNCONFIRMED, 30 },	/* for RA_CMP_TIMED its own time comes first */
	{ RA_CMP_ENDED, 2 },		/* for who did not hear the last answer */
};

static time_t
until_of(const ra_desk *d, const char *state)
{
	size_t i = 0;

	while (i + 1 < TMG_COUNT(lives) && strcmp(lives[i].state, state) != 0)
		i++;
	return ra_desk_now(d) + lives[i].days * DAY;
}

void
ra_cmp_move(ra_cmp_turn *t, const char *state)
{
	t->row.until = until_of(t->desk, state);
	snprintf(t->row.state, sizeof(t->row.state), "%s", state);
	t->keeps = true;
}

time_t
ra_cmp_await(ra_cmp_turn *t)
{
	const int wait_s = t->desk->config->cmp.confirm_within_s;

	ra_cmp_move(t, RA_CMP_UNCONFIRMED);
	if (wait_s == 0)
		return 0;
	snprintf(t->row.state, sizeof(t->row.state), "%s", RA_CMP_TIMED);
	return t->row.until = ra_desk_now(t->desk) + wait_s;
}

tmg_rc
ra_cmp_load(ra_cmp_turn *t)
{
	tmg_rc rc;

	if ((rc = ra_sha256_text(t->m->der, t->hash)))
		return tmg_raise(&t->desk->fault, rc, 0, _("hashing failed"));
	tmg_hex_text(t->row.id, sizeof(t->row.id), t->m->transaction);
	rc = ra_cmp_row_get(t->desk->store, t->row.id, &t->row);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(t->desk, rc);
	t->known = rc == TMG_OK;
	memcpy(t->before, t->row.asked, sizeof(t->before));
	return TMG_OK;
}

bool
ra_cmp_is_again(const ra_cmp_turn *t)
{
	return t->known && t->row.answer != NULL &&
	    strcmp(t->row.asked, t->hash) == 0 &&
	    strcmp(t->row.peer, t->peer.name) == 0;
}

static bool
answers_last(const ra_cmp_turn *t)
{
	char nonce[65] = "";

	if (t->m->answered.len < sizeof(nonce) / 2)
		tmg_hex_text(nonce, sizeof(nonce), t->m->answered);
	return strcmp(nonce, t->row.nonce) == 0;
}

bool
ra_cmp_fits(ra_cmp_turn *t, bool first)
{
	const bool same = t->known && strcmp(t->row.peer, t->peer.name) == 0;

	if (first && t->known)
		ra_cmp_refuse(t, RA_CMP_TRANSACTION_IN_USE,
		    _("that transactionID was used before"));
	else if (!first && !same)
		ra_cmp_refuse(t, RA_CMP_BAD_REQUEST,
		    _("no transaction of that number was begun by you"));
	else if (!first && !answers_last(t))
		ra_cmp_refuse(t, RA_CMP_BAD_RECIPIENT_NONCE,
		    _("recipNonce is not the nonce of the last answer"));
	else
		return true;
	return false;
}

static tmg_rc
say_kept(ra_cmp_turn *t, uint8_t **der, size_t *len)
{
	tmg_auto(ra_cmp_row) kept = { .answer = NULL };
	tmg_rc rc = ra_cmp_row_get(t->desk->store, t->row.id, &kept);

	if (rc)
		return ra_desk_says(t->desk, rc == TMG_NOT_FOUND ? TMG_E_IO : rc);
	if (strcmp(kept.asked, t->hash) != 0 || kept.answer == NULL)
		return tmg_raise(&t->desk->fault, TMG_BUSY, 0,
		    _("another message of this transaction came meanwhile"));
	free(*der);
	return ra_cmp_copy_out(t, (tmg_view){ kept.answer, kept.len }, der, len);
}

/* Nothing of what this application was given waits to be confirmed elsewhere. */
static tmg_rc
settle(const ra_cmp_turn *t)
{
	return !t->settles ? TMG_OK : ra_cmp_row_settle(t->desk->store, t->row.app,
	    t->row.id, until_of(t->desk, RA_CMP_UNCONFIRMED));
}

tmg_rc
ra_cmp_keep(ra_cmp_turn *t, const uint8_t nonce[RA_CMP_NONCE], uint8_t **der,
    size_t *len)
{
	tmg_auto(ra_txn) txn = { NULL };
	ra_cmp_row row = t->row;
	tmg_rc rc;

	memcpy(row.asked, t->hash, sizeof(row.asked));
	memcpy(row.peer, t->peer.name, sizeof(row.peer));
	tmg_hex_text(row.nonce, sizeof(row.nonce), (tmg_view){ nonce, RA_CMP_NONCE });
	row.answer = *der;
	row.len = *len;
	if ((rc = ra_txn_begin(&txn, t->desk->store)) || (rc = settle(t)))
		return ra_desk_says(t->desk, rc);
	rc = t->known ? ra_cmp_row_step(t->desk->store, &row, t->before) :
	    ra_cmp_row_add(t->desk->store, &row);
	if (rc == TMG_OCCUPIED) {
		ra_txn_release(&txn);
		return say_kept(t, der, len);
	}
	return rc ? ra_desk_says(t->desk, rc) : ra_desk_commit(t->desk, &txn);
}
