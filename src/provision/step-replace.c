/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --replace: until the new certificate is on the token and its key has proven
 * itself, what it replaces stays as it was and may be used; an authority that
 * refuses costs nothing.  So the new key is made in a spare slot, waits there,
 * and moves in the end.  On a token that moves no keys, or has no room, it is made
 * in its place at once, which somebody has to allow by name.
 */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/move.h"

/* ---- before ---------------------------------------------------------------- */

static bool
is_able(const tmg_provision *p)
{
	const unsigned needs = TMG_CAN_MOVE | TMG_CAN_DELETE | TMG_CAN_METADATA |
	    TMG_CAN_POLICY | TMG_CAN_RETIRED;

	return (tmg_token_info(p->token)->can & needs) == needs;
}

/* Whose certificate the key has, in words. */
static void
put_holder(tmg_provision *p, char text[static TMG_NAME_MAX])
{
	tmg_cert_facts facts;
	tmg_view cert;

	text[0] = '\0';
	if (tmg_key_cert(p->key, &cert) == TMG_OK &&
	    tmg_cert_facts_get(cert, &facts) == TMG_OK)
		snprintf(text, TMG_NAME_MAX, "%s", facts.subject);
}

static tmg_rc
no_second_place(tmg_provision *p)
{
	char holder[TMG_NAME_MAX], free_ones[TMG_VACANT_NAMES];

	put_holder(p, holder);
	tmg_vacant_names(p, free_ones);
	return tmg_advise(&p->fault, TMG_TRY_SLOT | TMG_TRY_DESTROY,
	    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("%s cannot keep what slot %s holds "
		"(%.40s) until the new key is certified: it would be destroyed first, "
		"and be lost if the authority refuses. Nothing was changed: choose "
		"another slot (free: %s), or allow it to be destroyed"), p->j.label,
		p->j.slot, holder[0] != '\0' ? holder : _("a key"),
		free_ones[0] != '\0' ? free_ones : _("none")));
}

/* Verdicts TMG_OCCUPIED: it moves nothing, or has no room. */
static tmg_rc
find_spare(tmg_provision *p, char name[static TMG_SLOT_NAME])
{
	return is_able(p) ? tmg_renew_spare(p, tmg_key_slot(p->key), name) :
	    TMG_OCCUPIED;
}

tmg_rc
tmg_replace_check(tmg_provision *p)
{
	char spare[TMG_SLOT_NAME];
	tmg_rc rc;

	if (!p->loses || p->destroys)
		return TMG_OK;
	if ((rc = find_spare(p, spare)) == TMG_OCCUPIED)
		return no_second_place(p);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

tmg_rc
tmg_replace_choose(tmg_provision *p)
{
	tmg_rc rc;

	if (!p->loses)
		return TMG_OK;
	if ((rc = find_spare(p, p->j.made)) == TMG_OCCUPIED)
		return p->destroys ? TMG_OK : no_second_place(p);
	if (rc != TMG_OK)
		return tmg_work_token_said(p, rc);
	p->key = NULL;
	return tmg_work_token(p);
}

/* ---- in the end ------------------------------------------------------------ */

/* Weeks may lie between: only what was there when it was allowed is destroyed. */
static tmg_rc
make_room(tmg_provision *p, tmg_key *place)
{
	char hex[65];
	tmg_view spki;
	tmg_rc rc = tmg_key_public(place, &spki);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return tmg_work_token_said(p, rc);
	if ((rc = tmg_work_sha256(p, spki, hex)))
		return rc;
	if (strcmp(hex, p->j.before) != 0)
		return tmg_advise(&p->fault, TMG_TRY_RESUME | TMG_TRY_CANCEL,
		    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("somebody put another key "
			"into slot %s of %s meanwhile; the new one waits in slot %s: "
			"delete the other one, then resume"), p->j.slot, p->j.label,
			p->j.made));
	rc = tmg_key_delete(place);
	return rc == TMG_OK || rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_work_token_said(p, rc);
}

static tmg_rc
take_over(tmg_provision *p, tmg_key *place, tmg_key *made)
{
	const tmg_view spki = tmg_blob_view(&p->j.spki);
	bool there;
	tmg_rc rc;

	if ((rc = tmg_move_holds(p, place, spki, &there)))
		return rc;
	if ((!there && (rc = make_room(p, place))) ||
	    (rc = tmg_move_key(p, spki, made, place)) ||
	    (rc = tmg_move_cert(p, place, tmg_blob_view(&p->j.cert))))
		return rc;
	return tmg_move_tidy(p, made);
}

/* Written before anything moves: from then on "made" may be empty. */
static tmg_rc
note_moving(tmg_provision *p)
{
	if (p->j.moving)
		return TMG_OK;
	p->j.moving = true;
	return tmg_work_save(p);
}

tmg_rc
tmg_replace(tmg_provision *p)
{
	tmg_key *place, *made;
	tmg_rc rc;

	if (p->j.made[0] == '\0')
		return TMG_OK;
	if ((rc = note_moving(p)) ||
	    (rc = tmg_work_card(p)) ||
	    (rc = tmg_move_place(p, p->j.slot, &place)) ||
	    (rc = tmg_move_place(p, p->j.made, &made)) ||
	    (rc = tmg_work_login_admin(p)))
		return rc;
	return take_over(p, place, made);
}
