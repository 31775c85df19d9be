/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/ids.h"

#include <stdio.h>
#include <stdlib.h>

tmg_rc
ra_ids_add(ra_ids *ids, const char *id)
{
	if (ids->count == ids->cap) {
		const size_t cap = ids->cap > 0 ? 2 * ids->cap : 16;
		void *more = realloc(ids->id, cap * sizeof(*ids->id));

		if (more == NULL)
			return TMG_E_NOMEM;
		ids->id = more;
		ids->cap = cap;
	}
	snprintf(ids->id[ids->count++], RA_ID_MAX, "%s", id);
	return TMG_OK;
}

void
ra_ids_release(ra_ids *ids)
{
	free(ids->id);
	*ids = (ra_ids){ NULL, 0, 0 };
}
