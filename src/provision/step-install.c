/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificate beside its key: written, read back, compared.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

/* Who reads a container wants the issuers too; a card has no place for them. */
static tmg_rc
keep_chain(tmg_provision *p, tmg_view cert)
{
	const size_t n = p->j.chain != NULL ? tmg_certs_count(p->j.chain) : 0;
	tmg_auto_free tmg_view *ders = NULL;
	size_t count = 0;

	if ((tmg_token_info(p->token)->can & TMG_CAN_CHAIN) == 0)
		return TMG_OK;
	if ((ders = calloc(n + 1, sizeof(*ders))) == NULL)
		return TMG_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (!tmg_view_equal(tmg_certs_get(p->j.chain, i), cert))
			ders[count++] = tmg_certs_get(p->j.chain, i);
	return tmg_key_cert_chain(p->key, ders, count);
}

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
			"resume"), tmg_work_made_in(p), p->j.label));
	if ((rc = tmg_work_login_user(p)) ||
	    (rc = tmg_work_login_admin(p)))
		return rc;
	if ((rc = keep_chain(p, cert)) ||
	    (rc = tmg_key_cert_install(p->key, cert, true)) ||
	    (rc = tmg_key_cert(p->key, &there)))
		return tmg_work_token_said(p, rc);
	if (!tmg_view_equal(there, cert))
		return tmg_raise(&p->fault, TMG_E_CARD, 0, _("%s gives another "
		    "certificate back than was written into slot %s; resume to write "
		    "it again"), p->j.label, tmg_work_made_in(p));
	return tmg_work_reached(p, TMG_STEP_INSTALLED);
}
