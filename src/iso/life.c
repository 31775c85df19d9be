/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/life.h"

#include "src/iso/sw.h"

enum {
	INS_CREATE_FILE = 0xe0,
	INS_DELETE_FILE = 0xe4,
};

tmg_rc
tmg_files_create(tmg_files *f, const tmg_path *df, tmg_view fcp, uint16_t *sw)
{
	tmg_rc rc;

	*sw = 0;
	if (!tmg_path_equal(&f->df, df) && (rc = tmg_files_select(f, df, sw)))
		return rc;
	f->at.len = 0;		/* the new one, with cards that select it */
	if ((rc = f->send(f->arg, &(tmg_capdu){ .ins = INS_CREATE_FILE,
	    .data = fcp }, NULL, sw)))
		return rc;
	return *sw == TMG_SW_EXISTS ? TMG_OCCUPIED : tmg_files_verdict(*sw);
}

tmg_rc
tmg_files_delete(tmg_files *f, const tmg_path *path, bool by_fid, uint16_t *sw)
{
	tmg_capdu c = { .ins = INS_DELETE_FILE };
	tmg_rc rc;

	if (path->len < 2)
		return TMG_E_USAGE;
	rc = by_fid ? tmg_files_enter(f, path, sw) : tmg_files_select(f, path, sw);
	if (rc)
		return rc;
	if (by_fid)
		c.data = (tmg_view){ path->bytes + path->len - 2, 2 };
	f->at.len = 0;
	if ((rc = f->send(f->arg, &c, NULL, sw)))
		return rc;
	return tmg_files_verdict(*sw);
}
