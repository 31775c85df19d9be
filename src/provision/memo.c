/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/memo.h"

#include <stdlib.h>

#include "src/base/fail.h"

/* A preflight has no enrollment yet, and nothing that would be missed. */
static tmg_rc
keep(void *arg, tmg_view state, tmg_fault *f)
{
	const tmg_provision *p = arg;

	return p->j.id[0] != '\0' ? tmg_store_keep(p->j.id, state, f) : TMG_OK;
}

static tmg_rc
lend_key(void *arg, tmg_signer **signer, tmg_fault *f)
{
	tmg_provision *p = arg;
	tmg_rc rc;

	if ((rc = tmg_work_token(p)) == TMG_OK &&
	    (rc = tmg_work_login_user(p)) == TMG_OK &&
	    (rc = tmg_key_signer(p->key, signer)) != TMG_OK)
		rc = tmg_work_token_said(p, rc);
	return rc == TMG_OK ? rc : tmg_fault_copy(f, &p->fault, rc);
}

tmg_rc
tmg_memo_open(tmg_provision *p, tmg_authority_spec *spec, tmg_blob *kept)
{
	tmg_rc rc = TMG_NOT_FOUND;

	spec->arg = p;
	spec->keep = keep;
	spec->key = lend_key;
	if (p->j.id[0] != '\0')
		rc = tmg_store_kept(p->j.id, kept, &p->fault);
	spec->kept = tmg_blob_view(kept);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

void
tmg_memo_wipe(tmg_blob *kept)
{
	if (kept->ptr != NULL)
		explicit_bzero(kept->ptr, kept->len);
	free(kept->ptr);
	*kept = (tmg_blob){ NULL, 0 };
}
