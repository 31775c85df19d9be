/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificate beside its key: written, read back, compared.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/work.h"

tmg_rc
tmg_step_install(tmg_provision *p)
{
	const tmg_view cert = tmg_blob_view(&p->j.cert);
	tmg_view there = { NULL, 0 };
	tmg_rc rc;

	if ((rc = tmg_work_token(p)))
		return rc;
	rc = tmg_key_cert(p->key, &there);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return tmg_work_token_said(p, rc);
	/* killed between the write and its record */
	if (rc == TMG_OK && tmg_view_equal(there, cert))
		return tmg_work_reached(p, TMG_STEP_INSTALLED);

	if (rc == TMG_OK && !tmg_work_may_overwrite(p, there))
		return tmg_advise(&p->fault, TMG_TRY_DELETE_CERT,
		    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("somebody put another "
			"certificate into slot %s of %s meanwhile; delete it, then "
			"resume"), p->j.slot, p->j.label));
	if ((rc = tmg_work_login_user(p)) ||
	    (rc = tmg_work_login_admin(p)))
		return rc;
	if ((rc = tmg_key_cert_install(p->key, cert, true)) ||
	    (rc = tmg_key_cert(p->key, &there)))
		return tmg_work_token_said(p, rc);
	if (!tmg_view_equal(there, cert))
		return tmg_raise(&p->fault, TMG_E_CARD, 0, _("%s gives another "
		    "certificate back than was written into slot %s; resume to write "
		    "it again"), p->j.label, p->j.slot);
	return tmg_work_reached(p, TMG_STEP_INSTALLED);
}
