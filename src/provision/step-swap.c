/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The new key takes the place of the one it renews, which goes aside and stays:
 * what it encrypted must be read.  Certificates do not move with keys, so each
 * is written again beside its own.  Every act looks first who is where, so that
 * it may be begun again after any of them.
 */
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
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
holds(struct swap *s, tmg_key *key, tmg_view spki, bool *yes)
{
	tmg_view there;
	const tmg_rc rc = tmg_key_public(key, &there);

	*yes = rc == TMG_OK && tmg_view_equal(there, spki);
	return rc == TMG_OK || rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_work_token_said(s->p, rc);
}

/* Moves the key from one slot to another; it may be there already. */
static tmg_rc
move(struct swap *s, tmg_view spki, tmg_key *from, tmg_key *to)
{
	bool here, there;
	tmg_rc rc;

	if ((rc = holds(s, to, spki, &there)) || there ||
	    (rc = holds(s, from, spki, &here)))
		return rc;
	if (!here)
		return tmg_raise(&s->p->fault, TMG_MISMATCH, 0, _("the key that was in "
		    "slot %s of %s is gone; somebody changed the token meanwhile"),
		    tmg_key_slot(from)->name, s->p->j.label);
	rc = tmg_key_move(from, to);
	return rc == TMG_OK ? rc : tmg_work_token_said(s->p, rc);
}

/* Beside the key it is for; what lies there is the other one's. */
static tmg_rc
put_cert(struct swap *s, tmg_key *key, tmg_view cert)
{
	tmg_view there;
	tmg_rc rc = tmg_key_cert(key, &there);

	if (rc == TMG_OK && tmg_view_equal(there, cert))
		return TMG_OK;
	if (rc == TMG_OK || rc == TMG_NOT_FOUND)
		rc = tmg_key_cert_install(key, cert, true);
	return rc == TMG_OK ? rc : tmg_work_token_said(s->p, rc);
}

static tmg_rc
tidy(struct swap *s)
{
	const tmg_rc rc = tmg_key_cert_delete(s->made);

	return rc == TMG_OK || rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_work_token_said(s->p, rc);
}

static tmg_rc
change_places(struct swap *s)
{
	tmg_provision *p = s->p;
	tmg_rc rc;

	if ((rc = tmg_work_login_admin(p)) ||
	    (rc = move(s, s->old, s->place, s->aside)) ||
	    (rc = put_cert(s, s->aside, tmg_blob_view(&p->j.renewed))) ||
	    (rc = move(s, s->new, s->made, s->place)) ||
	    (rc = put_cert(s, s->place, tmg_blob_view(&p->j.cert))) ||
	    (rc = tidy(s)))
		return rc;
	memcpy(p->j.slot, p->j.place, sizeof(p->j.slot));
	p->key = NULL;
	return TMG_OK;
}

static tmg_rc
slot_named(struct swap *s, const char *name, tmg_key **key)
{
	const tmg_rc rc = tmg_token_slot(s->p->token, name, key);

	return rc == TMG_OK ? rc : tmg_work_token_said(s->p, rc);
}

static tmg_rc
look_around(struct swap *s)
{
	tmg_provision *p = s->p;
	tmg_rc rc;

	if ((rc = tmg_work_card(p)) ||
	    (rc = slot_named(s, p->j.place, &s->place)) ||
	    (rc = slot_named(s, p->j.slot, &s->made)) ||
	    (rc = slot_named(s, p->j.aside, &s->aside)))
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
