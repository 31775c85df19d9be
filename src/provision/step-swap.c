/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The new key takes the place of the one it renews, which goes aside and stays:
 * what it encrypted must be read.
 */
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/move.h"
#include "src/provision/work.h"

/* The three slots, and whose keys these are. */
struct swap {
	tmg_provision *p;
	tmg_key *place;		/* of the old key, to be the new one's */
	tmg_key *made;		/* where the new key was made */
	tmg_key *aside;
	tmg_view old, new;	/* public halves */
};

static tmg_rc
change_places(struct swap *s)
{
	tmg_provision *p = s->p;
	tmg_rc rc;

	if ((rc = tmg_work_login_admin(p)) ||
	    (rc = tmg_move_key(p, s->old, s->place, s->aside)) ||
	    (rc = tmg_move_cert(p, s->aside, tmg_blob_view(&p->j.renewed))) ||
	    (rc = tmg_move_key(p, s->new, s->made, s->place)) ||
	    (rc = tmg_move_cert(p, s->place, tmg_blob_view(&p->j.cert))) ||
	    (rc = tmg_move_tidy(p, s->made)))
		return rc;
	memcpy(p->j.slot, p->j.place, sizeof(p->j.slot));
	p->key = NULL;
	return TMG_OK;
}

static tmg_rc
look_around(struct swap *s)
{
	tmg_provision *p = s->p;
	tmg_rc rc;

	if ((rc = tmg_work_card(p)) ||
	    (rc = tmg_move_place(p, p->j.place, &s->place)) ||
	    (rc = tmg_move_place(p, p->j.slot, &s->made)) ||
	    (rc = tmg_move_place(p, p->j.aside, &s->aside)))
		return rc;
	s->new = tmg_blob_view(&p->j.spki);
	rc = tmg_cert_spki(tmg_blob_view(&p->j.renewed), &s->old);
	return rc == TMG_OK ? rc : tmg_raise(&p->fault, rc, 0,
	    _("the certificate to renew cannot be read"));
}

/*
 * Only between a place that people know and one that holds what others replaced:
 * and only where the token moves keys, and tells which is where.
 */
static bool
is_wanted(const tmg_provision *p, const tmg_key *old)
{
	const unsigned needs = TMG_CAN_MOVE | TMG_CAN_METADATA | TMG_CAN_RETIRED;

	return p->j.swap && (tmg_token_info(p->token)->can & needs) == needs &&
	    !tmg_key_slot(old)->retired && tmg_key_slot(p->key)->retired;
}

/* Written before anything moves, and before others may choose.  A token without
 * room stays as it is. */
static tmg_rc
choose_places(tmg_provision *p)
{
	tmg_auto(tmg_lock) store = TMG_NO_LOCK;
	tmg_key *old;
	tmg_rc rc;

	if (p->j.swap && (rc = tmg_work_token(p)))
		return rc;
	if (!p->j.swap || tmg_tokens_find_key(p->tokens, p->j.renews, &old) != TMG_OK ||
	    tmg_key_token(old) != p->token || !is_wanted(p, old))
		return TMG_NOT_FOUND;
	if ((rc = tmg_store_lock(NULL, &store, &p->fault)))
		return rc;
	rc = tmg_renew_spare(p, tmg_key_slot(old), p->j.aside);
	if (rc != TMG_OK)
		return rc == TMG_OCCUPIED ? TMG_NOT_FOUND : tmg_work_token_said(p, rc);
	memcpy(p->j.place, tmg_key_slot(old)->name, sizeof(p->j.place));
	return tmg_work_save(p);
}

bool
tmg_swap_begun(const tmg_provision *p)
{
	return p->j.aside[0] != '\0';
}

tmg_rc
tmg_swap(tmg_provision *p)
{
	struct swap s = { .p = p };
	tmg_rc rc = tmg_swap_begun(p) ? TMG_OK : choose_places(p);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK || (rc = look_around(&s)))
		return rc;
	return change_places(&s);
}
