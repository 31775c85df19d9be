/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/move.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

tmg_rc
tmg_move_place(tmg_provision *p, const char *name, tmg_key **key)
{
	const tmg_rc rc = tmg_token_slot(p->token, name, key);

	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

tmg_rc
tmg_move_holds(tmg_provision *p, tmg_key *key, tmg_view spki, bool *yes)
{
	tmg_view there;
	const tmg_rc rc = tmg_key_public(key, &there);

	*yes = rc == TMG_OK && tmg_view_equal(there, spki);
	return rc == TMG_OK || rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_work_token_said(p, rc);
}

tmg_rc
tmg_move_key(tmg_provision *p, tmg_view spki, tmg_key *from, tmg_key *to)
{
	bool here, there;
	tmg_rc rc;

	if ((rc = tmg_move_holds(p, to, spki, &there)) || there ||
	    (rc = tmg_move_holds(p, from, spki, &here)))
		return rc;
	if (!here)
		return tmg_raise(&p->fault, TMG_MISMATCH, 0, _("the key that was in "
		    "slot %s of %s is gone; somebody changed the token meanwhile"),
		    tmg_key_slot(from)->name, p->j.label);
	rc = tmg_key_move(from, to);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

tmg_rc
tmg_move_cert(tmg_provision *p, tmg_key *key, tmg_view cert)
{
	tmg_view there;
	tmg_rc rc = tmg_key_cert(key, &there);

	if (rc == TMG_OK && tmg_view_equal(there, cert))
		return TMG_OK;
	if (rc == TMG_OK || rc == TMG_NOT_FOUND)
		rc = tmg_key_cert_install(key, cert, true);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

tmg_rc
tmg_move_tidy(tmg_provision *p, tmg_key *key)
{
	const tmg_rc rc = tmg_key_cert_delete(key);

	return rc == TMG_OK || rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_work_token_said(p, rc);
}
