/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files come and go: CREATE FILE and DELETE FILE, ISO/IEC 7816-9:2004 6.1 and 6.2.
 * What a new file is like its file control parameters say, which are the card's
 * own affair beyond the standard's tags.
 */
#ifndef TMG_ISO_LIFE_H
#define TMG_ISO_LIFE_H

#include "src/iso/files.h"

/*
 * Makes a file in that DF.  It need not be the current one afterwards.
 *
 *   fcp   the template 62
 *
 * Verdicts and faults of tmg_files_select(); TMG_OCCUPIED: there is one already.
 */
TMG_MUST_USE tmg_rc
tmg_files_create(tmg_files *files, const tmg_path *df, tmg_view fcp, uint16_t *sw);

/* Deletes the file; by_fid: the command names it, else it is the current one. */
TMG_MUST_USE tmg_rc
tmg_files_delete(tmg_files *files, const tmg_path *path, bool by_fid,
    uint16_t *sw);

#endif
