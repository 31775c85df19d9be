/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/memory.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

void
tmg_memory_wipe(tmg_authority *a)
{
	if (a->kept != NULL)
		explicit_bzero(a->kept, a->kept_len);
	free(a->kept);
	a->kept = NULL;
	a->kept_len = 0;
}

static tmg_rc
remember(tmg_authority *a, tmg_view state)
{
	uint8_t *copy;

	if (state.len > TMG_KEPT_MAX)
		return tmg_authority_raise(a, TMG_E_SPACE,
		    _("%s: too much to remember for one enrollment"), a->uri.where);
	copy = malloc(state.len + 1);
	if (copy == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if (state.len > 0)
		memcpy(copy, state.ptr, state.len);
	tmg_memory_wipe(a);
	a->kept = copy;
	a->kept_len = state.len;
	return TMG_OK;
}

tmg_rc
tmg_memory_recall(tmg_authority *a)
{
	return a->spec.kept.len > 0 ? remember(a, a->spec.kept) : TMG_OK;
}

tmg_rc
tmg_authority_keep(tmg_authority *a, tmg_view state)
{
	tmg_rc rc = remember(a, state);

	if (rc == TMG_OK && a->spec.keep != NULL)
		rc = a->spec.keep(a->spec.arg, tmg_authority_kept(a), &a->fault);
	return tmg_pass(&a->fault, rc);
}

tmg_view
tmg_authority_kept(const tmg_authority *a)
{
	return (tmg_view){ a->kept, a->kept_len };
}

tmg_rc
tmg_authority_key(tmg_authority *a, tmg_signer **signer)
{
	*signer = NULL;
	if (a->spec.key == NULL)
		return tmg_authority_raise(a, TMG_UNSUPPORTED,
		    _("%s: %s signs its messages with the key the request is for, and "
		    "nobody lent it"), a->uri.where, a->binding->name);
	return tmg_pass(&a->fault, a->spec.key(a->spec.arg, signer, &a->fault));
}
